"""The page for people who do not code."""

import numpy as np
import pytest

from facekit.contrastive import classifier
from facekit.core import weights
from facekit.gan import latent, networks
from facekit.widgets import page


@pytest.fixture(scope="module")
def likeness(faces):
    class Grey:
        def embed(self, images):
            return images.mean(axis=(1, 2)).astype("float32")

    return page.Likeness(networks.build_generator(8), faces, Grey())


def test_opens_with_faces_and_makes_the_rest_when_it_is_asked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    shown = page.Page()
    assert (
        list(shown.opened) == ["Generate"] and len(shown.opened["Generate"].children[0].images) == 4
    )
    for number, name in enumerate(shown.tabs.titles):
        shown.tabs.selected_index = number
        assert shown.tabs.children[number].children == (shown.opened[name],)
    assert list(shown.opened) == ["Generate", "Walk", "Unmask", "Alike", "About"]
    about = shown.opened["About"].value
    assert "<summary>Networks trained on portraits of nobody</summary>" in about
    assert ("<summary>Networks trained on CelebA</summary>" in about) == (
        "celeba" in weights.names("generator")
    )
    assert len(shown.opened["Unmask"].children[1].table) == 3
    assert set(page.portraits()[0].attributes["partition"]) == {"train"}


def test_what_is_missing_is_told_and_tried_again(monkeypatch, tmp_path):
    def missing(name):
        raise FileNotFoundError("no classifier 'portraits'")

    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    shown = page.Page()
    with monkeypatch.context() as patch:
        patch.setattr(classifier, "pretrained", missing)
        shown.tabs.selected_index = 2
    assert (
        "This needs something that is not here: no classifier 'portraits'"
        in shown.tabs.children[2].children[0].value
    )
    shown.tabs.selected_index = 0
    shown.tabs.selected_index = 2
    assert (
        shown.tabs.children[2].children == (shown.opened["Unmask"],)
        and len(shown.opened["Unmask"].children[1].table) == 3
    )


def test_likeness_asks_about_generated_faces(likeness, faces):
    likeness.source.value, likeness.seed.value = "generated", 9
    assert np.array_equal(
        likeness.images, networks.generate(likeness.generator, latent.sample(4, 8, 9, 0.8))
    )
    means = faces.images.mean(axis=(1, 2))
    expected = np.argmin(
        ((likeness.images.mean(axis=(1, 2))[:, None] - means) ** 2).sum(-1), axis=1
    )
    assert likeness.nearest.xs(1, level="rank")["row"].tolist() == expected.tolist()
    before = likeness.picture.value
    likeness.seed.value = 10
    assert likeness.picture.value != before


def test_likeness_of_nobody(likeness):
    likeness.source.value = "your picture"
    assert likeness.nearest is None and "stored nowhere" in likeness.message.value
