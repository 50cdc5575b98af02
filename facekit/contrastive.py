"""Real or fake: an encoder trained with a contrastive loss, and a linear classifier on its frozen features."""

import io
import sys

import numpy as np
import pandas as pd
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from .backend import keras, tf
from .images import to_float
from .losses import contrastive_loss, supervised_contrastive_loss
from .metrics import wilson_interval

layers, ops = keras.layers, keras.ops
LABELS = np.array(["fake", "real"])


def build_encoder(features=128):
    """Return an encoder from images (n, 80, 80, 3) in [-1, 1] to features (n, features).

    Without its batch normalisation the supervised contrastive loss often stays where it began: at first all
    embeddings point the same way, and nothing tells them apart.
    """
    inputs = x = keras.Input((80, 80, 3), name="image")
    for width in (32, 64, 128, features):
        x = layers.Conv2D(width, 4, strides=2, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x), name="encoder")


def euclidean_distances(embeddings):
    """Return the Euclidean distance of every embedding (n, dim) to every other, shape (n, n), diagonal left out."""
    n = ops.shape(embeddings)[0]
    squared = ops.sum(ops.square(embeddings[:, None] - embeddings[None]), axis=-1)
    # The root has no gradient at 0, so the diagonal is lifted before it and dropped after it.
    distances = ops.sqrt(ops.maximum(squared, 1e-12))
    return tf.boolean_mask(distances, ~ops.eye(n, dtype="bool"))


def _pairwise(labels, embeddings):
    embeddings = embeddings / ops.maximum(ops.norm(embeddings, axis=1, keepdims=True), 1e-12)
    same = ops.cast(labels[:, None] == labels[None], "float32")
    same = tf.boolean_mask(same, ~ops.eye(ops.shape(labels)[0], dtype="bool"))
    return contrastive_loss(same, euclidean_distances(embeddings), margin=1)


METHODS = {"supcon": supervised_contrastive_loss, "pairwise": _pairwise}


class RealFakeClassifier:
    """Says of a face whether it is a photograph ("real") or generated ("fake"), and how sure it is.

    Parameters
    ----------
    encoder : keras.Model
        From images in [-1, 1] to features.
    linear : scikit-learn classifier
        Fitted on the features, classes 0 (fake) and 1 (real).
    """

    def __init__(self, encoder, linear):
        self.encoder, self.linear = encoder, linear

    def predict(self, images):
        """Return a table with one row a face: `label`, "real" or "fake", and `confidence` in [0.5, 1].

        Parameters
        ----------
        images : uint8 array, shape (n, 80, 80, 3)
        """
        images = np.asarray(images)
        if images.dtype != np.uint8 or images.shape[1:] != (80, 80, 3):
            raise ValueError(f"images of shape {images.shape} and type {images.dtype}: faces of shape (n, 80, 80, 3) and type uint8 are expected")
        features = _features(self.encoder, same_encoding(images))
        probability = self.linear.predict_proba(features)
        winner = probability.argmax(axis=1)
        return pd.DataFrame({"label": LABELS[winner], "confidence": probability[np.arange(len(images)), winner]})

    def score(self, real, fake):
        """Return how many faces it gets right: a table with the rows real, fake, both and a 95 % Wilson interval."""
        right = {"real": (self.predict(real).label == "real").to_numpy(), "fake": (self.predict(fake).label == "fake").to_numpy()}
        right["both"] = np.concatenate([right["real"], right["fake"]])
        rows = [(len(r), r.sum(), r.mean(), *wilson_interval(int(r.sum()), len(r))) for r in right.values()]
        return pd.DataFrame(rows, index=list(right), columns=["faces", "right", "accuracy", "low", "high"])


def train(real, fake, method="supcon", iterations=200, batch_size=64, seed=0):
    """Train an encoder on real and fake faces, then a linear classifier on its frozen features.

    Both kinds pass through the same JPEG encoding first, so that a photograph's history cannot give it away.

    Parameters
    ----------
    real, fake : uint8 array, shape (n, 80, 80, 3)
        Every batch is drawn half from each.
    method : {"supcon", "pairwise"}
        Supervised contrastive loss on all of a batch, or the pairwise contrastive loss with margin 1 on all its pairs.
    iterations, batch_size, seed : int

    Returns
    -------
    RealFakeClassifier

    Raises
    ------
    ValueError
        If one of the kinds has fewer than two faces, or the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: choose {' or '.join(METHODS)}")
    if min(len(real), len(fake)) < 2:
        raise ValueError(f"{len(real)} real and {len(fake)} fake faces: at least two of each are needed to compare them")
    kinds = [same_encoding(fake), same_encoding(real)]
    labels = np.repeat([0, 1], batch_size // 2)
    keras.utils.set_random_seed(seed)
    encoder = build_encoder()
    head = keras.Sequential([encoder, layers.Dense(64, activation="relu"), layers.Dense(32)], name="projection")
    optimizer, loss_function, random = keras.optimizers.Adam(1e-3), METHODS[method], np.random.default_rng(seed)

    @tf.function
    def step(images):
        with tf.GradientTape() as tape:
            loss = loss_function(labels, head(images, training=True))
        optimizer.apply(tape.gradient(loss, head.trainable_variables), head.trainable_variables)
        return loss

    bar = tqdm(range(iterations), desc=method, unit="step", file=sys.stdout)
    for _ in bar:
        batch = np.concatenate([kind[random.integers(len(kind), size=batch_size // 2)] for kind in kinds])
        mirrored = random.random(len(batch)) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        bar.set_postfix(loss=f"{float(step(to_float(batch))):.3f}", refresh=False)
    features = np.concatenate([_features(encoder, kind) for kind in kinds])
    truth = np.repeat([0, 1], [len(kind) for kind in kinds])
    return RealFakeClassifier(encoder, make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced")).fit(features, truth))


def same_encoding(images, quality=90):
    """Return uint8 images after one JPEG encoding in memory; real and fake faces both pass through it."""
    return np.stack([_jpeg(image, quality) for image in images])


def _jpeg(image, quality):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer))


def _features(encoder, images):
    batches = [encoder(to_float(images[start : start + 256]), training=False) for start in range(0, len(images), 256)]
    return np.concatenate([np.asarray(batch) for batch in batches])
