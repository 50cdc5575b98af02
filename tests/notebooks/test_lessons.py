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


@pytest.mark.parametrize("name", LESSONS)
def test_lessons_keep_the_house_rules(name):
    for cell in _cells(name, "code"):
        assert len(cell.source.splitlines()) <= 12, cell.source
        assert not re.search(r"^\s*(def|class) ", cell.source, re.MULTILINE), (
            "definitions belong in the package"
        )
        assert not any(output.output_type == "error" for output in cell.outputs)
    text = (tour.notebooks() / f"{name}.ipynb").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(root|home|Users|tmp|work)/", text)
    assert {"objectives", "recap"} <= {
        word.lower()
        for cell in _cells(name, "markdown")
        for word in re.findall(r"\w+", cell.source)
    }


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
