"""The losses of GANs: least squares, cross-entropy and minimax, with their slopes.

Scores are the discriminator's linear outputs, arrays or tensors of any shape. The functions return
float32 tensors, so they serve `GradientTape` and `float(...)` alike.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..core.backend import keras

ops = keras.ops


def lsgan_discriminator_loss(real: ArrayLike, fake: ArrayLike, a: float = 0, b: float = 1) -> Any:
    """Return the least-squares loss of the discriminator.

    ½ E[(D(x) − b)²] + ½ E[(D(G(z)) − a)²]    (Mao et al. 2017, equation 2; the paper, section 2.2)

    Parameters
    ----------
    real, fake : array of float
        The scores D(x) of real and D(G(z)) of fake images.
    a, b : float
        The labels of fake and of real images.

    Returns
    -------
    float32 tensor, a scalar

    Notes
    -----
    The d1 and d2 that runs report are the two mean squares *without* the ½, as in the paper's
    tables.

    Examples
    --------
    >>> float(lsgan_discriminator_loss(real=[1.0], fake=[1.0]))
    0.5
    """
    return 0.5 * mean_square(real, b) + 0.5 * mean_square(fake, a)


def lsgan_generator_loss(fake: ArrayLike, c: float = 1) -> Any:
    """Return the least-squares loss of the generator.

    ½ E[(D(G(z)) − c)²]    (Mao et al. 2017, equation 2; the paper prints no formula for G)

    Parameters
    ----------
    fake : array of float
        The scores D(G(z)) of fake images.
    c : float
        The score that the generator wants for its fakes.

    Returns
    -------
    float32 tensor, a scalar

    Notes
    -----
    The g that runs report is the mean square *without* the ½.
    """
    return 0.5 * mean_square(fake, c)


def mean_square(scores: ArrayLike, label: float) -> Any:
    """Return E[(scores − label)²]: the d1, d2 and g that the paper and our runs report."""
    return ops.mean(ops.square(ops.convert_to_tensor(scores, "float32") - label))


def discriminator_accuracy(
    real: ArrayLike, fake: ArrayLike, a: float = 0, b: float = 1
) -> tuple[Any, Any]:
    """Return the shares of real and of fake images on the right side of (a + b) / 2.

    Parameters
    ----------
    real, fake : array of float
        The scores of real and of fake images.
    a, b : float
        The labels of fake and of real images.

    Returns
    -------
    two float32 tensors, scalars
        Accuracy on real images and accuracy on fakes, 0 to 1; a score exactly between the labels
        counts as wrong.
    """
    toward_real, middle = float(np.sign(b - a)), (a + b) / 2

    def share(scores, side):
        distance = ops.convert_to_tensor(scores, "float32") - middle
        return ops.mean(ops.cast(side * distance > 0, "float32"))

    return share(real, toward_real), share(fake, -toward_real)


def cross_entropy_discriminator_loss(real: ArrayLike, fake: ArrayLike) -> Any:
    """Return the binary cross-entropy of the discriminator.

    E[−log σ(D(x))] + E[−log(1 − σ(D(G(z))))], σ the logistic function: Goodfellow et al. 2014,
    equation 1, with the sign of a loss.

    Parameters
    ----------
    real, fake : array of float
        The scores (logits) of real and of fake images.
    """
    return cross_entropy_generator_loss(real) - minimax_generator_loss(fake)


def cross_entropy_generator_loss(fake: ArrayLike) -> Any:
    """Return the cross-entropy of the generator as it is used in practice, E[−log σ(D(G(z)))].

    "Non-saturating": its slope is steepest where the discriminator recognises the fake
    (Goodfellow et al. 2014, section 3).
    """
    return ops.mean(ops.softplus(-ops.convert_to_tensor(fake, "float32")))


def minimax_generator_loss(fake: ArrayLike) -> Any:
    """Return the generator's loss of the minimax game, E[log(1 − σ(D(G(z))))].

    It "saturates": where the discriminator recognises the fake, its slope goes to 0
    (Goodfellow et al. 2014, section 3).
    """
    return -ops.mean(ops.softplus(ops.convert_to_tensor(fake, "float32")))
