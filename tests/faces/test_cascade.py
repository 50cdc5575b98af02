"""The three networks' windows, and which of them are dropped."""

import numpy as np
import pytest

from facekit.core import images
from facekit.faces import cascade


def boxes_at(corners, score, photo=None):
    count = len(score)
    photo = np.zeros(count, int) if photo is None else np.array(photo)
    corners, score = np.array(corners, np.float32), np.array(score, np.float32)
    return cascade.Boxes(photo, corners, score, np.empty((count, 0), np.float32))


@pytest.fixture
def crowd():
    """Three thousand boxes of many sizes in each of two photographs, most beside a few others."""
    random = np.random.default_rng(0)
    start = random.uniform(0, 600, (6000, 2))
    side = random.choice([20, 28, 40, 200], (6000, 1), p=[0.5, 0.3, 0.19, 0.01])
    corners = np.concatenate([start, start + side * random.uniform(0.9, 1.1, (6000, 2))], 1)
    return boxes_at(corners, random.random(6000), random.integers(2, size=6000))


def test_levels_never_fall_below_the_window():
    for height, width in ((218, 178), (20, 20), (400, 31), (1280, 960)):
        scales = cascade.levels(height, width)
        assert scales[0] == 0.6
        assert min(height, width) * scales[-1] >= 12 > min(height, width) * scales[-1] * 0.709
    assert cascade.levels(19, 500) == []
    assert cascade.levels(218, 178, smallest=40) == cascade.levels(218, 178)[3:]
    assert cascade.levels(218, 178, smallest=200) == []


def test_suppression_by_hand():
    corners = [[0, 0, 10, 10], [1, 0, 11, 10], [40, 0, 50, 10], [0, 0, 10, 10], [2, 2, 6, 6]]
    boxes = boxes_at(corners, [0.7, 0.9, 0.6, 0.5, 0.8], photo=[0, 0, 0, 1, 1])
    left = cascade._suppress(boxes, 0.5)
    assert left.photo.tolist() == [0, 0, 1, 1]
    assert left.score == pytest.approx([0.9, 0.6, 0.8, 0.5])
    # The small box lies in the large one.
    assert cascade._suppress(boxes, 0.5, within=True).score == pytest.approx([0.9, 0.6, 0.8])


@pytest.mark.parametrize("within", [False, True])
def test_a_crowd_is_compared_as_a_few_are(crowd, monkeypatch, within):
    left = cascade._suppress(crowd, 0.5, within)
    monkeypatch.setattr(cascade, "_CROWD", 10_000)
    as_a_few = cascade._suppress(crowd, 0.5, within)
    assert 500 < len(left.score) < 5500
    for name in left._fields:
        assert np.array_equal(getattr(left, name), getattr(as_a_few, name)), name


def test_blocks_of_comparisons_change_nothing(crowd, monkeypatch):
    expected = cascade._suppress(crowd, 0.5)
    photo = np.random.default_rng(0).integers(100, size=6000)
    monkeypatch.setattr(cascade, "_CROWD", 10_000)
    many = cascade._suppress(crowd._replace(photo=photo), 0.5)
    monkeypatch.setattr(cascade, "_PAIRS", 1)
    assert np.array_equal(cascade._suppress(crowd, 0.5).corners, expected.corners)
    again = cascade._suppress(crowd._replace(photo=photo), 0.5)
    assert np.array_equal(again.corners, many.corners)


def test_more_windows_than_can_be_looked_at_are_told(crowd, monkeypatch):
    monkeypatch.setattr(cascade, "_MOST", 100)
    with pytest.warns(UserWarning, match="more than 100 windows that may be faces"):
        left = cascade._suppress(crowd, 0.5)
    likeliest = np.sort(crowd.score[crowd.photo == 0])[-100]
    assert (left.score[left.photo == 0] >= likeliest).all() and len(np.unique(left.photo)) == 2


def test_bands_and_batches_give_what_the_whole_picture_gives(portraits, monkeypatch):
    photographs = np.stack([images.read(path) for path in portraits.paths[:2]])

    def faces():
        proposed, pixels = cascade.propose(photographs)
        return proposed, cascade.output(cascade.refine(proposed, pixels), pixels)

    proposed, found = faces()
    monkeypatch.setattr(cascade, "_BAND", 2000)
    monkeypatch.setattr(cascade, "_RNET_BATCH", 32)
    proposed_in_bands, found_in_batches = faces()
    assert proposed_in_bands.corners == pytest.approx(proposed.corners, abs=1e-3)
    assert found_in_batches.corners == pytest.approx(found.corners, abs=0.01)
    assert found_in_batches.points == pytest.approx(found.points, abs=0.01)
