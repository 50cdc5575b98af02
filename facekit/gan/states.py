"""The state of a training on disk, `state.npz`, and how to go on from it."""

from pathlib import Path

import numpy as np

from ..core import paths, reading, writing
from ..core.backend import keras

#: How the sentence ends that says that a run's folder cannot be written.
KEPT = "the epochs that are done are kept, and the same call goes on from there"
_VERSION = 1  # a higher one whenever `variables` returns others, or in another order
_ADVICE = "delete it, and the training starts again"


def save(model: keras.Model, file: Path, epochs: int) -> None:
    """Write all that a training changes, after so many epochs."""
    values = {name: keras.ops.convert_to_numpy(v) for name, v in _named(model).items()}
    with writing.atomic(file, KEPT) as part:
        np.savez(part, allow_pickle=False, epochs=epochs, version=_VERSION, **values)


def resume(model: keras.Model, run_dir: str | Path) -> int:
    """Put a compiled `LSGAN` into the state that a stopped training left.

    With the same seeds the losses are those of a training that was never stopped.

    Returns
    -------
    int
        How many epochs that training had finished. 0 if nothing was finished there: then the model
        stays as it is.

    Raises
    ------
    ValueError
        If the state is of another network or damaged, or the run's table or record is gone.

    Examples
    --------
    >>> done = states.resume(model, run_dir)
    >>> dataset = faces.dataset(32, seed=0, first_epoch=done)
    >>> recorders = recorder.callbacks(run_dir)
    >>> model.fit(dataset, initial_epoch=done, epochs=20, callbacks=recorders)
    """
    file = Path(run_dir) / "state.npz"
    if not file.is_file():
        return 0
    if gone := [name for name in ("losses.csv", "run.json") if not file.with_name(name).is_file()]:
        advice = "put it back, choose another folder, or delete this one"
        raise ValueError(
            f"{paths.display(run_dir)} holds a training without its {gone[0]}: {advice}"
        )
    state = reading.read_npz(file, "the state of a training", _ADVICE)
    done = state.pop("epochs", np.array(-1))
    version = state.pop("version", np.array(1))  # the first states said none
    shown, advice = paths.display(file), "go on with that one, or choose another folder"
    if version.shape or version != _VERSION:
        raise ValueError(f"{shown} was written by another version of facekit: {advice}")
    if done.dtype.kind not in "iu" or done.shape or done < 1:
        raise ValueError(f"{shown} does not say how many epochs are done: {_ADVICE}")
    named = _named(model)
    expected = {name: (tuple(v.shape), v.dtype) for name, v in named.items()}
    if {name: (value.shape, value.dtype.name) for name, value in state.items()} != expected:
        others = "other networks, or with another version of Keras: choose another folder"
        raise ValueError(f"{shown} is of a training with {others}")
    with model.distribute_strategy.scope():
        for name, variable in named.items():
            variable.assign(state[name])
    return int(done)


def variables(model: keras.Model) -> list[keras.Variable]:
    """Return what a training changes: weights, averages, optimizers' moments, the random state."""
    networks = model.generator, model.discriminator, model.ema_generator
    owners = (*networks, model.d_optimizer, model.g_optimizer)
    return [variable for owner in owners for variable in owner.variables] + [model.seeds.state]


def _named(model: keras.Model) -> dict[str, keras.Variable]:
    return {f"v{i:04d}": variable for i, variable in enumerate(variables(model))}
