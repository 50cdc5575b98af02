"""A whole training of an LSGAN, kept in a folder."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from ..core import distribution, paths, reading, weights, writing
from ..core.backend import keras
from ..faces.faceset import FaceSet
from . import checkpoints, networks, states
from .distributed import DistributedLSGAN
from .lsgan import LSGAN
from .recorder import Describer, callbacks


@dataclass(frozen=True)
class Settings:
    """What a training is made of; equal settings on equal faces give equal losses.

    Raises
    ------
    ValueError
        If one of them is impossible.
    """

    latent_dim: int = 100  #: length of a latent point
    samples: int = 64  #: images of one iteration, half of them real: the paper's "samples"
    epochs: int = 20  #: passes over the faces, those of earlier calls included
    architecture: str = "compact"  #: see `networks.build_generator`
    seed: int = 0  #: of the weights, the latent points and the order of the faces
    #: see `LSGAN`; less of it is for the end of a training, as long as the discriminator does not
    #: know the faces by heart
    augmentation: float = 1.0
    r1: float = 0.2  #: weight of the penalty that keeps the discriminator's slopes small
    #: Adam's, of the discriminator and of the generator
    learning_rates: tuple[float, float] = (5e-4, 5e-4)
    falling: bool = False  #: let both fall to nothing over the epochs, along a cosine

    def __post_init__(self) -> None:
        networks.check_latent_dim(self.latent_dim)
        networks.check_architecture(self.architecture)
        if self.samples < 2 or self.samples % 2:
            even = "an iteration needs 2, 4, 6 …, half of them real"
            raise ValueError(f"{self.samples} samples: {even}")
        if self.seed < 0:
            raise ValueError(f"seed {self.seed}: it is 0 or more")
        if not 0 <= self.augmentation <= 1:
            raise ValueError(f"augmentation {self.augmentation}: it goes from 0 to 1")
        if not 0 <= self.r1 < math.inf:
            raise ValueError(f"r1 {self.r1}: the weight of a penalty is 0 or more")
        if not all(0 < rate < math.inf for rate in self.learning_rates):
            raise ValueError(f"learning rates {self.learning_rates}: they must be above 0")


def train(
    faces: FaceSet,
    run_dir: str | Path,
    settings: Settings | None = None,
    *,
    descriptor: Describer | None = None,
    start: str | Path | None = None,
    **about: Any,
) -> LSGAN:
    """Train an `LSGAN` from the beginning, or go on with one that was stopped, in a folder.

    The folder receives what `recorder.callbacks` writes, and `generator.keras`, the moving average
    of the generator. If it holds this training with as many epochs already, nothing is trained.

    Several GPUs, or the machines that `TF_CONFIG` names, share each iteration (see
    `core.distribution`): the losses are those of one device, up to the rounding of floats. Each
    machine makes this call; all must see the folder, and the first writes to it.

    Parameters
    ----------
    faces : FaceSet
    run_dir : path
    settings : Settings, optional
    descriptor : Descriptor, optional
        Measures the kernel distance of the fakes to 500 of the faces after each epoch: see
        `recorder.callbacks`.
    start : path or str, optional
        The folder of another training of the same networks, or the name of a generator that ships
        with its discriminator: begin with what they have learned, instead of by chance.
    about
        Single settings by their names, and whatever else should stand in `run.json`.

    Returns
    -------
    LSGAN

    Raises
    ------
    ValueError
        If the folder holds a training on other faces or with other settings, a setting is
        impossible, there are fewer faces than half of `samples`, nothing to begin with is in
        `start`, the devices cannot share half of `samples` evenly, or the machines do not make the
        same call.
    OSError
        If another training is at work in the folder, the disk is full or the folder cannot be
        written. What is done stays.
    RuntimeError
        If another machine is lost. The same call on all of them goes on.

    Examples
    --------
    >>> train(faces, "build/run", Settings(latent_dim=200, samples=64), source="portraits")
    >>> train(faces, "build/run", latent_dim=200, samples=64, source="portraits")
    """
    named = {field.name: about.pop(field.name) for field in fields(Settings) if field.name in about}
    settings = replace(settings or Settings(), **named)
    run, judge = Path(run_dir), (descriptor, faces.images) if descriptor else None
    precision = keras.config.dtype_policy().name
    record = {"faces": len(faces), "digest": faces.digest(), "precision": precision, **about}
    record = writing.plain(asdict(settings) | record)
    if start:
        record["start"] = Path(start).name
    model = _build(settings)
    with _at_work(run):
        done = _resume(model, run, record)
        if start and not done:
            _start(model, settings, start)
        with distribution.together():
            distribution.check_alike(record, done)
            if done < settings.epochs:
                _fit(model, faces, done, callbacks(run, judge, **record), run, settings)
            else:
                print(f"{paths.display(run)} holds {done} epochs already: nothing is left to train")
            checkpoints.save_generator(model.ema_generator, run, settings.architecture)
            distribution.check_alike("saved")
    return model


def _build(settings: Settings) -> LSGAN:
    """Return a compiled model with new weights, for as many devices as there are."""
    strategy, half = distribution.strategy(), settings.samples // 2
    devices = strategy.num_replicas_in_sync
    if half % devices:
        uneven = f"{half} real images of an iteration cannot be shared by {devices} devices"
        raise ValueError(f"{uneven}: choose samples that {2 * devices} divides")
    keras.utils.set_random_seed(settings.seed)
    kind = DistributedLSGAN if devices > 1 else LSGAN
    with strategy.scope():
        generator = networks.build_generator(settings.latent_dim, settings.architecture)
        discriminator = networks.build_discriminator(settings.architecture)
        named = {name: getattr(settings, name) for name in ("augmentation", "r1", "seed")}
        model = kind(generator, discriminator, **named)
        model.compile(*settings.learning_rates)
    return model


def _fit(model: LSGAN, faces: FaceSet, done: int, recorders: list, run: Path, settings: Settings):
    """Train the epochs that are left; what Ctrl-C ends leaves its generator."""
    half = settings.samples // 2
    batches = faces.dataset(half, settings.seed, first_epoch=done, endless=True)
    options: dict[str, Any] = {"initial_epoch": done, "epochs": settings.epochs, "verbose": 0}
    if settings.falling:

        def fall(epoch, logs):
            share = (1 + math.cos(math.pi * epoch / settings.epochs)) / 2
            for optimizer, rate in zip(
                (model.d_optimizer, model.g_optimizer), settings.learning_rates
            ):
                optimizer.learning_rate = share * rate

        recorders = [*recorders, keras.callbacks.LambdaCallback(on_epoch_begin=fall)]
    try:
        model.fit(batches, **options, steps_per_epoch=len(faces) // half, callbacks=recorders)
    except KeyboardInterrupt:
        checkpoints.save_generator(model.ema_generator, run, settings.architecture)
        raise


@contextmanager
def _at_work(run: Path) -> Iterator[None]:
    """Keep a run's folder for this process, and say in a sentence if it cannot be written."""
    alone = writing.exclusive(run, "training") if distribution.first_machine() else nullcontext()
    try:
        with alone:
            yield
    except OSError as error:
        if not error.errno:  # a sentence already
            raise
        shown, has_state = paths.display(run), (run / "state.npz").is_file()
        kept = f"; {states.KEPT}" if has_state else ""
        raise OSError(f"cannot write {shown}: {error.strerror}{kept}") from None


def _resume(model: LSGAN, run: Path, record: dict[str, Any]) -> int:
    """Put a model into the state of a training of the same record; return its epochs."""
    if (run / "state.npz").is_file() and (run / "run.json").is_file():
        advice = "choose another folder, or delete this one"
        found = reading.read_json(run / "run.json", advice)
        if "start" in found:
            record.setdefault("start", found["start"])
        # Another number of epochs in the end is no other training.
        others = [name for name in record if name != "epochs" and found.get(name) != record[name]]
        differences = [f"{name} {found.get(name)}, not {record[name]}" for name in others]
        if differences:
            another = f"{paths.display(run)} holds another training ({'; '.join(differences)})"
            raise ValueError(f"{another}: {advice}")
    return states.resume(model, run)


def _start(model: LSGAN, settings: Settings, start: str | Path) -> None:
    """Give a model what another training has learned, or the networks that ship under a name."""
    if not states.resume(model, start):
        _start_with_shipped(model, settings, str(start))
    with model.distribute_strategy.scope():  # the other training had its own rates
        d_rate, g_rate = settings.learning_rates
        model.d_optimizer.learning_rate, model.g_optimizer.learning_rate = d_rate, g_rate


def _start_with_shipped(model: LSGAN, settings: Settings, name: str) -> None:
    discriminators = checkpoints.discriminators()
    if name not in discriminators:
        nothing = f"{paths.display(Path(name))} holds no training to begin with"
        raise ValueError(f"{nothing}: choose another folder, or one of {', '.join(discriminators)}")
    record, learned = weights.read(name, "generator")
    found = record["architecture"], record["latent_dim"]
    wanted = settings.architecture, settings.latent_dim
    if found != wanted:
        this = "{} is a {} generator of latent dimension {}".format(name, *found)
        raise ValueError("{}, not one that is {} and {}: choose those".format(this, *wanted))
    weights.assign(lambda: model.generator, learned, name)
    weights.assign(lambda: model.ema_generator, learned, name)
    judged = weights.read(discriminators[name], "discriminator")[1]
    weights.assign(lambda: model.discriminator, judged, name)
