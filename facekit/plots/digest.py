"""What a figure is drawn from, as a few digits that a notebook stores with it: a changed figure is noticed without comparing pixels."""

import hashlib
import json

import numpy as np
from matplotlib.figure import Figure


def digest(figure):
    """Return eight hexadecimal digits of a matplotlib figure's data: all its texts, and what its lines, patches, marks and images are on the whole.

    Of all numbers of one kind count the shapes, the largest size, and the mean and the mean weighted by position, to a ten-thousandth of that size:
    so another value, order or place shows, and another processor's last digit does not.
    """
    texts, numbers = [], {"lines": [], "patches": [], "marks": [], "images": []}
    for ax in figure.axes:
        texts += [
            *(ax.get_title(loc) for loc in ("left", "center", "right")),
            ax.get_xlabel(),
            ax.get_ylabel(),
        ]
        legend = ax.get_legend()
        texts += [
            text.get_text()
            for text in [
                *ax.texts,
                *(legend.get_texts() if legend else []),
                *ax.get_xticklabels(),
                *ax.get_yticklabels(),
            ]
        ]
        numbers["lines"] += [line.get_xydata() for line in ax.lines]
        numbers["patches"] += [
            patch.get_patch_transform().transform_path(patch.get_path()).vertices
            for patch in ax.patches
        ]
        for marks in ax.collections:
            numbers["marks"] += [
                np.asarray(marks.get_offsets()),
                *(path.vertices for path in marks.get_paths()),
            ]
        numbers["images"] += [np.asarray(image.get_array()) for image in ax.images]
    said = json.dumps([texts, {kind: _on_the_whole(arrays) for kind, arrays in numbers.items()}])
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def _pretty(figure, printer, cycle):
    printer.text(f"{repr(figure)[:-1]}, data {digest(figure)}>")


# The text of a figure, which a notebook stores beside the picture. A printer registered with IPython would be lost when its inline backend starts.
Figure._repr_pretty_ = _pretty


def _on_the_whole(arrays):
    values = np.concatenate([np.ravel(array).astype("float64") for array in arrays] or [[]])
    values = values[np.isfinite(values)]
    if not values.size or not (size := np.abs(values).max()):
        return [np.shape(array) for array in arrays]
    means = values.mean(), (values * np.linspace(0, 1, values.size)).mean()
    return (
        [np.shape(array) for array in arrays],
        f"{size:.3g}",
        *(f"{mean / size + 0.0:.4f}" for mean in means),
    )
