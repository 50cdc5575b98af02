"""How well probabilities agree with what happens."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from .intervals import wilson_interval


def reliability(probability: ArrayLike, truth: ArrayLike, bins: int = 10) -> pd.DataFrame:
    """Return the table of a reliability diagram: what happened where a probability was predicted.

    Parameters
    ----------
    probability : array of float in [0, 1], shape (n,)
    truth : array of bool, shape (n,)
    bins : int
        Equally wide; a probability of 1 belongs to the last.

    Returns
    -------
    DataFrame
        A row for each bin that holds a face: `predicted`, the mean probability; `observed`, the
        share that was true, with its 95 % Wilson interval `low`, `high`; `faces`, how many.

    Raises
    ------
    ValueError
        If the lengths differ, there is nothing, or a probability is not in [0, 1].

    Examples
    --------
    >>> reliability([0.9, 0.9, 0.2], [True, False, False])[["predicted", "observed", "faces"]]
       predicted  observed  faces
    0        0.2       0.0      1
    1        0.9       0.5      2
    """
    probability, truth = np.asarray(probability, "float64"), np.asarray(truth, bool)
    if probability.shape != truth.shape or not len(truth):
        found = f"{probability.shape} probabilities and {truth.shape} answers"
        raise ValueError(f"{found}: as many of both are expected, and one at least")
    if not (probability.min() >= 0 and probability.max() <= 1):
        found = f"probabilities from {probability.min():g} to {probability.max():g}"
        raise ValueError(f"{found}: they go from 0 to 1, per cent have to be divided by 100")
    number = np.minimum((probability * bins).astype(int), bins - 1)
    answers = pd.DataFrame({"predicted": probability, "observed": truth}).groupby(number)
    table = answers.mean().reset_index(drop=True)
    counts = zip(answers["observed"].sum(), answers.size())
    table[["low", "high"]] = [wilson_interval(right, faces) for right, faces in counts]
    return table.assign(faces=answers.size().to_numpy())


def calibration_error(probability: ArrayLike, truth: ArrayLike, bins: int = 10) -> float:
    """Return the expected calibration error, in [0, 1].

    The mean of |predicted − observed| over the bins of `reliability`, weighted by their faces
    (Naeini, Cooper, Hauskrecht 2015). It is biased: with few faces a perfect forecaster has more
    than 0.

    Parameters
    ----------
    probability, truth, bins
        See `reliability`.
    """
    table = reliability(probability, truth, bins)
    return float(np.average((table.predicted - table.observed).abs(), weights=table.faces))
