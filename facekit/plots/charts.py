"""Charts of numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..core.figures import BLUE, ORANGE, new_axes


def overlaps(values: Sequence[float]) -> Axes:
    """Draw how well boxes agree: a histogram of intersections over union, with the median."""
    ax = new_axes(6, 2.6)
    lowest = min(0.7, np.floor(min(values) * 50) / 50)
    ax.hist(values, bins=list(np.arange(lowest, 1.001, 0.02)), color=BLUE)
    median = float(np.median(values))
    ax.axvline(median, color=ORANGE, lw=2)
    ax.set_ylim(top=1.2 * ax.get_ylim()[1])
    ax.text(median, 0.97 * ax.get_ylim()[1], f" median {median:.2f}", va="top")
    label = "overlap of the found box with the true one (intersection over union)"
    ax.set(xlabel=label, ylabel="photographs")
    return ax


def balance(
    attributes: pd.DataFrame, by: str = "Male", names: tuple[str, str] = ("no", "yes")
) -> Axes:
    """Draw how often each yes-or-no attribute is true in two groups of photographs.

    Parameters
    ----------
    attributes : DataFrame
        A row a photograph; only its columns of type bool are drawn.
    by : str
        The attribute that separates the groups.
    names : (str, str)
        What to call the group where it is false, and where it is true.
    """
    flags = attributes.select_dtypes(bool)
    shares = flags.groupby(attributes[by].to_numpy()).mean().drop(columns=by).T
    shares = shares.loc[(shares[True] - shares[False]).abs().sort_values().index]
    ax = new_axes(6, 0.8 + 0.22 * len(shares))
    for group, name, colour in zip((False, True), names, (BLUE, ORANGE)):
        ax.plot(shares[group], shares.index, "o", color=colour, label=name)
    ax.hlines(shares.index, shares[False], shares[True], color="lightgrey", zorder=0)
    ax.set(xlabel="share of the photographs", xlim=(-0.03, 1.03))
    ax.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)
    return ax
