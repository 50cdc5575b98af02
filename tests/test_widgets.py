"""Widgets, by setting their values and reading what they show."""

import base64
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


def test_the_pure_function_moves_along_directions(sampler):
    direction = np.eye(16, dtype="float32")[3]
    points, images = widgets.draw(sampler.generator, seed=4, count=2, truncation=1.0, shifts=[(2.5, direction)])
    assert np.allclose(points - latent.sample(2, 16, seed=4), 2.5 * direction)
    assert np.array_equal(images, gan.generate(sampler.generator, points))


def test_a_pinned_face_stays_until_it_is_let_go():
    sampler = widgets.LatentSampler(gan.build_generator(16))
    sampler.pin.value = 2
    kept = sampler.images[1].copy()
    sampler.seed.value = 99
    assert np.array_equal(sampler.pinned, kept)
    assert np.array_equal(_shown(sampler)[:80, :80], kept)
    sampler.pin.value = 0
    assert sampler.pinned is None and np.array_equal(_shown(sampler), faces.montage(sampler.images))


def test_static_picture_and_file_to_save_are_what_is_shown():
    sampler = widgets.LatentSampler(gan.build_generator(16))
    sampler.seed.value = 3
    assert base64.b64decode(sampler._repr_mimebundle_()["image/png"]) == sampler.picture.value
    link = sampler.save.value
    assert 'download="faces-3.png"' in link
    assert base64.b64decode(link.split("base64,")[1].split('"')[0]) == sampler.picture.value


class _Redness:
    names = ["Smiling", "Male"]

    def attributes(self, images):
        means = images.mean(axis=(1, 2)) / 255
        return {"Smiling": means[:, 0], "Male": means[:, 1]}


def test_attribute_sliders_follow_the_descriptor():
    sampler = widgets.LatentSampler(gan.build_generator(16), _Redness())
    assert [name for name, slider in sampler.attributes.items() if not slider.disabled] == ["Smiling", "Male"]
    before = sampler.images.astype(float)
    sampler.attributes["Smiling"].value = 3
    expected = widgets.draw(sampler.generator, shifts=[(3, sampler.directions["Smiling"])])[1]
    assert np.array_equal(sampler.images, expected)
    assert sampler.images[..., 0].mean() > before[..., 0].mean()


def test_the_menu_offers_the_weights_that_ship():
    sampler = widgets.LatentSampler()
    assert sampler.model.value == "portraits" and "portraits" in sampler.model.options
    for name in sampler.model.options:
        sampler.model.value = name
        expected = widgets.draw(gan.pretrained(name))[1]
        assert np.array_equal(sampler.images, expected)


def test_walk_shows_ends_and_middle():
    walk = widgets.LatentWalk(gan.build_generator(16), steps=5)
    walk.start.value, walk.end.value, walk.truncation.value = 4, 5, 1.0
    ends = [latent.sample(1, 16, seed)[0] for seed in (4, 5)]
    assert np.array_equal(walk.images, gan.generate(walk.generator, latent.interpolate(*ends, 5)))
    pictures = []
    for position in (0, 2, 4):
        walk.position.value = position
        pictures.append(_shown(walk))
    assert pictures[0].shape == (160, 492, 3)
    assert np.array_equal(pictures[0][:, 166:326], pictures[0][:, :160])  # at the start the middle is the first face
    assert np.array_equal(pictures[2][:, 166:326], pictures[2][:, 332:])
    assert not np.array_equal(pictures[1][:, 166:326], pictures[0][:, 166:326])


def _shown(widget):
    return np.asarray(Image.open(io.BytesIO(widget.picture.value)))
