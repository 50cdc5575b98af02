"""Figures: what they draw, not how many pixels."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from facekit.analysis import history, paper
from facekit.core import images
from facekit.faces import detection
from facekit.gan import networks
from facekit.plots import charts, classification, curves, pictures, style


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_photos_with_boxes_and_points(portraits):
    three = portraits.sample(3, seed=0)
    found = detection.detect([images.read(path) for path in three.paths])
    axes = pictures.photos(three, found)
    box = axes[0].patches[0]
    assert [box.get_x(), box.get_y(), box.get_width(), box.get_height()] == found[0].iloc[
        0, :4
    ].tolist()
    assert len(axes[0].get_lines()) == 5
    assert axes[0].get_title() == f"confidence {found[0].confidence[0]:.3f}"


def test_stages_draw_every_window(portraits):
    image = images.read(portraits.paths[0])
    left = detection.stages(image)
    axes = pictures.stages(image, left)
    assert [len(ax.patches) for ax in axes] == [len(boxes) for boxes in left.values()]
    assert axes[2].get_title() == "O-Net: 1 window"


def test_bars_have_their_numbers():
    ax = charts.bars(pd.Series({"slow": 65.2, "fast": 3.14159}), "ms")
    assert [bar.get_width() for bar in ax.patches] == [65.2, 3.14159]
    assert [text.get_text() for text in ax.texts] == ["65.2", "3.14"]


def test_overlaps_mark_the_median():
    ax = charts.overlaps([0.7, 0.8, 0.95])
    assert sum(bar.get_height() for bar in ax.patches) == 3
    assert ax.get_lines()[0].get_xdata()[0] == 0.8


def test_balance_draws_both_groups():
    table = pd.DataFrame(
        {
            "Male": [True, True, False, False],
            "Smiling": [True, False, True, True],
            "identity": [1, 2, 3, 4],
        }
    )
    women, men = charts.balance(table, names=("women", "men")).get_lines()
    assert (women.get_xdata()[0], men.get_xdata()[0]) == (1.0, 0.5) and list(women.get_ydata()) == [
        "Smiling"
    ]


def test_photos_without_boxes(portraits):
    assert not pictures.photos(portraits.sample(2, seed=0))[0].patches


def test_faces_are_laid_out_in_rows():
    ax = pictures.faces(np.zeros((5, 80, 80, 3), np.uint8), columns=3, title="five")
    assert ax.get_images()[0].get_array().shape == (162, 244, 3)
    assert ax.get_title(loc="left") == "five"


@pytest.mark.parametrize(
    "architecture, blocks",
    [
        ("compact", "5×5\n×256 10×10\n×128 20×20\n×64 40×40\n×32 80×80\n×3"),
        ("paper", "5×5\n×128 10×10\n×128 20×20\n×128 40×40\n×128 80×80\n×128 80×80\n×3"),
    ],
)
def test_networks_draw_every_size_once(architecture, blocks):
    axes = pictures.networks(
        networks.build_generator(30, architecture), networks.build_discriminator(architecture)
    )
    written = [[text.get_text() for text in ax.texts if text.get_text()] for ax in axes]
    assert " ".join(text for text in written[0] if "×" in text) == blocks
    assert " ".join(text for text in written[1][::-1] if "×" in text) == blocks
    assert "30 numbers" in written[0] and "1 number" in written[1]


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


def test_rows_have_labels_and_their_faces():
    images = np.random.default_rng(0).integers(0, 255, (2, 3, 8, 8, 3)).astype(np.uint8)
    axes = pictures.rows(images, ["above", "below"])
    assert [ax.get_ylabel() for ax in axes] == ["above", "below"]
    assert np.array_equal(axes[1].images[0].get_array()[:, 20:28], images[1, 2])


def test_growth_takes_first_and_last(tmp_path):
    (tmp_path / "sheets").mkdir()
    for epoch in range(1, 11):
        Image.new("RGB", (654, 326), (epoch, 0, 0)).save(
            tmp_path / "sheets" / f"epoch_{epoch:04d}.png"
        )
    axes = pictures.growth(history.LossHistory(paper.TABLE_2, folder=tmp_path), epochs=3)
    assert [ax.get_ylabel() for ax in axes] == ["epoch 1", "epoch 3", "epoch 10"]
    assert axes[1].get_images()[0].get_array().shape == (80, 654, 3)
    assert axes[1].get_images()[0].get_array()[0, 0, 0] == 3


def test_growth_takes_the_nearest_that_were_kept(tmp_path):
    (tmp_path / "sheets").mkdir()
    for epoch in (1, 5, 10, 20, 30, 100):
        Image.new("RGB", (654, 326)).save(tmp_path / "sheets" / f"epoch_{epoch:04d}.png")
    kept = history.LossHistory(paper.TABLE_2, folder=tmp_path)
    assert [ax.get_ylabel() for ax in pictures.growth(kept)] == [
        f"epoch {epoch}" for epoch in (1, 5, 10, 20, 30, 100)
    ]
    assert [ax.get_ylabel() for ax in pictures.growth(kept, epochs=3)] == [
        "epoch 1",
        "epoch 10",
        "epoch 100",
    ]


def test_faces_that_are_no_bytes_are_not_drawn():
    for images in (
        np.zeros((2, 8, 8, 3), "float32"),
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((0, 8, 8, 3), np.uint8),
    ):
        with pytest.raises(ValueError, match="uint8, are expected"):
            pictures.faces(images)


def test_growth_without_pictures():
    with pytest.raises(ValueError, match="no sheets of faces"):
        pictures.growth(history.LossHistory(paper.TABLE_2))


def test_verdicts_mark_what_is_wrong():
    table = pd.DataFrame({"label": ["fake", "real"], "confidence": [0.99, 0.75]})
    axes = classification.verdicts(np.zeros((2, 80, 80, 3), np.uint8), ["fake", "fake"], table)
    assert axes[0].get_title() == "fake → fake\n0.9900" and axes[0].title.get_color() == "black"
    assert axes[1].get_title() == "fake → real ✗\n0.7500" and axes[1].title.get_color() == style.RED


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


def test_slopes_of_the_three_generator_losses():
    squares, usual, minimax = curves.generator_slopes().get_lines()
    assert squares.get_ydata()[np.argmin(np.abs(squares.get_xdata() - 1))] == pytest.approx(
        0, abs=0.05
    )
    assert usual.get_ydata()[0] > 0.99 > 0.01 > minimax.get_ydata()[0]


def test_quality_has_a_panel_a_loss():
    table = pd.DataFrame(
        {
            "run": ["a", "a", "b"],
            "epoch": [1, 2, 1],
            "d1": [0.1, 0.2, 0.0],
            "g": 0.5,
            "kernel_distance": [3.0, 2.0, 1.0],
        }
    )
    axes = curves.quality(table, ("d1", "g"))
    assert [ax.get_xlabel() for ax in axes] == ["d1", "g"]
    assert axes[0].get_lines()[0].get_ydata().tolist() == [3.0, 2.0]
    assert axes[0].get_lines()[1].get_ydata().tolist() == [2.0]  # the last epoch, large
    assert axes[0].get_lines()[2].get_xdata()[0] == 1e-3  # a loss of 0 is still drawn
