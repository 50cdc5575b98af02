"""Charts of numbers."""

import matplotlib.pyplot as plt
import numpy as np

from . import digest  # noqa: F401  (a figure tells a digest of its data to the notebook that stores it)
from .style import BLUE, ORANGE


def bars(values, label, ax=None):
    """Draw a Series as horizontal bars, the first on top, each with its number."""
    ax = ax or plt.subplots(figsize=(6, 0.5 + 0.4 * len(values)), layout="constrained")[1]
    drawn = ax.barh(list(values.index), values, color=BLUE)
    ax.bar_label(drawn, labels=[f"{value:.3g}" for value in values], padding=3, fontsize=9)
    ax.invert_yaxis()
    ax.set_xlabel(label)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlim(0, 1.12 * max(values))
    return ax


def overlaps(values, ax=None):
    """Draw how well boxes agree: a histogram of intersections over union, with the median."""
    ax = ax or plt.subplots(figsize=(6, 2.6), layout="constrained")[1]
    ax.hist(
        values, bins=np.arange(min(0.7, np.floor(min(values) * 50) / 50), 1.001, 0.02), color=BLUE
    )
    middle = float(np.median(values))
    ax.axvline(middle, color=ORANGE, lw=2)
    ax.set_ylim(top=1.2 * ax.get_ylim()[1])
    ax.text(middle, 0.97 * ax.get_ylim()[1], f" median {middle:.2f}", va="top")
    ax.set(
        xlabel="overlap of the found box with the true one (intersection over union)",
        ylabel="photographs",
    )
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def balance(attributes, by="Male", names=("no", "yes")):
    """Draw how often each yes-or-no attribute is true, for both values of the attribute `by`."""
    flags = attributes.select_dtypes(bool)
    shares = flags.groupby(attributes[by].to_numpy()).mean().drop(columns=by).T.sort_values(True)
    ax = plt.subplots(figsize=(6, 0.8 + 0.22 * len(shares)), layout="constrained")[1]
    for value, name, colour in ((False, names[0], BLUE), (True, names[1], ORANGE)):
        ax.plot(shares[value], shares.index, "o", color=colour, label=name)
    ax.hlines(shares.index, shares[False], shares[True], color="lightgrey", zorder=0)
    ax.set(xlabel="share of the photographs", xlim=(-0.03, 1.03))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax
