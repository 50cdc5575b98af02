"""Widgets, by setting their values and reading what they show."""

import base64
import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from facekit.analysis import history
from facekit.core import images, weights
from facekit.gan import checkpoints, latent, networks
from facekit.widgets import LatentSampler, LatentWalk, LossExplorer, ResultTable
from facekit.widgets import sampler as sampling


@pytest.fixture(scope="module")
def sampler():
    return LatentSampler(networks.build_generator(16))


def test_shows_what_the_generator_makes(sampler):
    sampler.seed.value, sampler.count.value, sampler.truncation.value = 11, 3, 0.5
    expected = networks.generate(sampler.generator, latent.sample(3, 16, seed=11, truncation=0.5))
    assert np.array_equal(sampler.images, expected)
    shown = np.asarray(Image.open(io.BytesIO(sampler.picture.value)))
    assert np.array_equal(shown, images.montage(expected))


@pytest.mark.parametrize("control, value", [("seed", 12), ("truncation", 0.9)])
def test_every_slider_changes_the_faces(sampler, control, value):
    before = sampler.images.copy()
    getattr(sampler, control).value = value
    assert sampler.images.shape == before.shape and not np.array_equal(sampler.images, before)


def test_the_pure_function_moves_along_directions(sampler):
    direction = np.eye(16, dtype="float32")[3]
    points, images = sampling.draw(
        sampler.generator, seed=4, count=2, truncation=1.0, shifts=[(2.5, direction)]
    )
    assert np.allclose(points - latent.sample(2, 16, seed=4), 2.5 * direction)
    assert np.array_equal(images, networks.generate(sampler.generator, points))


def test_a_pinned_face_stays_until_it_is_let_go():
    sampler = LatentSampler(networks.build_generator(16))
    sampler.pin.value = 2
    kept = sampler.images[1].copy()
    sampler.seed.value = 99
    assert np.array_equal(sampler.pinned, kept)
    assert np.array_equal(_shown(sampler)[:80, :80], kept)
    sampler.pin.value = 0
    assert sampler.pinned is None and np.array_equal(
        _shown(sampler), images.montage(sampler.images)
    )


def test_faces_of_another_size_can_be_pinned():
    sampler = LatentSampler(networks.build_generator(8, "small"))
    sampler.pin.value = 1
    assert np.array_equal(_shown(sampler)[:40, :40], sampler.images[0])


def test_the_menu_begins_with_what_there_is(monkeypatch, tmp_path):
    files = {
        name: file for name, file in weights.names("generator").items() if name.startswith("celeba")
    }
    monkeypatch.setattr(weights, "names", lambda kind: files if kind == "generator" else {})
    assert LatentSampler().model.value == "celeba"
    files.clear()
    with pytest.raises(FileNotFoundError, match="no generator None in data/models; there are none"):
        LatentSampler()


def test_a_model_that_cannot_be_loaded_is_told_and_shows_nobody(monkeypatch):
    sampler, pretrained = LatentSampler(), checkpoints.pretrained
    broken = lambda name: (
        (_ for _ in ()).throw(ValueError(f"{name} is damaged"))
        if name == "celeba"
        else pretrained(name)
    )
    monkeypatch.setattr(checkpoints, "pretrained", broken)
    sampler.model.value = "celeba"
    assert (
        sampler.save.value == "celeba is damaged. Choose another model."
        and sampler.picture.layout.visibility == "hidden"
    )
    sampler.model.value = "portraits"
    assert "save as PNG" in sampler.save.value and sampler.picture.layout.visibility == "visible"


def test_static_picture_and_file_to_save_are_what_is_shown():
    sampler = LatentSampler(networks.build_generator(16))
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
    sampler = LatentSampler(checkpoints.pretrained("portraits"), _Redness())
    assert [name for name, slider in sampler.attributes.items() if not slider.disabled] == [
        "Smiling",
        "Male",
    ]
    before = sampler.images.astype(float)
    sampler.attributes["Smiling"].value = 3
    expected = sampling.draw(sampler.generator, shifts=[(3, sampler.directions["Smiling"])])[1]
    assert np.array_equal(sampler.images, expected)
    assert sampler.images[..., 0].mean() > before[..., 0].mean()


def test_the_menu_offers_the_weights_that_ship():
    sampler = LatentSampler()
    assert sampler.model.value == "portraits" and "portraits" in sampler.model.options
    for name in sampler.model.options:
        sampler.model.value = name
        expected = sampling.draw(checkpoints.pretrained(name))[1]
        assert np.array_equal(sampler.images, expected)


def test_walk_shows_ends_and_middle():
    walk = LatentWalk(networks.build_generator(16), steps=5)
    walk.start.value, walk.end.value, walk.truncation.value = 4, 5, 1.0
    ends = [latent.sample(1, 16, seed)[0] for seed in (4, 5)]
    assert np.array_equal(
        walk.images, networks.generate(walk.generator, latent.interpolate(*ends, 5))
    )
    pictures = []
    for position in (0, 2, 4):
        walk.position.value = position
        pictures.append(_shown(walk))
    assert pictures[0].shape == (160, 492, 3)
    assert np.array_equal(
        pictures[0][:, 166:326], pictures[0][:, :160]
    )  # at the start the middle is the first face
    assert np.array_equal(pictures[2][:, 166:326], pictures[2][:, 332:])
    assert not np.array_equal(pictures[1][:, 166:326], pictures[0][:, 166:326])


@pytest.fixture
def two_runs(tmp_path):
    runs = {}
    for name, factor in (("calm", 1.0), ("wild", 2.0)):
        folder = tmp_path / name
        (folder / "sheets").mkdir(parents=True)
        table = pd.DataFrame(
            {"d1": [0.2 * factor, 0.4], "d2": 0.3, "g": [0.9, 0.5], "variety": [10.0, 20.0]},
            index=pd.Index([1, 2], name="epoch"),
        )
        table.to_csv(folder / "losses.csv")
        for epoch in (1, 2):
            Image.new("RGB", (654, 326), (100 * epoch, 0, 0)).save(
                folder / "sheets" / f"epoch_{epoch:04d}.png"
            )
        runs[name] = history.load(folder)
    return runs


def test_explorer_follows_its_controls(two_runs):
    explorer = LossExplorer(two_runs)
    assert explorer.epoch.value == 2 and explorer.losses.value == ("d1", "d2", "g")
    assert explorer.table.loc["d1"].tolist() == [0.4, 0.4]
    pictures = [explorer.picture.value]
    for control, value in (
        ("epoch", 1),
        ("smoothing", 2),
        ("logarithmic", True),
        ("losses", ("variety",)),
        ("chosen", ("wild",)),
    ):
        getattr(explorer, control).value = value
        pictures.append(explorer.picture.value)
    assert len(set(pictures)) == len(pictures)
    assert explorer.table.to_dict() == {"wild": {"variety": 10.0}}
    explorer.chosen.value = ()
    assert explorer.picture.value == pictures[-1]
    assert base64.b64decode(explorer._repr_mimebundle_()["image/png"]) == pictures[-1]


def test_result_table_sorts_filters_and_marks_the_best():
    table = pd.DataFrame(
        {"run": ["a<b", "wide", "small"], "distance": [0.25, 0.5, 0.125], "images": [30, 10, 20]}
    )
    view = ResultTable(table, "Designs")
    assert view.shown.equals(table) and "<b>" not in view.view.value and "a&lt;b" in view.view.value
    view.by.value, view.best.value = "distance", "lowest"
    assert view.shown["run"].tolist() == ["small", "a<b", "wide"]
    assert view.view.value.count("<b>") == 1 and "<b>0.125</b>" in view.view.value
    view.descending.value, view.best.value = True, "highest"
    assert (
        view.shown["run"].tolist() == ["wide", "a<b", "small"] and "<b>0.5</b>" in view.view.value
    )
    view.containing.value = "SMALL"
    assert view.shown["run"].tolist() == ["small"]
    assert view.csv == "run,distance,images\nsmall,0.125,20\n"
    assert "\\caption{Designs}" in view.latex and "small & 0.125" in view.latex
    assert base64.b64decode(view.links.value.split("base64,")[1].split('"')[0]).decode() == view.csv
    view.containing.value = "nothing like this"
    assert view.shown.empty


def test_result_table_has_a_form_for_places_without_widgets():
    table = pd.DataFrame({"right": [9, 10]}, index=pd.Index(["jpeg", "blur"], name="after"))
    bundle = ResultTable(table)._repr_mimebundle_()
    assert bundle["text/plain"].split() == ["after", "right", "jpeg", "9", "blur", "10"]
    assert bundle["text/html"].startswith("<table>") and "text-align: right" in bundle["text/html"]


def test_result_table_keeps_the_names_of_its_rows():
    assert (
        ResultTable(pd.DataFrame({"accuracy": [0.9, 0.8]}, index=["real", "fake"])).csv
        == "index,accuracy\nreal,0.9\nfake,0.8\n"
    )
    assert ResultTable(pd.DataFrame({"accuracy": [0.9, 0.8]})).csv == "accuracy\n0.9\n0.8\n"


def _shown(widget):
    return np.asarray(Image.open(io.BytesIO(widget.picture.value)))
