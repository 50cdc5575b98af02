"""From a face in a photograph to a small picture of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from PIL import Image

from . import cascade
from .detection import detect

SHAPES = ("stretched", "square", "aligned")


def crop(
    image: np.ndarray,
    face: Sequence[float] | np.ndarray | pd.Series,
    size: int = 80,
    margin: float = 0.0,
    shape: str = "stretched",
) -> np.ndarray:
    """Cut a face out of a photograph and resize it.

    Parameters
    ----------
    image : uint8 array, shape (height, width, 3)
    face : sequence of 4 or more floats
        x, y, width, height of the box in pixels; `shape="aligned"` also needs the eyes, so a whole
        row of `detect`'s table.
    size : int
        Height and width of the result, in pixels.
    margin : float
        The box is widened by this share of its size on each side.
    shape : {"stretched", "square", "aligned"}
        `stretched` is the paper's recipe: the box, cut at the photograph's edges, is stretched to a
        square. `square` keeps proportions: a square as wide as the box's longer side around its
        middle; beyond the edges the photograph's border is repeated. `aligned` is a square turned
        so that the eyes are level.

    Returns
    -------
    uint8 array, shape (size, size, 3)
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown shape {shape!r} of a crop: choose one of {', '.join(SHAPES)}")
    face = np.asarray(face)
    x, y, width, height = (float(value) for value in face[:4])
    side = max(1, round(max(width, height) * (1 + 2 * margin)))
    middle = x + width / 2, y + height / 2
    if shape == "stretched":
        left, top = max(0, round(x - margin * width)), max(0, round(y - margin * height))
        right = max(left + 1, min(image.shape[1], round(x + width + margin * width)))
        bottom = max(top + 1, min(image.shape[0], round(y + height + margin * height)))
        cut = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
    elif shape == "square":
        cut = Image.fromarray(_around(image, middle, side))
    else:
        left_eye, right_eye = np.reshape(face[5:9], (2, 2))
        angle = np.degrees(np.arctan2(right_eye[1] - left_eye[1], right_eye[0] - left_eye[0]))
        wide = Image.fromarray(_around(image, middle, round(1.42 * side)))  # √2: it can be turned
        edge = (wide.width - side) // 2
        turned = wide.rotate(angle, Image.Resampling.BICUBIC)
        cut = turned.crop((edge, edge, edge + side, edge + side))
    return np.asarray(cut.resize((size, size), Image.Resampling.LANCZOS))


def cut_out(image: np.ndarray, size: int = 80) -> tuple[np.ndarray, pd.DataFrame]:
    """Find, cut out and resize every face of one photograph, as the training's faces were.

    Parameters
    ----------
    image : uint8 array, shape (height, width, 3)
    size : int
        Height and width of a face, in pixels.

    Returns
    -------
    (uint8 array of shape (n, size, size, 3), DataFrame)
        The faces, the largest first, and `detect`'s table of them.

    Raises
    ------
    ValueError
        If there is none.
    """
    table = detect([image], large_first=False)[0]
    if table.empty:
        picture = f"this picture of {image.shape[1]} × {image.shape[0]} pixels"
        advice = f"faces are found from {cascade.SMALLEST:g} pixels on"
        raise ValueError(f"no face was found in {picture}: {advice}")
    return np.stack([crop(image, row, size) for row in table.to_numpy()]), table


def _around(image: np.ndarray, middle: tuple[float, float], side: int) -> np.ndarray:
    """Return the square of `side` pixels around a point; outside the image its border repeats."""
    left, top = (round(value - side / 2) for value in middle)
    rows = np.clip(np.arange(top, top + side), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, image.shape[1] - 1)
    return image[rows[:, None], columns]
