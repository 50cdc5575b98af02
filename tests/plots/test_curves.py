"""Figures of losses: what they draw, not how many pixels."""

import pandas as pd
import pytest
from PIL import Image

from facekit.analysis import history, paper
from facekit.plots import curves


def test_loss_tables_share_their_axes():
    run = history.LossHistory(paper.TABLE_2)
    other = history.LossHistory(2 * paper.TABLE_2)
    axes = curves.loss_tables([run, other], ["the paper", "twice"])
    assert [ax.get_title() for ax in axes] == ["the paper", "twice"]
    assert axes[0].get_ylim() == axes[1].get_ylim()
    assert axes[1].get_lines()[2].get_ydata()[0] == pytest.approx(2.11)


def test_losses_and_faces_of_an_epoch(tmp_path):
    table = pd.DataFrame(
        {"d1": [0.1, 0.3, 0.2], "d2": 0.3, "g": 0.5}, index=pd.Index([1, 2, 3], name="epoch")
    )
    (tmp_path / "sheets").mkdir()
    Image.new("RGB", (654, 326), (255, 0, 0)).save(tmp_path / "sheets" / "epoch_0002.png")
    runs = {"kept": history.LossHistory(table, folder=tmp_path), "bare": history.LossHistory(table)}
    chart, kept, bare = curves.losses_and_faces(runs, ["d1"], epoch=3, smoothing=2)
    assert chart.get_lines()[0].get_ydata().tolist() == pytest.approx([0.1, 0.2, 0.25])
    assert chart.get_lines()[2].get_xdata()[0] == 3  # the mark
    assert kept.get_title("left") == "kept, epoch 2" and kept.images[0].get_array().shape[:2] == (
        80,
        654,
    )
    assert bare.get_title("left") == "bare: no faces were kept" and not bare.images
    assert curves.losses_and_faces(runs, log=True)[0].get_yscale() == "log"


def test_the_bound_is_drawn_over_iterations():
    runs = {
        "a": history.LossHistory(paper.TABLE_2, {"iterations_an_epoch": 5}),
        "b": history.LossHistory(2 * paper.TABLE_2, {"iterations_an_epoch": 10}),
    }
    ax = curves.bound(runs)
    one, other = ax.get_lines()
    assert one.get_xdata()[-1] == 100 and other.get_xdata()[-1] == 200
    assert one.get_ydata()[0] == pytest.approx(0.033**0.5 + 1.055**0.5)
    assert ax.get_xlabel() == "iterations"
    runs["unknown"] = history.LossHistory(paper.TABLE_2)
    ax = curves.bound(runs)  # one of them does not say its iterations
    assert ax.get_xlabel() == "epoch" and {line.get_xdata()[-1] for line in ax.get_lines()} == {20}
