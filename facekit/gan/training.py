"""A whole training of an LSGAN, kept in a folder."""

from contextlib import contextmanager, nullcontext
from pathlib import Path

import numpy as np

from ..core import distribution, paths, reading, weights, writing
from ..core.backend import keras
from .checkpoints import save_generator
from .lsgan import LEARNING_RATES, LSGAN
from .networks import build_discriminator, build_generator
from .recorder import KEPT, callbacks, resume

ops = keras.ops


def train(
    faces,
    run_dir,
    latent_dim=100,
    samples=32,
    epochs=20,
    architecture="compact",
    seed=0,
    descriptor=None,
    start=None,
    augmentation=1.0,
    learning_rates=LEARNING_RATES,
    **about,
):
    """Train an `LSGAN` from the beginning, or go on with one that was stopped, and keep all of it in a folder.

    The folder receives what `callbacks` writes, and `generator.keras`, the moving average of the generator. If it holds this training
    with as many epochs already, nothing is trained.

    Several GPUs, or the machines that `TF_CONFIG` names, share each iteration (see `distribution`): the losses are those of one device, up to the
    rounding of floats. Each machine makes this call; all must see the folder, and the first writes to it.

    Parameters
    ----------
    faces : FaceSet
    run_dir : path
    latent_dim, architecture
        See `build_generator`.
    samples : int
        Images of one iteration, half of them real: the paper's "samples". At least 2.
    epochs : int
        In all, those of earlier calls included.
    seed : int
        Of the weights, the latent points and the order of the faces.
    descriptor : Descriptor, optional
        Measures the kernel distance of the fakes to 500 of the faces after each epoch: see `callbacks`.
    start : path or str, optional
        The folder of another training of the same networks, or the name of a generator that ships with its discriminator: begin with
        what they have learned, instead of by chance.
    augmentation : float
        See `LSGAN`. Less of it is for the end of a training, as long as the discriminator does not know the faces by heart.
    learning_rates : (float, float)
        Adam's, of the discriminator and of the generator.
    about
        Whatever else should stand in `run.json`.

    Returns
    -------
    LSGAN

    Raises
    ------
    ValueError
        If the folder holds a training on other faces or with other settings, a setting is impossible, `samples` is below 2, there are fewer faces than half of `samples`, nothing to begin with is in `start`,
        the devices cannot share half of `samples` evenly, or the machines do not make the same call.
    OSError
        If another training is at work in the folder, the disk is full or the folder cannot be written. What is done stays.
    RuntimeError
        If another machine is lost. The same call on all of them goes on.
    """
    run = Path(run_dir)
    settings = dict(
        faces=len(faces),
        digest=faces.digest(),
        samples=samples,
        seed=seed,
        augmentation=augmentation,
        learning_rates=list(learning_rates),
        precision=keras.config.dtype_policy().name,
        **about,
    )
    if start:
        settings["start"] = Path(start).name
    some = np.sort(np.random.default_rng(seed).permutation(len(faces))[:500])
    judge = (descriptor, faces.images[some]) if descriptor else None
    if samples < 2:
        raise ValueError(f"{samples} samples: an iteration needs at least 2, a real and a fake one")
    if not 0 <= augmentation <= 1 or min(learning_rates) <= 0:
        raise ValueError(
            f"augmentation {augmentation}, learning rates {learning_rates}: a number from 0 to 1 and two above 0 are expected"
        )
    strategy = distribution.strategy()
    if samples // 2 % strategy.num_replicas_in_sync:
        raise ValueError(
            f"{samples // 2} real images of an iteration cannot be shared by {strategy.num_replicas_in_sync} devices: "
            f"choose samples that {2 * strategy.num_replicas_in_sync} divides"
        )
    keras.utils.set_random_seed(seed)
    with strategy.scope():
        model = LSGAN(
            build_generator(latent_dim, architecture),
            build_discriminator(architecture),
            augmentation=augmentation,
            seed=seed,
        )
        model.compile(*learning_rates)
    with _at_work(run):
        done = _resumed(model, run, settings)
        if start and not done:
            if not resume(model, start):
                _begin_with(model, str(start))
            with strategy.scope():  # the other training had its own rates
                model.d_optimizer.learning_rate, model.g_optimizer.learning_rate = learning_rates
        with distribution.together():
            distribution.check_alike(settings, latent_dim, architecture, epochs, done)
            if done >= epochs:
                print(f"{paths.display(run)} holds {done} epochs already: nothing is left to train")
            else:
                dataset = faces.dataset(samples // 2, seed, first_epoch=done, endless=True)
                try:
                    model.fit(
                        dataset,
                        initial_epoch=done,
                        epochs=epochs,
                        steps_per_epoch=len(faces) // (samples // 2),
                        verbose=0,
                        callbacks=callbacks(run, judge, **settings),
                    )
                except KeyboardInterrupt:
                    save_generator(model.ema_generator, run)
                    raise
            save_generator(model.ema_generator, run)
            distribution.check_alike("saved")
    return model


@contextmanager
def _at_work(run):
    """Keep a run's folder for this process, and say in a sentence what the system says of one that cannot be written."""
    try:
        with writing.exclusive(run, "training") if distribution.first_machine() else nullcontext():
            yield
    except OSError as error:
        if not error.errno:  # a sentence already
            raise
        raise OSError(f"cannot write {paths.display(run)}: {error.strerror}; {KEPT}") from None


def _resumed(model, run, settings):
    """Put a model into the state of a training of the same settings, and return how many epochs that has done."""
    if (run / "state.npz").is_file() and (run / "run.json").is_file():
        recorded = reading.read_json(run / "run.json", "choose another folder, or delete this one")
        found = {
            "augmentation": 1.0,
            "learning_rates": list(LEARNING_RATES),
            "digest": settings["digest"],
        } | recorded  # the first trainings recorded none of these
        if "start" in found:
            settings.setdefault("start", found["start"])
        wanted = settings | dict(
            latent_dim=model.generator.input_shape[-1], generator=model.generator.name
        )
        other = [
            f"{name} {found.get(name)}, not {value}"
            for name, value in wanted.items()
            if found.get(name) != value
        ]
        if other:
            raise ValueError(
                f"{paths.display(run)} holds another training ({'; '.join(other)}): choose another folder, or delete it"
            )
    return resume(model, run)


def _begin_with(model, name):
    """Give a model the generator and the discriminator that ship under a name."""
    if name not in weights.names("generator"):
        raise ValueError(
            f"{paths.display(Path(name))} holds no training to begin with: its folder needs state.npz, losses.csv and run.json; "
            f"or name weights that ship: {', '.join(name.removesuffix('-discriminator') for name in weights.names('discriminator'))}"
        )
    record, learned = weights.read(name, "generator")
    found, wanted = (
        (record["architecture"], record["latent_dim"]),
        (model.generator.name.removesuffix("_generator"), model.generator.input_shape[-1]),
    )
    if found != wanted:
        raise ValueError(
            f"{name} is a {found[0]} generator of latent dimension {found[1]}, this training one that is {wanted[0]} and {wanted[1]}: choose those"
        )
    for network in (model.generator, model.ema_generator):
        weights.assign(lambda: network, learned, name)
    weights.assign(
        lambda: model.discriminator, weights.read(f"{name}-discriminator", "discriminator")[1], name
    )
