"""The command of the maintainers: which steps it makes, and that two of them make what can be loaded."""

import dataclasses
import json

import numpy as np
import pytest

from facekit.core import weights
from facekit.gan import training
from facekit.teaching import reproduce


@pytest.fixture
def kit(tmp_path):
    return reproduce.Kit("portraits", None, tmp_path / "work", tmp_path / "out", (1000, 100))


@pytest.fixture
def made(kit, faces, monkeypatch):
    """Return a function that makes what is not made yet by steps that only write records, and tells which were made."""
    kit.faces = faces
    kit.work.mkdir()
    told, versions = [], {"one": 1, "two": 1}

    def step(name):
        def make(kit):
            told.append(name)
            weights.save([np.full(2, versions[name])], kit.out / f"portraits-{name}", kind=name)

        return make

    steps = {name: (step(name), (f"{{}}-{name}",)) for name in versions}
    monkeypatch.setattr(reproduce, "STEPS", steps)

    def made(first=None, **changed):
        versions.update(changed)
        told.clear()
        reproduce.reproduce(kit, first)
        return list(told)

    return made


def test_a_step_is_made_once(made):
    assert made() == ["one", "two"] and made() == []


def test_a_step_and_those_after_it_are_made_when_asked_for(made):
    made()
    assert made("two") == ["two"] and made("one") == ["one", "two"]


def test_a_step_is_made_anew_when_its_inputs_have_changed(made, kit):
    made()
    kit.images = 2000, 100
    assert made() == ["one", "two"]
    kit.faces = kit.faces.take(np.arange(5))
    assert made() == ["one", "two"]
    weights.save([np.zeros(2)], kit.out / "portraits-one", kind="one")  # by somebody else
    assert made() == ["two"]


def test_generators_are_trained_and_exported(kit, faces, eager):
    kit.settings = training.Settings(architecture="small", samples=8, latent_dim=2)
    kit.train = dataclasses.replace(faces, images=faces.images[:, ::2, ::2].copy())
    kit.images = 24, 12
    reproduce.generators(kit)
    records = {file.stem: json.loads(file.read_text()) for file in kit.out.glob("*.json")}
    labels = [f"portraits-{label}" for label in reproduce.LABELS]
    assert set(records) == {"portraits", "portraits-discriminator", *labels}
    assert records["portraits"]["faces"] == len(faces) and "start" not in records["portraits"]
    assert all(records[name]["start"] == "portraits" for name in labels)
    assert sum(records[name]["faces"] for name in labels) == len(faces)
