"""Figures of the real/fake classifier: its verdicts, its errors, what it sees."""

from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ..core.figures import BLUE, GREEN, ORANGE, RED, hide_frame, new_axes, new_grid


def heat(table: pd.DataFrame) -> Axes:
    """Draw the balanced accuracy of classifiers on several sets, in per cent.

    It is dark where a classifier guesses or does worse.

    Parameters
    ----------
    table : DataFrame
        What `examination.transfer` returned.
    """
    shares = 100 * table["balanced"].unstack(sort=False)
    rows, columns = shares.shape
    ax = new_axes(1.6 + 0.62 * columns, 1.9 + 0.42 * rows)
    ax.imshow(shares, vmin=40, vmax=100, cmap="cividis", aspect="auto")
    for (row, column), value in np.ndenumerate(shares.to_numpy()):
        colour = "black" if value > 70 else "white"
        ax.text(column, row, f"{value:.0f}", ha="center", va="center", color=colour, fontsize=9)
    ax.set_xticks(range(columns), shares.columns, rotation=40, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(rows), shares.index)
    title = "Balanced accuracy in per cent; 50 is guessing"
    ax.set(xlabel="tested on", ylabel="trained on", title=title)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def reliability(tables: Mapping[str, pd.DataFrame]) -> Axes:
    """Draw fake percentages against the share of fakes among such faces.

    On the diagonal a classifier is calibrated. A larger mark stands for more faces, a line for the
    95 % interval.

    Parameters
    ----------
    tables : dict of str to DataFrame
        What `calibration.reliability` returned, four tables at most.
    """
    ax = new_axes(4.4, 4.6)
    ax.plot([0, 100], [0, 100], color="grey", lw=1, ls=":")
    for (name, table), colour, mark in zip(tables.items(), (BLUE, ORANGE, RED, GREEN), "osD^"):
        predicted, observed = 100 * table.predicted, 100 * table.observed
        ax.vlines(predicted, 100 * table.low, 100 * table.high, color=colour, lw=1)
        ax.scatter(predicted, observed, s=8 + 3 * table.faces**0.5, color=colour, marker=mark)
        ax.plot([], [], mark, color=colour, ms=6, label=name)
    ax.set(xlabel="fake percentage that was said", ylabel="per cent that were fakes")
    ax.set(xlim=(-4, 104), ylim=(-4, 104), aspect="equal")
    ax.legend(frameon=False, fontsize=9, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def saliencies(images: np.ndarray, saliency: np.ndarray, shown: int = 7) -> np.ndarray:
    """Draw some faces above what their verdicts are sensitive to, and last the mean of all.

    Parameters
    ----------
    images : uint8 array, shape (n, h, w, 3)
    saliency : float array, shape (n, h, w)
        What `RealFakeClassifier.saliency` returned; the brighter, the more sensitive.
    shown : int
        How many of the faces.

    Returns
    -------
    array of Axes, shape (2, columns)
    """
    means = np.mean(images, axis=0) / 255, np.mean(saliency, axis=0)
    pairs = [*zip(images[:shown], saliency[:shown]), means]
    axes = new_grid(2, len(pairs), 1.1 * len(pairs), 2.5)
    for (above, below), (image, sensitivity) in zip(axes.T, pairs):
        above.imshow(image)
        below.imshow(sensitivity, cmap="cividis")
    axes[0, -1].set_title(f"mean of {len(images)}", fontsize=9)
    for ax in axes.ravel():
        ax.axis("off")
    return axes


def distances(kinds: Mapping[str, Sequence[float]]) -> Axes:
    """Draw how far apart the two faces of pairs are, a histogram for each kind of pair.

    Parameters
    ----------
    kinds : dict of str to sequence of float
        From what the pairs are to their distances, four kinds at most.
    """
    ax = new_axes(6, 3.6)
    edges = np.linspace(0, max(np.max(values) for values in kinds.values()), 41)
    styles = zip((BLUE, ORANGE, RED, GREEN), ("-", "--", ":", "-."))
    for (name, values), (colour, line) in zip(kinds.items(), styles):
        shares = np.histogram(values, edges)[0] / len(values)
        ax.stairs(shares, edges, color=colour, lw=2, ls=line, label=name)
    ax.set(xlabel="distance of the two points", ylabel="share of the pairs")
    ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def board(
    images: np.ndarray,
    table: pd.DataFrame,
    nearest: np.ndarray,
    truth: Sequence[str] | None = None,
    columns: int = 4,
) -> np.ndarray:
    """Draw what is said of some faces, and below each the nearest real face.

    Parameters
    ----------
    images, nearest : uint8 arrays, shape (n, h, w, 3)
    table : DataFrame
        What `matching.report` returned.
    truth : list of str, optional
        "real" or "fake"; a wrong verdict stands in red.
    columns : int
        Faces a row, at most.

    Returns
    -------
    array of Axes, shape (2 * rows, columns)
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    axes = new_grid(2 * rows, columns, max(3.2, 1.6 * columns + 0.4), 3.8 * rows)
    for ax in axes.ravel():
        hide_frame(ax)
        ax.set_visible(False)
    for i, row in enumerate(table.itertuples()):
        above, below = axes[2 * (i // columns) : 2 * (i // columns) + 2, i % columns]
        wrong = truth is not None and row.label != truth[i]
        _draw_verdict(above, images[i], row.label, f"{row.fake_percentage:.1f} % fake", wrong)
        below.imshow(nearest[i])
        below.set_xlabel(f"distance {row.distance:.1f}", fontsize=9)
        above.set_visible(True)
        below.set_visible(True)
    for face, real in zip(axes[::2, 0], axes[1::2, 0]):
        face.set_ylabel("the face", fontsize=9)
        real.set_ylabel("nearest real", fontsize=9)
    return axes


def _draw_verdict(ax, image, verdict, number, wrong):
    """Draw a face below what is said of it; a wrong verdict stands in red."""
    ax.imshow(image)
    title = f"{verdict}{' ✗' if wrong else ''}\n{number}"
    ax.set_title(title, fontsize=9, color=RED if wrong else mpl.rcParams["text.color"])
