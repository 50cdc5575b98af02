"""The digest of a figure's data changes with the data, and with nothing else."""

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from facekit.plots import digest


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
    return digest.digest(figure)


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
    assert len(digest.digest(plt.figure())) == 8
    plt.close()


def test_the_text_of_a_figure_in_a_notebook_tells_it():
    code = "import facekit as fk, pandas as pd\nax = fk.plots.bars(pd.Series({'a': 1.0, 'b': 2.0}), 'seconds')\nprint(fk.plots.digest.digest(ax.figure))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    NotebookClient(notebook, kernel_name="python3").execute()
    printed, drawn = notebook.cells[0].outputs
    assert (
        drawn.data["text/plain"]
        == f"<Figure size 600x130 with 1 Axes, data {printed.text.strip()}>"
    )
