"""What the notebooks store: outputs of the code as it stands, compared wherever they can be, and the same at every run."""

import base64
import io
import re

import nbformat
import pytest
from PIL import Image

from facekit.teaching import outputs, tour

LESSONS = tour.LESSONS
#: Why the output of a cell may be left out of the comparison: the tag that stands beside `nbval-ignore-output`.
REASONS = {
    "varies-profile": "sizes, faces or a training of the profile: stored are outputs of `lesson`, tests run in `quick`",
    "varies-progress": "a progress bar that shows only where there is work left to do",
    "varies-time": "a stopwatch",
    "varies-machine": "last digits or counts that hang on the processor and the threads",
}


def _code(name):
    return [
        cell
        for cell in nbformat.read(tour.notebooks() / f"{name}.ipynb", as_version=4).cells
        if cell.cell_type == "code"
    ]


def _tags(cell):
    return set(cell.metadata.get("tags", []))


def _is_compared(cell):
    """Untagged, and with a number in the stored text; what matplotlib says of its figures does not count."""
    text = " ".join(
        output.get("text", "") + " " + output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    )
    text = re.sub(r"<[^>]*>|array\(\[.*?\]", "", text, flags=re.DOTALL)
    return not _tags(cell) & {"nbval-skip", "nbval-ignore-output"} and bool(re.search(r"\d", text))


def _stale(file):
    """Say why the stored outputs of a notebook are not those of its code, and what mends it; None if they are."""
    notebook = nbformat.read(file, as_version=4)
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    if None in counts:
        reason = f"its code cell {counts.index(None) + 1} has not been run"
    elif counts != list(range(1, len(counts) + 1)):
        order = ", ".join(map(str, counts))
        reason = f"its code cells were not run once each from top to bottom, but as {order}"
    elif notebook.metadata.get("facekit", {}).get("code") != outputs.code_digest(notebook):
        reason = "its code was edited after its outputs were stored"
    else:
        return None
    number = file.stem.partition("_")[0]
    return f"{file.name}: {reason}; run `python -m facekit refresh --only {number}`"


@pytest.mark.parametrize("name", [*LESSONS, "app"])
def test_outputs_are_those_of_the_code(name):
    assert (problem := _stale(tour.notebooks() / f"{name}.ipynb")) is None, problem


@pytest.mark.parametrize("name", LESSONS)
def test_at_least_half_of_the_code_cells_are_compared(name):
    cells = _code(name)
    compared = [cell for cell in cells if _is_compared(cell)]
    assert len(compared) >= len(cells) / 2, f"{len(compared)} of {len(cells)}"


@pytest.mark.parametrize("name", [*LESSONS, "app"])
def test_what_is_not_compared_says_why(name):
    """One reason beside each `nbval-ignore-output`, none elsewhere, and no other way around the comparison."""
    for cell in _code(name):
        reasons = _tags(cell) - {"nbval-ignore-output"}
        assert len(reasons) == ("nbval-ignore-output" in _tags(cell)), (
            f"{cell.id}: {sorted(_tags(cell))}; give `nbval-ignore-output` one of {', '.join(REASONS)}"
        )
        assert reasons <= set(REASONS), (
            f"{cell.id}: {sorted(reasons)}; choose one of {', '.join(REASONS)}"
        )
        assert not re.search("nbval", cell.source, re.IGNORECASE), (
            f"{cell.id}: tags, not comments, say what is not compared"
        )


@pytest.fixture
def notebook(tmp_path):
    """A notebook with stored outputs of its code: return how to change its cells, and what `_stale` then says."""
    cells = [nbformat.v4.new_markdown_cell("# A lesson")]
    cells += [nbformat.v4.new_code_cell(f"print({n})", execution_count=n) for n in (1, 2, 3)]
    lesson = nbformat.v4.new_notebook(cells=cells)
    outputs.normalise(lesson)

    def changed(change=lambda cells: None):
        change(lesson.cells)
        nbformat.write(lesson, tmp_path / "02_lesson.ipynb")
        return _stale(tmp_path / "02_lesson.ipynb")

    return changed


def test_a_refreshed_notebook_may_change_its_text(notebook):
    assert notebook() is None
    assert notebook(lambda cells: cells[0].update(source="# Another title")) is None
    assert (
        notebook(lambda cells: cells.append(nbformat.v4.new_markdown_cell("One more thing.")))
        is None
    )


@pytest.mark.parametrize(
    "change, reason",
    [
        (
            lambda cells: cells[2].update(source="print(22)"),
            "its code was edited after its outputs were stored",
        ),
        (lambda cells: cells.pop(), "its code was edited after its outputs were stored"),
        (
            lambda cells: cells.append(nbformat.v4.new_code_cell("print(4)")),
            "its code cell 4 has not been run",
        ),
        (
            lambda cells: cells.insert(1, cells.pop(2)),
            "its code cells were not run once each from top to bottom, but as 2, 1, 3",
        ),
        (
            lambda cells: cells[3].update(execution_count=7),
            "its code cells were not run once each from top to bottom, but as 1, 2, 7",
        ),
    ],
)
def test_an_edit_without_a_run_is_told_with_the_command_that_mends_it(notebook, change, reason):
    assert (
        notebook(change) == f"02_lesson.ipynb: {reason}; run `python -m facekit refresh --only 02`"
    )


def test_a_notebook_that_was_never_refreshed_is_stale(tmp_path):
    cells = [nbformat.v4.new_code_cell("1", execution_count=1)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "app.ipynb")
    assert _stale(tmp_path / "app.ipynb").endswith("run `python -m facekit refresh --only app`")


def test_refresh_stores_what_the_code_prints_and_its_digest(tmp_path, monkeypatch, capsys):
    file = tmp_path / "01_preprocessing.ipynb"
    nbformat.write(
        nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_markdown_cell("# A lesson"),
                nbformat.v4.new_code_cell("print(6 * 7)"),
            ],
            metadata={"title": "That of a page", "a program": "that opened it"},
        ),
        file,
    )
    monkeypatch.setattr(tour, "notebooks", lambda: tmp_path)
    monkeypatch.setenv(
        "FACEKIT_PROFILE", "quick"
    )  # refresh sets the lesson's; what was comes back after the test
    tour.refresh("01")
    first = file.read_bytes()
    assert (
        _stale(file) is None
        and nbformat.read(file, as_version=4).cells[1].outputs[0].text == "42\n"
    )
    tour.refresh("01")
    assert file.read_bytes() == first
    metadata = nbformat.read(file, as_version=4).metadata
    assert set(metadata) == {"title", "kernelspec", "language_info", "facekit"}


@pytest.mark.parametrize(
    "text, kept",
    [
        ("\rfaces: 0%\rfaces: 50%\rfaces: 100%\nplain line\n", "faces: 100%\nplain line\n"),
        (
            "\rproject:   0%|  | 0/300\rproject: 100%|██| 300/300 [00:06<00:00, 44.48step/s]\n",
            "project: 100%|██| 300/300\n",
        ),
        (
            "LSGAN: 100%|██| 13/13 [1:04:25<00:00, 20.39s/epoch, d1=0.194, g=0.405]\n",
            "LSGAN: 100%|██| 13/13 [d1=0.194, g=0.405]\n",
        ),
        (
            "(80, 80, 3) uint8 → [-1.    -0.498  0.004  1.   ]\n",
            "(80, 80, 3) uint8 → [-1.    -0.498  0.004  1.   ]\n",
        ),
    ],
)
def test_settling_keeps_of_a_bar_its_last_state_without_the_time(text, kept):
    output = nbformat.v4.new_output("stream", text=text)
    outputs.normalise_output(output)
    assert output.text == kept


def _displayed(still):
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "5f1c"}}
    kept = {"text/html": f"<style>rules</style>{still}", "text/plain": "as text"}
    return [nbformat.v4.new_output("display_data", data) for data in (view, kept)]


def test_settling_puts_a_picture_in_place_of_controls():
    page = '<div class="facekit-still"><img alt="" src="data:image/png;base64,QUJD"></div>'
    cell = nbformat.v4.new_code_cell(outputs=_displayed(page))
    outputs.normalise_cell(cell)
    assert [output.data for output in cell.outputs] == [
        {"image/png": "QUJD", "text/plain": "as text"}
    ]


def test_settling_keeps_the_table_of_a_widget():
    page = '<div class="facekit-still"><table></table></div>'
    cell = nbformat.v4.new_code_cell(outputs=_displayed(page))
    outputs.normalise_cell(cell)
    assert [output.data for output in cell.outputs] == [
        {"text/html": page, "text/plain": "as text"}
    ]


def test_settling_makes_photographs_small_and_leaves_charts_sharp(portraits):
    sizes = {}
    for name, scale in (("photograph", 3), ("chart", 1)):
        buffer = io.BytesIO()
        Image.open(portraits.paths[0]).resize((178 * scale, 218 * scale)).save(buffer, "PNG")
        output = nbformat.v4.new_output(
            "display_data", {"image/png": base64.b64encode(buffer.getvalue()).decode()}
        )
        outputs.normalise_output(output)
        sizes[name] = {kind: len(data) for kind, data in output.data.items()}
    assert list(sizes["chart"]) == ["image/png"]
    assert (
        list(sizes["photograph"]) == ["image/jpeg"] and sizes["photograph"]["image/jpeg"] < 80_000
    )
