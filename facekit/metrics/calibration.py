"""How good probabilities are: do they rank, and do they mean what they say?"""

import numpy as np
import pandas as pd

from .intervals import wilson_interval


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
        raise ValueError(
            f"{probability.shape} probabilities and {truth.shape} answers: as many of both are expected, and one at least"
        )
    if not (probability.min() >= 0 and probability.max() <= 1):
        raise ValueError(
            f"probabilities from {probability.min():g} to {probability.max():g}: they go from 0 to 1, per cent have to be divided by 100"
        )
    number, rows = np.minimum((probability * bins).astype(int), bins - 1), []
    for each in np.unique(number):
        members = number == each
        rows.append(
            (
                probability[members].mean(),
                truth[members].mean(),
                *wilson_interval(int(truth[members].sum()), int(members.sum())),
                int(members.sum()),
            )
        )
    return pd.DataFrame(rows, columns=["said", "happened", "low", "high", "faces"])


def calibration_error(probability, truth, bins=10):
    """Return the expected calibration error, in [0, 1]: the mean of |said − happened| over the bins, weighted by their faces.

    Naeini, Cooper, Hauskrecht 2015. It is biased: with few faces a perfect forecaster has more than 0.
    """
    table = reliability(probability, truth, bins)
    return float(((table.said - table.happened).abs() * table.faces).sum() / table.faces.sum())
