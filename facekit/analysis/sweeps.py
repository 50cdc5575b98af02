"""The paper's Table 1: one training for each combination of latent dimension and samples."""

from pathlib import Path

import pandas as pd

from . import paper
from .history import load


def sweep(faces, folder, combinations=None, epochs=20, architecture="compact", seed=0, **about):
    """Train one LSGAN for each combination of latent dimension and samples, as the paper does for its Table 1.

    Each run has a folder of its own, such as `latent100-samples100`. Runs that are complete are read, one that was stopped goes on.

    Parameters
    ----------
    faces : FaceSet
    folder : path
    combinations : list of (int, int), optional
        (latent_dim, samples); by default the four of Table 1.
    epochs, architecture, seed, about
        See `gan.train`.

    Returns
    -------
    dict
        From (latent_dim, samples) to its `LossHistory`.
    """
    from ..gan import training

    if combinations is None:
        combinations = [
            (int(row.latent_dim), int(row.samples)) for row in paper.TABLE_1.itertuples()
        ]
    runs = {}
    for latent_dim, samples in combinations:
        run = Path(folder) / f"latent{latent_dim}-samples{samples}"
        training.train(faces, run, latent_dim, samples, epochs, architecture, seed, **about)
        runs[latent_dim, samples] = load(run)
    return runs


def compare(runs):
    """Return the average losses of each run of a `sweep`, one row a combination, and their sum."""
    index = pd.MultiIndex.from_tuples(runs, names=["latent_dim", "samples"])
    table = pd.DataFrame([run.averages(6) for run in runs.values()], index=index)
    return table.assign(sum=table.sum(axis=1)).round(4)


def best(runs):
    """Return the combination whose three average losses have the smallest sum.

    The paper calls one combination "the best, based on loss value" and does not say by which rule. This is the simplest rule that
    uses all three numbers; that it finds the best *faces* is not said.
    """
    return min(runs, key=lambda key: runs[key].averages(9).sum())
