"""What is done to the images that a discriminator sees."""

import numpy as np
import pytest

from facekit.core.augmentation import augment
from facekit.core.backend import keras, tf


def _seed():
    return keras.random.SeedGenerator(1)


def test_it_moves_and_mirrors_but_keeps_shape_and_gradient():
    images = tf.Variable(np.random.default_rng(0).uniform(-1, 1, (8, 80, 80, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        seen = augment(images, _seed())
        total = tf.reduce_sum(seen)
    assert seen.shape == images.shape
    assert not np.allclose(seen, images)
    assert np.abs(tape.gradient(total, images)).sum() > 0


def test_it_shifts_by_copying_the_edge():
    """With one colour for each row, every shifted row is one of the old rows."""
    colours = np.linspace(-1, 1, 80, dtype="float32")[None, :, None, None]
    seen = augment(tf.constant(np.broadcast_to(colours, (16, 80, 80, 3))), _seed()).numpy()
    assert np.ptp(seen, axis=2).max() < 1e-6
    assert (np.diff(seen[:, :, 0, 0], axis=1) >= -1e-6).all()


def test_brightness_changes_less_with_less_strength():
    images = np.random.default_rng(0).uniform(-1, 1, (64, 80, 80, 3)).astype("float32")

    def largest_lift(strength):
        change = augment(tf.constant(images), _seed(), strength) - images
        return np.abs(np.mean(change, axis=(1, 2, 3))).max()

    assert largest_lift(1.0) > 0.25
    assert largest_lift(0.3) == pytest.approx(0.3 * largest_lift(1.0), rel=0.1)
    assert largest_lift(0.0) < 1e-6


@pytest.mark.parametrize("strength, farthest", [(1.0, 10), (0.3, 3), (0.0, 0)])
def test_shifts_are_shorter_with_less_strength(strength, farthest):
    levels = np.arange(80, dtype="float32")[None, :, None, None] / 80
    images = tf.constant(np.broadcast_to(levels, (64, 80, 80, 3)))
    seen = augment(images, _seed(), strength).numpy()
    copied = [(np.abs(np.diff(column)) < 1e-6).sum() for column in seen[:, :, 0, 0]]
    assert max(copied) == farthest


def test_random_numbers_may_come_from_elsewhere():
    class Most:
        """Draws the largest number that is allowed."""

        @staticmethod
        def uniform(shape, low=0.0, high=1.0, seed=None):
            return tf.fill(shape, high)

        @staticmethod
        def randint(shape, low, high, seed=None):
            return tf.fill(shape, high - 1)

    image = np.zeros((1, 80, 80, 3), "float32")
    image[0, 70:, 70:] = 1
    seen = augment(tf.constant(image), None, random=Most).numpy()
    assert np.ptp(seen[0, 60:, 60:]) < 1e-6 and seen[0, 59, 79, 0] < seen[0, 60, 79, 0]
