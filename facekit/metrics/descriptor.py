"""One small encoder of faces: a point that says who somebody looks like, and a probability for each attribute.

Distances between sets of faces, directions of the latent space and the search for the nearest photograph all use its points.
It has seen few people: see its model card before you trust it.
"""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from ..core import weights
from ..core.backend import keras
from ..core.images import to_float
from .intervals import wilson_interval

layers, ops = keras.layers, keras.ops


class Descriptor:
    """Describes faces of 80×80 pixels.

    Parameters
    ----------
    network : keras.Model
        From images in [-1, 1] to a pair: features (n, features) and one logit an attribute.
    names : sequence of str
        The attributes, in the order of the logits.
    about : dict
        What it was trained on.
    """

    def __init__(self, network, names, about):
        self.network, self.names, self.about = network, list(names), about

    def embed(self, images):
        """Return the features of uint8 faces (n, 80, 80, 3): float32, shape (n, 128), points on a sphere.

        Faces of one person lie closer together than those of two. The sphere's radius is the root of the number of features, so that
        a feature is about 1 in size; the length that the network gives is dropped, since it is greater for people it was trained on.
        """
        points = self._run(images)[0]
        return (
            points
            / np.linalg.norm(points, axis=1, keepdims=True)
            * np.float32(points.shape[1] ** 0.5)
        )

    def attributes(self, images):
        """Return the probability of each attribute for uint8 faces (n, 80, 80, 3): a table with a row a face, values in [0, 1]."""
        return pd.DataFrame(
            1 / (1 + np.exp(-self._run(images)[1].astype("float64"))), columns=self.names
        )

    def score(self, faces):
        """Return how often it agrees with the attributes of a `FaceSet`: a row an attribute.

        Columns: `faces`; `agreement`, the share of faces on which probability over ½ and label agree, with its 95 % Wilson
        interval `low`, `high`; `majority`, what always answering the more frequent value would reach.
        """
        said, rows = self.attributes(faces.images) > 0.5, {}
        for name in [name for name in self.names if name in faces.attributes]:
            truth = faces.attributes[name].to_numpy(bool)
            right = int((said[name].to_numpy() == truth).sum())
            rows[name] = (
                len(truth),
                right / len(truth),
                *wilson_interval(right, len(truth)),
                max(truth.mean(), 1 - truth.mean()),
            )
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["faces", "agreement", "low", "high", "majority"]
        )

    def _run(self, images):
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.shape[1:] != (80, 80, 3) or not len(images):
            raise ValueError(
                f"images of shape {images.shape} and type {images.dtype}: one face or more of shape (n, 80, 80, 3) and type uint8 is expected"
            )
        batches = [
            self.network(to_float(images[start : start + 256]), training=False)
            for start in range(0, len(images), 256)
        ]
        return [np.concatenate([np.asarray(batch[i]) for batch in batches]) for i in (0, 1)]


class Inception:
    """The Inception-v3 of Keras as another pair of eyes: 2,048 features, learned from ImageNet's photographs of everything.

    Its weights are 88 MB and do not ship. Keras puts them into its folder at the first `keras.applications.InceptionV3(include_top=False)`
    with a network. They are not the weights of the original FID (Heusel et al. 2017), so a distance on these features is no FID either.

    Parameters
    ----------
    weights : path, optional
        The file; by default where Keras keeps it.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    """

    def __init__(self, weights=None):
        usual = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
        file = Path(weights or usual / "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5")
        if not file.is_file():
            raise FileNotFoundError(
                f"no weights of Inception-v3 at {file}: call keras.applications.InceptionV3(include_top=False) once with a network, or use descriptor.load()"
            )
        self.network = keras.applications.InceptionV3(
            include_top=False, weights=None, pooling="avg", input_shape=(299, 299, 3)
        )
        self.network.load_weights(file)

    def embed(self, images):
        """Return the features of uint8 faces (n, h, w, 3), enlarged to 299×299: float32, shape (n, 2048)."""
        batches = (
            ops.image.resize(to_float(images[start : start + 32]), (299, 299), antialias=True)
            for start in range(0, len(images), 32)
        )
        return np.concatenate(
            [np.asarray(self.network(batch, training=False)) for batch in batches]
        )


def build(attributes, features=128):
    """Return an untrained network for `Descriptor`: six convolutions with the picture halved four times, then two linear layers."""
    inputs = keras.Input((80, 80, 3), name="image")
    x = layers.Conv2D(32, 4, strides=2, padding="same", use_bias=False)(inputs)
    for width, halve in ((64, True), (96, False), (96, True), (128, False), (128, True)):
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D()(x) if halve else x
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    points = layers.Dense(features, name="features", dtype="float32")(
        layers.Dropout(0.3)(layers.Flatten()(x))
    )
    return keras.Model(
        inputs,
        [points, layers.Dense(attributes, name="attributes", dtype="float32")(points)],
        name="descriptor",
    )


def load(name="portraits"):
    """Return the descriptor that ships for a source of faces, "portraits" or "celeba".

    Raises
    ------
    FileNotFoundError, ValueError
        If its weights are not there, or damaged.
    """
    record, values = weights.read(f"{name}-descriptor", "descriptor")
    network = weights.assign(lambda: build(len(record["attributes"])), values, f"{name}-descriptor")
    return Descriptor(
        network,
        record.pop("attributes"),
        {
            name: value
            for name, value in record.items()
            if name not in ("kind", "weights", "sha256")
        },
    )
