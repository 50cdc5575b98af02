"""Figures of the kit: their digest changes with the data, and with nothing else."""

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from facekit.core import figures


def _figure(
    y=(1.0, 2.0, 4.0),
    bars=(3, 1),
    marks=((0.0, 1.0), (2.0, 5.0)),
    image=None,
    title="a chart",
    colour="C0",
    dpi=100,
):
    figure, (left, right) = plt.subplots(1, 2, dpi=dpi)
    left.plot([1, 2, 3], y, color=colour, label="a line")
    left.bar(["one", "two"], bars, color=colour)
    left.scatter(*np.transpose(marks))
    left.set_title(title)
    left.legend()
    right.imshow(np.arange(48, dtype=np.uint8).reshape(4, 4, 3) if image is None else image)
    plt.close(figure)
    return figures.digest(figure)


def test_colours_and_resolution_do_not_count():
    assert _figure() == _figure(colour="black", dpi=30)


def test_last_digits_do_not_count():
    assert _figure(y=(1.0, 2.0, 4.0)) == _figure(y=(1.0 + 1e-7, 2.0 - 1e-7, 4.0))


@pytest.mark.parametrize(
    "change",
    [
        {"y": (1.0, 2.0, 4.01)},
        {"y": (2.0, 1.0, 4.0)},
        {"y": (1.0, 2.0, np.nan)},
        {"bars": (3, 2)},
        {"marks": ((0.0, 1.0), (2.0, 5.1))},
        {"title": "another"},
        {"image": np.zeros((4, 4, 3), np.uint8)},
        {"image": np.arange(48, dtype=np.uint8)[::-1].reshape(4, 4, 3)},
        {"image": np.arange(48, dtype=np.uint8).reshape(2, 8, 3)},
    ],
)
def test_data_and_words_count(change):
    assert _figure(**change) != _figure()


def test_a_figure_without_anything_has_a_digest():
    assert len(figures.digest(plt.figure())) == 8
    plt.close()


def test_a_figure_of_the_kit_tells_its_digest_to_a_notebook_and_no_other_figure_does():
    cells = [
        "import facekit as fk, matplotlib.pyplot as plt\n"
        "ax = fk.plots.overlaps([0.7, 0.8, 0.95])\n"
        "print(fk.core.figures.digest(ax.figure))",
        "ax = plt.figure(figsize=(6, 4)).subplots()",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    printed, drawn = notebook.cells[0].outputs
    data = printed.text.strip()
    assert drawn.data["text/plain"] == f"<Figure size 600x260 with 1 Axes, data {data}>"
    assert notebook.cells[1].outputs[0].data["text/plain"] == "<Figure size 600x400 with 1 Axes>"


def test_new_axes_are_of_a_figure_of_the_kit():
    ax = figures.new_axes(3, 2)
    assert isinstance(ax.figure, figures.Figure) and [*ax.figure.get_size_inches()] == [3, 2]
    grid = figures.new_grid(2, 3, 4, 5)
    assert grid.shape == (2, 3) and [*grid[0, 0].figure.get_size_inches()] == [4, 5]
    plt.close("all")


def test_frames_are_opened_or_hidden():
    ax = figures.new_axes(3, 2)
    assert [name for name, spine in ax.spines.items() if spine.get_visible()] == ["left", "bottom"]
    figures.hide_frame(ax)
    assert not any(spine.get_visible() for spine in ax.spines.values()) and not len(ax.get_xticks())
    plt.close("all")
