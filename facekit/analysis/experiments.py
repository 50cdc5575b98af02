"""Small GANs that each answer one question: faces of 40×40 pixels, networks without any normalisation but the one in question.

Seconds in a lesson, minutes for the runs that ship; `python -m facekit experiment NAME` repeats one.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..core import writing
from ..core.backend import keras
from ..gan import losses, lsgan, networks, recorder

ops = keras.ops


class FrozenStatistics(lsgan.LSGAN):
    """Trains the generator on a discriminator that is held still: its batch normalisation then uses moving statistics.

    That is what `discriminator.trainable = False` does in a model stacked of both networks.
    """

    def discriminate(self, images, for_generator=False):
        return self.discriminator(images, training=not for_generator)


class CrossEntropyGAN(lsgan.LSGAN):
    """The usual GAN: cross-entropy in place of squares. What it reports are the squares of σ(D), to be compared with an `LSGAN`."""

    def discriminator_loss(self, real_scores, fake_scores):
        return losses.cross_entropy_discriminator_loss(real_scores, fake_scores)

    def generator_loss(self, scores):
        return losses.cross_entropy_generator_loss(scores)

    def activation(self, scores):
        return ops.sigmoid(scores)


class MinimaxGAN(CrossEntropyGAN):
    """The GAN of the minimax game, whose generator loss saturates."""

    def generator_loss(self, scores):
        return losses.minimax_generator_loss(scores)


@dataclass(frozen=True)
class Experiment:
    """How one run differs from the plain one."""

    question: str
    model: type = lsgan.LSGAN
    normalization: str | None = None  #: of the discriminator
    d_learning_rate: float = 1e-3
    g_learning_rate: float = 1e-3
    latent_dim: int = 64
    asleep_after: float = 1.0  #: the share of the run after which the discriminator learns no more


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
    "collapse": Experiment("How does mode collapse look?", d_learning_rate=1e-4),
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


class _Asleep(keras.callbacks.Callback):
    """Stops the discriminator's learning before an epoch, counted from 0."""

    def __init__(self, epoch):
        super().__init__()
        self.epoch = epoch

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == self.epoch:
            self.model.d_optimizer.learning_rate = 0.0


class _Enlarged:
    """A descriptor that takes faces of 40×40 pixels."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def embed(self, images):
        return self.descriptor.embed(images.repeat(2, axis=1).repeat(2, axis=2))


def check(names):
    """Raise a ValueError unless these are names of `EXPERIMENTS`."""
    for name in names:
        if name not in EXPERIMENTS:
            raise ValueError(f"no experiment {name!r}: choose one of {', '.join(EXPERIMENTS)}")


def run(name, faces, run_dir, iterations=160, samples=64, seed=0, descriptor=None, **about):
    """Train the networks of one experiment and keep its run in a folder, as `gan.train` does.

    Parameters
    ----------
    name : str
        One of `EXPERIMENTS`.
    faces : FaceSet
        Of 80×80 pixels; they are halved.
    run_dir : path
        What is there is replaced.
    iterations : int
        Training steps in all; a twentieth of them is averaged into a row of the loss table, an "epoch" of the run.
    samples, seed, descriptor, about
        See `gan.train`.

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
    chosen, small = EXPERIMENTS[name], replace(faces, images=halved(faces.images))
    keras.utils.set_random_seed(seed)
    pair = (
        networks.build_generator(chosen.latent_dim, "small"),
        networks.build_discriminator("small", chosen.normalization),
    )
    model = chosen.model(*pair, augmentation=0, average=0.99, seed=seed)
    model.compile(chosen.d_learning_rate, chosen.g_learning_rate)
    some = np.sort(np.random.default_rng(seed).permutation(len(small))[:500])
    judge = (_Enlarged(descriptor), small.images[some]) if descriptor else None
    every = max(1, iterations // 20)
    epochs = max(1, iterations // every)
    settings = dict(
        experiment=name,
        question=chosen.question,
        faces=len(small),
        samples=samples,
        seed=seed,
        iterations_an_epoch=every,
        **about,
    )
    with writing.exclusive(Path(run_dir), "training"):
        model.fit(
            small.dataset(samples // 2, seed).repeat(),
            steps_per_epoch=every,
            epochs=epochs,
            verbose=0,
            callbacks=[
                *recorder.callbacks(Path(run_dir), judge, **settings),
                _Asleep(round(chosen.asleep_after * epochs)),
            ],
        )
    return model


def halved(images):
    """Return uint8 images (n, 2h, 2w, 3) at half their height and width: each pixel the mean of four."""
    n, height, width, channels = images.shape
    small = np.empty((n, height // 2, width // 2, channels), np.uint8)
    for start in range(0, n, 1024):  # a float32 copy of all of CelebA would be 1.3 GB
        blocks = np.asarray(images[start : start + 1024]).reshape(
            -1, height // 2, 2, width // 2, 2, channels
        )
        small[start : start + 1024] = np.rint(blocks.mean(axis=(2, 4), dtype="float32"))
    return small
