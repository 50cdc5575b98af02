"""Pictures as arrays: uint8 for storing and showing, float32 in [-1, 1] for networks."""

import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageOps, UnidentifiedImageError

from . import reading

#: No other decoder gets to see a stranger's file.
_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "BMP", "GIF", "TIFF", "JPEG2000", "PPM")
#: As many as telephones take; reading takes up to 18 bytes a pixel for a moment, so 1 GB.
_PIXELS = 52_000_000
#: Of decoders that take up to 25.
_PIXELS_OF: dict[str | None, int] = {"WEBP": 40_000_000, "JPEG2000": 40_000_000}
_ORIENTATION = 0x0112  # in a photograph's EXIF table: how the camera was held
_OPENING = threading.Lock()


def read(file: str | Path | IO[bytes]) -> np.ndarray:
    """Return one photograph upright, as uint8 RGB of shape (height, width, 3).

    Of an animation the first picture, 16-bit levels brought to 8, of a transparent picture what
    one sees on white paper.

    Parameters
    ----------
    file : path, or file opened for reading bytes

    Raises
    ------
    OSError
        With one sentence for the reject table, if the file cannot be read as a picture.
        `FACEKIT_DEBUG=1` shows what the decoder says.
    """
    path = file if isinstance(file, (str, os.PathLike)) else None
    if path is not None and not os.path.isfile(path):  # nor is a link into nothing or to itself
        there = os.path.exists(path)
        raise OSError("a folder or a device, not a picture" if there else "the file is gone")
    try:
        with _open(file) as image:
            if image.width * image.height > _PIXELS_OF.get(image.format, _PIXELS):
                raise Image.DecompressionBombError
            if image.getexif().get(_ORIENTATION, 1) != 1:
                image = ImageOps.exif_transpose(image)
            return np.asarray(_in_colour(image))
    except FileNotFoundError:
        raise OSError("the file is gone") from None
    except PermissionError:
        raise OSError("the file may not be read") from None
    except UnidentifiedImageError:
        raise OSError(_unknown(file)) from None
    except Image.DecompressionBombError:
        raise OSError("too many pixels to open safely") from None
    except reading.DAMAGE as error:
        raise OSError(f"damaged: {reading.reason(error)}") from reading.cause(error)


def to_float(images: ArrayLike) -> np.ndarray:
    """Return uint8 images as float32 in [-1, 1]: what the generator's tanh can reach."""
    return np.asarray(images, "float32") / 127.5 - 1


def to_uint8(images: ArrayLike) -> np.ndarray:
    """Return images in [-1, 1] as uint8: the way back of `to_float`."""
    return np.clip(np.rint((np.asarray(images, "float32") + 1) * 127.5), 0, 255).astype(np.uint8)


def check_faces(images: ArrayLike) -> np.ndarray:
    """Return images as an array if they are faces as networks take them: uint8 (n, 80, 80, 3).

    There must be one at least.

    Raises
    ------
    ValueError
        If they have another shape or type.
    """
    expected = "one face or more of shape (n, 80, 80, 3) and type uint8 is expected"
    return _checked(np.asarray(images), expected, 80, 80, 3)


def in_batches(function: Callable[[Any], Any], images: Any, size: int = 256) -> Any:
    """Return what a function returns for images, or other rows, called on `size` at a time.

    So memory does not grow with their number, also if they lie in a mapped file.

    Parameters
    ----------
    function : callable
        From a slice of `images` to an array or tensor with a row an image, or to a list of such.
    images : array, shape (n, ...)
    size : int

    Returns
    -------
    array with n rows, or a list of them, as the function returns

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> in_batches(lambda rows: rows.sum(axis=1), np.ones((1000, 3), np.uint8)).shape
    (1000,)
    """
    if not len(images):
        raise ValueError("nothing to run over: one image or latent point, or more, is needed")
    results = [function(images[start : start + size]) for start in range(0, len(images), size)]
    if isinstance(results[0], (list, tuple)):
        return [np.concatenate(outputs) for outputs in zip(*results)]
    return np.concatenate(results)


def montage(images: ArrayLike, columns: int = 8, gap: int = 2) -> np.ndarray:
    """Return uint8 images (n, h, w, 3) side by side on white, as one uint8 picture.

    Parameters
    ----------
    images : uint8 array, shape (n, h, w, 3), n from 1 up
    columns : int
        Images in a row.
    gap : int
        White pixels between two.

    Raises
    ------
    ValueError
        If the images have another shape or type.
    """
    expected = "one or more (n, h, w, 3), uint8, are expected (gan.networks.generate draws them)"
    images = _checked(np.asarray(images), expected)
    columns = min(columns, len(images))
    room = (0, -len(images) % columns), (0, gap), (0, gap), (0, 0)
    cells = np.pad(images, room, constant_values=255)
    _, height, width, channels = cells.shape
    rows = cells.reshape(-1, columns, height, width, channels).swapaxes(1, 2)
    sheet = rows.reshape(-1, columns * width, channels)
    return sheet[: len(sheet) - gap, : columns * width - gap]


def first_row(sheet: np.ndarray, columns: int = 8, gap: int = 2) -> np.ndarray:
    """Return the square images in the first row of a `montage`: uint8 (columns, size, size, 3).

    Raises
    ------
    ValueError
        If as many do not fit into the picture.
    """
    step = (sheet.shape[1] + gap) // columns
    size = step - gap
    if size < 1 or len(sheet) < size:
        raise ValueError(f"{columns} images do not fit into {sheet.shape[1]} × {len(sheet)} pixels")
    return np.stack([sheet[:size, i * step : i * step + size] for i in range(columns)])


def _open(file: str | Path | IO[bytes]) -> Image.Image:
    """Open a picture without Pillow's warning of its size, since `read` refuses such in a sentence.

    Filters of warnings belong to the whole process: one thread at a time may change them.
    """
    with _OPENING, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        return Image.open(file, formats=_FORMATS)


def _unknown(file: str | Path | IO[bytes]) -> str:
    """Say what a file is that no decoder knows."""
    if isinstance(file, (str, os.PathLike)):
        with open(file, "rb") as opened:
            return _unknown(opened)
    file.seek(0)
    start = file.read(12)
    if start[4:8] == b"ftyp" and start[8:11] in (b"hei", b"hev", b"mif"):
        return "HEIC, as telephones make it: save it as JPEG (there: “most compatible”)"
    return "not a picture, or of an unknown format" if start else "the file is empty"


def _checked(images: np.ndarray, expected: str, *shape: int) -> np.ndarray:
    """Return uint8 images, one or more, of a shape where one is given, or say what is expected."""
    fits = images.ndim == 4 and len(images) and shape in ((), images.shape[1:])
    if images.dtype != np.uint8 or not fits:
        raise ValueError(f"images of shape {images.shape} and type {images.dtype}: {expected}")
    return images


def _in_colour(image: Image.Image) -> Image.Image:
    """Return a picture as RGB."""
    if image.mode == "RGB":
        return image
    if image.mode[0] in "IF":  # 16 bits a pixel, or numbers of an unknown range
        levels = np.nan_to_num(np.array(image, np.float32), copy=False)
        highest = float(levels.max())
        levels *= 255.0 if highest <= 1 else 1.0 if highest <= 255 else 1 / 257
        return Image.fromarray(np.clip(levels, 0, 255, out=levels).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")
