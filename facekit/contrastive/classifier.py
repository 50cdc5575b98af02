"""Real or fake: an encoder trained with a contrastive loss, and a linear classifier on its frozen features."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter
from sklearn.linear_model import LogisticRegression

from ..core import weights
from ..core.backend import keras, tf
from ..core.images import to_float
from ..faces import corruptions
from ..metrics.intervals import wilson_interval

layers, ops = keras.layers, keras.ops
LABELS = np.array(["fake", "real"])
FEATURES = 128


def build_encoder(features=FEATURES):
    """Return an encoder from images (n, 80, 80, 3) in [-1, 1] to features (n, features).

    Without its batch normalisation the supervised contrastive loss often stays where it began: at first all
    embeddings point the same way, and nothing tells them apart.
    """
    inputs = x = keras.Input((80, 80, 3), name="image")
    for width in (32, 64, 128, features):
        x = layers.Conv2D(width, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="encoder")


class RealFakeClassifier:
    """Says of a face whether it is a photograph ("real") or generated ("fake"), and how sure it is.

    Parameters
    ----------
    encoder : keras.Model
        From images in [-1, 1] to features.
    weight : float array, shape (features,)
    bias : float
        The log odds of "real" are `features @ weight + bias`.
    """

    def __init__(self, encoder, weight, bias):
        self.encoder, self.weight, self.bias = encoder, np.asarray(weight, "float32"), float(bias)

    def embed(self, images):
        """Return the encoder's features of uint8 faces (n, 80, 80, 3): float32, shape (n, 128)."""
        return _features(self.encoder, _same_encoding(_checked(images)))

    def probability(self, images):
        """Return the probability that each of the uint8 faces (n, 80, 80, 3) is real: float64, shape (n,), in [0, 1].

        It takes real and fake to be equally frequent, and is only as good as its faces resemble those of the training.
        """
        return _logistic(self.embed(images).astype("float64") @ self.weight + self.bias)

    def predict(self, images):
        """Return a table with one row a face: `label`, "real" or "fake", and `confidence` in [0.5, 1].

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)

        Raises
        ------
        ValueError
            If the images have another shape or type.
        """
        real = self.probability(images)
        return pd.DataFrame(
            {"label": LABELS[(real > 0.5).astype(int)], "confidence": np.maximum(real, 1 - real)}
        )

    def score(self, real, fake):
        """Return how many faces it gets right: a table with the rows real, fake, both and a 95 % Wilson interval."""
        right = {
            "real": (self.predict(real).label == "real").to_numpy(),
            "fake": (self.predict(fake).label == "fake").to_numpy(),
        }
        right["both"] = np.concatenate([right["real"], right["fake"]])
        rows = [
            (len(r), r.sum(), r.mean(), *wilson_interval(int(r.sum()), len(r)))
            for r in right.values()
        ]
        return pd.DataFrame(
            rows, index=list(right), columns=["faces", "right", "accuracy", "low", "high"]
        )

    def calibrated(self, real, fake):
        """Return the same classifier with log odds stretched and shifted so that its probabilities fit these faces (Platt 1999).

        Parameters
        ----------
        real, fake : uint8 array, shape (n, 80, 80, 3)
            Faces that were not trained on, and that no accuracy is to be measured on afterwards.
        """
        features = [
            self.embed(images).astype("float64") @ self.weight + self.bias
            for images in (fake, real)
        ]
        fitted = LogisticRegression(class_weight="balanced").fit(
            np.concatenate(features)[:, None], np.repeat([0, 1], [len(f) for f in features])
        )
        stretch, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
        return RealFakeClassifier(self.encoder, self.weight * stretch, self.bias * stretch + shift)

    def saliency(self, images, copies=8, spread=0.1, seed=0):
        """Return how much each place of a face moves the log odds: float32, shape (n, 80, 80), the largest of each face 1.

        The length of the gradient over the three colours (Simonyan et al. 2013), averaged over copies of the image with normal noise of
        `spread`, in images that go from -1 to 1 (Smilkov et al. 2017), and over neighbouring pixels. It says where the verdict is
        sensitive, not why.
        """
        pixels, random, total = (
            to_float(_same_encoding(_checked(images))),
            np.random.default_rng(seed),
            0.0,
        )
        for _ in range(copies):
            noisy = ops.convert_to_tensor(
                pixels + random.normal(0, spread, pixels.shape).astype("float32")
            )
            with tf.GradientTape() as tape:
                tape.watch(noisy)
                odds = ops.sum(
                    ops.matmul(self.encoder(noisy, training=False), self.weight[:, None])
                )
            total = total + np.linalg.norm(tape.gradient(odds, noisy).numpy(), axis=-1)
        total = gaussian_filter(total, (0, 2, 2))
        return (total / np.maximum(total.max(axis=(1, 2), keepdims=True), 1e-12)).astype("float32")


def export(classifier, path, **about):
    """Write a classifier as weights that ship: see `weights.save`."""
    values = [*classifier.encoder.get_weights(), classifier.weight, np.array([classifier.bias])]
    weights.save(values, path, kind="classifier", **about)


def pretrained(name="portraits"):
    """Return the classifier that ships for a source of faces, "portraits" or "celeba", or the one in a folder that `classify --run-dir` wrote.

    Raises
    ------
    FileNotFoundError, ValueError
        If its weights are not there, or damaged.
    """
    own = Path(name) / "classifier.json"
    _, values = (
        weights.read_record(own)
        if own.is_file()
        else weights.read(f"{name}-classifier", "classifier")
    )
    encoder = weights.assign(build_encoder, values[:-2], f"{name}-classifier")
    if [each.shape for each in values[-2:]] != [(FEATURES,), (1,)]:
        raise ValueError(
            f"the weights '{name}-classifier' hold no classifier of {FEATURES} features: check the folder out again"
        )
    return RealFakeClassifier(encoder, values[-2], values[-1][0])


def _checked(images):
    images = np.asarray(images)
    if images.dtype != np.uint8 or images.shape[1:] != (80, 80, 3) or not len(images):
        raise ValueError(
            f"images of shape {images.shape} and type {images.dtype}: one face or more of shape (n, 80, 80, 3) and type uint8 is expected"
        )
    return images


def _same_encoding(images):
    """Real and fake faces both pass through it, so that neither has a history of its own."""
    return corruptions.jpeg(images, 90)


def _logistic(odds):
    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))


def _features(encoder, images):
    batches = [
        encoder(to_float(images[start : start + 256]), training=False)
        for start in range(0, len(images), 256)
    ]
    return np.concatenate([np.asarray(batch) for batch in batches])
