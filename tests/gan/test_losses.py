"""Losses and accuracy against numbers worked by hand."""

import numpy as np
import pytest
import scipy.special

from facekit.core.backend import tf
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


def test_cross_entropies_by_hand():
    real, fake = np.array([2.0, -1.0]), np.array([0.5, -3.0])
    sigma = scipy.special.expit
    assert float(losses.cross_entropy_discriminator_loss(real, fake)) == pytest.approx(
        -np.log(sigma(real)).mean() - np.log(1 - sigma(fake)).mean(), rel=1e-5
    )
    assert float(losses.cross_entropy_generator_loss(fake)) == pytest.approx(
        -np.log(sigma(fake)).mean(), rel=1e-5
    )
    assert float(losses.minimax_generator_loss(fake)) == pytest.approx(
        np.log(1 - sigma(fake)).mean(), rel=1e-5
    )


def test_discriminator_accuracy_by_hand():
    accuracies = losses.discriminator_accuracy(np.array([0.6, 0.4, 0.5]), [0.4, 0.6])
    assert [float(share) for share in accuracies] == pytest.approx([1 / 3, 1 / 2])
    assert losses.discriminator_accuracy(real=[-0.5], fake=[2, 0], a=1, b=-1) == (1.0, 0.5)
