"""Networks so small that the tests do not wait for them, and what a widget shows."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from facekit.core.backend import keras


def build_tiny_generator(seed=0):
    """Return a generator from 16 numbers to images of 80×80 pixels in squares of 20."""
    layers = keras.layers
    start = keras.initializers.RandomNormal(stddev=0.5, seed=seed)
    points = keras.Input((16,))
    x = layers.Dense(48, activation="tanh", kernel_initializer=start)(points)
    return keras.Model(points, layers.UpSampling2D(20)(layers.Reshape((4, 4, 3))(x)))


class ColourDescriptor:
    """Takes a face's mean colours for its features, and two of them for attributes."""

    names = ["Smiling", "Male"]

    def embed(self, images):
        return images.mean(axis=(1, 2)).astype("float32")

    def attributes(self, images):
        means = images.mean(axis=(1, 2)) / 255
        return pd.DataFrame({"Smiling": means[:, 0], "Male": means[:, 1]})


class BlueClassifier:
    """Calls a face the more real, the bluer it is."""

    def probability(self, images):
        return images[..., 2].mean(axis=(1, 2)) / 255

    def predict(self, images):
        real = self.probability(images)
        labels = np.where(real > 0.5, "real", "fake")
        return pd.DataFrame({"label": labels, "confidence": np.maximum(real, 1 - real)})

    def saliency(self, images):
        return images[..., 2] / 255


@pytest.fixture(scope="session")
def generator():
    return build_tiny_generator()


@pytest.fixture(scope="session")
def colours():
    return ColourDescriptor()


@pytest.fixture(scope="session")
def blue_classifier():
    return BlueClassifier()


@pytest.fixture(scope="session")
def other_generator():
    return build_tiny_generator(seed=1)


@pytest.fixture(scope="session")
def shown():
    """Return the picture that a widget shows, as an array."""
    return lambda widget: np.asarray(Image.open(io.BytesIO(widget.picture.value)))
