"""Pictures as arrays: uint8 for storing and showing, float32 in [-1, 1] for networks."""

import os
import stat
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from . import reading

_FORMATS = (
    "JPEG",
    "PNG",
    "WEBP",
    "AVIF",
    "BMP",
    "GIF",
    "TIFF",
    "JPEG2000",
    "PPM",
)  # no other decoder gets to see a stranger's file
_PIXELS = 52_000_000  # as many as telephones take; reading takes up to 18 bytes a pixel for a moment, so 1 GB
_ORIENTATION = 0x0112  # in a photograph's EXIF table: how the camera was held
warnings.filterwarnings(
    "ignore", category=Image.DecompressionBombWarning
)  # `read` says it in the reject table


def read(path):
    """Return one photograph upright, as uint8 RGB of shape (height, width, 3).

    Of an animation the first picture, 16-bit levels brought to 8, of a transparent picture what one sees on white paper.

    Parameters
    ----------
    path : path, or file opened for reading bytes

    Raises
    ------
    OSError
        With one sentence for the reject table, if the file cannot be read as a picture.
    """
    try:
        file = hasattr(path, "read") or stat.S_ISREG(os.stat(path).st_mode)
    except (OSError, ValueError):  # a link into nothing or to itself, a name that no file can have
        raise OSError("the file is gone") from None
    if not file:
        raise OSError("a folder or a device, not a picture")
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > _PIXELS:
                raise Image.DecompressionBombError
            if image.getexif().get(_ORIENTATION, 1) != 1:
                image = ImageOps.exif_transpose(image)
            return np.asarray(_in_colour(image))
    except FileNotFoundError:
        raise OSError("the file is gone") from None
    except PermissionError:
        raise OSError("the file may not be read") from None
    except UnidentifiedImageError:
        empty = not hasattr(path, "read") and Path(path).stat().st_size == 0
        raise OSError(
            "the file is empty" if empty else "not a picture, or of an unknown format"
        ) from None
    except Image.DecompressionBombError:
        raise OSError("too many pixels to open safely") from None
    except Exception as error:  # decoders of damaged bytes raise anything
        raise OSError(f"damaged: {reading.reason(error)}") from None


def _in_colour(image):
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


def to_float(images):
    """Return uint8 images as float32 in [-1, 1]: what the generator's tanh can reach."""
    return np.asarray(images, "float32") / 127.5 - 1


def to_uint8(images):
    """Return images in [-1, 1] as uint8: the way back of `to_float`."""
    return np.clip(np.rint((np.asarray(images, "float32") + 1) * 127.5), 0, 255).astype(np.uint8)


def check_faces(images):
    """Return images as an array if they are faces as the networks take them: uint8 (n, 80, 80, 3), n from 1 up.

    Raises
    ------
    ValueError
        If they have another shape or type.
    """
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] != (80, 80, 3) or not len(images):
        raise ValueError(
            f"images of shape {images.shape} and type {images.dtype}: "
            "one face or more of shape (n, 80, 80, 3) and type uint8 is expected"
        )
    return images


def in_batches(function, images, size=256):
    """Return what a function says of images (or of anything with rows), called on `size` of them at a time.

    So memory stays the same for any number of images, also of those that lie in a mapped file.

    Parameters
    ----------
    function : callable
        From a slice of `images` to an array or tensor with a row an image, or to a list or tuple of such.
    images : array, shape (n, ...)
    size : int

    Returns
    -------
    array of n rows, or a list of them, one for each that the function returns

    Examples
    --------
    >>> in_batches(lambda rows: rows.sum(axis=1), np.ones((1000, 3), np.uint8)).shape
    (1000,)
    """
    results = [function(images[start : start + size]) for start in range(0, len(images), size)]
    if isinstance(results[0], (list, tuple)):
        return [np.concatenate(outputs) for outputs in zip(*results)]
    return np.concatenate(results)


def montage(images, columns=8, gap=2):
    """Return uint8 images (n, h, w, 3) side by side on white, as one uint8 picture."""
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.ndim != 4 or not len(images):
        raise ValueError(
            f"images of shape {images.shape} and type {images.dtype}: one or more (n, h, w, 3), uint8, are expected (gan.generate draws such faces)"
        )
    height, width = images.shape[1:3]
    rows = -(-len(images) // columns)
    sheet = np.full(
        (rows * (height + gap) - gap, min(columns, len(images)) * (width + gap) - gap, 3),
        255,
        np.uint8,
    )
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet
