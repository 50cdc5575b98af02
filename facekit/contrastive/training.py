"""Train a real/fake classifier: an encoder by a contrastive loss, then a linear classifier on its frozen features."""

import sys

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from ..core.backend import keras, tf
from ..core.images import to_float
from ..faces import corruptions
from .classifier import (
    RealFakeClassifier,
    _checked,
    _features,
    _same_encoding,
    build_encoder,
    layers,
)
from .losses import (
    _cross_entropy,
    _pairwise,
    supervised_contrastive_loss,
)

#: From the method's name to its loss, a function of labels and of what the head returns, and to the head's width.
METHODS = {
    "supcon": (supervised_contrastive_loss, 32),
    "pairwise": (_pairwise, 32),
    "cross-entropy": (_cross_entropy, 1),
}


def train(real, fake, method="supcon", iterations=200, batch_size=64, seed=0, corrupted=False):
    """Train an encoder on real and fake faces, then a linear classifier on its frozen features.

    Both kinds pass through the same JPEG encoding first, so that a photograph's history cannot give it away.

    Parameters
    ----------
    real, fake : uint8 array, shape (n, 80, 80, 3)
        Every batch is drawn half from each.
    method : {"supcon", "pairwise", "cross-entropy"}
        Supervised contrastive loss on all of a batch; the pairwise contrastive loss with margin 1 on all its pairs; or no contrast at
        all, the cross-entropy of one number a face. The head that the loss is computed on is thrown away in all three.
    iterations, batch_size, seed : int
    corrupted : bool
        Whether half of the faces are encoded anew, blurred, made smaller or noisy on the way: see `corruptions.any_of_them`.

    Returns
    -------
    RealFakeClassifier

    Raises
    ------
    ValueError
        If one of the kinds has fewer than two faces, or the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: choose {', '.join(METHODS)}")
    if min(len(real), len(fake)) < 2:
        raise ValueError(
            f"{len(real)} real and {len(fake)} fake faces: at least two of each are needed to compare them"
        )
    kinds = [_checked(fake), _checked(real)]
    labels = np.repeat([0, 1], batch_size // 2)
    keras.utils.set_random_seed(seed)
    encoder = build_encoder()
    loss_function, width = METHODS[method]
    head = keras.Sequential(
        [encoder, layers.Dense(64, activation="relu"), layers.Dense(width)], name="head"
    )
    optimizer, random = keras.optimizers.Adam(1e-3), np.random.default_rng(seed)

    def seen(images):
        return _same_encoding(
            corruptions.random_corruption(images, random) if corrupted else images
        )

    @tf.function
    def step(images):
        with tf.GradientTape() as tape:
            loss = loss_function(labels, head(images, training=True))
        optimizer.apply(tape.gradient(loss, head.trainable_variables), head.trainable_variables)
        return loss

    bar = tqdm(range(iterations), desc=method, unit="step", file=sys.stdout)
    for _ in bar:
        batch = seen(
            np.concatenate(
                [kind[random.integers(len(kind), size=batch_size // 2)] for kind in kinds]
            )
        )
        mirrored = random.random(len(batch)) < 0.5
        batch[mirrored] = batch[mirrored, :, ::-1]
        bar.set_postfix(loss=f"{float(step(to_float(batch))):.3f}", refresh=False)
    features = np.concatenate([_features(encoder, seen(kind)) for kind in kinds])
    return RealFakeClassifier(
        encoder, *_linear(features, np.repeat([0, 1], [len(kind) for kind in kinds]))
    )


def _linear(features, truth):
    """Return weight and bias of a logistic regression on features that it has first brought to one scale."""
    scale = StandardScaler().fit(features)
    fitted = LogisticRegression(class_weight="balanced", max_iter=1000).fit(
        scale.transform(features), truth
    )
    weight = fitted.coef_[0] / scale.scale_
    return weight, float(fitted.intercept_[0] - weight @ scale.mean_)
