"""gan.losses."""

import numpy as np


def discriminator_accuracy(real, fake, a=0, b=1):
    """Return the shares of real and of fake images that the discriminator puts on the right side of (a + b) / 2.

    Parameters
    ----------
    real, fake : array of float
        The discriminator's linear outputs on real and on fake images.
    a, b : float
        The labels of fake and of real images.

    Returns
    -------
    (float, float)
        Accuracy on real images and accuracy on fakes; an output exactly between the labels counts as wrong.
    """
    toward_real = np.sign(b - a)
    middle = (a + b) / 2
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    return float(np.mean(toward_real * (real - middle) > 0)), float(
        np.mean(toward_real * (fake - middle) < 0)
    )


from ..core.backend import keras, tf

ops = keras.ops


def lsgan_discriminator_loss(real, fake, a=0, b=1):
    """Return the least-squares loss of the discriminator.

    ½ E[(D(x) − b)²] + ½ E[(D(G(z)) − a)²]    (the paper, section 2.2; Mao et al. 2017, equation 2)

    Parameters
    ----------
    real, fake : array of float
        The discriminator's linear outputs D(x) on real and D(G(z)) on fake images, of any shape.
    a, b : float
        The labels of fake and of real images.

    Notes
    -----
    The d1 and d2 that runs report are the two mean squares *without* the ½, as in the paper's tables.
    """
    return 0.5 * mean_square(real, b) + 0.5 * mean_square(fake, a)


def lsgan_generator_loss(fake, c=1):
    """Return the least-squares loss of the generator.

    ½ E[(D(G(z)) − c)²]    (Mao et al. 2017, equation 2; the paper prints no formula for G)

    Parameters
    ----------
    fake : array of float
        The discriminator's linear outputs D(G(z)), of any shape.
    c : float
        The value that the generator wants the discriminator to give to its fakes.

    Notes
    -----
    The g that runs report is the mean square *without* the ½.
    """
    return 0.5 * mean_square(fake, c)


def mean_square(scores, label):
    """Return E[(scores − label)²]: the d1, d2 and g that the paper and our runs report."""
    return ops.mean(ops.square(ops.convert_to_tensor(scores, "float32") - label))


def slope(loss, scores):
    """Return how a loss changes with each score alone: d loss([score]) / d score, float32, the shape of `scores`.

    Parameters
    ----------
    loss : function
        From scores to their mean loss, such as `lsgan_generator_loss`.
    scores : array of float
    """
    scores = ops.convert_to_tensor(scores, "float32")
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = loss(scores) * ops.cast(ops.size(scores), "float32")
    return tape.gradient(value, scores).numpy()


def cross_entropy_discriminator_loss(real, fake):
    """Return the binary cross-entropy of the discriminator: E[−log σ(D(x))] + E[−log(1 − σ(D(G(z))))], σ the logistic function.

    Goodfellow et al. 2014, equation 1, with the sign of a loss.

    Parameters
    ----------
    real, fake : array of float
        The discriminator's linear outputs (logits) on real and on fake images, of any shape.
    """
    real, fake = ops.convert_to_tensor(real, "float32"), ops.convert_to_tensor(fake, "float32")
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def cross_entropy_generator_loss(fake):
    """Return the cross-entropy of the generator as it is used in practice, E[−log σ(D(G(z)))].

    "Non-saturating": its slope is steepest where the discriminator recognises the fake (Goodfellow et al. 2014, section 3).
    """
    return ops.mean(ops.softplus(-ops.convert_to_tensor(fake, "float32")))


def minimax_generator_loss(fake):
    """Return the generator's loss of the minimax game, E[log(1 − σ(D(G(z))))].

    It "saturates": where the discriminator recognises the fake, its slope goes to 0 (Goodfellow et al. 2014, section 3).
    """
    return -ops.mean(ops.softplus(ops.convert_to_tensor(fake, "float32")))
