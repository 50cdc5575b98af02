"""Widgets, by setting their values and reading what they show."""

import io

import numpy as np
import pytest
from PIL import Image

from facekit import faces, gan, latent, widgets


@pytest.fixture(scope="module")
def sampler():
    return widgets.LatentSampler(gan.build_generator(16))


def test_shows_what_the_generator_makes(sampler):
    sampler.seed.value, sampler.count.value, sampler.truncation.value = 11, 3, 0.5
    expected = gan.generate(sampler.generator, latent.sample(3, 16, seed=11, truncation=0.5))
    assert np.array_equal(sampler.images, expected)
    shown = np.asarray(Image.open(io.BytesIO(sampler.picture.value)))
    assert np.array_equal(shown, faces.montage(expected))


@pytest.mark.parametrize("control, value", [("seed", 12), ("truncation", 0.9)])
def test_every_slider_changes_the_faces(sampler, control, value):
    before = sampler.images.copy()
    getattr(sampler, control).value = value
    assert sampler.images.shape == before.shape and not np.array_equal(sampler.images, before)
