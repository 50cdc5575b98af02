"""The table, by setting its controls and reading what it shows."""

import base64

import pandas as pd
import pytest

from facekit.widgets import ResultTable


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
    assert view.shown["run"].tolist() == ["wide", "a<b", "small"]
    assert view.view.value.count("<b>") == 1 and "<b>0.5</b>" in view.view.value
    view.containing.value = "SMALL"
    assert view.shown["run"].tolist() == ["small"]
    assert view.csv == "run,distance,images\nsmall,0.125,20\n"
    assert "\\caption{Designs}" in view.latex and "small & 0.125" in view.latex
    assert base64.b64decode(view.links.value.split("base64,")[1].split('"')[0]).decode() == view.csv


def test_result_table_has_a_form_for_places_without_widgets():
    table = pd.DataFrame({"right": [9, 10]}, index=pd.Index(["jpeg", "blur"], name="after"))
    bundle = ResultTable(table)._bundle()
    assert bundle["text/plain"].split() == ["after", "right", "jpeg", "9", "blur", "10"]
    assert "<table>" in bundle["text/html"] and "text-align: right" in bundle["text/html"]


def test_result_table_keeps_the_names_of_its_rows():
    table = pd.DataFrame({"accuracy": [0.9, 0.8]}, index=["real", "fake"])
    assert ResultTable(table).csv == "index,accuracy\nreal,0.9\nfake,0.8\n"
    assert ResultTable(table.reset_index(drop=True)).csv == "accuracy\n0.9\n0.8\n"


@pytest.mark.parametrize("table", [pd.DataFrame(), pd.DataFrame({"accuracy": []})])
def test_an_empty_table_says_so(table):
    view = ResultTable(table)
    view.best.value = "lowest"
    assert view.view.value == view._still()[0] == "The table is empty."


def test_a_text_that_no_row_has_is_named():
    view = ResultTable(pd.DataFrame({"run": ["wide"]}))
    view.containing.value = "<no>"
    assert view.shown.empty and view.view.value == "No row contains &#x27;&lt;no&gt;&#x27;."
