"""The descriptor: trained on faces whose attributes can be seen in one pixel, saved, loaded, and scored."""

import numpy as np
import pandas as pd
import pytest

from facekit.core import weights
from facekit.faces import faceset
from facekit.metrics import descriptor
from facekit.teaching import descriptor_training

FACES = 128


@pytest.fixture(scope="module")
def coloured():
    """Plain faces of two colours and two sizes of a mark: an attribute each, and four people."""
    random = np.random.default_rng(0)
    red, dark = random.random((2, FACES)) < 0.5
    images = random.integers(90, 110, (FACES, 80, 80, 3)).astype(np.uint8)
    images[red, :, :, 0] += 100
    images[dark, 20:60, 20:60] //= 3
    attributes = pd.DataFrame(
        {"Red": red, "Dark": dark, "Constant": True, "identity": 2 * red + dark}
    )
    return _faces(images, attributes)


def _faces(images, attributes):
    n = len(images)
    nothing = pd.DataFrame({"name": [], "reason": []})
    return faceset.FaceSet(
        images,
        np.array([f"{i}.jpg" for i in range(n)]),
        np.zeros((n, 4), "float32"),
        np.ones(n, "float32"),
        np.zeros((n, 5, 2), "float32"),
        attributes,
        nothing,
    )


@pytest.fixture(scope="module")
def trained(coloured):
    return descriptor_training.train(coloured, epochs=6, batch_size=16)


def test_learns_what_can_be_seen(trained, coloured):
    table = trained.score(coloured)
    assert list(table.index) == ["Red", "Dark"]  # what never varies is not learned
    assert (table["agreement"] > 0.95).all() and (table["faces"] == FACES).all()
    assert (table["low"] < table["agreement"]).all() and (table["high"] <= 1).all()
    truth = coloured.attributes["Red"]
    assert table.loc["Red", "majority"] == max(truth.mean(), 1 - truth.mean())


def test_features_of_one_person_lie_together(trained, coloured):
    points = trained.embed(coloured.images)
    assert points.shape == (FACES, 128) and points.dtype == np.float32
    assert np.allclose(np.linalg.norm(points, axis=1), 128**0.5, rtol=1e-5)
    same = (
        coloured.attributes["identity"].to_numpy()[:, None]
        == coloured.attributes["identity"].to_numpy()
    )
    cosine = points @ points.T / 128
    assert cosine[same].mean() > cosine[~same].mean() + 0.3


def test_probabilities_are_a_table(trained, coloured):
    table = trained.attributes(coloured.images[:5])
    assert table.shape == (5, 2) and table.to_numpy().min() >= 0 and table.to_numpy().max() <= 1


def test_saved_and_loaded_it_says_the_same(trained, coloured, monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    descriptor_training.export(
        trained, tmp_path / "models" / "x" / "mine-descriptor", trained_on="colours"
    )
    again = descriptor.load("mine")
    assert (
        again.about["trained_on"] == "colours"
        and again.about["people"] == 4
        and again.names == trained.names
    )
    assert np.allclose(
        again.attributes(coloured.images[:8]), trained.attributes(coloured.images[:8]), atol=0.02
    )
    descriptor_training.export(again, tmp_path / "models" / "x" / "copy-descriptor")
    assert descriptor.load("copy").about == again.about


def test_people_without_an_identity_are_not_one_person(coloured, eager):
    """They are left out of the loss of identity: with one known person beside them it is 0.

    So its weight changes nothing, and the same seed gives the same descriptor.
    """
    few = coloured.take(np.arange(32))
    few.attributes["identity"] = np.where(few.attributes["Red"], 7.0, np.nan)
    one, other = (
        descriptor_training.train(few, epochs=1, batch_size=16, identity_weight=weight)
        for weight in (0.3, 0.0)
    )
    assert one.about["people"] == 1
    assert np.allclose(one.embed(few.images[:4]), other.embed(few.images[:4]), atol=1e-4)


def test_bad_input(trained, coloured):
    with pytest.raises(ValueError, match=r"images of shape \(2, 80, 80, 3\) and type float32"):
        trained.embed(np.zeros((2, 80, 80, 3), "float32"))
    bare = _faces(coloured.images, coloured.attributes[["Constant"]])
    with pytest.raises(ValueError, match="no yes-or-no attributes that vary"):
        descriptor_training.train(bare)
    with pytest.raises(FileNotFoundError, match="no descriptor 'moon-descriptor'"):
        descriptor.load("moon")


@pytest.mark.parametrize("name", ["portraits", "celeba"])
def test_the_descriptor_that_ships_knows_its_portraits(name, portrait_faces):
    """It agrees with the labels of portraits that were not in its training, better than a constant answer would."""
    if f"{name}-descriptor" not in weights.names("descriptor"):
        pytest.skip(f"the folder data/models/{name} is not there: the kit works without it")
    test = portrait_faces.take(
        np.flatnonzero((portrait_faces.attributes["partition"] != "train").to_numpy())
    )
    male = descriptor.load(name).score(test).loc["Male"]
    assert male["low"] > male["majority"]
