"""What all figures of the kit share: colours, new axes, frames, and a digest of their data.

A figure of the kit is a `Figure`, whose text in a notebook ends with that digest; a figure that
somebody makes with matplotlib alone is left as it is.
"""

import hashlib
import json
from typing import Any

import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

# Okabe and Ito 2008: told apart by the colour-blind; lines and marks tell them apart in grey print.
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
COLOURS = (BLUE, ORANGE, GREEN, RED, "#CC79A7", "#56B4E9", "#8C510A", "grey")
LINES = ("-", "--", ":", "-.")
MARKS = "osv^DPX*"


class Figure(matplotlib.figure.Figure):
    """A matplotlib figure whose text in a notebook ends with its `digest`.

    `<Figure size 600x350 with 1 Axes, data 1a2b3c4d>` is stored with the picture; comparing it
    shows that a figure has changed without comparing pixels. Its charts have no frame at the top
    and the right.
    """

    def add_subplot(self, *position: Any, **settings: Any) -> Axes:
        """Add Axes as matplotlib does, with a frame that is open at the top and the right."""
        ax = super().add_subplot(*position, **settings)
        ax.spines[["top", "right"]].set_visible(False)
        return ax

    def _repr_pretty_(self, printer, cycle: bool) -> None:
        printer.text(f"{repr(self)[:-1]}, data {digest(self)}>")


def new_figure(width: float, height: float) -> matplotlib.figure.Figure:
    """Return an empty figure of a size in inches."""
    return plt.figure(figsize=(width, height), layout="constrained", FigureClass=Figure)


def new_axes(width: float, height: float) -> Axes:
    """Return the Axes of a new figure of a size in inches."""
    return new_figure(width, height).subplots()


def new_grid(rows: int, columns: int, width: float, height: float, **shared: Any) -> np.ndarray:
    """Return the Axes of a new figure of a size in inches, an array of shape (rows, columns)."""
    return new_figure(width, height).subplots(rows, columns, squeeze=False, **shared)


def hide_frame(ax: Axes) -> None:
    """Take away frame and ticks of a picture; its labels stay."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def digest(figure: matplotlib.figure.Figure) -> str:
    """Return eight hexadecimal digits of a figure's data.

    They depend on all texts, and of the numbers of each kind (lines, patches, marks, images) on
    the shapes, the largest magnitude, the mean, and the mean weighted by position, the means to a
    ten-thousandth of that magnitude: so another value, order or place shows, and another
    processor's last digit does not. Colours and resolution do not count.

    Examples
    --------
    >>> len(digest(new_axes(6, 4).figure))
    8
    """
    texts: list[str] = []
    numbers: dict[str, list[Any]] = {"lines": [], "patches": [], "marks": [], "images": []}
    for ax in figure.axes:
        texts += _texts(ax)
        numbers["lines"] += [line.get_xydata() for line in ax.lines]
        for patch in ax.patches:
            corners = patch.get_path().transformed(patch.get_patch_transform())
            numbers["patches"].append(corners.vertices)
        for marks in ax.collections:
            numbers["marks"].append(np.asarray(marks.get_offsets()))
            numbers["marks"] += [path.vertices for path in marks.get_paths()]
        numbers["images"] += [np.asarray(image.get_array()) for image in ax.images]
    summary = [texts, {kind: _summary(arrays) for kind, arrays in numbers.items()}]
    return hashlib.sha256(json.dumps(summary).encode()).hexdigest()[:8]


def _texts(ax):
    legend = ax.get_legend()
    artists = [*ax.texts, *(legend.get_texts() if legend else [])]
    artists += [*ax.get_xticklabels(), *ax.get_yticklabels()]
    titles = [ax.get_title(side) for side in ("left", "center", "right")]
    return [*titles, ax.get_xlabel(), ax.get_ylabel(), *(artist.get_text() for artist in artists)]


def _summary(arrays):
    shapes = [np.shape(array) for array in arrays]
    values = np.concatenate([np.empty(0), *(np.ravel(array) for array in arrays)])
    values = values[np.isfinite(values)]
    largest = np.abs(values).max(initial=0)
    if not largest:
        return shapes
    weighted = values * np.linspace(0, 1, values.size)
    means = [f"{mean / largest + 0.0:.4f}" for mean in (values.mean(), weighted.mean())]
    return [shapes, f"{largest:.3g}", *means]
