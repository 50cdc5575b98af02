"""Networks and faces of 40×40 pixels: a training of them takes seconds."""

import dataclasses

import pytest

from facekit.core.backend import keras
from facekit.gan import lsgan, networks


@pytest.fixture(scope="session")
def small_faces(faces):
    """The faces of 24 portraits, every other pixel of them."""
    return dataclasses.replace(faces, images=faces.images[:, ::2, ::2].copy())


@pytest.fixture
def build():
    """A function that returns a compiled LSGAN of small networks, of which equal calls give equal ones."""

    def build(latent_dim=4, rates=(), **options):
        keras.utils.set_random_seed(0)
        pair = networks.build_generator(latent_dim, "small"), networks.build_discriminator("small")
        model = lsgan.LSGAN(*pair, **options)
        model.compile(*rates)
        return model

    return build
