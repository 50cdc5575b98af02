"""Losses against numbers worked by hand, and against a loop that is written another way."""

import numpy as np
import pytest

from facekit import losses
from facekit.backend import tf

REAL, FAKE = [1.0, 0.8], [0.2, 0.4]


def test_discriminator_loss_by_hand():
    # real: (0 + 0.04)/2 = 0.02; fake: (0.04 + 0.16)/2 = 0.10; half of each
    assert float(losses.lsgan_discriminator_loss(REAL, FAKE)) == pytest.approx(0.06)


def test_discriminator_loss_with_other_labels():
    # a=-1, b=1: real 0.02; fake: (1.44 + 1.96)/2 = 1.70
    assert float(losses.lsgan_discriminator_loss(np.array(REAL), np.array(FAKE), a=-1, b=1)) == pytest.approx(0.86)


def test_generator_loss_by_hand():
    # (0.64 + 0.36)/2 = 0.5, halved
    assert float(losses.lsgan_generator_loss(tf.constant(FAKE))) == pytest.approx(0.25)
    assert float(losses.lsgan_generator_loss(FAKE, c=0)) == pytest.approx(0.05)


def test_mean_square_has_no_half():
    assert float(losses.mean_square(FAKE, 1)) == pytest.approx(0.5)


@pytest.mark.parametrize("squared, expected", [(False, (0.25 + 0.6 + 0.0) / 3), (True, (0.25 + 0.36 + 0.0) / 3)])
def test_contrastive_loss_by_hand(squared, expected):
    # a pair of one class 0.5 apart; two of different classes, 0.4 apart and beyond the margin
    assert float(losses.contrastive_loss([1, 0, 0], [0.5, 0.4, 1.7], margin=1, squared=squared)) == pytest.approx(expected)


def _supervised_contrastive_loop(labels, embeddings, temperature):
    z = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    per_anchor = []
    for i in range(len(z)):
        others = [a for a in range(len(z)) if a != i]
        positives = [p for p in others if labels[p] == labels[i]]
        if positives:
            total = sum(np.exp(z[i] @ z[a] / temperature) for a in others)
            per_anchor.append(-np.mean([np.log(np.exp(z[i] @ z[p] / temperature) / total) for p in positives]))
    return np.mean(per_anchor)


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 1, 2], [0, 0, 0, 0, 0, 0], [0, 1, 0, 2, 3, 4]])
def test_supervised_contrastive_loss_equals_the_double_loop(labels):
    embeddings = np.random.default_rng(3).normal(size=(6, 5))
    expected = _supervised_contrastive_loop(labels, embeddings, 0.5)
    assert float(losses.supervised_contrastive_loss(labels, embeddings, temperature=0.5)) == pytest.approx(expected, rel=1e-5)


def test_supervised_contrastive_loss_at_its_edges():
    apart = np.eye(3)
    assert float(losses.supervised_contrastive_loss([0, 1, 2], apart)) == 0.0  # no anchor has a positive
    assert np.isfinite(float(losses.supervised_contrastive_loss([0, 0, 1], np.zeros((3, 4)))))
    assert np.isfinite(float(losses.supervised_contrastive_loss([0, 0, 1], 1e3 * apart, temperature=0.001)))


def test_cross_entropies_by_hand():
    real, fake = np.array([2.0, -1.0]), np.array([0.5, -3.0])
    sigma = lambda x: 1 / (1 + np.exp(-x))
    assert float(losses.cross_entropy_discriminator_loss(real, fake)) == pytest.approx(-np.log(sigma(real)).mean() - np.log(1 - sigma(fake)).mean(), rel=1e-5)
    assert float(losses.cross_entropy_generator_loss(fake)) == pytest.approx(-np.log(sigma(fake)).mean(), rel=1e-5)
    assert float(losses.minimax_generator_loss(fake)) == pytest.approx(np.log(1 - sigma(fake)).mean(), rel=1e-5)


def test_slopes_are_those_of_the_formulas():
    said = np.array([-6.0, 0.0, 1.0, 6.0])
    sigma = 1 / (1 + np.exp(-said))
    assert losses.slope(losses.lsgan_generator_loss, said) == pytest.approx(said - 1, abs=1e-5)
    assert losses.slope(losses.cross_entropy_generator_loss, said) == pytest.approx(sigma - 1, abs=1e-5)
    assert losses.slope(losses.minimax_generator_loss, said) == pytest.approx(-sigma, abs=1e-5)
