"""Measures with a definition: pure functions on arrays."""

from statistics import NormalDist

import numpy as np
import pandas as pd


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
    successes, trials = float(successes), float(trials)  # a small integer type would overflow
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


def frechet_distance(real, fake):
    """Return the Fréchet distance between two sets of features, as if both were normally distributed.

    |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), Dowson and Landau 1982; used on images since Heusel et al. 2017. It is biased: of two
    samples of one distribution it finds more than 0, the fewer rows the more. It is called FID only
    on features of one particular Inception network.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
        What some descriptor says of the images; at least two rows each.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there are fewer than two rows.
    """
    real, fake = _features(real, fake)
    one, other = np.cov(real, rowvar=False, ddof=1), np.cov(fake, rowvar=False, ddof=1)
    # tr (Σ₁Σ₂)^½ is the sum of the singular values of Σ₁^½ Σ₂^½, and those roots are symmetric.
    cross = np.linalg.svd(_root(one) @ _root(other), compute_uv=False).sum()
    return float(((real.mean(0) - fake.mean(0)) ** 2).sum() + np.trace(np.atleast_2d(one)) + np.trace(np.atleast_2d(other)) - 2 * cross)


def kernel_distance(real, fake, subsets=50, subset_size=200, seed=0):
    """Return the kernel distance between two sets of features and its spread over random subsets: (mean, standard deviation).

    The squared maximum mean discrepancy with the kernel (x·y / features + 1)³, without bias: of two samples of one distribution it
    is 0 on average, and may be a little below (Gretton et al. 2012; on images Bińkowski et al. 2018).

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
    subsets : int
        How many pairs of subsets are drawn.
    subset_size : int
        Rows of a subset; if there are not more of them, half of the rows there are, as subsets that are all alike would have no spread.
        A single subset may be all.
    """
    real, fake = _features(real, fake)
    size = min(subset_size, len(real), len(fake))
    if subsets > 1 and size == min(len(real), len(fake)):
        size = max(2, size // 2)
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(subsets):
        one, other = (features[rng.choice(len(features), size, replace=False)] for features in (real, fake))
        within = sum(k.sum() - np.trace(k) for k in (_cubic(one, one), _cubic(other, other))) / (size * (size - 1))
        values.append(within - 2 * _cubic(one, other).mean())
    return float(np.mean(values)), float(np.std(values))


def precision_recall(real, fake, neighbours=3):
    """Return the share of fakes that lie among the real ones and the share of real ones that lie among the fakes.

    A point lies among others if it is within the distance of one of them to its `neighbours`-th nearest (Kynkäänniemi et al. 2019).
    Precision is about quality, recall about variety; both need equally many rows to be compared.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
        More than `neighbours` rows each.

    Returns
    -------
    (float, float)
        Precision and recall.
    """
    real, fake = _features(real, fake)
    if min(len(real), len(fake)) <= neighbours:
        raise ValueError(f"{len(real)} real and {len(fake)} fake rows: each needs more than the {neighbours} neighbours")

    def among(points, others):
        radius = np.partition(_squared_distances(others, others), neighbours, axis=1)[:, neighbours]  # the nearest is the point itself
        return float((_squared_distances(points, others) <= radius).any(axis=1).mean())

    return among(fake, real), among(real, fake)


def memorisation(fake, trained_on, held_out, seed=0):
    """Return the share of fakes whose nearest real face was trained on, not held out: a float in [0, 1].

    Equally many faces of both kinds are compared, so a generator that copies nothing has a share of about ½, and one that copies has 1
    if `trained_on` holds everybody whom it may copy. If it holds a part of them, give faces of the whole in place of the fakes to see what
    copies would come to. It measures copies of whole faces as the features see them, nothing finer. No interval
    stands beside it: all fakes are compared with the same few faces, so they are not independent, and the interval of a proportion would
    hold the truth half as often as it says. Draw other people, and see how far it moves.

    Parameters
    ----------
    fake, trained_on, held_out : array of float, shape (n, features)
        Held-out faces should differ from the others in nothing but having been held out.
    seed : int
        Of the draw from the larger set.
    """
    fake, trained_on = _features(fake, trained_on)
    fake, held_out = _features(fake, held_out)
    size, random = min(len(trained_on), len(held_out)), np.random.default_rng(seed)
    nearest = [
        _squared_distances(fake, real[random.choice(len(real), size, replace=False)]).min(axis=1) for real in (trained_on, held_out)
    ]
    return float((nearest[0] < nearest[1]).mean())


def rank_correlation(one, other, groups, draws=2000, seed=0):
    """Return Spearman's rank correlation of two series and a 95 % interval: three floats in [-1, 1].

    Neighbouring epochs of one run are nearly the same measurement, so the interval is that of drawing whole groups again, with
    replacement (a cluster bootstrap, Efron and Tibshirani 1993); it needs more than a handful of them to be trusted.

    Parameters
    ----------
    one, other : array of float, shape (n,)
    groups : array, shape (n,)
        Which run each value is of.
    """
    one, other, groups = np.asarray(one, "float64"), np.asarray(other, "float64"), np.asarray(groups)
    names = np.unique(groups)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("a value is missing, or no number: leave its pair out")
    if not len(one) == len(other) == len(groups) or len(names) < 2:
        raise ValueError(f"{len(one)} and {len(other)} values of {len(names)} groups: as many of each, and two groups or more, are expected")
    members, random = [np.flatnonzero(groups == name) for name in names], np.random.default_rng(seed)
    drawn = [np.concatenate([members[i] for i in random.integers(len(members), size=len(members))]) for _ in range(draws)]
    low, high = np.nanpercentile([_spearman(one[rows], other[rows]) for rows in drawn], (2.5, 97.5))
    return _spearman(one, other), float(low), float(high)


def _spearman(one, other):
    return float(np.corrcoef(pd.Series(one).rank(), pd.Series(other).rank())[0, 1])


def _features(real, fake):
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    if real.ndim != 2 or fake.ndim != 2 or real.shape[1] != fake.shape[1] or min(len(real), len(fake)) < 2:
        raise ValueError(f"features of shapes {real.shape} and {fake.shape}: two arrays (n, features) with two rows or more are expected")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("some features are no numbers: nothing can be measured with them")
    return real, fake


def _cubic(one, other):
    return (one @ other.T / one.shape[1] + 1) ** 3


def _root(covariance):
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def _squared_distances(one, other):
    return np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T, 0)
