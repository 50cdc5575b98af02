"""One small encoder of faces: features that say who somebody looks like, and attributes.

Distances between sets of faces, directions of the latent space and the search for the nearest
photograph all use its features. It has seen few people: see its model card before you trust it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from ..core import weights
from ..core.backend import keras
from ..core.images import check_faces, in_batches, to_float
from .intervals import wilson_interval

layers = keras.layers
FEATURES = 128


class Descriptor:
    """Describes faces of 80×80 pixels.

    Parameters
    ----------
    network : keras.Model
        From images in [-1, 1] to a pair: features (n, features) and one logit an attribute.
    names : sequence of str
        The attributes, in the order of the logits.
    about : dict
        What it was trained on; its `source` names the faces that it learned from, such as
        "portraits".
    """

    def __init__(self, network: keras.Model, names: Sequence[str], about: dict[str, Any]):
        self.network, self.names, self.about = network, list(names), about

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Return the features of uint8 faces (n, 80, 80, 3): float32, shape (n, 128).

        Faces of one person lie closer together than those of two. They lie on a sphere whose radius
        is the root of the number of features, so that a feature is about 1 in size; the length that
        the network gives is dropped, since it is greater for people it was trained on.

        Raises
        ------
        ValueError
            If the images have another shape or type.
        """
        features = self._run(images)[0]
        length = np.linalg.norm(features, axis=1, keepdims=True)
        return features / length * np.float32(features.shape[1] ** 0.5)

    def attributes(self, images: np.ndarray) -> pd.DataFrame:
        """Return the probability of each attribute, in [0, 1]: a table with a row a face.

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)

        Raises
        ------
        ValueError
            If the images have another shape or type.
        """
        return pd.DataFrame(expit(self._run(images)[1].astype("float64")), columns=self.names)

    def score(self, faces: Any) -> pd.DataFrame:
        """Return how often it agrees with the attributes of a `FaceSet`: a row an attribute.

        Columns: `faces`; `agreement`, the share of faces on which probability over ½ and label
        agree, with its 95 % Wilson interval `low`, `high`; `majority`, what always answering the
        more frequent value would reach.
        """
        known = [name for name in self.names if name in faces.attributes]
        truth = faces.attributes[known].astype(bool).reset_index(drop=True)
        right = ((self.attributes(faces.images)[known] > 0.5) == truth).sum()
        share, n = truth.mean(), len(truth)
        table = pd.DataFrame({"faces": n, "agreement": right / n})
        table[["low", "high"]] = [wilson_interval(count, n) for count in right]
        return table.assign(majority=np.maximum(share, 1 - share))

    def _run(self, images):
        images = check_faces(images)
        return in_batches(lambda batch: self.network(to_float(batch), training=False), images)


def build(attributes: int, features: int = FEATURES) -> keras.Model:
    """Return an untrained network for `Descriptor`.

    Six convolutions, with the picture halved four times, then two linear layers.

    Parameters
    ----------
    attributes, features : int
        How many of each it gives.
    """
    inputs = keras.Input((80, 80, 3), name="image")
    x = layers.Conv2D(32, 4, strides=2, padding="same", use_bias=False)(inputs)
    for width, halve in ((64, True), (96, False), (96, True), (128, False), (128, True)):
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
        x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
        x = layers.MaxPooling2D()(x) if halve else x
    x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.3)(layers.Flatten()(x))
    points = layers.Dense(features, name="features", dtype="float32")(x)
    logits = layers.Dense(attributes, name="attributes", dtype="float32")(points)
    return keras.Model(inputs, [points, logits], name="descriptor")


def load(name: str = "portraits") -> Descriptor:
    """Return the descriptor that ships for a source of faces, "portraits" or "celeba".

    Raises
    ------
    FileNotFoundError, ValueError
        If its weights are not there, or damaged.
    """
    record, values = weights.read(f"{name}-descriptor", "descriptor")
    names = record.pop("attributes")
    network = weights.assign(lambda: build(len(names)), values, f"{name}-descriptor")
    of_the_file = ("kind", "weights", "sha256")
    about = {key: value for key, value in record.items() if key not in of_the_file}
    return Descriptor(network, names, {"source": name} | about)
