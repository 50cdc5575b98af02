"""Where the face is in a photograph of any size, and the crop around what was found."""

import time

import numpy as np
import pandas as pd
from PIL import Image

from . import cascade

KEYPOINTS = (
    "left_eye",
    "right_eye",
    "nose",
    "mouth_left",
    "mouth_right",
)  # left and right as the viewer sees them
COLUMNS = ["x", "y", "width", "height", "confidence"] + [
    f"{point}_{axis}" for point in KEYPOINTS for axis in "xy"
]
_LARGEST = 1280  # pixels: larger photographs are searched on a reduced copy
_LARGE_FACE = 1 / 7  # of the photograph's shorter side
_TOGETHER = 4_000_000  # pixels of photographs that are searched at once


def detect(images, large_first=True):
    """Find faces in photographs with MTCNN.

    Parameters
    ----------
    images : list of uint8 arrays (height, width, 3)
        RGB, of any sizes; those of one size are searched together.
    large_first : bool
        Look for faces of at least a seventh of the photograph's shorter side, and for smaller ones, down to 20 pixels,
        only where there is none. False looks for all at once; it takes longer, the more the larger the photographs are.

    Returns
    -------
    list of DataFrame
        One table an image, largest face first, with columns x, y, width, height, confidence (0 to 1) and
        the ten coordinates of `KEYPOINTS`; in pixels; empty where no face was found.
    """
    found = [np.empty((0, len(COLUMNS)), np.float32)] * len(images)
    by_size = {}
    for i, image in enumerate(images):
        by_size.setdefault(image.shape[:2], []).append(i)
    for (height, width), members in by_size.items():
        shrink = max(1.0, max(height, width) / _LARGEST)
        step = max(1, round(_TOGETHER * shrink**2 / (height * width)))
        for start in range(0, len(members), step):
            chunk = members[start : start + step]
            pixels = np.stack([_reduced(images[i], shrink) for i in chunk])
            smallest = (
                max(cascade.SMALLEST, _LARGE_FACE * min(pixels.shape[1:3]))
                if large_first
                else cascade.SMALLEST
            )
            tables = _search(pixels, smallest, shrink)
            empty = (
                [k for k, table in enumerate(tables) if not len(table)]
                if smallest > cascade.SMALLEST
                else []
            )
            if empty:
                for k, table in zip(empty, _search(pixels[empty], cascade.SMALLEST, shrink)):
                    tables[k] = table
            for i, table in zip(chunk, tables):
                found[i] = table
    return [
        pd.DataFrame(rows[np.argsort(-rows[:, 2] * rows[:, 3], kind="stable")], columns=COLUMNS)
        for rows in found
    ]


def stages(image):
    """Return what each of the three networks leaves of one uint8 image (height, width, 3).

    Returns
    -------
    dict of DataFrame
        "P-Net", "R-Net" and "O-Net", each with columns x, y, width, height (pixels) and confidence.
    """
    proposed, pixels = cascade.propose(image[None])
    refined = cascade.refine(proposed, pixels)
    left = {"P-Net": proposed, "R-Net": refined, "O-Net": cascade.output(refined, pixels)}
    return {
        name: pd.DataFrame(_rows(boxes)[:, :5], columns=COLUMNS[:5]) for name, boxes in left.items()
    }


def race(images):
    """Search the same images in three ways and return what one image took each time, as a Series in milliseconds.

    The ways: the package's own code with one image at a time, with all of them at once, and `detect`. All are run
    on two images first, so that their start is not counted.
    """
    from mtcnn import MTCNN

    from ..core import backend  # noqa: F401  (TensorFlow's greeting stays unseen)

    package = MTCNN()
    ways = {
        "package, one by one": lambda some: [package.detect_faces(image) for image in some],
        "package, together": lambda some: package.detect_faces(list(some)),
        "facekit": detect,
    }
    took = {}
    for name, way in ways.items():
        way(images[:2])
        start = time.perf_counter()
        way(images)
        took[name] = 1000 * (time.perf_counter() - start) / len(images)
    return pd.Series(took, name="ms an image")


def _search(pixels, smallest, shrink):
    """Return for each image of one size an array with `COLUMNS`."""
    boxes, scaled = cascade.propose(pixels, smallest)
    boxes = cascade.output(cascade.refine(boxes, scaled), scaled)
    rows = _rows(boxes)
    rows[:, :4] *= shrink
    rows[:, 5:] *= shrink
    return [rows[boxes.photo == i] for i in range(len(pixels))]


def _rows(boxes):
    left, top, right, bottom = boxes.corners.T
    points = (
        boxes.points.reshape(len(left), 2, boxes.points.shape[1] // 2)
        .transpose(0, 2, 1)
        .reshape(boxes.points.shape)
    )
    return np.column_stack([left, top, right - left, bottom - top, boxes.score, points]).astype(
        np.float32
    )


def _reduced(image, shrink):
    if shrink == 1.0:
        return image
    size = max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def overlap(boxes, others):
    """Return the intersection over union of boxes x, y, width, height: two arrays (n, 4) to (n,) floats in [0, 1]."""
    one, other = np.asarray(boxes, float), np.asarray(others, float)
    start = np.maximum(one[:, :2], other[:, :2])
    stop = np.minimum(one[:, :2] + one[:, 2:], other[:, :2] + other[:, 2:])
    shared = np.prod(np.maximum(stop - start, 0), axis=1)
    return shared / (np.prod(one[:, 2:], axis=1) + np.prod(other[:, 2:], axis=1) - shared)
