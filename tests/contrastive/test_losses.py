"""The losses of the classifier, by hand."""

import numpy as np
import pytest

from facekit.contrastive import losses
from facekit.core.backend import tf


def test_distances_by_hand_and_their_gradient():
    points = tf.Variable([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    with tf.GradientTape() as tape:
        distances = losses.euclidean_distances(points)
        total = tf.reduce_sum(distances)
    assert distances.numpy() == pytest.approx([5, 0, 5, 5, 0, 5], abs=1e-5)
    assert np.isfinite(tape.gradient(total, points)).all()


def test_pairwise_method_is_the_contrastive_loss_of_all_pairs():
    embeddings = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], "float32")
    # pairs of unit vectors: 0–1 and 1–2 are √2 apart and differ in label or not; 0–2 coincide
    expected = losses.contrastive_loss(
        [1, 0, 1, 0, 0, 0], [2**0.5, 0.0, 2**0.5, 2**0.5, 0.0, 2**0.5], margin=1
    )
    assert float(
        losses.pairwise_contrastive_loss(np.array([0, 0, 1]), embeddings)
    ) == pytest.approx(float(expected), abs=1e-5)


def test_zero_vectors_and_one_class_have_defined_losses():
    assert float(
        losses.pairwise_contrastive_loss(np.array([0, 1]), np.zeros((2, 3), "float32"))
    ) == pytest.approx(1, abs=1e-5)  # at distance 0, of two classes
    assert float(
        losses.pairwise_contrastive_loss(np.array([1, 1]), np.eye(2, dtype="float32"))
    ) == pytest.approx(2, rel=1e-5)  # √2 apart, of one class
    points = tf.Variable(np.zeros((4, 3), "float32"))
    with tf.GradientTape() as tape:
        loss = losses.pairwise_contrastive_loss(np.array([0, 0, 1, 1]), points)
    assert np.isfinite(tape.gradient(loss, points)).all()
