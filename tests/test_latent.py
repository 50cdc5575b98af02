"""Latent points and paths."""

import numpy as np
import pytest

from facekit import latent


def test_sample_is_normal_and_repeatable():
    z = latent.sample(20_000, 10, seed=4)
    assert z.shape == (20_000, 10) and z.dtype == np.float32
    assert z.mean() == pytest.approx(0, abs=0.01) and z.std() == pytest.approx(1, abs=0.01)
    assert np.array_equal(z, latent.sample(20_000, 10, seed=4))
    assert not np.array_equal(z, latent.sample(20_000, 10, seed=5))


def test_truncation_shrinks_the_same_points():
    assert np.allclose(latent.sample(3, 8, truncation=0.5), 0.5 * latent.sample(3, 8))
    assert not latent.sample(3, 8, truncation=0).any()


@pytest.mark.parametrize("dim", [0, -1, "100", 2.5, True])
def test_latent_dimension_must_be_a_length(dim):
    with pytest.raises(ValueError, match="latent dimension .*: it must be a whole number from 1 up"):
        latent.sample(4, dim)


def test_sample_of_nothing():
    with pytest.raises(ValueError, match="ask for one latent point or more"):
        latent.sample(0, 10)


def test_interpolation_keeps_ends_and_length():
    z0, z1 = latent.sample(2, 100, seed=1)
    path = latent.interpolate(z0, z1, 7)
    assert path.shape == (7, 100)
    assert np.allclose(path[0], z0, atol=1e-5) and np.allclose(path[-1], z1, atol=1e-5)
    lengths = np.linalg.norm(path, axis=1)
    assert lengths.min() > 0.98 * min(lengths[0], lengths[-1])  # a straight line would dip to about 0.7
    by_hand = latent.interpolate([1, 0], [0, 1], 3)
    assert np.allclose(by_hand[1], np.sqrt(0.5))


def test_interpolation_of_equal_and_opposite_points():
    assert np.allclose(latent.interpolate([1.0, 2.0], [1.0, 2.0], 3), [1.0, 2.0])
    assert np.isfinite(latent.interpolate([1.0, 0.0], [-1.0, 0.0], 3)).all()
    with pytest.raises(ValueError, match="at least its two ends"):
        latent.interpolate([1.0], [2.0], 1)
