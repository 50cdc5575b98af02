"""The page for people who do not code."""

import functools
import time
import tomllib

import ipywidgets as ui
import pytest

from facekit.core import paths, weights, writing
from facekit.faces import extraction
from facekit.gan import latent
from facekit.widgets import page


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch, tmp_path):
    """Fewer portraits to cut out, and fewer faces to find directions in."""
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path))
    monkeypatch.setattr(page, "PHOTOS", 24)
    monkeypatch.setattr(latent, "directions", functools.partial(latent.directions, n=150))


def test_opens_with_faces_and_makes_the_rest_when_it_is_asked_for():
    shown = page.Page()
    assert list(shown.opened) == ["Generate"]
    assert len(shown.opened["Generate"].children[0].images) == 4
    for number, name in enumerate(shown.tabs.titles):
        shown.tabs.selected_index = number
        assert shown.tabs.children[number].children == (shown.opened[name],)
    assert list(shown.opened) == ["Generate", "Walk", "Unmask", "Alike", "About"]
    about = shown.opened["About"].value
    assert "<summary>Networks trained on portraits of nobody</summary>" in about
    celeba = "celeba" in weights.names("generator")
    assert ("<summary>Networks trained on CelebA</summary>" in about) == celeba
    assert len(shown.opened["Unmask"].children[1].table) == 3
    assert set(page.portraits()[0].attributes["partition"]) == {"train"}


def test_what_is_missing_is_told_and_tried_again(monkeypatch):
    answers = [FileNotFoundError("no classifier 'portraits'"), ui.HTML("a board")]

    def unmask():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    makers = {"Generate": ui.HTML, "Unmask": unmask}
    monkeypatch.setattr(page, "_TABS", makers)
    shown = page.Page()
    shown.tabs.selected_index = 1
    told = shown.tabs.children[1].children[0].value
    assert "no classifier 'portraits'" in told
    shown.tabs.selected_index = 0
    shown.tabs.selected_index = 1
    assert shown.tabs.children[1].children[0].value == "a board" and not answers


def test_two_visitors_do_not_disturb_each_other(monkeypatch):
    extract, tries = extraction.extract, []

    def busy_at_first(*settings):
        tries.append(settings)
        if len(tries) < 3:
            raise writing.Busy("another extraction is at work")
        return extract(*settings)

    monkeypatch.setattr(extraction, "extract", busy_at_first)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    assert sum(map(len, page.portraits())) == 24 and len(tries) == 3


def test_another_error_is_not_waited_for(monkeypatch):
    def full(*settings):
        raise OSError("no space is left")

    monkeypatch.setattr(extraction, "extract", full)
    with pytest.raises(OSError, match="no space is left"):
        page.portraits()


def test_what_the_page_reads_is_part_of_the_package():
    settings = tomllib.loads((paths.REPOSITORY / "pyproject.toml").read_text())
    patterns = settings["tool"]["setuptools"]["package-data"]["facekit.widgets"]
    folder = paths.REPOSITORY / "facekit" / "widgets"
    packed = {file for pattern in patterns for file in folder.glob(pattern)}
    assert {file.name for file in packed} >= {"page.css", "about.html"}
    assert packed == {
        file for file in folder.rglob("*.*") if file.suffix in (".css", ".html", ".js")
    }
