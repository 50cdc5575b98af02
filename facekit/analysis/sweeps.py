"""The paper's Table 1: one training for each combination of latent dimension and samples."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..faces.faceset import FaceSet
from . import paper
from .history import LossHistory, load

Combination = tuple[int, int]  # latent_dim, samples
COMBINATIONS = tuple(paper.TABLE_1.itertuples(index=False, name=None))


def sweep(
    faces: FaceSet,
    folder: str | Path,
    combinations: Iterable[Combination] = COMBINATIONS,
    **settings: Any,
) -> dict[Combination, LossHistory]:
    """Train one LSGAN for each combination of latent dimension and samples, as in Table 1.

    Each run has a folder of its own, such as `latent100-samples100`. Runs that are complete are
    read, one that was stopped goes on.

    Parameters
    ----------
    faces : FaceSet
    folder : path
    combinations : list of (int, int)
        (latent_dim, samples); by default the four of Table 1.
    settings
        Whatever else `gan.training.train` takes: `epochs=20`, `architecture="compact"`, `seed=0`.

    Returns
    -------
    dict
        From (latent_dim, samples) to its `LossHistory`.

    Raises
    ------
    ValueError
        If there are too few faces for one of the combinations. See also `gan.training.train`.
    """
    from ..gan import training  # here, since whoever only compares runs needs no TensorFlow

    combinations, runs = list(combinations), {}
    most = max(samples for _, samples in combinations)
    if len(faces) < most // 2:  # before the first is trained in vain
        needed = f"{most} samples need {most // 2} faces, half of them are real"
        raise ValueError(f"{needed}, and these are {len(faces)}: extract more photographs")
    for latent_dim, samples in combinations:
        run = Path(folder) / f"latent{latent_dim}-samples{samples}"
        training.train(faces, run, latent_dim=latent_dim, samples=samples, **settings)
        runs[latent_dim, samples] = load(run)
    return runs


def compare(runs: Mapping[Combination, LossHistory]) -> pd.DataFrame:
    """Return the average losses of each run of a `sweep`, one row a combination, and their sum."""
    index = pd.MultiIndex.from_tuples(runs, names=["latent_dim", "samples"])
    table = pd.DataFrame([run.averages(6) for run in runs.values()], index=index)
    return table.assign(sum=table.sum(axis=1)).round(4)


def best(runs: Mapping[Combination, LossHistory]) -> Combination:
    """Return the combination whose three average losses have the smallest sum.

    The paper calls one combination "the best, based on loss value" without saying by which rule.
    This is the simplest rule that uses all three numbers; it need not find the best *faces*.
    """
    return min(runs, key=lambda combination: runs[combination].averages(9).sum())
