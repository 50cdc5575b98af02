"""The crop, in three shapes."""

import numpy as np
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import crops


def test_crop_by_hand():
    image = np.zeros((10, 20, 3), np.uint8)
    image[2:6, 4:8] = 200
    assert (crops.crop(image, (4, 2, 4, 4), size=3) == 200).all()
    # With the margin 4 pixels become 8, so each pixel stays one.
    widened = crops.crop(image, (4, 2, 4, 4), size=8, margin=0.5)
    assert (widened[2:6, 2:6] == 200).all() and not widened[0].any()
    assert crops.crop(image, (-5, -5, 100, 100), size=5).shape == (5, 5, 3)


def test_square_crop_keeps_proportions_and_repeats_the_border():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:, 10:] = 200
    square = crops.crop(image, (8, 5, 4, 10), size=10, shape="square")
    assert (square[:, :5] == 0).all() and (square[:, 5:] == 200).all()
    assert (crops.crop(image, (15, 0, 10, 10), size=10, shape="square") == 200).all()


def test_aligned_crop_levels_the_eyes():
    image = np.full((100, 100, 3), 50, np.uint8)
    image[36:44, 26:34] = 250  # the left eye, 20 pixels higher than the right one
    image[56:64, 66:74] = 250
    row = [10, 10, 80, 80, 1.0, 30, 40, 70, 60]

    def eyes_apart(shape):
        bright = crops.crop(image, row, size=80, shape=shape)[..., 0] > 150
        left, right = (
            np.flatnonzero(half.any(axis=1)) for half in (bright[:, :40], bright[:, 40:])
        )
        return right.mean() - left.mean()

    assert abs(eyes_apart("aligned")) < 1.5 and eyes_apart("square") > 15


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="choose one of stretched, square, aligned"):
        crops.crop(np.zeros((9, 9, 3), np.uint8), (0, 0, 5, 5), shape="round")


def test_cut_out_takes_every_face_of_one_photograph(portraits):
    one, two = (images.read(path) for path in portraits.paths[:2])
    scene = np.full((218, 300, 3), 90, np.uint8)
    scene[60:169, 200:289] = Image.fromarray(two).resize((89, 109))
    scene[:, :178] = one
    faces, table = crops.cut_out(scene, size=40)
    assert faces.shape == (2, 40, 40, 3) and len(table) == 2
    assert np.array_equal(faces[1], crops.crop(scene, table.iloc[1], size=40))
    with pytest.raises(ValueError, match="no face was found in this picture of 60 × 30 pixels"):
        crops.cut_out(np.zeros((30, 60, 3), np.uint8))
