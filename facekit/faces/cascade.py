"""MTCNN's three networks, run on many photographs of one size at once.

P-Net slides over ever smaller copies of the photographs and proposes windows, R-Net drops most,
O-Net keeps and corrects the faces (Zhang et al. 2016, https://arxiv.org/abs/1604.02878). The
weights are those of `mtcnn`, whose own code calls the networks layer by layer.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

SMALLEST = 20.0  # pixels: the smallest face that MTCNN looks for
_CELL = 12  # pixels: the window that P-Net sees
_FACTOR = 0.709  # from one level of the pyramid to the next
_PNET, _RNET, _ONET = 0.6, 0.7, 0.8  # what each network has to be sure of, to pass a window on
_ROWS = 32  # windows are passed on in multiples of this, so that there are few different shapes
_RNET_BATCH, _ONET_BATCH = 512, 128  # windows that a network sees at once
_BAND = 600_000  # pixels of one picture that P-Net sees at once
_PAIRS = 4_000_000  # of boxes are compared at once
_CROWD = 1024  # boxes: in a photograph with more, only neighbours are compared
_MOST = 400_000  # of a photograph's boxes, the likeliest, are compared
_BUILDING = threading.Lock()


class Boxes(NamedTuple):
    """Windows in photographs of one size, a photograph's together, the likeliest face first.

    Attributes
    ----------
    photo : int array, shape (m,)
        The number of the photograph.
    corners : float32 array, shape (m, 4)
        Left, top, right, bottom in pixels.
    score : float32 array, shape (m,)
        How likely it is a face, in [0, 1].
    points : float32 array, shape (m, 10)
        x of the five keypoints, then y, in pixels; before O-Net of shape (m, 0).
    """

    photo: np.ndarray
    corners: np.ndarray
    score: np.ndarray
    points: np.ndarray

    def take(self, rows: np.ndarray) -> Boxes:
        """Return some of the windows: by their positions, or by a boolean mask."""
        return Boxes(*(column[rows] for column in self))


def levels(height: int, width: int, smallest: float = SMALLEST) -> list[float]:
    """Return the scales of the image pyramid.

    The first shows P-Net faces of at least `smallest` pixels, the last is just as large as P-Net's
    window. All are of one series, from faces of 20 pixels on. (The package counts the levels as if
    from 20: for larger faces the last is smaller than the window, and no face is reported at all.)
    """
    scales = []
    scale = _CELL / SMALLEST
    while min(height, width) * scale >= _CELL:
        if _CELL / scale > smallest * (1 - 1e-6):
            scales.append(scale)
        scale *= _FACTOR
    return scales


def propose(images: np.ndarray, smallest: float = SMALLEST) -> tuple[Boxes, np.ndarray]:
    """P-Net: return the windows that may be faces, and the images as the networks take them.

    Parameters
    ----------
    images : uint8 array, shape (n, height, width, 3)
    smallest : float
        The smallest face that is looked for, in pixels.

    Returns
    -------
    (Boxes, float32 tensor of shape (n, height, width, 3) in [-1, 1])
    """
    pixels = _networks().scale(images)
    height, width = images.shape[1:3]
    found = [Boxes(np.empty(0, int), *(np.empty((0, *s), np.float32) for s in ((4,), (), (0,))))]
    for scale in levels(height, width, smallest):
        offsets, likely = _slide(pixels, int(height * scale), int(width * scale))
        photo, row, column = np.nonzero(likely[..., 1] > _PNET)
        corners = 2 * np.stack([column, row, column, row], 1) + np.array([1, 1, _CELL, _CELL])
        corners = (corners + offsets[photo, row, column] * (_CELL - 1)) / scale
        score = likely[photo, row, column, 1]
        no_points = np.empty((len(score), 0), np.float32)
        found.append(_suppress(Boxes(photo, corners.astype(np.float32), score, no_points), 0.5))
    return _square(_suppress(Boxes(*map(np.concatenate, zip(*found))), 0.7)), pixels


def refine(windows: Boxes, pixels: np.ndarray) -> Boxes:
    """R-Net: return the windows that are still likely faces, corrected."""
    offsets, likely = _ask(_networks().rnet, windows, pixels, _RNET_BATCH)
    windows = windows._replace(corners=_shifted(windows.corners, offsets), score=likely[:, 1])
    return _square(_suppress(windows.take(windows.score > _RNET), 0.7))


def output(windows: Boxes, pixels: np.ndarray) -> Boxes:
    """O-Net: return the faces, inside the photograph, with their keypoints."""
    offsets, points, likely = _ask(_networks().onet, windows, pixels, _ONET_BATCH)
    start, sides = windows.corners[:, :2], _sides(windows.corners)
    points = np.repeat(start, 5, axis=1) + np.repeat(sides, 5, axis=1) * points - 1
    edges = np.array([pixels.shape[2], pixels.shape[1]] * 2, np.float32) - 1
    corners = np.clip(_shifted(windows.corners, offsets), 0, edges)
    faces = Boxes(windows.photo, corners, likely[:, 1], points)
    return _suppress(faces.take(faces.score > _ONET), 0.7, within=True)


def _networks() -> SimpleNamespace:
    with _BUILDING:  # two threads that ask at once get the same
        return _built()


@functools.cache
def _built() -> SimpleNamespace:
    from ..core.backend import tf

    # isort: split
    from mtcnn import MTCNN  # which imports TensorFlow: after `backend`, in silence

    pnet, rnet, onet = (stage.model for stage in MTCNN().stages)
    pixels = tf.TensorSpec((None, None, None, 3), tf.float32)
    windows = tf.TensorSpec((None, 4), tf.float32), tf.TensorSpec((None,), tf.int32)
    two = tf.TensorSpec((2,), tf.int32)

    @tf.function(input_signature=[tf.TensorSpec(pixels.shape, tf.uint8)])
    def scale(images):
        return (tf.cast(images, tf.float32) - 127.5) / 128

    @tf.function(input_signature=[pixels, two, two])
    def slide(images, size, rows):
        return pnet(tf.image.resize(images, size, "area")[:, rows[0] : rows[1]])

    def on_cuts(network, side):
        def cut_and_ask(images, boxes, photo):
            return network(tf.image.crop_and_resize(images, boxes, photo, (side, side)))

        return tf.function(cut_and_ask, input_signature=[pixels, *windows])

    return SimpleNamespace(scale=scale, pnet=slide, rnet=on_cuts(rnet, 24), onet=on_cuts(onet, 48))


def _slide(pixels: np.ndarray, height: int, width: int) -> list[np.ndarray]:
    """Return P-Net's two outputs for pictures resized to these sides, a large one in bands.

    An output sees a window of `_CELL` pixels, and the next one is two pixels further: so bands of
    an even number of rows, with ten more below, give what the whole picture gives.
    """
    band = max(_CELL, _BAND // width // 2 * 2)
    tops = range(0, height - (_CELL - 2), band)
    rows = [(top, min(height, top + band + _CELL - 2)) for top in tops]
    bands = [_networks().pnet(pixels, (height, width), of_band) for of_band in rows]
    return [np.concatenate(arrays, axis=1) for arrays in zip(*bands)]


def _ask(network: Callable, windows: Boxes, pixels: np.ndarray, size: int) -> list[np.ndarray]:
    """Return what a network says of the windows, cut out and resized, `size` at a time."""
    height, width = pixels.shape[1:3]
    count = len(windows.photo)
    padding = (0, -count % _ROWS if count else _ROWS)
    shares = windows.corners[:, [1, 0, 3, 2]] / np.array([height, width] * 2)
    corners = np.pad(shares.astype(np.float32), (padding, (0, 0)))
    photo = np.pad(windows.photo.astype(np.int32), padding)
    batches = [slice(first, first + size) for first in range(0, len(photo), size)]
    results = [network(pixels, corners[batch], photo[batch]) for batch in batches]
    return [np.concatenate(arrays)[:count] for arrays in zip(*results)]


def _suppress(boxes: Boxes, threshold: float, within: bool = False) -> Boxes:
    """Non-maximum suppression: drop boxes that overlap a likelier one of their photograph.

    The overlap, which may be up to `threshold`, is intersection over union or, `within`, over the
    smaller box. As in the package, a box that is dropped still drops others. What is left comes by
    photograph and falling score.
    """
    boxes = boxes.take(np.lexsort((-boxes.score, boxes.photo)))
    rank = np.arange(len(boxes.photo)) - np.searchsorted(boxes.photo, boxes.photo)
    if (rank >= _MOST).any():
        message = f"more than {_MOST:,} windows that may be faces: some faces may be missed"
        warnings.warn(f"a photograph has {message}", stacklevel=2)
        boxes = boxes.take(rank < _MOST)
    start = np.flatnonzero(np.diff(boxes.photo, prepend=-1))
    counts = np.diff(start, append=len(boxes.photo))
    drop = np.empty(len(boxes.photo), bool)
    sizes = 2 ** np.ceil(np.log2(counts)).astype(int)  # those of one size go together
    for size in np.unique(sizes[sizes <= _CROWD]):
        members, place = np.flatnonzero(sizes == size), np.arange(size)
        for chunk in np.array_split(members, len(members) * size**2 // _PAIRS + 1):
            there = place < counts[chunk, None]
            rows = start[chunk, None] + np.where(there, place, 0)
            corners = boxes.corners[rows]
            overlapping = _overlapping(corners, corners, threshold, within)
            drop[rows[there]] = np.any(overlapping & (place[:, None] < place), axis=1)[there]
    for photo in np.flatnonzero(sizes > _CROWD):
        crowd = slice(start[photo], start[photo] + counts[photo])
        drop[crowd] = _overlapped_in_crowd(boxes.corners[crowd], threshold, within)
    return boxes.take(~drop)


def _overlapped_in_crowd(corners: np.ndarray, threshold: float, within: bool) -> np.ndarray:
    """Return which boxes (m, 4) overlap one before them; only those side by side are compared."""
    left, right = corners[:, 0], corners[:, 2]
    octave = np.log2(np.maximum(right - left, 1)).astype(int)
    order = np.lexsort((left, octave))
    overlapped = np.empty(len(corners), bool)
    for first in range(0, len(order), 64):
        strip = order[first : first + 64]
        near = np.flatnonzero((left < right[strip].max()) & (right > left[strip].min()))
        overlapping = _overlapping(corners[near], corners[strip], threshold, within)
        overlapped[strip] = (overlapping & (near[:, None] < strip)).any(0)
    return overlapped


def _overlapping(one: np.ndarray, other: np.ndarray, threshold: float, within: bool) -> np.ndarray:
    """Return which of boxes (..., m, 4) overlaps which of others (..., k, 4): (..., m, k)."""
    left, top, right, bottom = np.moveaxis(one[..., :, None, :], -1, 0)
    other_left, other_top, other_right, other_bottom = np.moveaxis(other[..., None, :, :], -1, 0)
    width = np.minimum(right, other_right) - np.maximum(left, other_left)
    height = np.minimum(bottom, other_bottom) - np.maximum(top, other_top)
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    area = (right - left) * (bottom - top)
    other_area = (other_right - other_left) * (other_bottom - other_top)
    whole = np.minimum(area, other_area) if within else area + other_area - shared
    return shared > threshold * whole


def _sides(corners: np.ndarray) -> np.ndarray:
    """Return width and height (m, 2); the networks count the pixel at either end."""
    return corners[:, 2:] - corners[:, :2] + 1


def _shifted(corners: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    return corners + offsets * np.tile(_sides(corners), 2)


def _square(boxes: Boxes) -> Boxes:
    """Widen each box to a square around its middle."""
    middle = (boxes.corners[:, :2] + boxes.corners[:, 2:]) / 2
    half = (boxes.corners[:, 2:] - boxes.corners[:, :2]).max(1, keepdims=True) / 2
    return boxes._replace(corners=np.concatenate([middle - half, middle + half], 1))
