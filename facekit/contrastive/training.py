"""Train a real/fake classifier: an encoder, then a linear classifier on its frozen features."""

import sys
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm
from tqdm.keras import TqdmCallback

from ..core.backend import keras
from ..core.images import check_faces, to_float
from ..faces import corruptions
from .classifier import RealFakeClassifier, build_encoder, extract_features, layers, reencode
from .losses import pairwise_contrastive_loss, supervised_contrastive_loss

#: From the method's name to its loss, a function of labels and of what the head returns, and to the
#: head's width.
METHODS: dict[str, tuple[Callable, int]] = {
    "supcon": (supervised_contrastive_loss, 32),
    "pairwise": (pairwise_contrastive_loss, 32),
    "cross-entropy": (keras.losses.BinaryCrossentropy(from_logits=True), 1),
}


def train(
    real: np.ndarray,
    fake: np.ndarray,
    method: str = "supcon",
    iterations: int = 200,
    batch_size: int = 64,
    seed: int = 0,
    corrupted: bool = False,
) -> RealFakeClassifier:
    """Train an encoder on real and fake faces, then a linear classifier on its frozen features.

    Both kinds pass through the same JPEG encoding first, so that a photograph's history cannot give
    it away.

    Parameters
    ----------
    real, fake : uint8 array, shape (n, 80, 80, 3)
        Every batch is drawn half from each.
    method : {"supcon", "pairwise", "cross-entropy"}
        Supervised contrastive loss on all of a batch; the pairwise contrastive loss with margin 1
        on all its pairs; or no contrast at all, the cross-entropy of one number a face. The head
        that the loss is computed on is thrown away in all three.
    iterations, batch_size, seed : int
    corrupted : bool
        Whether half of the faces are encoded anew, blurred, made smaller or noisy on the way: see
        `corruptions.random_corruption`.

    Returns
    -------
    RealFakeClassifier

    Raises
    ------
    ValueError
        If one of the kinds has fewer than two faces, or the method is unknown.

    Examples
    --------
    >>> classifier = train(people.images, fakes, iterations=100)
    >>> classifier.score(other_people.images, other_fakes)
    """
    if method not in METHODS:
        raise ValueError(f"unknown method {method!r}: choose {', '.join(METHODS)}")
    if min(len(real), len(fake)) < 2:
        found = f"{len(real)} real and {len(fake)} fake faces"
        raise ValueError(f"{found}: at least two of each are needed to compare them")
    kinds = [check_faces(fake), check_faces(real)]
    random = np.random.default_rng(seed)

    def seen(images):
        return reencode(corruptions.random_corruption(images, random) if corrupted else images)

    def batches():
        half = batch_size // 2
        for _ in range(iterations):
            drawn = [kind[random.integers(len(kind), size=half)] for kind in kinds]
            batch = seen(np.concatenate(drawn))
            mirrored = random.random(len(batch)) < 0.5
            batch[mirrored] = batch[mirrored, :, ::-1]
            yield to_float(batch), np.repeat([0, 1], half)

    keras.utils.set_random_seed(seed)
    encoder = build_encoder()
    loss, width = METHODS[method]
    head = [layers.Dense(64, activation="relu"), layers.Dense(width)]
    model = keras.Sequential([encoder, *head], name="head")
    model.compile(keras.optimizers.Adam(1e-3), loss, jit_compile=False)
    # An epoch is one step, so that the bar shows the loss of the step and not a mean of all.
    fit(model, batches(), iterations, 1, method, unit="step")
    features = np.concatenate([extract_features(encoder, seen(kind)) for kind in kinds])
    truth = np.repeat([0, 1], [len(kind) for kind in kinds])
    return RealFakeClassifier(encoder, *fit_linear(features, truth))


def fit_linear(features: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, float]:
    """Fit a logistic regression, on features that are first brought to one scale.

    Parameters
    ----------
    features : float array, shape (n, features)
    truth : array of 0 or 1, shape (n,)

    Returns
    -------
    (float array, float)
        Weight (features,) and bias: the log odds of 1 are `features @ weight + bias`.
    """
    scaler = StandardScaler().fit(features)
    regression = LogisticRegression(class_weight="balanced", max_iter=1000)
    fitted = regression.fit(scaler.transform(features), truth)
    weight = fitted.coef_[0] / scaler.scale_
    return weight, float(fitted.intercept_[0] - weight @ scaler.mean_)


def fit(
    model: keras.Model, batches: Iterator, epochs: int, steps: int, name: str, unit: str = "epoch"
) -> None:
    """Fit a compiled model to a generator of batches, under one bar that tells the loss.

    Parameters
    ----------
    model : keras.Model
    batches : iterator
        Of `epochs` · `steps` pairs of inputs and targets.
    epochs, steps : int
        How many epochs, and steps of each.
    name, unit : str
        What is trained, and what the bar calls an epoch.
    """

    def bar(**settings):
        return tqdm(**settings | {"unit": unit})

    progress = TqdmCallback(verbose=0, tqdm_class=bar, desc=name, file=sys.stdout)
    settings = {"shuffle": False, "verbose": 0, "callbacks": [progress]}
    model.fit(batches, epochs=epochs, steps_per_epoch=steps, **settings)
