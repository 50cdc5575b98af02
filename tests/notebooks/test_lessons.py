"""The lessons as they stand. Their outputs are compared under nbval."""

import re

import nbformat
import pytest

from facekit import __main__ as cli
from facekit.teaching import tour

LESSONS = tour.LESSONS


def _cells(name, kind):
    return [
        cell
        for cell in nbformat.read(tour.notebooks() / f"{name}.ipynb", as_version=4).cells
        if cell.cell_type == kind
    ]


#: The most words of each lesson.
WORDS = {
    "01_preprocessing": 1600,
    "02_lsgan": 2200,
    "03_loss_analysis": 2400,
    "04_contrastive_classification": 2400,
}


@pytest.mark.parametrize("name", LESSONS)
def test_lessons_keep_the_house_rules(name):
    for cell in _cells(name, "code"):
        defines = re.search(r"^\s*(def|class) |Sequential\(", cell.source, re.MULTILINE)
        assert len(cell.source.splitlines()) <= (25 if defines else 12), cell.source
        assert not any(output.output_type == "error" for output in cell.outputs)
    text = (tour.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(root|home|Users|tmp|work)/", text)
    assert "**At the end you can**" in text and "## What we have seen" in text


def _words(cell):
    """Return the number of words, without formulas and links."""
    text = re.sub(r"\$\$.*?\$\$|\$.*?\$|<[^>]+>|\]\([^)]*\)", "", cell.source, flags=re.DOTALL)
    return len(re.findall(r"\w[\w'’-]*", text))


@pytest.mark.parametrize("name, most", WORDS.items())
def test_lessons_are_short(name, most):
    words = [_words(cell) for cell in _cells(name, "markdown")]
    assert max(words) <= 110 and sum(words) <= most


@pytest.mark.parametrize(
    "lesson", [LESSONS[0], *(pytest.param(name, marks=pytest.mark.slow) for name in LESSONS[1:])]
)
def test_a_lesson_runs_on_celeba(celeba, lesson, tmp_path, monkeypatch):
    for name, value in (
        ("SOURCE", "celeba"),
        ("ROOT", celeba.root),
        ("PROFILE", "quick"),
        ("BUILD", tmp_path),
    ):
        monkeypatch.setenv(f"FACEKIT_{name}", str(value))
    assert cli.main(["tour", "--only", lesson]) == 0
