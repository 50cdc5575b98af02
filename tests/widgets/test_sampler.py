"""The sliders of a generator, by setting their values and reading what they show."""

import base64
import functools
import json

import numpy as np
import pytest

from facekit.core import images, weights
from facekit.gan import checkpoints, latent, networks
from facekit.metrics import descriptor as descriptors
from facekit.widgets import LatentSampler, LatentWalk
from facekit.widgets import sampler as sampling


@pytest.fixture
def sampler(generator):
    return LatentSampler(generator)


def test_shows_what_the_generator_makes(sampler, shown):
    sampler.seed.value, sampler.count.value, sampler.truncation.value = 11, 3, 0.5
    expected = networks.generate(sampler.generator, latent.sample(3, 16, seed=11, truncation=0.5))
    assert np.array_equal(sampler.images, expected)
    assert np.array_equal(shown(sampler), images.montage(expected))


@pytest.mark.parametrize("control, value", [("seed", 12), ("truncation", 0.9)])
def test_every_slider_changes_the_faces(sampler, control, value):
    before = sampler.images.copy()
    getattr(sampler, control).value = value
    assert sampler.images.shape == before.shape and not np.array_equal(sampler.images, before)


def test_the_pure_function_moves_along_directions(generator):
    direction = np.eye(16, dtype="float32")[3]
    points, faces = sampling.draw(
        generator, seed=4, count=2, truncation=1.0, shifts=[(2.5, direction)]
    )
    assert np.allclose(points - latent.sample(2, 16, seed=4), 2.5 * direction)
    assert np.array_equal(faces, networks.generate(generator, points))


def test_a_pinned_face_stays_until_it_is_let_go(sampler, shown):
    sampler.pin.value = 2
    pinned = sampler.images[1].copy()
    sampler.seed.value = 99
    assert np.array_equal(sampler.pinned, pinned)
    assert np.array_equal(shown(sampler)[:80, :80], pinned)
    sampler.pin.value = 0
    assert sampler.pinned is None
    assert np.array_equal(shown(sampler), images.montage(sampler.images))


def test_only_a_face_that_is_there_can_be_pinned(sampler):
    sampler.pin.value = 6
    pinned = sampler.images[5].copy()
    sampler.count.value = 4
    assert sampler.pin.max == 4 and np.array_equal(sampler.pinned, pinned)
    sampler.pin.value = 3
    assert np.array_equal(sampler.pinned, sampler.images[2])


def test_faces_of_another_size_can_be_pinned(shown):
    sampler = LatentSampler(networks.build_generator(8, "small"))
    sampler.pin.value = 1
    assert np.array_equal(shown(sampler)[:40, :40], sampler.images[0])


def test_static_picture_and_file_to_save_are_what_is_shown(sampler):
    sampler.seed.value = 3
    assert "invented faces" in sampler.names.picture
    link = sampler.save.value
    assert 'download="faces-3.png"' in link
    assert base64.b64decode(link.split("base64,")[1].split('"')[0]) == sampler.picture.value


def test_attribute_sliders_follow_the_descriptor(generator, colours):
    sampler = LatentSampler(generator, colours)
    enabled = [name for name, slider in sampler.attributes.items() if not slider.disabled]
    assert enabled == ["Smiling", "Male"]
    before = sampler.images.astype(float)
    sampler.attributes["Smiling"].value = 3
    expected = sampling.draw(generator, shifts=[(3, sampler.directions["Smiling"])])[1]
    assert np.array_equal(sampler.images, expected)
    assert sampler.images[..., 0].mean() > before[..., 0].mean()


class Shelf:
    """Weights that ship, in place of the real ones: names, generators, descriptors, and faults."""

    def __init__(self, folder, generators, descriptor):
        self.generators, self.descriptor = generators, descriptor
        self.faults, self.files = {}, {}
        for name in generators:
            self.files[name] = folder / f"{name}.json"
            self.files[name].write_text(json.dumps({"kind": "generator", "source": f"from {name}"}))

    def names(self, kind):
        files = {f"from {name}-descriptor": file for name, file in self.files.items()}
        return self.files if kind == "generator" else files

    def pretrained(self, name):
        self.fail(name)
        return self.generators[name]

    def load(self, source):
        self.fail(source)
        return self.descriptor

    def fail(self, name):
        if name in self.faults:
            raise self.faults[name]


@pytest.fixture
def shelf(monkeypatch, tmp_path, generator, other_generator, colours):
    monkeypatch.setattr(latent, "directions", functools.partial(latent.directions, n=40))
    shelf = Shelf(tmp_path, {"first": generator, "second": other_generator}, colours)
    monkeypatch.setattr(weights, "names", shelf.names)
    monkeypatch.setattr(checkpoints, "pretrained", shelf.pretrained)
    monkeypatch.setattr(descriptors, "load", shelf.load)
    return shelf


def _shows(sampler, generator):
    """Whether a sampler shows faces of this generator, moved along its own directions."""
    own = latent.directions(generator, sampler.descriptor, ["Smiling", "Male"])
    assert all(np.allclose(sampler.directions[name], own[name], atol=1e-3) for name in own)
    shifts = [(sampler.attributes[name].value, way) for name, way in sampler.directions.items()]
    faces = sampling.draw(generator, sampler.seed.value, sampler.count.value, shifts=shifts)[1]
    return np.array_equal(sampler.images, faces) and "save as PNG" in sampler.save.value


@pytest.mark.parametrize("damaged", ["second", "from second"], ids=["generator", "descriptor"])
def test_of_a_model_that_fails_nothing_of_the_last_one_is_shown(shelf, damaged):
    sampler = LatentSampler()
    sampler.attributes["Smiling"].value = 2
    assert _shows(sampler, shelf.generators["first"])
    shelf.faults[damaged] = ValueError(f"{damaged} is damaged")
    sampler.model.value = "second"
    for control, value in (("seed", 4), ("pin", 1), ("count", 3), ("truncation", 0.5)):
        assert sampler.save.value == f"{damaged} is damaged. Choose another model."
        assert len(sampler.images) == 0 and sampler.pinned is None
        assert sampler.picture.value == b"" and sampler.picture.layout.display == "none"
        getattr(sampler, control).value = value
    sampler.truncation.value = 0.8
    sampler.model.value = "first"
    assert _shows(sampler, shelf.generators["first"]) and sampler.picture.layout.display == ""
    shelf.faults.clear()
    sampler.model.value = "second"
    assert _shows(sampler, shelf.generators["second"])


def test_directions_that_cannot_be_found_keep_the_model_out(shelf, monkeypatch):
    def fail(*settings):
        raise ValueError("all alike")

    sampler = LatentSampler()
    monkeypatch.setattr(latent, "directions", fail)
    sampler.model.value = "second"
    assert sampler.save.value == "all alike. Choose another model." and not len(sampler.images)


def test_a_model_comes_with_the_descriptor_of_its_recorded_source(shelf):
    sampler = LatentSampler()
    asked = []
    shelf.fail = asked.append
    sampler.model.value = "second"
    assert asked == ["second", "from second"] and sampler.descriptor is shelf.descriptor
    shelf.files["first"].write_text(json.dumps({"kind": "generator", "source": "nowhere"}))
    sampler.model.value = "first"
    assert asked[2:] == ["first"] and sampler.descriptor is None
    assert all(slider.disabled for slider in sampler.attributes.values())


def test_the_menu_begins_with_what_there_is(shelf):
    assert LatentSampler().model.value == "first"
    shelf.files.clear()
    shelf.faults[None] = FileNotFoundError("no generator None in data/models; there are none")
    with pytest.raises(FileNotFoundError, match="there are none"):
        LatentSampler()


def test_the_menu_offers_the_weights_that_ship(monkeypatch):
    monkeypatch.setattr(latent, "directions", lambda *settings: {})
    sampler, names = LatentSampler(), weights.names("generator")
    assert sampler.model.value == "portraits" and sampler.model.options == tuple(names)
    for name in names:
        sampler.model.value = name
        assert sampler.descriptor.names and "save as PNG" in sampler.save.value
        assert np.array_equal(sampler.images, sampling.draw(checkpoints.pretrained(name))[1])


def test_walk_shows_ends_and_middle(generator, shown):
    walk = LatentWalk(generator, steps=5)
    walk.start.value, walk.end.value, walk.truncation.value = 4, 5, 1.0
    ends = [latent.sample(1, 16, seed)[0] for seed in (4, 5)]
    expected = networks.generate(generator, latent.interpolate(*ends, 5))
    assert np.array_equal(walk.images, expected)
    pictures = []
    for position in (0, 2, 4):
        walk.position.value = position
        pictures.append(shown(walk))
    middle = slice(166, 326)
    assert pictures[0].shape == (160, 492, 3)
    assert np.array_equal(pictures[0][:, middle], pictures[0][:, :160])  # the first face
    assert np.array_equal(pictures[2][:, middle], pictures[2][:, 332:])
    assert not np.array_equal(pictures[1][:, middle], pictures[0][:, middle])
