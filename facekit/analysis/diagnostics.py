"""What one discriminator says in its two modes, and ways to a √d2 + √g below the bound."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd

from ..core.backend import tf
from ..core.images import to_float
from ..faces.faceset import FaceSet
from ..gan.losses import discriminator_accuracy
from ..gan.lsgan import LSGAN
from .experiments import halved


def modes(model: LSGAN, faces: FaceSet, n: int = 256, seed: int = 1) -> pd.DataFrame:
    """Return what one discriminator says of the same images in its two modes.

    Without batch normalisation both are the same.

    Parameters
    ----------
    model : LSGAN
        Trained by `experiments.run`.
    faces : FaceSet
        Of 80×80 pixels; they are halved.
    n : int
        Real images, and as many fakes.
    seed : int
        Of their choice.

    Returns
    -------
    DataFrame
        Row "batch" normalises with the statistics of the batch, real and fake apart, as in the
        discriminator's step; row "moving" with the moving statistics, as in use. Columns d1, d2, g
        (mean squares), accuracy_real and accuracy_fake.
    """
    real, fake = _images(model, faces, n, seed)
    rows = {}
    for mode, training in (("batch", True), ("moving", False)):
        real_scores, fake_scores = (_scores(model, images, training) for images in (real, fake))
        d2, g = (_mean_square(fake_scores, label) for label in (model.a, model.c))
        accuracies = discriminator_accuracy(real_scores, fake_scores, model.a, model.b)
        rows[mode] = [_mean_square(real_scores, model.b), d2, g, *map(float, accuracies)]
    columns = ["d1", "d2", "g", "accuracy_real", "accuracy_fake"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def root_sums(model: LSGAN, faces: FaceSet, n: int = 256, seed: int = 1) -> pd.Series:
    """Return √d2 + √g of one trained pair, measured in five ways.

    In the first way the bound 1 must hold; the others might explain a sum below it. The model stays
    as it was. Parameters as in `modes`.
    """
    real, fake = _images(model, faces, n, seed)
    scores = _scores(model, fake, True)
    others = [_images(model, faces, n, seed + i)[1] for i in range(1, 9)]
    other_scores = np.stack([_scores(model, images, True) for images in others])
    discriminator, optimizer = model.discriminator, model.d_optimizer
    with _restored([*discriminator.variables, *optimizer.variables]):
        with tf.GradientTape() as tape:
            outputs = [discriminator(images, training=True) for images in (real, fake)]
            loss = model.discriminator_loss(*outputs)
        weights = discriminator.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
        updated_scores = _scores(model, fake, True)

    def root_sum(d2_scores, g_scores):
        return _mean_square(d2_scores, model.a) ** 0.5 + _mean_square(g_scores, model.c) ** 0.5

    ways = {
        "same fakes, same weights, same mode": root_sum(scores, scores),
        "d2 on some fakes, g on others": root_sum(scores, other_scores[0]),
        "both averaged over eight batches": root_sum(other_scores, other_scores),
        "an update of D between d2 and g": root_sum(scores, updated_scores),
        "d2 with batch, g with moving statistics": root_sum(scores, _scores(model, fake, False)),
    }
    return pd.Series(ways, name="√d2 + √g")


def _images(model: LSGAN, faces: FaceSet, n: int, seed: int) -> tuple[Any, Any]:
    """Return n real and n fake images of the model's size, in [-1, 1]."""
    random = np.random.default_rng(seed)
    rows = np.sort(random.integers(len(faces), size=n))
    latent = random.standard_normal((n, model.generator.input_shape[-1]), np.float32)
    return to_float(halved(faces.images[rows])), model.generator(latent, training=False)


def _scores(model: LSGAN, images: Any, training: bool) -> np.ndarray:
    """Return the discriminator's scores of images as float64 (n, 1), and leave its statistics."""
    with _restored(model.discriminator.non_trainable_variables):
        scores = model.activation(model.discriminator(images, training=training))
    return np.asarray(scores, "float64")


def _mean_square(scores: np.ndarray, label: float) -> float:
    return float(((scores - label) ** 2).mean())


@contextmanager
def _restored(variables: Sequence[Any]) -> Iterator[None]:
    """Give variables back the values that they had before the block."""
    values = [variable.numpy() for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, values):
            variable.assign(value)
