"""Small GANs that each answer one question: faces of 40×40 pixels, networks without any normalisation but the one in question.

Seconds in a lesson, minutes for the runs that ship; `python -m facekit experiment NAME` repeats one.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from . import gan, losses, paths
from .backend import keras, tf
from .images import to_float
from .metrics import discriminator_accuracy

ops = keras.ops


class FrozenStatistics(gan.LSGAN):
    """Trains the generator on a discriminator that is held still: its batch normalisation then uses moving statistics.

    That is what `discriminator.trainable = False` does in a model stacked of both networks.
    """

    def look(self, images, for_generator=False):
        return self.discriminator(images, training=not for_generator)


class CrossEntropyGAN(gan.LSGAN):
    """The usual GAN: cross-entropy in place of squares. What it reports are the squares of σ(D), to be compared with an `LSGAN`."""

    def discriminator_loss(self, real_scores, fake_scores):
        return losses.cross_entropy_discriminator_loss(real_scores, fake_scores)

    def generator_loss(self, scores):
        return losses.cross_entropy_generator_loss(scores)

    def readings(self, scores):
        return ops.sigmoid(scores)


class MinimaxGAN(CrossEntropyGAN):
    """The GAN of the minimax game, whose generator loss saturates."""

    def generator_loss(self, scores):
        return losses.minimax_generator_loss(scores)


@dataclass(frozen=True)
class Experiment:
    """How one run differs from the plain one."""

    question: str
    model: type = gan.LSGAN
    normalization: str | None = None  #: of the discriminator
    d_learning_rate: float = 1e-3
    g_learning_rate: float = 1e-3
    latent_dim: int = 64
    asleep_after: float = 1.0  #: the share of the run after which the discriminator learns no more


EXPERIMENTS = {
    "plain": Experiment("How do the losses of a healthy run look?"),
    "batch-statistics": Experiment("Batch normalisation in D, batch statistics in both steps: is the bound kept?", normalization="batch"),
    "moving-statistics": Experiment("Batch normalisation in D, held still in the generator's step: is the bound kept?", FrozenStatistics, "batch"),
    "cross-entropy": Experiment("Does cross-entropy teach the generator less than squares do?", CrossEntropyGAN),
    "minimax": Experiment("And the cross-entropy that saturates?", MinimaxGAN),
    "collapse": Experiment("How does mode collapse look?", d_learning_rate=1e-4),
    "winner": Experiment("How does it look when the discriminator has won?", g_learning_rate=1e-6),
    "asleep": Experiment("What becomes of the faces when the discriminator stops learning half-way?", asleep_after=0.5),
    "too-fast": Experiment("How does a learning rate that is too high look?", d_learning_rate=0.05, g_learning_rate=0.05),
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


def play(name, faces, run_dir, iterations=160, samples=64, seed=0, descriptor=None, **about):
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
    networks = gan.build_generator(chosen.latent_dim, "small"), gan.build_discriminator("small", chosen.normalization)
    model = chosen.model(*networks, augmentation=0, average=0.99, seed=seed)
    model.compile(chosen.d_learning_rate, chosen.g_learning_rate)
    some = np.sort(np.random.default_rng(seed).permutation(len(small))[:500])
    judge = (_Enlarged(descriptor), small.images[some]) if descriptor else None
    every = max(1, iterations // 20)
    epochs = max(1, iterations // every)
    settings = dict(experiment=name, question=chosen.question, faces=len(small), samples=samples, seed=seed, iterations_an_epoch=every, **about)
    with paths.alone(Path(run_dir), "training"):
        model.fit(small.dataset(samples // 2, seed).repeat(), steps_per_epoch=every, epochs=epochs, verbose=0,
                  callbacks=[*gan.callbacks(Path(run_dir), judge, **settings), _Asleep(round(chosen.asleep_after * epochs))])
    return model


def halved(images):
    """Return uint8 images (n, 2h, 2w, 3) at half their height and width: each pixel the mean of four."""
    n, height, width, channels = images.shape
    small = np.empty((n, height // 2, width // 2, channels), np.uint8)
    for start in range(0, n, 1024):  # a float32 copy of all of CelebA would be 1.3 GB
        blocks = np.asarray(images[start : start + 1024]).reshape(-1, height // 2, 2, width // 2, 2, channels)
        small[start : start + 1024] = np.rint(blocks.mean(axis=(2, 4), dtype="float32"))
    return small


def modes(model, faces, n=256, seed=1):
    """Return what one discriminator says of the same images in its two modes: a row a mode, columns d1, d2, g and both accuracies.

    "batch" normalises with the statistics of the batch, real and fake apart, as in the discriminator's step; "moving" with the ones
    collected on the way, as in use, or held still. Without batch normalisation both are the same.
    """
    real, fake = _both(model, faces, n, seed)
    rows = {}
    for mode, training in (("batch", True), ("moving", False)):
        said_real, said_fake = (_said(model, images, training) for images in (real, fake))
        d2, g = _squares(said_fake, model)
        rows[mode] = (((said_real - model.b) ** 2).mean(), d2, g, *discriminator_accuracy(said_real, said_fake, model.a, model.b))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["d1", "d2", "g", "accuracy_real", "accuracy_fake"])


def explanations(model, faces, n=256, seed=1):
    """Return √d2 + √g of one trained pair, measured in five ways that might explain a sum below the bound 1: a Series.

    It leaves the model as it was.
    """
    real, fake = _both(model, faces, n, seed)
    others = [_both(model, faces, n, seed + i)[1] for i in range(1, 9)]
    root_sum = lambda d2, g: float(d2**0.5 + g**0.5)
    batch = [_squares(_said(model, images, True), model) for images in (fake, *others)]
    found = {
        "same fakes, same weights, same mode": root_sum(*batch[0]),
        "d2 on some fakes, g on others": root_sum(batch[0][0], batch[1][1]),
        "both averaged over eight batches": root_sum(*np.mean(batch[1:], axis=0)),
    }
    kept = [(variable, variable.numpy()) for variable in (*model.discriminator.variables, *model.d_optimizer.variables)]
    with tf.GradientTape() as tape:
        scores = [model.discriminator(images, training=True) for images in (real, fake)]
        loss = model.discriminator_loss(*scores)
    model.d_optimizer.apply(tape.gradient(loss, model.discriminator.trainable_variables), model.discriminator.trainable_variables)
    found["an update of D between d2 and g"] = root_sum(batch[0][0], _squares(_said(model, fake, True), model)[1])
    for variable, value in kept:
        variable.assign(value)
    found["d2 with batch, g with moving statistics"] = root_sum(batch[0][0], _squares(_said(model, fake, False), model)[1])
    return pd.Series(found, name="√d2 + √g")


def _both(model, faces, n, seed):
    """Return n real and n fake images of the model's size, in [-1, 1]."""
    random = np.random.default_rng(seed)
    real = to_float(halved(faces.images[np.sort(random.integers(len(faces), size=n))]))
    return real, model.generator(random.standard_normal((n, model.generator.input_shape[-1]), np.float32), training=False)


def _said(model, images, training):
    """Return the discriminator's readings of images as float64 (n, 1); its moving statistics stay as they are."""
    kept = [(variable, variable.numpy()) for variable in model.discriminator.non_trainable_variables]
    said = np.asarray(model.readings(model.discriminator(images, training=training)), "float64")
    for variable, value in kept:
        variable.assign(value)
    return said


def _squares(said, model):
    return ((said - model.a) ** 2).mean(), ((said - model.c) ** 2).mean()
