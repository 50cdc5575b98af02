"""How good probabilities are: do they rank, and do they mean what they say?"""

from statistics import NormalDist

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from .metrics import wilson_interval


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
        variance = theta * (1 - theta) * (1 + half * ((1 - theta) / (2 - theta) + theta / (1 + theta))) / (m * n)
        return abs(area - theta) <= z * variance**0.5

    def edge(outer):
        inner = area
        for _ in range(50):
            middle = (outer + inner) / 2
            outer, inner = (outer, middle) if inside(middle) else (middle, inner)
        return inner

    return float(area), float(edge(0.0)), float(edge(1.0))


def reliability(probability, truth, bins=10):
    """Return what happened where a probability was said: one row for each of the equally wide bins that holds a face.

    Parameters
    ----------
    probability : array of float in [0, 1], shape (n,)
    truth : array of bool, shape (n,)
    bins : int

    Returns
    -------
    DataFrame
        `said`, the mean probability of the bin; `happened`, the share that was true, with its 95 % Wilson interval `low`, `high`; `faces`.
    """
    probability, truth = np.asarray(probability, "float64"), np.asarray(truth, bool)
    if probability.shape != truth.shape or not len(truth):
        raise ValueError(f"{probability.shape} probabilities and {truth.shape} answers: as many of both are expected, and one at least")
    if not (probability.min() >= 0 and probability.max() <= 1):
        raise ValueError(f"probabilities from {probability.min():g} to {probability.max():g}: they go from 0 to 1, per cent have to be divided by 100")
    number, rows = np.minimum((probability * bins).astype(int), bins - 1), []
    for each in np.unique(number):
        members = number == each
        rows.append((probability[members].mean(), truth[members].mean(), *wilson_interval(int(truth[members].sum()), int(members.sum())), int(members.sum())))
    return pd.DataFrame(rows, columns=["said", "happened", "low", "high", "faces"])


def calibration_error(probability, truth, bins=10):
    """Return the expected calibration error, in [0, 1]: the mean of |said − happened| over the bins, weighted by their faces.

    Naeini, Cooper, Hauskrecht 2015. It is biased: with few faces a perfect forecaster has more than 0.
    """
    table = reliability(probability, truth, bins)
    return float(((table.said - table.happened).abs() * table.faces).sum() / table.faces.sum())
