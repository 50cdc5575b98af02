"""Latent points and paths."""

import numpy as np
import pytest

from facekit.gan import checkpoints, latent, networks


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
    with pytest.raises(
        ValueError, match="latent dimension .*: it must be a whole number from 1 to 4096"
    ):
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
    assert lengths.min() > 0.98 * min(
        lengths[0], lengths[-1]
    )  # a straight line would dip to about 0.7
    by_hand = latent.interpolate([1, 0], [0, 1], 3)
    assert np.allclose(by_hand[1], np.sqrt(0.5))


def test_interpolation_of_equal_and_opposite_points():
    assert np.allclose(latent.interpolate([1.0, 2.0], [1.0, 2.0], 3), [1.0, 2.0])
    assert np.isfinite(latent.interpolate([1.0, 0.0], [-1.0, 0.0], 3)).all()
    with pytest.raises(ValueError, match="at least its two ends"):
        latent.interpolate([1.0], [2.0], 1)


def test_direction_is_found_where_it_was_put():
    truth = latent.sample(1, 20, seed=1)[0]
    truth /= np.linalg.norm(truth)
    points = latent.sample(500, 20, seed=2)
    found = latent.attribute_direction(points, 1 / (1 + np.exp(-3 * points @ truth + 1)))
    assert found.dtype == np.float32 and np.linalg.norm(found) == pytest.approx(1)
    assert found @ truth > 0.99


def test_direction_apart_from_another():
    points, other = latent.sample(500, 20, seed=2), np.eye(20)[0]
    found = latent.attribute_direction(
        points, 1 / (1 + np.exp(-points[:, 0] - points[:, 1])), apart_from=[other]
    )
    assert found @ other == pytest.approx(0, abs=1e-6) and found[1] > 0.99


def test_direction_needs_points_and_differences():
    with pytest.raises(ValueError, match="more points than dimensions"):
        latent.attribute_direction(latent.sample(20, 20), np.full(20, 0.5))
    with pytest.raises(ValueError, match="the same for all of these faces"):
        latent.attribute_direction(latent.sample(50, 20), np.full(50, 0.3))


class _Brightness:
    """A descriptor with one attribute: how bright a face is."""

    names = ["Bright"]

    def attributes(self, images):
        return {"Bright": images.mean(axis=(1, 2, 3)) / 255}


def test_directions_of_a_generator():
    generator = checkpoints.pretrained("portraits")
    dim = generator.input_shape[-1]
    found = latent.directions(generator, _Brightness(), ["Bright"], n=300)["Bright"]
    points = latent.sample(100, dim, seed=9)
    darker, brighter = (
        networks.generate(generator, points + step * found).astype(float).mean(axis=(1, 2, 3))
        for step in (-2, 2)
    )
    assert (brighter > darker).mean() > 0.9
    with pytest.raises(
        ValueError, match="this descriptor knows no attribute 'Hat'; it knows Bright"
    ):
        latent.directions(generator, _Brightness(), ["Hat"])
