"""The generator and the discriminator: how they are built, and how they are run."""

import numpy as np

from ..core import distribution
from ..core.backend import keras
from ..core.images import to_uint8

layers, ops = keras.layers, keras.ops
ARCHITECTURES = ("compact", "paper")
_WIDTHS = {
    "compact": (256, 128, 64, 32),
    "paper": (128, 128, 128, 128),
    "small": (128, 64, 32),
}  # of the generator, from 5×5 pixels up


def build_generator(latent_dim, architecture="compact"):
    """Return a generator from latent vectors (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Parameters
    ----------
    latent_dim : int
        From 1 up.
    architecture : {"compact", "paper", "small"}
        `paper` is a reconstruction, since the paper's Figure 2 is not in its text: 5×5×128, four upsampling
        blocks of 128 filters, tanh. `compact` narrows from 256 to 32 filters on the way up and uses batch
        normalisation; it is about 14 times cheaper. `small`, for experiments, makes images of 40×40 pixels and has no
        normalisation at all.

    Raises
    ------
    ValueError
        If the latent dimension is not a whole number from 1 up, or the architecture is unknown.
    """
    check_latent_dim(latent_dim)
    widths = _WIDTHS[_known(architecture)]
    inputs = keras.Input((latent_dim,), name="latent")
    x = layers.Reshape((5, 5, widths[0]))(layers.Dense(5 * 5 * widths[0])(inputs))
    for i, width in enumerate(widths):
        if architecture == "compact":
            x = layers.BatchNormalization(momentum=0.9, synchronized=distribution.replicas() > 1)(x)
        x = layers.LeakyReLU(0.2)(x)
        last = i == len(widths) - 1
        if architecture == "paper" or not last:
            following = width if last else widths[i + 1]
            # A kernel of 4 at stride 2 covers every pixel equally often, so no checkerboard appears.
            x = layers.Conv2DTranspose(following, 4, strides=2, padding="same")(x)
    if architecture == "paper":
        outputs = layers.Conv2D(3, 5, padding="same", activation="tanh", dtype="float32")(
            layers.LeakyReLU(0.2)(x)
        )
    else:
        outputs = layers.Conv2DTranspose(
            3, 4, strides=2, padding="same", activation="tanh", dtype="float32"
        )(x)
    return keras.Model(inputs, outputs, name=f"{architecture}_generator")


def build_discriminator(architecture="compact", normalization=None):
    """Return a discriminator from images (n, 80, 80, 3) in [-1, 1], those of the generator's size, to one linear score each (n, 1).

    Parameters
    ----------
    architecture : {"compact", "paper", "small"}
        `paper`, a reconstruction: 128 filters of 5×5, four times at stride 2, flatten, one linear unit.
        `compact`: 32, 64, 128, 256 filters of 4×4 at stride 2, each with spectral normalisation (Miyato et al. 2018).
        `small`: 32, 64, 128 filters of 4×4 at stride 2, for images of 40×40 pixels.
    normalization : None or "batch"
        "batch" puts batch normalisation behind every convolution: an experiment, not advice.
    """
    if normalization not in (None, "batch"):
        raise ValueError(f"unknown normalization {normalization!r}: choose None or 'batch'")
    size = 5 * 2 ** len(_WIDTHS[_known(architecture)])
    inputs = x = keras.Input((size, size, 3), name="image")
    if architecture == "paper":
        x = layers.LeakyReLU(0.2)(layers.Conv2D(128, 5, padding="same")(x))
    for width in _WIDTHS[architecture][::-1]:
        convolution = layers.Conv2D(
            width, 5 if architecture == "paper" else 4, strides=2, padding="same"
        )
        x = (
            layers.SpectralNormalization(convolution)(x)
            if architecture == "compact"
            else convolution(x)
        )
        if normalization == "batch":
            x = layers.BatchNormalization(synchronized=distribution.replicas() > 1)(x)
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model(
        inputs,
        layers.Dense(1, dtype="float32")(layers.Flatten()(x)),
        name=f"{architecture}_discriminator",
    )


def generate(generator, latent):
    """Return the faces at latent points (n, latent_dim), as uint8 images (n, 80, 80, 3).

    Raises
    ------
    ValueError
        If the points are not as long as the generator's latent vectors.
    """
    latent, dim = np.asarray(latent, "float32"), generator.input_shape[-1]
    if latent.ndim != 2 or latent.shape[1] != dim:
        raise ValueError(f"latent points of shape {latent.shape}: this generator takes (n, {dim})")
    batches = [latent[start : start + 256] for start in range(0, len(latent), 256)]
    return np.concatenate([to_uint8(generator(batch, training=False)) for batch in batches])


def check_latent_dim(dim):
    """Raise a ValueError unless dim can be the length of a latent vector."""
    if isinstance(dim, bool) or not isinstance(dim, (int, np.integer)) or dim < 1:
        raise ValueError(
            f"latent dimension {dim!r}: it must be a whole number from 1 up, such as 100"
        )


def _known(architecture):
    if architecture not in _WIDTHS:
        raise ValueError(
            f"unknown architecture {architecture!r}: choose {' or '.join(ARCHITECTURES)}"
        )
    return architecture
