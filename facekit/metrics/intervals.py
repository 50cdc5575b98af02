"""Intervals: how far a share, an area or a correlation can be trusted."""

from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.stats import rankdata


def auc(positive, negative, confidence=0.95):
    """Return the area under the ROC curve and its interval: three floats in [0, 1].

    It is the chance that a positive has a higher score than a negative, ties counted half (Hanley and McNeil 1982). The interval holds all areas θ
    with |area − θ| ≤ z·s(θ), by the standard error of Hanley and McNeil at θ (Newcombe 2006, method 5): it does not shrink to a point at 1.

    Parameters
    ----------
    positive, negative : array of float, shape (m,), (n,)
        Scores; at least one of each.
    """
    positive, negative = np.asarray(positive, "float64"), np.asarray(negative, "float64")
    m, n = len(positive), len(negative)
    if min(m, n) < 1:
        raise ValueError(f"{m} positive and {n} negative scores: at least one of each is needed")
    area = (rankdata(np.concatenate([positive, negative]))[:m].sum() - m * (m + 1) / 2) / (m * n)
    z, half = NormalDist().inv_cdf(0.5 + confidence / 2), (m + n) / 2 - 1

    def inside(theta):
        variance = (
            theta
            * (1 - theta)
            * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta)))
            / (m * n)
        )
        return abs(area - theta) <= z * variance**0.5

    def edge(outer):
        inner = area
        for _ in range(50):
            middle = (outer + inner) / 2
            outer, inner = (outer, middle) if inside(middle) else (middle, inner)
        return inner

    return float(area), float(edge(0.0)), float(edge(1.0))


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
        raise ValueError(
            f"{successes} successes in {trials} trials: there must be at least one trial, and no more successes than trials"
        )
    successes, trials = float(successes), float(trials)  # a small integer type would overflow
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    centre = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2)) / (1 + z**2 / trials)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


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
    one, other, groups = (
        np.asarray(one, "float64"),
        np.asarray(other, "float64"),
        np.asarray(groups),
    )
    names = np.unique(groups)
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        raise ValueError("a value is missing, or no number: leave its pair out")
    if not len(one) == len(other) == len(groups) or len(names) < 2:
        raise ValueError(
            f"{len(one)} and {len(other)} values of {len(names)} groups: as many of each, and two groups or more, are expected"
        )
    members, random = (
        [np.flatnonzero(groups == name) for name in names],
        np.random.default_rng(seed),
    )
    drawn = [
        np.concatenate([members[i] for i in random.integers(len(members), size=len(members))])
        for _ in range(draws)
    ]
    low, high = np.nanpercentile([_spearman(one[rows], other[rows]) for rows in drawn], (2.5, 97.5))
    return _spearman(one, other), float(low), float(high)


def _spearman(one, other):
    return float(np.corrcoef(pd.Series(one).rank(), pd.Series(other).rank())[0, 1])
