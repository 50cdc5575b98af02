"""Running the lessons, and storing their outputs."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest

from facekit import __main__ as cli
from facekit.teaching import execution, tour


def test_tour_with_an_unknown_profile_does_not_begin(monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_PROFILE", "slow")
    assert cli.main(["tour"]) == 1
    assert (
        capsys.readouterr().err
        == "facekit tour: FACEKIT_PROFILE is 'slow'; it must be one of quick, lesson, full\n"
    )


def test_refresh_stores_the_portraits_whatever_the_source_is(tmp_path, monkeypatch):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson"),
            nbformat.v4.new_code_cell(
                "import os; print(os.environ.get('FACEKIT_SOURCE'), os.environ.get('FACEKIT_ROOT'))"
            ),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    for name, value in (
        ("FACEKIT_SOURCE", "celeba"),
        ("FACEKIT_ROOT", "nowhere"),
        ("FACEKIT_PROFILE", "quick"),
    ):
        monkeypatch.setenv(name, value)
    tour.refresh("01")
    assert (
        nbformat.read(tmp_path / "01_preprocessing.ipynb", as_version=4).cells[1].outputs[0].text
        == "None None\n"
    )


def test_a_kernel_that_dies_is_told_with_its_section(tmp_path, monkeypatch):
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson\n\n## Too large"),
        nbformat.v4.new_code_cell("print('done')"),
        nbformat.v4.new_code_cell("import os; os._exit(137)"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    with pytest.raises(
        RuntimeError,
        match="01_preprocessing, section “Too large”: the kernel died, most likely because the computer's memory was full",
    ):
        tour.tour(tmp_path / "tour", only="01")
    assert (
        nbformat.read(tmp_path / "tour" / "01_preprocessing.ipynb", as_version=4)
        .cells[1]
        .outputs[0]
        .text
        == "done\n"
    )


def test_a_notebook_is_run_where_a_loop_runs_already(tmp_path):
    """Such as in a notebook."""
    cells = [nbformat.v4.new_markdown_cell("# A lesson"), nbformat.v4.new_code_cell("print(6 * 7)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "lesson.ipynb")

    async def inside():
        return execution.execute(tmp_path / "lesson.ipynb")

    with ThreadPoolExecutor(1) as pool:  # where no loop runs yet
        notebook, failure = pool.submit(asyncio.run, inside()).result()
    assert (notebook.cells[1].outputs[0].text, failure) == ("42\n", None)


def test_the_lessons_are_not_run_on_photographs_without_labels(monkeypatch, capsys):
    monkeypatch.setenv("FACEKIT_SOURCE", "folder")
    assert cli.main(["tour"]) == 1
    assert "the lessons need photographs with labels" in capsys.readouterr().err


def test_a_failing_cell_is_told_with_its_section(tmp_path, monkeypatch, capsys):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson\n\n## Losses"),
            nbformat.v4.new_code_cell("1 / 0"),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    with pytest.raises(
        RuntimeError,
        match="01_preprocessing, section “Losses”: ZeroDivisionError: division by zero",
    ):
        tour.tour(tmp_path / "tour", only="01")
    assert (tmp_path / "tour" / "01_preprocessing.html").is_file()


def test_tour_writes_pages_with_an_index(tmp_path, monkeypatch, capsys):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A lesson\n\n## Adding"),
            nbformat.v4.new_code_cell("import time; time.sleep(0.3); print(1 + 41)"),
        ]
    )
    nbformat.write(notebook, tmp_path / "01_preprocessing.ipynb")
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    index = tour.tour(tmp_path / "tour", only="01")
    assert '<a class="card" href="01_preprocessing.html">' in index.read_text()
    assert "42" in (tmp_path / "tour" / "01_preprocessing.html").read_text()
    seconds = re.search(r"([\d.]+) s  Adding", capsys.readouterr().out)[1]
    assert float(seconds) >= 0.3  # the last cell's time counts, too
