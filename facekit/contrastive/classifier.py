"""Real or fake: an encoder, and a linear classifier on its frozen features."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ..core import weights
from ..core.backend import keras, tf
from ..core.images import check_faces, in_batches, to_float
from ..faces import corruptions
from ..metrics.intervals import wilson_interval

layers, ops = keras.layers, keras.ops
LABELS = np.array(["fake", "real"])
FEATURES = 128


def pretrained(name: str | Path = "portraits") -> "RealFakeClassifier":
    """Return the classifier that ships for a source of faces, or one that was trained here.

    Parameters
    ----------
    name : str or path
        "portraits" or "celeba"; or a folder that `python -m facekit classify --run-dir` wrote.

    Raises
    ------
    FileNotFoundError, ValueError
        If its weights are not there, or damaged.
    """
    trained_here, name = Path(name) / "classifier.json", f"{name}-classifier"
    here = trained_here.is_file()
    _, values = weights.read_record(trained_here) if here else weights.read(name, "classifier")
    encoder, linear = weights.assign(build_encoder, values[:-2], name), values[-2:]
    if [value.shape for value in linear] != [(FEATURES,), (1,)]:
        raise ValueError(f"{name} is no classifier of {FEATURES} features: check it out again")
    return RealFakeClassifier(encoder, linear[0], linear[1][0])


class RealFakeClassifier:
    """Says of a face whether it is a photograph ("real") or generated ("fake"), and how sure it is.

    Parameters
    ----------
    encoder : keras.Model
        From images in [-1, 1] to features.
    weight : float array, shape (features,)
    bias : float
        The log odds of "real" are `features @ weight + bias`.

    Examples
    --------
    >>> classifier = pretrained("portraits")
    >>> classifier.predict(faces.images)  # a table: label and confidence of each face
    """

    def __init__(self, encoder: keras.Model, weight: np.ndarray, bias: float):
        self.encoder, self.weight, self.bias = encoder, np.asarray(weight, "float32"), float(bias)

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Return the encoder's features of uint8 faces (n, 80, 80, 3): float32, shape (n, 128).

        Raises
        ------
        ValueError
            If the images have another shape or type.
        """
        return extract_features(self.encoder, reencode(check_faces(images)))

    def probability(self, images: np.ndarray) -> np.ndarray:
        """Return the probability that each face is real: float64, shape (n,), in [0, 1].

        It takes real and fake to be equally frequent, and is only as good as its faces resemble
        those of the training.

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)
        """
        return expit(self._log_odds(images))

    def predict(self, images: np.ndarray) -> pd.DataFrame:
        """Return a table with one row a face: `label`, "real" or "fake", and `confidence`.

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)

        Returns
        -------
        DataFrame
            `confidence`, the probability of the label, is in [0.5, 1].

        Raises
        ------
        ValueError
            If the images have another shape or type.
        """
        real = self.probability(images)
        label = LABELS[(real > 0.5).astype(int)]
        return pd.DataFrame({"label": label, "confidence": np.maximum(real, 1 - real)})

    def score(self, real: np.ndarray, fake: np.ndarray) -> pd.DataFrame:
        """Return how many faces it gets right: see `accuracy_table`.

        Parameters
        ----------
        real, fake : uint8 array, shape (n, 80, 80, 3)
        """
        return accuracy_table(self.probability(real), self.probability(fake))

    def calibrated(self, real: np.ndarray, fake: np.ndarray) -> "RealFakeClassifier":
        """Return the same classifier with probabilities that fit these faces (Platt 1999).

        Its log odds are stretched and shifted, so the order of the faces stays.

        Parameters
        ----------
        real, fake : uint8 array, shape (n, 80, 80, 3)
            Faces that were not trained on, and that no accuracy is to be measured on afterwards.
        """
        log_odds = np.concatenate([self._log_odds(images) for images in (fake, real)])
        truth = np.repeat([0, 1], [len(fake), len(real)])
        fitted = LogisticRegression(class_weight="balanced").fit(log_odds[:, None], truth)
        stretch, shift = float(fitted.coef_[0, 0]), float(fitted.intercept_[0])
        return RealFakeClassifier(self.encoder, self.weight * stretch, self.bias * stretch + shift)

    def saliency(self, images: np.ndarray, copies: int = 8, seed: int = 0) -> np.ndarray:
        """Return how much each place of a face moves the log odds: float32, shape (n, 80, 80).

        The largest value of each face is 1. It is the length of the gradient over the three colours
        (Simonyan et al. 2013), averaged over copies of the image with Gaussian noise (Smilkov et
        al. 2017), and over neighbouring pixels. It says where the verdict is sensitive, not why.

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)
        copies : int
            Each has its own noise, of standard deviation 0.1 in images that go from -1 to 1.
        seed : int
            Of the noise.
        """
        pixels, random = to_float(reencode(check_faces(images))), np.random.default_rng(seed)
        total = np.zeros(pixels.shape[:3])
        for _ in range(copies):
            noisy = tf.constant(pixels + random.normal(0, 0.1, pixels.shape).astype("float32"))
            with tf.GradientTape() as tape:
                tape.watch(noisy)
                features = self.encoder(noisy, training=False)
                log_odds = ops.sum(ops.matmul(features, self.weight[:, None]))
            total += np.linalg.norm(tape.gradient(log_odds, noisy).numpy(), axis=-1)
        smooth = gaussian_filter(total, (0, 2, 2))
        highest = smooth.max(axis=(1, 2), keepdims=True)
        return (smooth / np.maximum(highest, 1e-12)).astype("float32")

    def _log_odds(self, images):
        return self.embed(images).astype("float64") @ self.weight + self.bias


def accuracy_table(real: np.ndarray, fake: np.ndarray) -> pd.DataFrame:
    """Return how many faces are recognised: a table with the rows real, fake, both.

    Parameters
    ----------
    real, fake : float array, shape (n,)
        The probability of "real" that a classifier gives to real and to fake faces.

    Returns
    -------
    DataFrame
        `faces`, `right`, `accuracy`, and its 95 % Wilson interval `low`, `high`.
    """
    right = {"real": np.asarray(real) > 0.5, "fake": np.asarray(fake) <= 0.5}
    right["both"] = np.concatenate([right["real"], right["fake"]])
    rows = [(len(hit), hit.sum(), *wilson_interval(hit.sum(), len(hit))) for hit in right.values()]
    table = pd.DataFrame(rows, index=list(right), columns=["faces", "right", "low", "high"])
    table.insert(2, "accuracy", table["right"] / table["faces"])
    return table


def build_encoder(features: int = FEATURES) -> keras.Model:
    """Return an encoder from images (n, 80, 80, 3) in [-1, 1] to features (n, features).

    Without its batch normalisation the supervised contrastive loss often stays where it began: at
    first all embeddings point the same way, and nothing tells them apart.
    """
    inputs = x = keras.Input((80, 80, 3), name="image")
    for width in (32, 64, 128, features):
        x = layers.Conv2D(width, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="encoder")


def extract_features(encoder: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return an encoder's features of uint8 faces: float32, shape (n, features)."""
    return in_batches(lambda batch: encoder(to_float(batch), training=False), images)


def reencode(images: np.ndarray) -> np.ndarray:
    """Return uint8 faces after one JPEG encoding, so that neither kind has a history of its own."""
    return corruptions.jpeg(images, 90)


def export(classifier: RealFakeClassifier, path: str | Path, **about: object) -> None:
    """Write a classifier as weights that ship, with what is said `about` it: see `weights.save`."""
    values = [*classifier.encoder.get_weights(), classifier.weight, np.array([classifier.bias])]
    weights.save(values, path, kind="classifier", **about)
