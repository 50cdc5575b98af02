"""Damaged pictures."""

import numpy as np
import pytest

from facekit.faces import corruptions


@pytest.fixture
def images():
    """Two smooth colours with a hard edge."""
    pictures = np.full((3, 80, 80, 3), (83, 91, 107), np.uint8)
    pictures[:, :, 40:] = (163, 171, 187)
    return pictures


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_each_keeps_shape_and_type_and_changes_what_it_says(images, name):
    before = images.copy()
    done = corruptions.CORRUPTIONS[name](images)
    assert done.shape == images.shape and done.dtype == np.uint8
    assert np.array_equal(images, before)
    assert (name == "none") == np.array_equal(done, images)


def test_blur_and_a_smaller_size_soften_the_edge(images):
    def step(pictures):
        return np.abs(np.diff(pictures[0, 40, :, 0].astype(int))).max()

    assert step(images) == 80
    assert step(corruptions.blur(images, 2)) < step(corruptions.blur(images, 1)) < 60
    assert step(corruptions.resize(images, 40)) < 60


def test_worse_encodings_are_farther_away():
    images = np.random.default_rng(0).integers(0, 255, (2, 80, 80, 3)).astype(np.uint8)
    away = [
        np.abs(corruptions.jpeg(images, quality).astype(int) - images).mean()
        for quality in (95, 70, 30)
    ]
    assert away == sorted(away) and away[0] < away[2]


def test_noise_has_the_spread_it_is_asked_for(images):
    added = corruptions.noise(images, 8).astype(int) - images
    assert added.mean() == pytest.approx(0, abs=0.2) and added.std() == pytest.approx(8, rel=0.03)
    assert np.array_equal(
        corruptions.noise(images, 8, seed=3), corruptions.noise(images, 8, seed=3)
    )


def test_training_corrupts_about_half():
    images = np.random.default_rng(0).integers(0, 255, (200, 16, 16, 3)).astype(np.uint8)
    done = corruptions.random_corruption(images, np.random.default_rng(1))
    changed = (done != images).any(axis=(1, 2, 3)).mean()
    assert 0.35 < changed < 0.6


def test_nothing_becomes_nothing():
    assert corruptions.jpeg(np.empty((0, 80, 80, 3), np.uint8)).shape == (0, 80, 80, 3)
