"""Intervals: how far a share, an area or a correlation can be trusted."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.stats import binomtest, norm, spearmanr
from sklearn.metrics import roc_auc_score


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion, two floats in [0, 1].

    Unlike p ± 1.96·s it stays inside [0, 1] and does not collapse to a point at 0 or at all
    successes (Wilson 1927; Brown, Cai, DasGupta 2001).

    Parameters
    ----------
    successes, trials : int
        Counts, of any numeric type.
    confidence : float

    Raises
    ------
    ValueError
        If there are no trials, more successes than trials, or a count is not a whole number.

    Examples
    --------
    >>> low, high = wilson_interval(10, 10)  # ten right of ten
    >>> f"{low:.2f} to {high:.2f}"
    '0.72 to 1.00'
    """
    if not (trials >= 1 and 0 <= successes <= trials) or successes % 1 or trials % 1:
        counts = f"{successes} successes in {trials} trials"
        raise ValueError(f"{counts}: whole numbers, at least one trial, and no more successes")
    interval = binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def auc(positive: ArrayLike, negative: ArrayLike) -> tuple[float, float, float]:
    """Return the area under the ROC curve and its 95 % interval: three floats in [0, 1].

    It is the chance that a positive has a higher score than a negative, ties counted half
    (Hanley and McNeil 1982). The interval holds all areas θ with |area − θ| ≤ z·s(θ), by the
    standard error of Hanley and McNeil at θ (Newcombe 2006, method 5): it does not shrink to a
    point at 1.

    Parameters
    ----------
    positive, negative : array of float, shape (m,), (n,)
        Scores; at least one of each.

    Raises
    ------
    ValueError
        If there is no score of one kind, or one is not a number.
    """
    m, n = len(np.asarray(positive)), len(np.asarray(negative))
    if min(m, n) < 1:
        raise ValueError(f"{m} positive and {n} negative scores: at least one of each is needed")
    scores = np.concatenate([positive, negative]).astype("float64")
    area = float(roc_auc_score(np.repeat([1, 0], [m, n]), scores))
    z = norm.ppf(0.975)

    def excess(theta):
        pairs = 1 + ((m + n) / 2 - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(area - theta) - z * (theta * (1 - theta) * pairs / (m * n)) ** 0.5

    tiny = 1e-12  # an area of 0 or 1 is itself a root, but not the end of the interval
    low = brentq(excess, 0, area - tiny) if area > tiny else 0.0
    high = brentq(excess, area + tiny, 1) if area < 1 - tiny else 1.0
    return area, float(low), float(high)


def rank_correlation(
    one: ArrayLike, other: ArrayLike, groups: ArrayLike, draws: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Return Spearman's rank correlation and a 95 % interval: three floats in [-1, 1].

    Neighbouring epochs of one run are nearly the same measurement, so the interval is that of
    drawing whole groups again, with replacement (a cluster bootstrap, Efron and Tibshirani 1993);
    it needs more than a handful of them to be trusted.

    Parameters
    ----------
    one, other : array of float, shape (n,)
    groups : array, shape (n,)
        Which run each value is of.
    draws, seed : int
        Of the bootstrap.

    Raises
    ------
    ValueError
        If a value is missing, the lengths differ, or there are fewer than two groups.
    """
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("a value is missing, or no number: leave its pair out")
    if not len(one) == len(other) == len(group) or len(names) < 2:
        found = f"{len(one)} and {len(other)} values of {len(names)} groups"
        raise ValueError(f"{found}: as many of each, and two groups or more, are expected")
    members = [np.flatnonzero(group == number) for number in range(len(names))]
    random = np.random.default_rng(seed)
    correlations = []
    for _ in range(draws):
        drawn = random.integers(len(members), size=len(members))
        rows = np.concatenate([members[number] for number in drawn])
        correlations.append(spearmanr(one[rows], other[rows]).statistic)
    low, high = np.nanpercentile(correlations, (2.5, 97.5))  # a constant draw has none
    return float(spearmanr(one, other).statistic), float(low), float(high)
