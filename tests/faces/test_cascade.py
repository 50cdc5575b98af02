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
    """Some three hundred boxes of many sizes in each of two photographs."""
    random = np.random.default_rng(0)
    start = random.uniform(0, 200, (600, 2))
    side = random.choice([20, 28, 40, 200], (600, 1), p=[0.5, 0.3, 0.19, 0.01])
    corners = np.concatenate([start, start + side * random.uniform(0.9, 1.1, (600, 2))], 1)
    return boxes_at(corners, random.random(600), random.integers(2, size=600))


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
@pytest.mark.parametrize("name, value", [("_CROWD", 1), ("_PAIRS", 200_000)])
def test_a_crowd_and_blocks_are_compared_as_a_few_are(crowd, monkeypatch, name, value, within):
    expected = cascade._suppress(crowd, 0.5, within)
    monkeypatch.setattr(cascade, name, value)
    found = cascade._suppress(crowd, 0.5, within)
    assert 100 < len(found.score) < 500
    for column in found._fields:
        assert np.array_equal(getattr(found, column), getattr(expected, column)), column


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
