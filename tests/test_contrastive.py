"""The real/fake classifier."""

import numpy as np
import pytest

from facekit import contrastive, losses
from facekit.backend import tf


def _kinds(n, seed):
    """Two kinds that differ in their texture only: smooth pictures, and the same with a fine grid."""
    random = np.random.default_rng(seed)
    smooth = np.repeat(np.repeat(random.integers(60, 190, (n, 5, 5, 3)), 16, axis=1), 16, axis=2).astype(np.uint8)
    grid = smooth.copy()
    grid[:, ::2, ::2] += 40
    return smooth, grid


@pytest.mark.parametrize("method", ["supcon", "pairwise"])
def test_learns_what_can_be_learned(method):
    real, fake = _kinds(60, seed=1)
    classifier = contrastive.train(real, fake, method, iterations=30, seed=0)
    score = classifier.score(*_kinds(40, seed=2))
    assert score.loc["both", "faces"] == 80
    assert score.loc["both", "accuracy"] > 0.9
    assert score.loc["both", "low"] < score.loc["both", "accuracy"] <= score.loc["both", "high"]


def test_finds_nothing_where_nothing_is():
    real, _ = _kinds(160, seed=3)
    classifier = contrastive.train(real[:60], real[60:120], iterations=20)
    assert 0.2 < classifier.score(real[120:140], real[140:]).loc["both", "accuracy"] < 0.8


class _Says:
    """A linear classifier that says what it is told: the probability of "real" for each face."""

    def __init__(self, probabilities):
        self.probabilities = np.array(probabilities)

    def predict_proba(self, features):
        return np.stack([1 - self.probabilities, self.probabilities], axis=1)


def test_predict_returns_label_and_confidence():
    classifier = contrastive.RealFakeClassifier(contrastive.build_encoder(), _Says([0.9, 0.2, 0.5001]))
    table = classifier.predict(np.zeros((3, 80, 80, 3), np.uint8))
    assert table["label"].tolist() == ["real", "fake", "real"]
    assert table["confidence"].tolist() == pytest.approx([0.9, 0.8, 0.5001])


def test_score_counts_each_kind_apart():
    classifier = contrastive.RealFakeClassifier(contrastive.build_encoder(), _Says([0.9, 0.8, 0.7, 0.1]))
    score = classifier.score(np.zeros((4, 80, 80, 3), np.uint8), np.zeros((4, 80, 80, 3), np.uint8))
    assert score["right"].tolist() == [3, 1, 4]
    assert score["accuracy"].tolist() == [0.75, 0.25, 0.5]


def test_predict_refuses_other_arrays():
    classifier = contrastive.RealFakeClassifier(contrastive.build_encoder(), _Says([1.0]))
    for images in (np.zeros((1, 64, 64, 3), np.uint8), np.zeros((1, 80, 80, 3), np.float32)):
        with pytest.raises(ValueError, match=r"faces of shape \(n, 80, 80, 3\) and type uint8 are expected"):
            classifier.predict(images)


def test_train_refuses_one_kind_and_unknown_methods():
    real, fake = _kinds(4, seed=0)
    with pytest.raises(ValueError, match="4 real and 0 fake faces: at least two of each"):
        contrastive.train(real, fake[:0])
    with pytest.raises(ValueError, match="unknown method 'magic': choose supcon or pairwise"):
        contrastive.train(real, fake, "magic")


def test_distances_by_hand_and_their_gradient():
    points = tf.Variable([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    with tf.GradientTape() as tape:
        distances = contrastive.euclidean_distances(points)
        total = tf.reduce_sum(distances)
    assert distances.numpy() == pytest.approx([5, 0, 5, 5, 0, 5], abs=1e-5)
    assert np.isfinite(tape.gradient(total, points)).all()


def test_pairwise_method_is_the_contrastive_loss_of_all_pairs():
    embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], "float32")
    # pairs of unit vectors: 0–1 and 1–2 are √2 apart and differ in label or not; 0–2 coincide
    expected = losses.contrastive_loss([1, 0, 1, 0, 0, 0], [2**0.5, 0.0, 2**0.5, 2**0.5, 0.0, 2**0.5], margin=1)
    assert float(contrastive._pairwise(np.array([0, 0, 1]), embeddings)) == pytest.approx(float(expected), abs=1e-5)


def test_both_kinds_pass_through_the_same_encoding():
    images, _ = _kinds(3, seed=4)
    once = contrastive.same_encoding(images)
    assert once.shape == images.shape and once.dtype == np.uint8
    assert 0 < np.abs(once.astype(int) - images).mean() < 5
