"""Figures of the classifier: what they draw, not how many pixels."""

import numpy as np
import pandas as pd
import pytest

from facekit.core import figures
from facekit.plots import classification


def test_heat_is_per_cent_by_training_and_test_set():
    names = ["trained_on", "tested_on"]
    index = pd.MultiIndex.from_product([["a", "b"], ["x", "y", "z"]], names=names)
    table = pd.DataFrame({"balanced": [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]}, index=index)
    ax = classification.heat(table)
    assert [text.get_text() for text in ax.texts] == ["50", "60", "70", "80", "90", "100"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]


def test_reliability_is_drawn_in_per_cent():
    columns = {
        "predicted": [0.1, 0.9],
        "observed": [0.2, 0.8],
        "low": [0.1, 0.7],
        "high": [0.3, 0.9],
    }
    table = pd.DataFrame(columns | {"faces": [4, 100]})
    ax = classification.reliability({"one": table})
    marks = ax.collections[1]
    assert marks.get_offsets().tolist() == [[10, 20], [90, 80]]
    assert marks.get_sizes().tolist() == [14, 38]


def test_saliencies_end_with_the_mean():
    images = np.stack([np.zeros((4, 4, 3)), np.full((4, 4, 3), 100)]).astype(np.uint8)
    axes = classification.saliencies(images, np.ones((2, 4, 4)), shown=1)
    assert axes.shape == (2, 2) and axes[0, 1].get_title() == "mean of 2"
    assert axes[0, 1].images[0].get_array()[0, 0, 0] == pytest.approx(50 / 255)


def test_distances_are_shares_of_each_kind():
    first, second = classification.distances({"near": [0, 0, 1], "far": [4, 4]}).patches
    assert first.get_data().values.sum() == second.get_data().values.sum() == 1
    assert first.get_data().edges[-1] == 4


def test_a_board_has_a_column_a_face_and_breaks_after_four():
    verdicts = {"label": ["fake", "real"] * 3, "fake_percentage": [99.95, 3] * 3, "distance": 1}
    table, images = pd.DataFrame(verdicts), np.zeros((6, 8, 8, 3), np.uint8)
    axes = classification.board(images, table, images, ["real"] * 6)
    assert axes.shape == (4, 4) and axes[0, 0].get_title() == "fake ✗\n100.0 % fake"
    assert axes[0, 0].title.get_color() == figures.RED and axes[0, 1].title.get_color() == "black"
    assert (
        axes[1, 1].get_xlabel() == "distance 1.0" and axes[2, 1].get_title() == "real\n3.0 % fake"
    )
    assert axes[2, 1].get_visible() and not axes[2, 2].get_visible()
