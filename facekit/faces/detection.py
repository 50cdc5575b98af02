"""Where the faces are in photographs of any size."""

import warnings
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from PIL import Image

from . import cascade

#: Left and right as the viewer sees them.
KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
COLUMNS = ["x", "y", "width", "height", "confidence"]
COLUMNS += [f"{point}_{axis}" for point in KEYPOINTS for axis in "xy"]
MOST = 10_000  # faces that are kept of one photograph
_LARGEST = 1280  # pixels: larger photographs are searched on a reduced copy
_LARGE_FACE = 1 / 5  # of the photograph's shorter side
_TOGETHER = 4_000_000  # pixels of photographs that are searched at once
# A crowd is a reduced copy with more windows a pixel that may be faces than photographs of anything
# else have. It is searched again on a copy of so many pixels, where its faces are larger.
_CROWD = 0.002
_CROWD_PIXELS = 6_000_000


def detect(images: Sequence[np.ndarray], large_first: bool = True) -> list[pd.DataFrame]:
    """Find faces in photographs with MTCNN.

    Parameters
    ----------
    images : list of uint8 arrays, shape (height, width, 3)
        RGB, of any sizes; those of one size are searched together.
    large_first : bool
        Look for faces of at least a fifth of the photograph's shorter side, and for smaller ones,
        down to 20 pixels, only where there is none. False looks for all at once; it takes longer,
        the more the larger the photographs are.

    Returns
    -------
    list of DataFrame
        One table an image, largest face first, with columns x, y, width, height, confidence (0 to
        1) and the ten coordinates of `KEYPOINTS`; in pixels; empty where no face was found. Of more
        than 10,000 faces the likeliest 10,000 are kept, with a warning.
    """
    found: dict[int, pd.DataFrame] = {}
    by_size = defaultdict(list)
    for i, image in enumerate(images):
        by_size[image.shape[:2]].append(i)
    for (height, width), members in by_size.items():
        shrink = max(1.0, max(height, width) / _LARGEST)
        step = max(1, round(_TOGETHER * shrink**2 / (height * width)))
        for first in range(0, len(members), step):
            chunk = members[first : first + step]
            rows = _search([images[i] for i in chunk], shrink, large_first)
            found |= zip(chunk, map(_table, rows))
    return [found[i] for i in range(len(images))]


def stages(image: np.ndarray) -> dict[str, pd.DataFrame]:
    """Return what each of the three networks leaves of one uint8 image (height, width, 3).

    Returns
    -------
    dict of DataFrame
        "P-Net", "R-Net" and "O-Net", each with columns x, y, width, height (pixels) and confidence.
    """
    proposed, pixels = cascade.propose(image[None])
    refined = cascade.refine(proposed, pixels)
    boxes = {"P-Net": proposed, "R-Net": refined, "O-Net": cascade.output(refined, pixels)}
    return {name: pd.DataFrame(_rows(at)[:, :5], columns=COLUMNS[:5]) for name, at in boxes.items()}


def overlap(boxes: ArrayLike, others: ArrayLike) -> np.ndarray:
    """Return the intersection over union of pairs of boxes.

    Parameters
    ----------
    boxes, others : array of float, shape (n, 4)
        x, y, width, height of each.

    Returns
    -------
    float array, shape (n,)
        In [0, 1].

    Examples
    --------
    >>> overlap([[0, 0, 10, 10]], [[5, 0, 10, 10]])  # 50 of 150 pixels
    array([0.33333333])
    """
    one, other = np.asarray(boxes, float), np.asarray(others, float)
    start = np.maximum(one[:, :2], other[:, :2])
    stop = np.minimum(one[:, :2] + one[:, 2:], other[:, :2] + other[:, 2:])
    shared = np.prod(np.maximum(stop - start, 0), axis=1)
    return shared / (np.prod(one[:, 2:], axis=1) + np.prod(other[:, 2:], axis=1) - shared)


def _search(images: list[np.ndarray], shrink: float, large_first: bool) -> list[np.ndarray]:
    """Return an array with `COLUMNS` for each image of one size, in its pixels."""
    pixels = np.stack([_reduced(image, shrink) for image in images])
    large = _LARGE_FACE * min(pixels.shape[1:3])
    found = [np.empty((0, len(COLUMNS)), np.float32)] * len(images)
    if large_first and large > cascade.SMALLEST:
        found = _faces(*cascade.propose(pixels, large), shrink)
    empty = [i for i, rows in enumerate(found) if not len(rows)]
    if not empty:
        return found
    boxes, scaled = cascade.propose(pixels[empty])
    windows = np.bincount(boxes.photo, minlength=len(empty))
    crowded = (windows > _CROWD * pixels[0, ..., 0].size) & (shrink > 1)
    boxes = boxes.take(~crowded[boxes.photo])
    for i, rows, crowd in zip(empty, _faces(boxes, scaled, shrink), crowded):
        found[i] = _search_crowd(images[i]) if crowd else rows
    return found


def _search_crowd(image: np.ndarray) -> np.ndarray:
    shrink = max(1.0, np.sqrt(image[..., 0].size / _CROWD_PIXELS))
    return _faces(*cascade.propose(_reduced(image, shrink)[None]), shrink)[0]


def _faces(proposed: cascade.Boxes, pixels: np.ndarray, shrink: float) -> list[np.ndarray]:
    """Return what R-Net and O-Net leave of the proposed windows, an array for each image."""
    boxes = cascade.output(cascade.refine(proposed, pixels), pixels)
    rows = _rows(boxes)
    rows[:, :4] *= shrink
    rows[:, 5:] *= shrink
    return [rows[boxes.photo == i] for i in range(len(pixels))]


def _rows(boxes: cascade.Boxes) -> np.ndarray:
    left, top, right, bottom = boxes.corners.T
    points = boxes.points.reshape(-1, 2, 5).swapaxes(1, 2).reshape(boxes.points.shape)
    columns = [left, top, right - left, bottom - top, boxes.score, points]
    return np.column_stack(columns).astype(np.float32)


def _table(rows: np.ndarray) -> pd.DataFrame:
    if len(rows) > MOST:
        message = f"a photograph has {len(rows):,} faces: the likeliest {MOST:,} are kept"
        warnings.warn(message, stacklevel=3)
        rows = rows[np.argsort(-rows[:, 4], kind="stable")[:MOST]]
    largest_first = np.argsort(-rows[:, 2] * rows[:, 3], kind="stable")
    return pd.DataFrame(rows[largest_first], columns=COLUMNS)


def _reduced(image: np.ndarray, shrink: float) -> np.ndarray:
    if shrink == 1.0:
        return image
    size = max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))
