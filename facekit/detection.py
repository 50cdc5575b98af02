"""Where the face is: MTCNN (Zhang et al. 2016) in batches, and the crop around what it finds."""

import functools

import numpy as np
import pandas as pd
from PIL import Image

KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")  # left and right as the viewer sees them
_SMALLEST = 20  # pixels: MTCNN looks for no smaller face
_LARGEST = 1280  # pixels: larger photographs are searched on a reduced copy


def detect(images, batch_size=64):
    """Find all faces in uint8 RGB images, which may differ in size.

    Returns
    -------
    list of DataFrame
        One table an image, largest face first, with columns x, y, width, height, confidence and
        the ten coordinates of `KEYPOINTS`; in pixels; empty where no face was found.
    """
    columns = ["x", "y", "width", "height", "confidence"] + [f"{point}_{axis}" for point in KEYPOINTS for axis in "xy"]
    found = [[] for _ in images]
    by_size = {}
    for i, image in enumerate(images):
        if min(image.shape[:2]) >= _SMALLEST:
            by_size.setdefault(image.shape[:2], []).append(i)
    for (height, width), members in by_size.items():
        shrink = max(1.0, max(height, width) / _LARGEST)
        for start in range(0, len(members), batch_size):
            chunk = members[start : start + batch_size]
            for i, faces in zip(chunk, _detect_batch([_reduced(images[i], shrink) for i in chunk])):
                found[i] = [_row(face, shrink) for face in faces]
    tables = (pd.DataFrame(rows, columns=columns, dtype="float32") for rows in found)
    return [table.iloc[np.argsort(-table.width * table.height, kind="stable")].reset_index(drop=True) for table in tables]


def crop(image, box, size=80, margin=0.0):
    """Return the part of an image inside a box (x, y, width, height), resized to uint8 (size, size, 3).

    The box is widened by `margin` times its size on each side and cut at the image's edges.
    As in the paper's recipe a box that is taller than wide is stretched to a square.
    """
    x, y, width, height = (float(value) for value in box)
    left, top = max(0, round(x - margin * width)), max(0, round(y - margin * height))
    right = max(left + 1, min(image.shape[1], round(x + width + margin * width)))
    bottom = max(top + 1, min(image.shape[0], round(y + height + margin * height)))
    part = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
    return np.asarray(part.resize((size, size), Image.Resampling.LANCZOS))


@functools.cache
def _detector():
    from . import backend  # noqa: F401  (TensorFlow's greeting stays unseen)
    from mtcnn import MTCNN

    return MTCNN()


def _detect_batch(images):
    """Detect in images of one size. The package answers "no face" for a whole batch when anything in it fails,
    so an empty batch is not believed before each image has been tried alone."""
    faces = _detector().detect_faces(images)
    if len(images) > 1 and not any(faces):
        faces = [_detector().detect_faces([image])[0] for image in images]
    return faces


def _reduced(image, shrink):
    if shrink == 1.0:
        return image
    size = round(image.shape[1] / shrink), round(image.shape[0] / shrink)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def _row(face, shrink):
    points = [value for point in KEYPOINTS for value in face["keypoints"][point]]
    box = [shrink * value for value in face["box"]]
    return [*box, face["confidence"], *(shrink * value for value in points)]
