"""What happens to a picture on its way through the world: JPEG, blur, a smaller size, noise.

Each function takes and returns uint8 images of shape (n, height, width, 3).
"""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, ImageFilter


def jpeg(images: np.ndarray, quality: int = 90) -> np.ndarray:
    """Return uint8 images after one JPEG encoding in memory, of a quality from 1 to 95."""
    return _map(images, lambda image: _encoded(image, quality))


def blur(images: np.ndarray, radius: float = 1.0) -> np.ndarray:
    """Return uint8 images blurred by a Gaussian of a standard deviation of `radius` pixels."""
    return _map(images, lambda image: image.filter(ImageFilter.GaussianBlur(radius)))


def resize(images: np.ndarray, size: int = 40) -> np.ndarray:
    """Return uint8 images made `size` pixels high and wide, and large again, both bicubic."""
    # Bicubic is what Pillow does by itself.
    return _map(images, lambda image: image.resize((size, size)).resize(image.size))


def noise(images: np.ndarray, spread: float = 8.0, seed: int = 0) -> np.ndarray:
    """Return uint8 images with Gaussian noise on every value.

    `spread` is its standard deviation in grey levels.
    """
    images = np.asarray(images)
    added = np.random.default_rng(seed).normal(0, spread, images.shape)
    return np.clip(np.rint(images + added), 0, 255).astype(np.uint8)


#: What a classifier is tested under, from name to function of uint8 images.
CORRUPTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"none": lambda images: images}
CORRUPTIONS |= {f"JPEG {quality}": partial(jpeg, quality=quality) for quality in (70, 50, 30)}
CORRUPTIONS |= {"blur 1": partial(blur, radius=1.0), "size 40": partial(resize, size=40)}
CORRUPTIONS["noise 8"] = partial(noise, spread=8.0)


def random_corruption(images: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return uint8 images of which about half went through one corruption each, for training.

    Parameters
    ----------
    images : uint8 array, shape (n, height, width, 3)
    random : numpy.random.Generator
        It draws which, and how strong.
    """
    corrupted = np.array(images)
    # Of eight kinds four are none, so that half of the images stay as they are.
    for i, kind in enumerate(random.integers(8, size=len(corrupted))):
        image, strength = corrupted[i : i + 1], random.random()
        if kind == 0:
            image = jpeg(image, int(25 + 60 * strength))
        elif kind == 1:
            image = blur(image, 0.3 + 1.2 * strength)
        elif kind == 2:
            image = resize(image, int(32 + 40 * strength))
        elif kind == 3:
            image = noise(image, 12 * strength, seed=int(random.integers(2**32)))
        corrupted[i] = image[0]
    return corrupted


def _map(images: np.ndarray, change: Callable[[Image.Image], Image.Image]) -> np.ndarray:
    """Apply a function of a Pillow image to each."""
    changed = [np.asarray(change(Image.fromarray(image))) for image in np.asarray(images)]
    return np.stack(changed) if changed else np.asarray(images)


def _encoded(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)
