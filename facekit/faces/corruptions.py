"""What happens to a picture on its way through the world: JPEG, blur, a smaller size, noise. From uint8 faces to uint8 faces."""

import io

import numpy as np
from PIL import Image, ImageFilter


def jpeg(images, quality=90):
    """Return uint8 images (n, h, w, 3) after one JPEG encoding in memory, of a quality from 1 to 95."""
    return _each(images, lambda image: _jpeg(image, quality))


def blur(images, radius=1.0):
    """Return uint8 images blurred by a Gaussian whose standard deviation is `radius` pixels."""
    return _each(images, lambda image: image.filter(ImageFilter.GaussianBlur(radius)))


def resize(images, size=40):
    """Return uint8 images made smaller, `size` pixels high and wide, and large again, by bicubic interpolation."""
    return _each(
        images,
        lambda image: image.resize((size, size), Image.Resampling.BICUBIC).resize(
            image.size, Image.Resampling.BICUBIC
        ),
    )


def noise(images, spread=8.0, seed=0):
    """Return uint8 images with normal noise of that standard deviation, in grey levels, on every value."""
    images = np.asarray(images)
    added = np.random.default_rng(seed).normal(0, spread, images.shape)
    return np.clip(np.rint(images + added), 0, 255).astype(np.uint8)


#: What a classifier is tested under, from name to function of uint8 images.
CORRUPTIONS = {
    "none": lambda images: images,
    "JPEG 70": lambda images: jpeg(images, 70),
    "JPEG 50": lambda images: jpeg(images, 50),
    "JPEG 30": lambda images: jpeg(images, 30),
    "blur 1": lambda images: blur(images, 1.0),
    "size 40": lambda images: resize(images, 40),
    "noise 8": lambda images: noise(images, 8.0),
}


def random_corruption(images, random):
    """Return uint8 images of which about half went through one corruption each, of a random strength; for training.

    Parameters
    ----------
    images : uint8 array, shape (n, h, w, 3)
    random : numpy.random.Generator
    """
    done = np.array(images)
    for i, kind in enumerate(random.integers(8, size=len(done))):
        one, strength = done[i : i + 1], random.random()
        if kind == 0:
            one = jpeg(one, int(25 + 60 * strength))
        elif kind == 1:
            one = blur(one, 0.3 + 1.2 * strength)
        elif kind == 2:
            one = resize(one, int(32 + 40 * strength))
        elif kind == 3:
            one = noise(one, 12 * strength, seed=int(random.integers(2**32)))
        done[i] = one[0]
    return done


def _each(images, change):
    """Apply a function of a PIL image to each."""
    changed = [np.asarray(change(Image.fromarray(image))) for image in np.asarray(images)]
    return np.stack(changed) if changed else np.asarray(images)


def _jpeg(image, quality):
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer)
