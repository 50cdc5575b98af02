"""MTCNN on photographs of any size, and the crop."""

import numpy as np
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import cascade, crops, detection


def overlap(one, other):
    """Intersection over union of two boxes."""
    return detection.overlap([one], [other])[0]


def the_packages_own(images):
    """What the package finds photograph by photograph: boxes (x, y, width, height), largest first."""
    from mtcnn import MTCNN

    detector = MTCNN()
    return [
        sorted(
            (face["box"] for face in detector.detect_faces(image)), key=lambda box: -box[2] * box[3]
        )
        for image in images
    ]


def agreement(images, **options):
    """Shares of photographs with the same verdict, and of found faces with an overlap of 0.9 or more."""
    ours, theirs = detection.detect(images, **options), the_packages_own(images)
    same = [len(table) > 0 for table in ours] == [len(boxes) > 0 for boxes in theirs]
    overlaps = [
        overlap(table.iloc[0, :4], boxes[0])
        for table, boxes in zip(ours, theirs)
        if len(table) and boxes
    ]
    return same, np.mean(np.array(overlaps) >= 0.9), overlaps


@pytest.mark.parametrize("large_first", [True, False])
def test_finds_what_the_package_finds_photo_by_photo(portraits, large_first):
    images = [images.read(path) for path in portraits.sample(32, seed=4).paths]
    same, share, overlaps = agreement(images, large_first=large_first)
    assert same and share >= 0.96 and min(overlaps) > 0.8


def test_finds_what_the_package_finds_in_real_photographs(celeba):
    same, share, _ = agreement([images.read(path) for path in celeba.sample(96, seed=2).paths])
    assert same and share >= 0.98


def test_sizes_may_be_mixed_and_company_does_not_matter(portraits):
    images = [images.read(path) for path in portraits.paths[:5]]
    wide = np.zeros((260, 500, 3), np.uint8)
    wide[20:238, 30:208] = images[0]
    together = detection.detect([wide, *images, np.zeros((10, 10, 3), np.uint8)])
    assert [len(table) for table in together] == [1, 1, 1, 1, 1, 1, 0]
    alone = detection.detect([images[2]])[0]
    assert np.allclose(
        together[3], alone, atol=0.5
    )  # the third portrait, after the wide scene and two others
    assert overlap(together[0].iloc[0, :4] - [30, 20, 0, 0], together[1].iloc[0, :4]) > 0.85


def test_several_faces_come_with_the_largest_first(portraits):
    one, two = (images.read(path) for path in portraits.paths[:2])
    small = np.asarray(Image.fromarray(two).resize((89, 109)))
    scene = np.full((218, 300, 3), 90, np.uint8)
    scene[60:169, 200:289], scene[:, :178] = small, one
    table = detection.detect([scene], large_first=False)[0]
    assert len(table) == 2
    assert table.width[0] > 1.5 * table.width[1] and table.x[0] < 178 < table.x[1]


def test_a_small_face_is_found_where_there_is_no_large_one(portraits):
    scene = np.full((600, 600, 3), 90, np.uint8)
    scene[200:418, 200:378] = images.read(portraits.paths[0])
    face = detection.detect([scene])[0].iloc[0]
    assert face.width < 600 / 7
    assert overlap(face[:4], detection.detect([scene], large_first=False)[0].iloc[0, :4]) > 0.9


def test_a_reduced_copy_answers_in_the_photographs_pixels(portraits, monkeypatch):
    image = images.read(portraits.paths[0])
    whole = detection.detect([image])[0].iloc[0]
    monkeypatch.setattr(detection, "_LARGEST", 150)
    reduced = detection.detect([image])[0].iloc[0]
    assert overlap(reduced[:4], whole[:4]) > 0.85
    assert reduced[5:].to_numpy() == pytest.approx(whole[5:].to_numpy(), abs=5)


def test_levels_never_fall_below_the_window():
    for height, width in ((218, 178), (20, 20), (400, 31), (1280, 960)):
        scales = cascade.levels(height, width)
        assert (
            scales[0] == 0.6
            and min(height, width) * scales[-1] >= 12 > min(height, width) * scales[-1] * 0.709
        )
    assert cascade.levels(19, 500) == []
    assert cascade.levels(218, 178, smallest=40) == cascade.levels(218, 178)[3:]
    assert cascade.levels(218, 178, smallest=200) == []


def test_suppression_by_hand():
    corners = np.array(
        [[0, 0, 10, 10], [1, 0, 11, 10], [40, 0, 50, 10], [0, 0, 10, 10], [2, 2, 6, 6]], np.float32
    )
    boxes = cascade.Boxes(
        np.array([0, 0, 0, 1, 1]),
        corners,
        np.array([0.7, 0.9, 0.6, 0.5, 0.8], np.float32),
        np.empty((5, 0)),
    )
    left = cascade._suppress(boxes, 0.5)
    assert left.photo.tolist() == [0, 0, 1, 1] and left.score == pytest.approx([0.9, 0.6, 0.8, 0.5])
    assert cascade._suppress(boxes, 0.5, within=True).score == pytest.approx(
        [0.9, 0.6, 0.8]
    )  # the small box lies in the large one


def test_stages_refuse_more_and_more(portraits):
    left = detection.stages(images.read(portraits.paths[0]))
    assert list(left) == ["P-Net", "R-Net", "O-Net"]
    assert len(left["P-Net"]) > len(left["R-Net"]) >= len(left["O-Net"]) == 1
    assert left["P-Net"].confidence.between(0.6, 1).all()


def test_crop_by_hand():
    image = np.zeros((10, 20, 3), np.uint8)
    image[2:6, 4:8] = 200
    assert (crops.crop(image, (4, 2, 4, 4), size=3) == 200).all()
    widened = crops.crop(
        image, (4, 2, 4, 4), size=8, margin=0.5
    )  # 4 pixels become 8, so each pixel stays one
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
    level = crops.crop(image, row, size=80, shape="aligned")[..., 0] > 150
    heights = [np.flatnonzero(half.any(axis=1)).mean() for half in (level[:, :40], level[:, 40:])]
    assert abs(heights[0] - heights[1]) < 1.5
    upright = crops.crop(image, row, size=80, shape="square")[..., 0] > 150
    assert (
        np.flatnonzero(upright[:, 40:].any(axis=1)).mean()
        - np.flatnonzero(upright[:, :40].any(axis=1)).mean()
        > 15
    )


def test_race_runs_all_ways(portraits):
    took = detection.race([images.read(path) for path in portraits.paths[:4]])
    assert (
        list(took.index) == ["package, one by one", "package, together", "facekit"]
        and (took > 0).all()
    )


def test_an_unknown_shape_is_refused():
    with pytest.raises(ValueError, match="choose stretched, square or aligned"):
        crops.crop(np.zeros((9, 9, 3), np.uint8), (0, 0, 5, 5), shape="round")
