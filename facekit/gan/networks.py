"""The generator and the discriminator: how they are built, and how they are run."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..core import distribution
from ..core.backend import keras
from ..core.images import in_batches, to_uint8

layers, ops = keras.layers, keras.ops

ARCHITECTURES = ("compact", "light", "paper")
_LONGEST = 4096  # numbers of a latent point
_WIDTHS = {  # filters of the generator, from 5×5 pixels up
    "compact": (256, 128, 64, 32),
    "light": (128, 64, 32, 16),
    "paper": (128, 128, 128, 128),
    "small": (128, 64, 32),
}


def build_generator(latent_dim: int, architecture: str = "compact") -> keras.Model:
    """Return a generator from latent points (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Parameters
    ----------
    latent_dim : int
        From 1 up.
    architecture : {"compact", "light", "paper", "small"}
        `paper` is a reconstruction, since the paper's Figure 2 is not in its text: 5×5×128, four
        upsampling blocks of 128 filters, tanh. `compact` narrows from 256 to 32 filters on the way
        up and uses batch normalisation; it is about 14 times cheaper. `light` is half as wide, for
        a training of minutes. `small`, for experiments, makes images of 40×40 pixels and has no
        normalisation at all.

    Raises
    ------
    ValueError
        If the latent dimension is not a whole number from 1 up, or the architecture is unknown.

    Examples
    --------
    >>> build_generator(100).output_shape
    (None, 80, 80, 3)
    """
    check_latent_dim(latent_dim)
    check_architecture(architecture)
    widths = _WIDTHS[architecture]
    inputs = keras.Input((latent_dim,), name="latent")
    x = layers.Reshape((5, 5, widths[0]))(layers.Dense(5 * 5 * widths[0])(inputs))
    # A kernel of 4 at stride 2 covers every pixel equally often, so no checkerboard appears.
    upsampling = [layers.Conv2DTranspose(n, 4, strides=2, padding="same") for n in widths[1:]]
    last: dict[str, Any] = dict(padding="same", activation="tanh", dtype="float32")
    if architecture == "paper":
        upsampling.append(layers.Conv2DTranspose(widths[-1], 4, strides=2, padding="same"))
        image = layers.Conv2D(3, 5, **last)
    else:
        image = layers.Conv2DTranspose(3, 4, strides=2, **last)
    for layer in (*upsampling, image):
        if architecture in ("compact", "light"):
            x = _batch_normalization(x, momentum=0.9)
        x = layer(layers.LeakyReLU(0.2)(x))
    return keras.Model(inputs, x, name=f"{architecture}_generator")


def build_discriminator(
    architecture: str = "compact", normalization: str | None = None
) -> keras.Model:
    """Return a discriminator from images (n, 80, 80, 3) in [-1, 1] to one linear score each (n, 1).

    Parameters
    ----------
    architecture : {"compact", "light", "paper", "small"}
        `paper`, a reconstruction: 128 filters of 5×5, four times at stride 2, flatten, one linear
        unit. `compact`: 32, 64, 128, 256 filters of 4×4 at stride 2; `light`: half as many.
        `small`: the first three of them, for images of 40×40 pixels.
    normalization : None or "batch"
        "batch" puts batch normalisation behind every convolution: an experiment, not advice.

    Raises
    ------
    ValueError
        If the architecture or the normalisation is unknown.
    """
    check_architecture(architecture)
    if normalization not in (None, "batch"):
        raise ValueError(f"unknown normalization {normalization!r}: choose None or 'batch'")
    widths, kernel = _WIDTHS[architecture][::-1], 5 if architecture == "paper" else 4
    size = 5 * 2 ** len(widths)
    inputs = x = keras.Input((size, size, 3), name="image")
    if architecture == "paper":
        x = layers.LeakyReLU(0.2)(layers.Conv2D(128, kernel, padding="same")(x))
    for width in widths:
        x = layers.Conv2D(width, kernel, strides=2, padding="same")(x)
        if normalization == "batch":
            x = _batch_normalization(x)
        x = layers.LeakyReLU(0.2)(x)
    scores = layers.Dense(1, dtype="float32")(layers.Flatten()(x))
    return keras.Model(inputs, scores, name=f"{architecture}_discriminator")


def generate(generator: keras.Model, latent: ArrayLike) -> np.ndarray:
    """Return the faces at latent points (n, latent_dim), as uint8 images (n, 80, 80, 3).

    Raises
    ------
    ValueError
        If the points are not as long as the generator's latent points.
    """
    latent, dim = np.asarray(latent, "float32"), generator.input_shape[-1]
    if latent.shape[1:] != (dim,):
        raise ValueError(f"latent points of shape {latent.shape}: this generator takes (n, {dim})")
    return in_batches(lambda batch: to_uint8(generator(batch, training=False)), latent)


def check_latent_dim(latent_dim: int) -> None:
    """Raise a ValueError unless this can be the length of a latent point."""
    whole = isinstance(latent_dim, (int, np.integer)) and not isinstance(latent_dim, bool)
    if not whole or not 1 <= latent_dim <= _LONGEST:
        numbers = f"it must be a whole number from 1 to {_LONGEST}"
        raise ValueError(f"latent dimension {latent_dim!r}: {numbers}")


def check_architecture(architecture: str) -> None:
    """Raise a ValueError unless networks of this name can be built."""
    if architecture not in _WIDTHS:
        known = " or ".join(ARCHITECTURES)
        raise ValueError(f"unknown architecture {architecture!r}: choose {known}")


def _batch_normalization(x: Any, momentum: float = 0.99) -> Any:
    """Normalise with the statistics of the whole batch, also where several devices share it."""
    layer = layers.BatchNormalization(momentum=momentum, synchronized=distribution.replicas() > 1)
    return layer(x)
