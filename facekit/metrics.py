"""Measures with a definition: pure functions on arrays."""

from statistics import NormalDist

import numpy as np


def wilson_interval(successes, trials, confidence=0.95):
    """Return the Wilson score interval of a proportion, two floats in [0, 1].

    Unlike p ± 1.96·s it stays inside [0, 1] and does not collapse to a point at 0 or at all successes
    (Wilson 1927; Brown, Cai, DasGupta 2001).

    Raises
    ------
    ValueError
        If there are no trials, or more successes than trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"{successes} successes in {trials} trials: there must be at least one trial, and no more successes than trials")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def overlap(boxes, others):
    """Return the intersection over union of boxes x, y, width, height: two arrays (n, 4) to (n,) floats in [0, 1]."""
    one, other = np.asarray(boxes, float), np.asarray(others, float)
    start = np.maximum(one[:, :2], other[:, :2])
    stop = np.minimum(one[:, :2] + one[:, 2:], other[:, :2] + other[:, 2:])
    shared = np.prod(np.maximum(stop - start, 0), axis=1)
    return shared / (np.prod(one[:, 2:], axis=1) + np.prod(other[:, 2:], axis=1) - shared)


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
    return float(np.mean(toward_real * (real - middle) > 0)), float(np.mean(toward_real * (fake - middle) < 0))
