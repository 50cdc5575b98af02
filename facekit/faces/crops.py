"""From a face in a photograph to a small picture of it."""

import warnings

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from PIL import Image

from . import cascade
from .detection import detect

SHAPES = ("aligned", "square", "paper")
#: x, y of `detection.KEYPOINTS` in an aligned face of 80 × 80 pixels.
TEMPLATE = np.array([[27.5, 34], [52.5, 34], [40, 46.5], [30, 58.5], [50, 58.5]])
# In 7,800 portraits and photographs, profiles among them, the template explains at least 0.54 of
# the keypoints' variance; where two eyes are mistaken for each other it explains 0.19.
_EXPLAINED = 0.5
# There an aligned crop is 1 to 1.9 times as wide as the detector's box.
_NARROWEST, _WIDEST = 0.5, 3.0


def crop(
    image: np.ndarray, face: ArrayLike, size: int = 80, margin: float = 0.0, shape: str = "aligned"
) -> np.ndarray:
    """Cut a face out of a photograph and resize it.

    Parameters
    ----------
    image : uint8 array, shape (height, width, 3)
    face : sequence of floats
        A row of `detect`'s table. For the shapes `square` and `paper` its first four will do: x, y,
        width and height of the box in pixels.
    size : int
        Height and width of the result, in pixels.
    margin : float
        The crop is widened by this share of its size on each side.
    shape : {"aligned", "square", "paper"}
        `aligned` turns, scales and shifts the photograph so that the five keypoints come to lie on
        `TEMPLATE`: eyes and mouth are at the same pixels in every face, and the whole head is in
        the picture. `square` is a square as wide as the box's longer side around its middle. Both
        repeat the photograph's border beyond its edges. `paper` is the paper's recipe: the box, cut
        at the photograph's edges, is stretched to a square.

    Returns
    -------
    uint8 array, shape (size, size, 3)

    Raises
    ------
    ValueError
        If the shape is unknown, or the keypoints of an aligned crop are missing or not plausible.
    """
    shape, face = known_shape(shape), np.asarray(face, float)
    x, y, width, height = face[:4]
    if shape == "aligned":
        if len(face) < 15 or not plausible(face[None])[0]:
            needs = "an aligned crop needs a row of detect's table, with plausible keypoints"
            raise ValueError(f"{needs}; with shape='square' or shape='paper' a box will do")
        return _aligned(image, face[5:].reshape(5, 2), size, margin)
    if shape == "square":
        side = max(1, round(max(width, height) * (1 + 2 * margin)))
        left, top = round(x + width / 2 - side / 2), round(y + height / 2 - side / 2)
        cut = _window(image, left, top, left + side, top + side)
    else:
        left, top = max(0, round(x - margin * width)), max(0, round(y - margin * height))
        right = max(left + 1, min(image.shape[1], round(x + width + margin * width)))
        bottom = max(top + 1, min(image.shape[0], round(y + height + margin * height)))
        cut = np.ascontiguousarray(image[top:bottom, left:right])
    return np.asarray(Image.fromarray(cut).resize((size, size), Image.Resampling.LANCZOS))


def cut_out(
    image: np.ndarray, size: int = 80, shape: str = "aligned"
) -> tuple[np.ndarray, pd.DataFrame]:
    """Find, cut out and resize every face of one photograph, as the training's faces were.

    Parameters
    ----------
    image : uint8 array, shape (height, width, 3)
    size : int
        Height and width of a face, in pixels.
    shape : {"aligned", "square", "paper"}
        See `crop`.

    Returns
    -------
    (uint8 array of shape (n, size, size, 3), DataFrame)
        The faces, the largest first, and `detect`'s table of them. What has no plausible keypoints
        is no face, if it is to be aligned.

    Raises
    ------
    ValueError
        If there is none.
    """
    table = detect([image], large_first=False)[0]
    if known_shape(shape) == "aligned":
        table = table[plausible(table.to_numpy())].reset_index(drop=True)
    if table.empty:
        found = f"no face was found in this picture of {image.shape[1]} × {image.shape[0]} pixels"
        raise ValueError(f"{found}: faces are found from {cascade.SMALLEST:g} pixels on")
    return np.stack([crop(image, row, size, shape=shape) for row in table.to_numpy()]), table


def similarity(points: np.ndarray, target: np.ndarray) -> tuple[complex, complex]:
    """Return the turn, scaling and shift that bring points closest to a target.

    With points as complex numbers x + iy, that is `a * points + b`: multiplying by a turns by its
    angle and scales by its length. These a and b leave the smallest sum of squared distances.

    Parameters
    ----------
    points, target : float array, shape (n, 2)
        x, y of each.

    Returns
    -------
    (complex, complex)
        a and b.

    Examples
    --------
    >>> similarity([[0, 0], [1, 0]], [[5, 5], [5, 7]])  # a quarter turn, and twice as large
    (2j, (5+5j))
    """
    source, wanted = np.asarray(points) @ [1, 1j], np.asarray(target) @ [1, 1j]
    centred = source - source.mean()
    a = np.vdot(centred, wanted) / np.vdot(centred, centred)
    return complex(a), complex(wanted.mean() - a * source.mean())


def plausible(faces: np.ndarray) -> np.ndarray:
    """Return whose keypoints a face can have: neither mirrored nor collapsed.

    Parameters
    ----------
    faces : float array, shape (n, 15)
        Rows of `detect`'s table.

    Returns
    -------
    bool array, shape (n,)
    """
    template, points = TEMPLATE @ [1, 1j], faces[:, 5:].reshape(-1, 5, 2) @ [1, 1j]
    template, points = template - template.mean(), points - points.mean(axis=1, keepdims=True)
    shared = abs(points.conj() @ template)
    spread = (abs(points) ** 2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):  # five points in one place
        explained = shared**2 / spread / (abs(template) ** 2).sum()
        width = 80 * spread / shared / faces[:, 2:4].max(axis=1)
    return (explained > _EXPLAINED) & (width > _NARROWEST) & (width < _WIDEST)


def known_shape(shape: str) -> str:
    """Return a shape's name, today's for the first edition's.

    Raises
    ------
    ValueError
        If there is no such shape.
    """
    if shape == "stretched":
        warnings.warn("shape='stretched' is called shape='paper' now", FutureWarning, stacklevel=3)
        return "paper"
    if shape not in SHAPES:
        raise ValueError(f"unknown shape {shape!r} of a crop: choose one of {', '.join(SHAPES)}")
    return shape


def _aligned(image: np.ndarray, points: np.ndarray, size: int, margin: float) -> np.ndarray:
    """Return a face with its keypoints on the template, sampled at twice its size."""
    a, b = similarity(points, size * (0.5 + (TEMPLATE / 80 - 0.5) / (1 + 2 * margin)))
    corners = (size * np.array([0, 1, 1j, 1 + 1j]) - b) / a
    shrink = max(1, int(0.5 / abs(a)))  # a large face is reduced first, so that no pixel is skipped
    left, top = (int(ends.min()) - 4 * shrink for ends in (corners.real, corners.imag))
    right, bottom = (int(ends.max()) + 4 * shrink for ends in (corners.real, corners.imag))
    window = Image.fromarray(_window(image, left, top, right, bottom)).reduce(shrink)
    step, start = 0.5 / a / shrink, (-b / a - complex(left, top)) / shrink
    back = (step.real, -step.imag, start.real, step.imag, step.real, start.imag)
    twice, bicubic = (2 * size, 2 * size), Image.Resampling.BICUBIC
    return np.asarray(window.transform(twice, Image.Transform.AFFINE, back, bicubic).reduce(2))


def _window(image: np.ndarray, left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """Return a rectangle of an image; beyond its edges the border is repeated."""
    rows = np.clip(np.arange(top, bottom), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(left, right), 0, image.shape[1] - 1)
    return image.take(rows, axis=0).take(columns, axis=1)
