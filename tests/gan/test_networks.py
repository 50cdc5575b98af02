"""The networks: shapes, sizes, what cannot be built."""

import numpy as np
import pytest

from facekit.core.backend import keras
from facekit.gan import latent, networks


@pytest.mark.parametrize(
    "architecture, generator_weights, discriminator_weights",
    [("compact", 1_338_211, 696_545), ("light", 497_075, 176_241), ("paper", 1_381_891, 1_651_841)],
)
def test_networks_have_the_documented_shape_and_size(
    architecture, generator_weights, discriminator_weights
):
    generator = networks.build_generator(100, architecture)
    discriminator = networks.build_discriminator(architecture)
    assert generator.output_shape == (None, 80, 80, 3) and discriminator.output_shape == (None, 1)
    assert generator.count_params() == generator_weights
    assert discriminator.count_params() == discriminator_weights
    assert np.abs(generator(latent.sample(2, 100))).max() <= 1


@pytest.mark.parametrize("latent_dim", [1, 7, 400])
def test_any_latent_dimension(latent_dim):
    generator = networks.build_generator(latent_dim)
    assert generator(latent.sample(1, latent_dim)).shape == (1, 80, 80, 3)


@pytest.mark.parametrize("latent_dim", [0, -3, "hundred", None])
def test_impossible_latent_dimension(latent_dim):
    message = f"latent dimension {latent_dim!r}: it must be a whole number from 1 to 4096"
    with pytest.raises(ValueError, match=message):
        networks.build_generator(latent_dim)


def test_unknown_parts():
    with pytest.raises(
        ValueError, match="unknown architecture 'huge': choose compact or light or paper"
    ):
        networks.build_discriminator("huge")
    with pytest.raises(ValueError, match="unknown normalization 'layer'"):
        networks.build_discriminator(normalization="layer")


@pytest.mark.parametrize("normalization, count", [(None, 0), ("batch", 4)])
def test_batch_normalisation_only_where_asked(normalization, count):
    layers = networks.build_discriminator("paper", normalization).layers
    assert sum(isinstance(layer, keras.layers.BatchNormalization) for layer in layers) == count


def test_generate_works_in_batches_and_checks_the_length_of_latent_points():
    generator, points = networks.build_generator(4, "small"), latent.sample(300, 4)
    images = networks.generate(generator, points)
    assert images.shape == (300, 40, 40, 3) and images.dtype == np.uint8
    last = networks.generate(generator, points[-2:]).astype(int)
    assert np.abs(images[-2:] - last).max() <= 1
    message = r"latent points of shape \(2, 10\): this generator takes \(n, 4\)"
    with pytest.raises(ValueError, match=message):
        networks.generate(generator, latent.sample(2, 10))
