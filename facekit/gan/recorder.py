"""What a training leaves behind: a folder with its losses, its settings, faces after every epoch, and a state to go on from."""

import json
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from ..core import distribution, paths, reading, writing
from ..core.backend import keras, provenance
from ..core.images import montage
from ..metrics.distances import kernel_distance
from .networks import generate

ops = keras.ops
KEPT = "the epochs that are done are kept, and the same call goes on from there"
_VERSION = 1  # of state.npz: a higher one whenever `_variables` returns others, or in another order


def callbacks(run_dir, judge=None, **settings):
    """Return the callbacks that make a run's folder: `losses.csv`, `run.json`, `sheets/epoch_0001.png` … and `state.npz`.

    Parameters
    ----------
    run_dir : path
        A run that is already there is replaced, unless `resume` has read it and `fit` starts at a later epoch.
    judge : (Descriptor, uint8 array (n, 80, 80, 3)), optional
        Measures after each epoch the `metrics.kernel_distance` of 500 fakes to these real faces on the descriptor's features, as the
        columns `kernel_distance` and `kernel_spread`. Costs two or three seconds an epoch.
    settings
        Whatever should stand in `run.json`, such as `source="portraits", samples=64`.

    With many machines only the first writes: the others get an empty list.
    """
    return [Recorder(run_dir, settings, judge)] if distribution.first_machine() else []


def resume(model, run_dir):
    """Put a compiled `LSGAN` into the state that a stopped training left, and return how many epochs that one had finished.

    With the same seeds the losses are those of a training that was never stopped:

        done = gan.resume(model, run_dir)
        model.fit(faces.dataset(32, seed=0, first_epoch=done), initial_epoch=done, epochs=20, callbacks=gan.callbacks(run_dir))

    Returns 0, and leaves the model as it is, if nothing was finished there.

    Raises
    ------
    ValueError
        If the state is of another network, or damaged.
    """
    file = Path(run_dir) / "state.npz"
    if not all(file.with_name(name).is_file() for name in ("losses.csv", "run.json", "state.npz")):
        return 0
    variables, advice = _variables(model), "delete it, and the training starts again"
    state = reading.read_npz(file, "the state of a training", advice)
    done, version = (
        state.pop("epochs", np.array(-1)),
        state.pop("version", np.array(_VERSION)),
    )  # the first states had none
    if version.shape or version != _VERSION:
        raise ValueError(
            f"{paths.display(file)} was written by another version of facekit: go on with that one, or choose another folder"
        )
    if done.dtype.kind not in "iu" or done.shape or done < 1:
        raise ValueError(f"{paths.display(file)} does not say how many epochs are done: {advice}")
    expected = {
        f"v{i:04d}": (tuple(variable.shape), variable.dtype) for i, variable in enumerate(variables)
    }
    if {name: (value.shape, value.dtype.name) for name, value in state.items()} != expected:
        raise ValueError(
            f"{paths.display(file)} is of a training with other networks, or with another version of Keras: choose another folder"
        )
    with model.distribute_strategy.scope():
        for variable, value in zip(variables, (state[name] for name in expected)):
            variable.assign(value)
    return int(done)


def _variables(model):
    """Return everything that a training changes: weights, their averages, the optimizers' moments, the random state."""
    owners = (
        model.generator,
        model.discriminator,
        model.ema_generator,
        model.d_optimizer,
        model.g_optimizer,
    )
    return [variable for owner in owners for variable in owner.variables] + [model.seeds.state]


def _save_state(model, file, epochs):
    with writing.atomic(file, KEPT) as part:
        np.savez(
            part,
            epochs=epochs,
            version=_VERSION,
            **{
                f"v{i:04d}": ops.convert_to_numpy(variable)
                for i, variable in enumerate(_variables(model))
            },
        )


def variety(faces):
    """Return the mean difference between two different faces of uint8 (n, h, w, 3), in grey levels, 0 to 255."""
    flat = faces.reshape(len(faces), -1).astype("float32")
    return float(
        np.mean([np.abs(flat[i] - flat[j]).mean() for i in range(len(flat)) for j in range(i)])
    )


class Alarm:
    """Tells in words when a training has gone astray: call it with each epoch's numbers, it returns a sentence or None.

    `bound` is (c − a)², what g is when the discriminator calls every fake a fake.
    """

    def __init__(self, bound):
        self.bound, self.most, self.won, self.fooled, self.said = bound, 0.0, 0, 0, set()

    def __call__(self, logs):
        self.most = max(self.most, logs["variety"])
        self.won = (
            self.won + 1
            if min(logs["accuracy_real"], logs["accuracy_fake"]) >= 0.99
            and logs["g"] > 0.8 * self.bound
            else 0
        )
        self.fooled = self.fooled + 1 if logs["accuracy_fake"] <= 0.01 else 0
        if self.won == 3:
            return self._once(
                "for three epochs the discriminator is right about every image, so it tells the generator little: "
                "lower its learning rate, or let it see augmented images"
            )
        if self.fooled == 3:
            return self._once(
                "for three epochs the discriminator has taken nearly every fake for real: a small g says nothing now, and the generator "
                "may spoil the faces: let it learn faster"
            )
        if self.most > 10 and logs["variety"] < self.most / 4:
            return self._once(
                "the faces have become nearly the same: the generator has collapsed onto what fools this discriminator; "
                "begin again with another seed or a lower learning rate"
            )
        return None

    def _once(self, sentence):
        new = sentence not in self.said
        self.said.add(sentence)
        return sentence if new else None


class Recorder(keras.callbacks.Callback):
    """Shows one bar over the epochs and writes the run's folder: see `history`."""

    def __init__(self, run_dir, settings, judge=None):
        super().__init__()
        self.folder, self.settings, self.judge, self.minutes = Path(run_dir), settings, judge, 0.0

    def on_train_begin(self, logs=None):
        self.table = None
        self.fixed = np.random.default_rng(0).standard_normal(
            (500 if self.judge else 32, self.model.generator.input_shape[-1]), np.float32
        )
        self.reference = self.judge[0].embed(self.judge[1]) if self.judge else None

    def on_epoch_begin(self, epoch, logs=None):
        if self.table is None:
            self._begin(epoch)

    def _begin(self, done):
        """Keep what belongs to the first `done` epochs of the folder, remove the rest."""
        self.alarm = Alarm((self.model.c - self.model.a) ** 2)
        columns = [
            "epoch",
            *(metric.name for metric in self.model.metrics),
            "variety",
            *(["kernel_distance", "kernel_spread"] if self.judge else []),
        ]
        file, kept = self.folder / "losses.csv", [",".join(columns)]
        if done:
            with reading.guarded(
                file,
                "the table of this training",
                "go on with the same judge, or choose another folder",
            ):
                header, *rows = file.read_text(encoding="utf-8").splitlines()
                if header != kept[0] or len(rows) < done:
                    raise ValueError(
                        f"it has {len(rows)} of {done} epochs, and the columns {header}"
                    )
            kept += rows[:done]
            settings = self.folder / "run.json"
            with reading.guarded(settings, "the record of this training", "choose another folder"):
                self.minutes = float(json.loads(settings.read_text(encoding="utf-8"))["minutes"])
        (self.folder / "sheets").mkdir(parents=True, exist_ok=True)
        for old in (self.folder / "sheets").glob("epoch_*.png"):
            if (number := old.stem.removeprefix("epoch_")).isdecimal() and int(number) > done:
                old.unlink()
        if not done:
            for old in ("state.npz", "generator.keras"):
                (self.folder / old).unlink(missing_ok=True)
        with writing.atomic(file, KEPT) as part:
            part.write_text("\n".join(kept) + "\n", encoding="utf-8")
        self.table = open(file, "a", newline="", encoding="utf-8")
        self.started = time.monotonic()
        self.bar = tqdm(
            total=self.params["epochs"],
            initial=done,
            unit="epoch",
            desc=self.settings.get("experiment", "LSGAN"),
            file=sys.stdout,
        )

    def on_epoch_end(self, epoch, logs=None):
        if not all(np.isfinite(value) for value in logs.values()):
            raise FloatingPointError(
                f"a loss is no longer a number in epoch {epoch + 1}: lower the learning rate and start again"
            )
        faces = generate(self.model.ema_generator, self.fixed)
        spread = variety(faces[:32])
        values = [*(f"{logs[metric.name]:.6f}" for metric in self.model.metrics), f"{spread:.3f}"]
        if self.judge:
            values += [
                f"{value:.6g}"
                for value in kernel_distance(self.reference, self.judge[0].embed(faces), subsets=20)
            ]
        self.table.write(",".join([str(epoch + 1), *values]) + "\n")
        self.table.flush()
        Image.fromarray(montage(faces[:32])).save(
            self.folder / "sheets" / f"epoch_{epoch + 1:04d}.png"
        )
        self.bar.set_postfix(
            {name: f"{logs[name]:.3f}" for name in ("d1", "d2", "g")}, refresh=False
        )
        self.bar.update()
        if warning := self.alarm({**logs, "variety": spread}):
            self.bar.write(f"\n⚠ epoch {epoch + 1}: {warning}", file=sys.stdout)
        record = {
            **self.settings,
            "latent_dim": self.model.generator.input_shape[-1],
            "generator": self.model.generator.name,
            "epochs": epoch + 1,
            "minutes": round(self.minutes + (time.monotonic() - self.started) / 60, 2),
            **provenance(),
            "replicas": self.model.distribute_strategy.num_replicas_in_sync,
        }
        writing.write_json(self.folder / "run.json", record, kept=KEPT)
        _save_state(
            self.model, self.folder / "state.npz", epoch + 1
        )  # last: an epoch counts once it can be gone on from

    def on_train_end(self, logs=None):
        if self.table is not None:
            self.table.close()
            self.bar.close()


@contextmanager
def closed(callbacks):
    """Close the table and the bar of a training that an error or Ctrl-C ends, of which Keras does not tell its callbacks."""
    try:
        yield
    finally:
        for each in callbacks if isinstance(callbacks, (list, tuple)) else []:
            if isinstance(each, Recorder):
                each.on_train_end()
