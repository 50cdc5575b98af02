"""The crop, in three shapes."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from facekit.core import images
from facekit.faces import crops


def test_the_papers_crop_by_hand():
    image = np.zeros((10, 20, 3), np.uint8)
    image[2:6, 4:8] = 200
    assert (crops.crop(image, (4, 2, 4, 4), size=3, shape="paper") == 200).all()
    # With the margin 4 pixels become 8, so each pixel stays one.
    widened = crops.crop(image, (4, 2, 4, 4), size=8, margin=0.5, shape="paper")
    assert (widened[2:6, 2:6] == 200).all() and not widened[0].any()
    assert crops.crop(image, (-5, -5, 100, 100), size=5, shape="paper").shape == (5, 5, 3)


def test_square_crop_keeps_proportions_and_repeats_the_border():
    image = np.zeros((20, 20, 3), np.uint8)
    image[:, 10:] = 200
    square = crops.crop(image, (8, 5, 4, 10), size=10, shape="square")
    assert (square[:, :5] == 0).all() and (square[:, 5:] == 200).all()
    assert (crops.crop(image, (15, 0, 10, 10), size=10, shape="square") == 200).all()


def moved(turn, scale, shift):
    """Return a face's row, with the template's points turned by degrees, scaled and shifted."""
    points = scale * np.exp(1j * np.radians(turn)) * (crops.TEMPLATE @ [1, 1j]) + shift
    side = 60 * scale
    return np.concatenate(
        [[0, 0, side, side, 1], np.column_stack([points.real, points.imag]).ravel()]
    )


def test_the_similarity_that_made_the_points_is_found():
    row = moved(33, 1.7, 5 - 9j)
    a, b = crops.similarity(crops.TEMPLATE, row[5:].reshape(5, 2))
    assert np.isclose(a, 1.7 * np.exp(1j * np.radians(33))) and np.isclose(b, 5 - 9j)
    # Of noisy points it is the one of least squares: no other is closer.
    noisy = row[5:].reshape(5, 2) + np.random.default_rng(0).normal(size=(5, 2))

    def missed(a, b):
        return (abs(a * (crops.TEMPLATE @ [1, 1j]) + b - noisy @ [1, 1j]) ** 2).sum()

    a, b = crops.similarity(crops.TEMPLATE, noisy)
    others = [(a + da, b + db) for da in (0, 0.01, 0.01j) for db in (0, 0.1, 0.1j)][1:]
    assert missed(a, b) < min(missed(*other) for other in others)


@pytest.mark.parametrize("scale", [0.7, 1, 1.6, 5, 40])
@pytest.mark.parametrize("turn", [0, -20, 70])
def test_an_aligned_crop_has_the_template_at_the_templates_pixels(scale, turn):
    """Each keypoint is painted as a disc of its own grey, and found again where it belongs."""
    row = moved(turn, scale, (60 + 90j) * scale)
    points = row[5:].reshape(5, 2)
    side = round(200 * scale)
    picture = Image.new("RGB", (side, side), (20, 20, 20))
    for grey, (x, y) in zip((100, 130, 160, 190, 220), points):
        radius = 4 * scale
        ImageDraw.Draw(picture).ellipse(
            (x - radius, y - radius, x + radius, y + radius), (grey,) * 3
        )
    aligned = crops.crop(np.asarray(picture), row, shape="aligned")
    for grey, (x, y) in zip((100, 130, 160, 190, 220), crops.TEMPLATE):
        assert abs(aligned[int(y), int(x)].astype(int) - grey).max() < 8
    nose = np.argwhere(aligned[40:54, 34:47, 0] > 80) + [40, 34] + 0.5  # the middles of its pixels
    assert np.linalg.norm(nose.mean(axis=0) - crops.TEMPLATE[2][::-1]) < 0.7


def test_an_aligned_crop_of_twice_the_width_shows_the_other_in_its_middle():
    image = np.random.default_rng(0).integers(0, 255, (9, 9, 3), np.uint8)
    image = np.asarray(Image.fromarray(image).resize((240, 240), Image.Resampling.BICUBIC))
    row = moved(10, 1.5, 60 + 60j)
    middle = crops.crop(image, row, size=160, margin=0.5, shape="aligned")[40:120, 40:120]
    assert abs(middle.astype(int) - crops.crop(image, row, shape="aligned")).max() <= 1


def test_beyond_the_photograph_an_aligned_crop_repeats_its_border():
    image = np.zeros((40, 40, 3), np.uint8)
    image[:, 20:] = 200
    aligned = crops.crop(image, moved(0, 1, -20 - 20j), shape="aligned")
    assert (aligned[:, :38] == 0).all() and (aligned[:, 42:] == 200).all()


def test_a_large_face_is_reduced_without_skipping_pixels():
    """A chequered photograph becomes grey; samples of single pixels would stay black and white."""
    image = np.indices((2000, 2000)).sum(axis=0) % 2 * 255
    image = np.repeat(image[..., None], 3, axis=2).astype(np.uint8)
    aligned = crops.crop(image, moved(0, 20, 100 + 100j), shape="aligned").astype(int)
    assert abs(aligned - 127).max() <= 2


@pytest.mark.parametrize("change", ["mirrored", "swapped", "collapsed", "far apart", "not numbers"])
def test_keypoints_that_no_face_has_are_not_plausible(change):
    row = moved(15, 2, 30 + 30j)
    points = row[5:].reshape(5, 2).copy()
    assert crops.plausible(row[None])[0]
    if change == "mirrored":
        points[:, 0] = points[:, 0].max() - points[:, 0]
    elif change == "swapped":
        points = points[[1, 0, 2, 3, 4]]
    else:
        points *= {"collapsed": 0, "far apart": 4, "not numbers": np.nan}[change]
    row[5:] = points.ravel()
    assert not crops.plausible(row[None])[0]
    with pytest.raises(ValueError, match="with plausible keypoints; with shape='square' or"):
        crops.crop(np.zeros((99, 99, 3), np.uint8), row, shape="aligned")


def test_an_aligned_crop_of_a_box_alone_is_refused():
    with pytest.raises(ValueError, match="needs a row of detect's table"):
        crops.crop(np.zeros((9, 9, 3), np.uint8), (0, 0, 5, 5), shape="aligned")


def test_profiles_are_plausible():
    """All keypoints near one line: a face seen from the side."""
    row = moved(0, 1, 0)
    points = crops.TEMPLATE.copy()
    points[:, 0] = 40 + 0.1 * (points[:, 0] - 40)
    row[5:] = points.ravel()
    assert crops.plausible(row[None])[0]


def test_the_first_editions_word_is_accepted_and_others_are_refused():
    image = np.random.default_rng(0).integers(0, 255, (20, 20, 3), np.uint8)
    with pytest.warns(FutureWarning, match="'stretched' is called shape='paper' now"):
        old = crops.crop(image, (2, 2, 9, 12), shape="stretched")
    assert np.array_equal(old, crops.crop(image, (2, 2, 9, 12), shape="paper"))
    with pytest.raises(ValueError, match="choose one of aligned, square, paper"):
        crops.crop(image, (0, 0, 5, 5), shape="round")


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
