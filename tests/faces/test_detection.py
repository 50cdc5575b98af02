"""MTCNN on photographs of any size."""

import numpy as np
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import detection


def read(portraits):
    return [images.read(path) for path in portraits.paths]


def overlap(one, other):
    """Intersection over union of two boxes."""
    return detection.overlap([one], [other])[0]


def agreement(photographs, **options):
    """Compare with the package, photograph by photograph.

    Return whether the same have a face, and the overlap of the largest faces.
    """
    from mtcnn import MTCNN

    detector, same, overlaps = MTCNN(), True, []
    for table, image in zip(detection.detect(photographs, **options), photographs):
        theirs = [face["box"] for face in detector.detect_faces(image)]
        same &= bool(len(table)) == bool(theirs)
        if len(table) and theirs:
            largest = max(theirs, key=lambda box: box[2] * box[3])
            overlaps.append(overlap(table.iloc[0, :4], largest))
    return same, np.array(overlaps)


@pytest.mark.parametrize("large_first", [True, False])
def test_finds_what_the_package_finds_photo_by_photo(portraits, large_first):
    same, overlaps = agreement(read(portraits.sample(32, seed=4)), large_first=large_first)
    assert same and (overlaps >= 0.9).mean() >= 0.96 and overlaps.min() > 0.8


def test_finds_what_the_package_finds_in_real_photographs(celeba):
    same, overlaps = agreement(read(celeba.sample(96, seed=2)))
    assert same and (overlaps >= 0.9).mean() >= 0.98


def test_sizes_may_be_mixed_and_company_does_not_matter(portraits):
    few = read(portraits.named(portraits.names[:5]))
    wide = np.zeros((260, 500, 3), np.uint8)
    wide[20:238, 30:208] = few[0]
    together = detection.detect([wide, *few, np.zeros((10, 10, 3), np.uint8)])
    assert [len(table) for table in together] == [1, 1, 1, 1, 1, 1, 0]
    alone = detection.detect([few[2]])[0]
    assert np.allclose(together[3], alone, atol=0.5)  # after the wide scene and two others
    assert overlap(together[0].iloc[0, :4] - [30, 20, 0, 0], together[1].iloc[0, :4]) > 0.85


@pytest.mark.parametrize("size", [(10, 10), (1, 5000), (10, 3000), (7000, 700)])
def test_grey_walls_of_any_size_have_no_face(size):
    assert detection.detect([np.full((*size, 3), 128, np.uint8)])[0].empty


def test_several_faces_come_with_the_largest_first(portraits):
    one, two = read(portraits.named(portraits.names[:2]))
    scene = np.full((218, 300, 3), 90, np.uint8)
    scene[60:169, 200:289] = Image.fromarray(two).resize((89, 109))
    scene[:, :178] = one
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


def test_of_very_many_faces_the_likeliest_are_kept(portraits, monkeypatch):
    scene = np.concatenate(read(portraits.named(portraits.names[:3])), axis=1)
    every = detection.detect([scene], large_first=False)[0]
    assert len(every) == 3
    monkeypatch.setattr(detection, "MOST", 2)
    with pytest.warns(UserWarning, match="a photograph has 3 faces: the likeliest 2 are kept"):
        kept = detection.detect([scene], large_first=False)[0]
    assert sorted(kept.confidence) == sorted(every.confidence)[1:]


def test_stages_refuse_more_and_more(portraits):
    left = detection.stages(images.read(portraits.paths[0]))
    assert list(left) == ["P-Net", "R-Net", "O-Net"]
    assert len(left["P-Net"]) > len(left["R-Net"]) >= len(left["O-Net"]) == 1
    assert left["P-Net"].confidence.between(0.6, 1).all()


def test_overlap_by_hand():
    boxes, others = (
        [[0, 0, 10, 10]] * 4,
        [[0, 0, 10, 10], [5, 0, 10, 10], [10, 0, 5, 5], [4, 4, 2, 2]],
    )
    assert detection.overlap(boxes, others) == pytest.approx([1, 50 / 150, 0, 4 / 100])
