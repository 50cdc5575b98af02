"""Losses against numbers worked by hand, and against a loop that is written another way."""

import numpy as np
import pytest

from facekit.core.backend import tf
from facekit.contrastive.losses import (
    contrastive_loss,
    pairwise_contrastive_loss,
    supervised_contrastive_loss,
)
from facekit.gan import losses

REAL, FAKE = [1.0, 0.8], [0.2, 0.4]


def test_discriminator_loss_by_hand():
    # real: (0 + 0.04)/2 = 0.02; fake: (0.04 + 0.16)/2 = 0.10; half of each
    assert float(losses.lsgan_discriminator_loss(REAL, FAKE)) == pytest.approx(0.06)


def test_discriminator_loss_with_other_labels():
    # a=-1, b=1: real 0.02; fake: (1.44 + 1.96)/2 = 1.70
    assert float(
        losses.lsgan_discriminator_loss(np.array(REAL), np.array(FAKE), a=-1, b=1)
    ) == pytest.approx(0.86)


def test_generator_loss_by_hand():
    # (0.64 + 0.36)/2 = 0.5, halved
    assert float(losses.lsgan_generator_loss(tf.constant(FAKE))) == pytest.approx(0.25)
    assert float(losses.lsgan_generator_loss(FAKE, c=0)) == pytest.approx(0.05)


def test_mean_square_has_no_half():
    assert float(losses.mean_square(FAKE, 1)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "squared, expected", [(False, (0.25 + 0.6 + 0.0) / 3), (True, (0.25 + 0.36 + 0.0) / 3)]
)
def test_contrastive_loss_by_hand(squared, expected):
    # a pair of one class 0.5 apart; two of different classes, 0.4 apart and beyond the margin
    assert float(
        contrastive_loss([1, 0, 0], [0.5, 0.4, 1.7], margin=1, squared=squared)
    ) == pytest.approx(expected)


def _supervised_contrastive_loop(labels, embeddings, temperature):
    z = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    per_anchor = []
    for i in range(len(z)):
        others = [a for a in range(len(z)) if a != i]
        positives = [p for p in others if labels[p] == labels[i]]
        if positives:
            total = sum(np.exp(z[i] @ z[a] / temperature) for a in others)
            per_anchor.append(
                -np.mean([np.log(np.exp(z[i] @ z[p] / temperature) / total) for p in positives])
            )
    return np.mean(per_anchor)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0], [0, 1, 0, 2, 3, 4]])
def test_supervised_contrastive_loss_equals_the_double_loop(labels):
    embeddings = np.random.default_rng(3).normal(size=(6, 5))
    expected = _supervised_contrastive_loop(labels, embeddings, 0.5)
    assert float(supervised_contrastive_loss(labels, embeddings, temperature=0.5)) == pytest.approx(
        expected, rel=1e-5
    )


@pytest.mark.parametrize("temperature", [0.1, 0.0145, 0.01, 0.001])
def test_supervised_contrastive_loss_at_low_temperatures(temperature):
    assert float(
        supervised_contrastive_loss([0, 0, 1, 1], np.eye(4), temperature)
    ) == pytest.approx(np.log(3), rel=1e-5)


def test_supervised_contrastive_loss_at_its_edges():
    apart = np.eye(3)
    assert float(supervised_contrastive_loss([0, 1, 2], apart)) == 0.0  # no anchor has a positive
    assert np.isfinite(float(supervised_contrastive_loss([0, 0, 1], np.zeros((3, 4)))))
    assert np.isfinite(
        float(supervised_contrastive_loss([0, 0, 1], 1e3 * apart, temperature=0.001))
    )


def test_cross_entropies_by_hand():
    real, fake = np.array([2.0, -1.0]), np.array([0.5, -3.0])
    sigma = lambda x: 1 / (1 + np.exp(-x))
    assert float(losses.cross_entropy_discriminator_loss(real, fake)) == pytest.approx(
        -np.log(sigma(real)).mean() - np.log(1 - sigma(fake)).mean(), rel=1e-5
    )
    assert float(losses.cross_entropy_generator_loss(fake)) == pytest.approx(
        -np.log(sigma(fake)).mean(), rel=1e-5
    )
    assert float(losses.minimax_generator_loss(fake)) == pytest.approx(
        np.log(1 - sigma(fake)).mean(), rel=1e-5
    )


def test_slopes_are_those_of_the_formulas():
    said = np.array([-6.0, 0.0, 1.0, 6.0])
    sigma = 1 / (1 + np.exp(-said))
    assert losses.slope(losses.lsgan_generator_loss, said) == pytest.approx(said - 1, abs=1e-5)
    assert losses.slope(losses.cross_entropy_generator_loss, said) == pytest.approx(
        sigma - 1, abs=1e-5
    )
    assert losses.slope(losses.minimax_generator_loss, said) == pytest.approx(-sigma, abs=1e-5)


def _slopes(function, points, step=1e-6):
    """The gradient of a numpy function by central differences in float64."""
    slopes = np.zeros_like(points)
    for place in np.ndindex(points.shape):
        moved = np.zeros_like(points)
        moved[place] = step
        slopes[place] = (function(points + moved) - function(points - moved)) / (2 * step)
    return slopes


def _gradient(loss, points):
    variable = tf.Variable(points, dtype="float32")
    with tf.GradientTape() as tape:
        value = loss(variable)
    return tape.gradient(value, variable).numpy()


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0], [0, 1, 0, 2, 3, 4]])
def test_gradient_of_the_supervised_contrastive_loss_is_that_of_the_double_loop(labels):
    embeddings = np.random.default_rng(4).normal(size=(6, 5))
    expected = _slopes(lambda points: _supervised_contrastive_loop(labels, points, 0.5), embeddings)
    assert _gradient(
        lambda points: supervised_contrastive_loss(labels, points, temperature=0.5), embeddings
    ) == pytest.approx(expected, abs=2e-5)


def _contrastive_loop(same, distance, margin, squared):
    terms = []
    for s, d in zip(same, distance):
        apart = max(margin - d, 0)
        terms.append(d * d if s else apart * apart if squared else apart)
    return np.mean(terms)


@pytest.mark.parametrize("squared", [False, True])
def test_contrastive_loss_and_its_gradient_equal_the_loop(squared):
    random = np.random.default_rng(5)
    same, distance = random.integers(0, 2, 40), random.uniform(0, 2, 40)
    loss = lambda values: contrastive_loss(same, values, margin=1.2, squared=squared)
    assert float(loss(distance)) == pytest.approx(
        _contrastive_loop(same, distance, 1.2, squared), rel=1e-5
    )
    assert _gradient(loss, distance) == pytest.approx(
        _slopes(lambda values: _contrastive_loop(same, values, 1.2, squared), distance), abs=1e-6
    )


_PYTORCH = """
import json, sys, torch
from pytorch_metric_learning import distances, losses, reducers
points, labels = torch.tensor(json.loads(sys.argv[1])), torch.tensor(json.loads(sys.argv[2]))
supervised = losses.SupConLoss(temperature=0.2)(points, labels)
# Their pairwise loss has one power for both kinds of pairs, the paper's has two: each kind apart.
alike = losses.ContrastiveLoss(neg_margin=0, distance=distances.LpDistance(power=2), reducer=reducers.MeanReducer())(points, labels)
apart = losses.ContrastiveLoss(pos_margin=10, distance=distances.LpDistance(power=1), reducer=reducers.MeanReducer())(points, labels)
print([float(supervised), float(alike), float(apart)])
"""


def test_contrastive_losses_equal_those_of_pytorch_metric_learning(elsewhere):
    random = np.random.default_rng(6)
    embeddings, labels = random.normal(size=(24, 8)).astype("float32"), random.integers(0, 2, 24)
    supervised, alike, apart = elsewhere(
        _PYTORCH, ["torch", "pytorch_metric_learning"], embeddings, labels
    )
    assert float(supervised_contrastive_loss(labels, embeddings, temperature=0.2)) == pytest.approx(
        supervised, rel=1e-5
    )
    share = (labels[:, None] == labels)[~np.eye(24, dtype=bool)].mean()
    assert float(pairwise_contrastive_loss(labels, embeddings)) == pytest.approx(
        share * alike + (1 - share) * apart, rel=1e-4
    )
