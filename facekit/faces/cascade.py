"""MTCNN's three networks (Zhang et al. 2016, https://arxiv.org/abs/1604.02878), run on many photographs of one size at once.

P-Net slides over ever smaller copies of the photographs and proposes windows, R-Net throws most of them away, O-Net keeps
and corrects the faces. The weights are those of the package `mtcnn`; its own code calls the networks layer by layer from Python.
"""

import functools
import threading
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

SMALLEST = 20.0  # pixels: the smallest face that MTCNN looks for
_CELL = 12  # pixels: the window that P-Net sees
_FACTOR = 0.709  # from one level of the pyramid to the next
_THRESHOLDS = dict(pnet=0.6, rnet=0.7, onet=0.8)
_BUILDING = threading.Lock()
_ROWS = (
    32  # windows are passed on in multiples of this, so that the networks meet few different shapes
)


class Boxes(NamedTuple):
    """Windows in photographs of one size, those of a photograph together and the likeliest face first.

    photo : int array (m,), the number of the photograph
    corners : float32 array (m, 4), left, top, right, bottom in pixels
    score : float32 array (m,), how likely it is a face, in [0, 1]
    points : float32 array (m, 10), x of the five keypoints, then y, in pixels; empty (m, 0) before O-Net
    """

    photo: np.ndarray
    corners: np.ndarray
    score: np.ndarray
    points: np.ndarray

    def take(self, rows):
        return Boxes(*(column[rows] for column in self))


def levels(height, width, smallest=SMALLEST):
    """Return the scales of the pyramid: the first shows P-Net faces of at least `smallest` pixels, the last is just as large as its window.

    All scales are taken from one series, which starts at faces of 20 pixels. (The package's own count of the levels assumes 20:
    for larger faces its last level is smaller than the window, TensorFlow fails, and the package reports no face at all.)
    """
    scales = []
    scale = _CELL / SMALLEST
    while min(height, width) * scale >= _CELL:
        if _CELL / scale > smallest * (1 - 1e-6):
            scales.append(scale)
        scale *= _FACTOR
    return scales


def propose(images, smallest=SMALLEST):
    """P-Net: return the proposed windows in uint8 images (n, height, width, 3) and the images as float32 in [-1, 1]."""
    networks = _networks()
    pixels = networks.scaled(images)
    height, width = images.shape[1:3]
    found = []
    for scale in levels(height, width, smallest):
        offsets, likely = (
            output.numpy()
            for output in networks.pnet(pixels, (int(height * scale), int(width * scale)))
        )
        photo, row, column = np.nonzero(likely[..., 1] > _THRESHOLDS["pnet"])
        corner = 2 * np.stack([column, row, column, row], 1) + np.array([1, 1, _CELL, _CELL])
        corners = (corner + offsets[photo, row, column] * (_CELL - 1)) / scale
        score = likely[photo, row, column, 1]
        found.append(
            _suppress(
                Boxes(
                    photo, corners.astype(np.float32), score, np.empty((len(score), 0), np.float32)
                ),
                0.5,
            )
        )
    if not found:
        return Boxes(
            np.empty(0, int),
            np.empty((0, 4), np.float32),
            np.empty(0, np.float32),
            np.empty((0, 0), np.float32),
        ), pixels
    return _square(_suppress(Boxes(*map(np.concatenate, zip(*found))), 0.7)), pixels


def refine(windows, pixels):
    """R-Net: return the windows that may be faces, corrected."""
    offsets, likely = _look(_networks().rnet, windows, pixels)
    windows = Boxes(windows.photo, _shifted(windows.corners, offsets), likely[:, 1], windows.points)
    return _square(_suppress(windows.take(likely[:, 1] > _THRESHOLDS["rnet"]), 0.7))


def output(windows, pixels):
    """O-Net: return the faces, inside the photograph, with their keypoints."""
    offsets, points, likely = _look(_networks().onet, windows, pixels)
    left, top, width, height = _sides(windows.corners)
    points = np.concatenate([left + width * points[:, :5] - 1, top + height * points[:, 5:] - 1], 1)
    corners = _shifted(windows.corners, offsets)
    limit = np.array([pixels.shape[2], pixels.shape[1]] * 2, np.float32) - 1
    faces = Boxes(windows.photo, np.clip(corners, 0, limit), likely[:, 1], points)
    return _suppress(faces.take(likely[:, 1] > _THRESHOLDS["onet"]), 0.7, within=True)


def _networks():
    with _BUILDING:
        return _built()


@functools.cache
def _built():
    from mtcnn import MTCNN

    from ..core.backend import tf

    pnet, rnet, onet = (stage.model for stage in MTCNN().stages)
    pixels = tf.TensorSpec((None, None, None, 3), tf.float32)

    def on_windows(network, size):
        return tf.function(
            lambda images, boxes, photo: network(
                tf.image.crop_and_resize(images, boxes, photo, (size, size))
            ),
            input_signature=[
                pixels,
                tf.TensorSpec((None, 4), tf.float32),
                tf.TensorSpec((None,), tf.int32),
            ],
        )

    return SimpleNamespace(
        scaled=tf.function(
            lambda images: (tf.cast(images, tf.float32) - 127.5) / 128,
            input_signature=[tf.TensorSpec(pixels.shape, tf.uint8)],
        ),
        pnet=tf.function(
            lambda images, size: pnet(tf.image.resize(images, size, "area")),
            input_signature=[pixels, tf.TensorSpec((2,), tf.int32)],
        ),
        rnet=on_windows(rnet, 24),
        onet=on_windows(onet, 48),
    )


def _look(network, windows, pixels):
    """Show a network the windows, cut out and resized; returns its outputs as numpy arrays."""
    height, width = pixels.shape[1:3]
    boxes = (windows.corners[:, [1, 0, 3, 2]] / np.array([height, width] * 2)).astype(np.float32)
    count = len(boxes)
    spare = -count % _ROWS if count else _ROWS
    outputs = network(
        pixels,
        np.pad(boxes, ((0, spare), (0, 0))),
        np.pad(windows.photo.astype(np.int32), (0, spare)),
    )
    return [array.numpy()[:count] for array in outputs]


def _suppress(boxes, threshold, within=False):
    """Return the boxes of each photograph by falling score, without those that overlap a likelier one more than `threshold`.

    The overlap is intersection over union or, `within`, over the smaller box. As in the package, a box that is dropped
    still drops others.
    """
    boxes = boxes.take(np.lexsort((-boxes.score, boxes.photo)))
    if not len(boxes.photo):
        return boxes
    start = np.flatnonzero(np.diff(boxes.photo, prepend=-1))
    counts = np.diff(start, append=len(boxes.photo))
    keep = np.empty(len(boxes.photo), bool)
    # Photographs with equally many boxes, or nearly so, are compared at once.
    for size in np.unique(_rounded_up(counts)):
        members = np.flatnonzero(_rounded_up(counts) == size)
        place = np.arange(size)
        there = place < counts[members, None]
        rows = np.where(there, start[members, None] + place, start[members, None])
        left, top, right, bottom = np.moveaxis(boxes.corners[rows], 2, 0)
        area = (right - left) * (bottom - top)
        width = np.minimum(right[:, :, None], right[:, None]) - np.maximum(
            left[:, :, None], left[:, None]
        )
        height = np.minimum(bottom[:, :, None], bottom[:, None]) - np.maximum(
            top[:, :, None], top[:, None]
        )
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        whole = (
            np.minimum(area[:, :, None], area[:, None])
            if within
            else area[:, :, None] + area[:, None] - shared
        )
        dropped = ((shared > threshold * whole) & (place[:, None] < place)).any(1)
        keep[rows[there]] = ~dropped[there]
    return boxes.take(keep)


def _rounded_up(counts):
    return 2 ** np.ceil(np.log2(counts)).astype(int)


def _sides(corners):
    """Return left, top, width, height as columns; the networks count the pixel at either end."""
    return (
        corners[:, :1],
        corners[:, 1:2],
        corners[:, 2:3] - corners[:, :1] + 1,
        corners[:, 3:] - corners[:, 1:2] + 1,
    )


def _shifted(corners, offsets):
    _, _, width, height = _sides(corners)
    return corners + offsets * np.concatenate([width, height, width, height], 1)


def _square(boxes):
    """Widen each box to a square around its middle."""
    middle = (boxes.corners[:, :2] + boxes.corners[:, 2:]) / 2
    half = (boxes.corners[:, 2:] - boxes.corners[:, :2]).max(1, keepdims=True) / 2
    return boxes._replace(corners=np.concatenate([middle - half, middle + half], 1))
