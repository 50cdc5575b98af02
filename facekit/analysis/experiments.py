"""Small GANs that each answer one question.

They learn from faces of 40×40 pixels, with networks that have no normalisation but the one in
question: seconds in a lesson, minutes for the runs that ship. `python -m facekit experiment NAME`
repeats one of those.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..core import writing
from ..core.backend import keras
from ..core.images import in_batches
from ..faces.faceset import FaceSet
from ..gan import losses, lsgan, networks, recorder
from ..metrics.descriptor import Descriptor

ROWS = 20  # of the loss table of a run


class FrozenStatistics(lsgan.LSGAN):
    """Trains the generator on a discriminator whose batch normalisation uses moving statistics.

    That is what `discriminator.trainable = False` does in a model stacked of both networks.
    """

    def discriminate(self, images: Any, for_generator: bool = False) -> Any:
        """Return scores (n, 1), by the statistics of the batch or by moving ones."""
        return self.discriminator(images, training=not for_generator)


class CrossEntropyGAN(lsgan.LSGAN):
    """The usual GAN: cross-entropy in place of least squares.

    It reports the mean squares of σ(D), which compare with those of an `LSGAN`.
    """

    discriminator_loss = staticmethod(losses.cross_entropy_discriminator_loss)
    generator_loss = staticmethod(losses.cross_entropy_generator_loss)
    activation = staticmethod(keras.ops.sigmoid)


class MinimaxGAN(CrossEntropyGAN):
    """The GAN of the minimax game, whose generator loss saturates."""

    generator_loss = staticmethod(losses.minimax_generator_loss)


@dataclass(frozen=True)
class Experiment:
    """How one run differs from the plain one.

    Attributes
    ----------
    question : str
        What it answers.
    model : type
        `LSGAN` or a subclass.
    normalization : str or None
        Of the discriminator: see `networks.build_discriminator`.
    d_learning_rate, g_learning_rate : float
        Of the discriminator and of the generator.
    asleep_after : float
        The share of the run after which the discriminator learns no more.
    """

    question: str
    model: type[lsgan.LSGAN] = lsgan.LSGAN
    normalization: str | None = None
    d_learning_rate: float = 1e-3
    g_learning_rate: float = 1e-3
    asleep_after: float = 1.0


EXPERIMENTS = {
    "plain": Experiment("How do the losses of a healthy run look?"),
    "batch-statistics": Experiment(
        "Batch normalisation in D, batch statistics in both steps: is the bound kept?",
        normalization="batch",
    ),
    "moving-statistics": Experiment(
        "Batch normalisation in D, held still in the generator's step: is the bound kept?",
        FrozenStatistics,
        "batch",
    ),
    "cross-entropy": Experiment(
        "Does cross-entropy teach the generator less than squares do?", CrossEntropyGAN
    ),
    "minimax": Experiment("And the cross-entropy that saturates?", MinimaxGAN),
    "lagging": Experiment(
        "What becomes of the losses and of the faces when the discriminator learns too slowly?",
        d_learning_rate=1e-4,
    ),
    "winner": Experiment("How does it look when the discriminator has won?", g_learning_rate=1e-6),
    "asleep": Experiment(
        "What becomes of the faces when the discriminator stops learning half-way?",
        asleep_after=0.5,
    ),
    "too-fast": Experiment(
        "How does a learning rate that is too high look?",
        d_learning_rate=0.05,
        g_learning_rate=0.05,
    ),
}


def check(names: Iterable[str]) -> None:
    """Raise a ValueError unless these are names of `EXPERIMENTS`."""
    for name in names:
        if name not in EXPERIMENTS:
            raise ValueError(f"no experiment {name!r}: choose one of {', '.join(EXPERIMENTS)}")


def run(
    name: str,
    faces: FaceSet,
    run_dir: str | Path,
    iterations: int = 160,
    samples: int = 64,
    seed: int = 0,
    descriptor: Descriptor | None = None,
    **about: Any,
) -> lsgan.LSGAN:
    """Train the networks of one experiment and keep its run in a folder.

    Parameters
    ----------
    name : str
        One of `EXPERIMENTS`.
    faces : FaceSet
        Of 80×80 pixels; they are halved.
    run_dir : path
        What is there is replaced.
    iterations : int
        Training steps in all; a twentieth of them is averaged into a row of the loss table, an
        "epoch" of the run.
    samples : int
        Images of one iteration, half of them real.
    seed : int
        Of the weights, the latent points and the order of the faces.
    descriptor : Descriptor, optional
        Measures the kernel distance of the fakes to 500 of the faces after each epoch.
    about
        Whatever else should stand in `run.json`.

    Returns
    -------
    LSGAN

    Raises
    ------
    ValueError
        If there is no such experiment, or there are fewer faces than half of `samples`.
    OSError
        If another training is at work in the folder, or it cannot be written.
    """
    check([name])
    experiment = EXPERIMENTS[name]
    small = replace(faces, images=halved(faces.images))
    keras.utils.set_random_seed(seed)
    generator = networks.build_generator(64, "small")
    discriminator = networks.build_discriminator("small", experiment.normalization)
    model = experiment.model(generator, discriminator, augmentation=0, seed=seed)
    model.compile(experiment.d_learning_rate, experiment.g_learning_rate, ema_momentum=0.99)
    judge = (_HalfSizeDescriptor(descriptor), small.images) if descriptor else None
    steps = max(1, iterations // ROWS)
    epochs = max(1, iterations // steps)
    settings = {"experiment": name, "question": experiment.question, "faces": len(small)}
    settings |= {"samples": samples, "seed": seed, "architecture": "small"}
    settings |= {"iterations_an_epoch": steps} | about

    def put_to_sleep(epoch, logs):
        if epoch == round(experiment.asleep_after * epochs):
            model.d_optimizer.learning_rate = 0.0

    sleep = keras.callbacks.LambdaCallback(on_epoch_begin=put_to_sleep)
    with writing.exclusive(run_dir, "training"):
        batches = small.dataset(samples // 2, seed).repeat()
        callbacks = [*recorder.callbacks(run_dir, judge, **settings), sleep]
        model.fit(batches, steps_per_epoch=steps, epochs=epochs, verbose=0, callbacks=callbacks)
    return model


def halved(images: np.ndarray) -> np.ndarray:
    """Return uint8 images (n, 2h, 2w, 3) at half their size: each pixel the mean of four."""

    def shrink(batch):
        return np.rint(keras.ops.average_pool(batch.astype("float32"), 2)).astype(np.uint8)

    return in_batches(shrink, images, 1024) if len(images) else images[:, ::2, ::2]


class _HalfSizeDescriptor:
    """A descriptor that takes faces of 40×40 pixels."""

    def __init__(self, descriptor):
        self.descriptor, self.network = descriptor, descriptor.network

    def embed(self, images):
        return self.descriptor.embed(images.repeat(2, axis=1).repeat(2, axis=2))
