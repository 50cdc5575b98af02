"""Figures of photographs, faces and networks: what they draw, not how many pixels."""

import numpy as np
import pytest
from PIL import Image

from facekit.analysis import history, paper
from facekit.core import images
from facekit.faces import detection
from facekit.plots import pictures


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


def test_photos_without_boxes(portraits):
    assert not pictures.photos(portraits.sample(2, seed=0))[0].patches


def test_faces_are_laid_out_in_rows():
    ax = pictures.faces(np.zeros((5, 80, 80, 3), np.uint8), columns=3, title="five")
    assert ax.get_images()[0].get_array().shape == (162, 244, 3)
    assert ax.get_title(loc="left") == "five"


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
    for wrong in (
        np.zeros((2, 8, 8, 3), "float32"),
        np.zeros((8, 8, 3), np.uint8),
        np.zeros((0, 8, 8, 3), np.uint8),
    ):
        with pytest.raises(ValueError, match="uint8, are expected"):
            pictures.faces(wrong)


def test_growth_without_pictures():
    with pytest.raises(ValueError, match="no sheets of faces"):
        pictures.growth(history.LossHistory(paper.TABLE_2))


def test_numbered_faces_have_their_titles():
    faces = np.zeros((3, 8, 8, 3), np.uint8)
    titles = [ax.get_title() for ax in pictures.numbered(faces, columns=2)]
    assert titles == ["1", "2", "3", ""]
    assert pictures.numbered(faces, titles=["a", "b", "c"])[2].get_title() == "3 · c"
