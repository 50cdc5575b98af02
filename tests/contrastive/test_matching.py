"""The nearest real faces, and the fake percentage."""

import numpy as np
import pandas as pd
import pytest

from facekit.contrastive import classifier, matching
from facekit.faces.faceset import FaceSet


class _Grey:
    """An encoder that gives the mean of each colour."""

    def embed(self, images):
        return images.mean(axis=(1, 2)).astype("float32")


def _set(values, identity=None):
    values = np.asarray(values)
    images = values[:, None, None, None].astype(np.uint8) * np.ones((1, 80, 80, 3), np.uint8)
    attributes = pd.DataFrame(
        {} if identity is None else {"identity": identity},
        index=[f"{value}.jpg" for value in values],
    )
    empty = pd.DataFrame({"name": [], "reason": []})
    return FaceSet(
        images,
        np.array([f"{value}.jpg" for value in values]),
        np.zeros((len(values), 4)),
        np.ones(len(values)),
        np.zeros((len(values), 5, 2)),
        attributes,
        empty,
    )


def test_the_nearest_come_first():
    table = matching.nearest_real(_set([100, 10]).images, _set([0, 90, 105, 200]), _Grey(), count=2)
    assert table.loc[0, "name"].tolist() == ["105.jpg", "90.jpg"]
    assert table.loc[1, "name"].tolist() == ["0.jpg", "90.jpg"]
    assert table.loc[(0, 1), "row"] == 2
    assert table.loc[(0, 1), "distance"] == pytest.approx(
        5 * 3**0.5, rel=1e-4
    )  # 5 in each of three colours


def test_no_more_neighbours_than_there_are():
    assert len(matching.nearest_real(_set([1]).images, _set([0, 5]), _Grey(), count=9)) == 2
    with pytest.raises(ValueError, match="no real face to compare with"):
        matching.nearest_real(_set([1]).images, _set([0]).take([]), _Grey())


def test_points_at_hand_are_used():
    known = _set([0, 90])
    table = matching.nearest_real(
        _set([100]).images, known, _Grey(), 1, points=_Grey().embed(known.images)[::-1]
    )
    assert table["row"].tolist() == [0]  # the rows were exchanged, so the wrong one is the nearest


def test_many_faces_are_found_in_pieces():
    values = np.arange(200)
    table = matching.nearest_real(_set(np.tile(values, 2)).images, _set(values), _Grey(), count=1)
    assert table["row"].tolist() == np.tile(values, 2).tolist()
    assert table.index.get_level_values("face").tolist() == list(range(400))


def test_pairs_of_one_person_and_of_two():
    same, different = matching.pair_distances(_set([0, 1, 100, 102], [7, 7, 8, 8]), _Grey())
    assert sorted(same / 3**0.5) == pytest.approx([1, 2], rel=1e-3)
    assert sorted(different / 3**0.5) == pytest.approx([99, 100, 101, 102], rel=1e-3)
    with pytest.raises(ValueError, match="the column identity is needed"):
        matching.pair_distances(_set([0, 1]), _Grey())
    with pytest.raises(ValueError, match="two photographs of one person"):
        matching.pair_distances(_set([0, 1], [1, 2]), _Grey())


def test_pairs_of_many_faces_are_those_of_some_people(monkeypatch):
    monkeypatch.setattr(matching, "MOST_COMPARED", 40)
    looked_at = []
    grey = _Grey()
    grey.embed = lambda images: looked_at.append(len(images)) or _Grey.embed(grey, images)
    faces = _set(np.arange(100), [*np.repeat(np.arange(9), 10), *[None] * 10])
    same, different = matching.pair_distances(faces, grey)
    assert looked_at == [40] and len(same) == 4 * 45 and len(different) == 40 * 39 // 2 - 180
    assert (same / 3**0.5 < 9.5).all()


class _Encoder:
    def __call__(self, images, training):
        return np.asarray(images)[:, 40, 40, :1]


def test_report_puts_all_together():
    judge = classifier.RealFakeClassifier(_Encoder(), [4.0], 0.0)  # bright is real
    table = matching.report(
        _set([250, 5]).images,
        judge,
        _set([0, 200]),
        _Grey(),
        strangers=np.array([1.0, 10.0, 80.0, 90.0]),
    )
    assert table["label"].tolist() == ["real", "fake"]
    assert table["fake_percentage"].tolist() == pytest.approx(
        [100 * (1 - table.confidence[0]), 100 * table.confidence[1]]
    )
    assert table["nearest"].tolist() == ["200.jpg", "0.jpg"] and table["row"].tolist() == [1, 0]
    assert table["nearer_than_strangers"].tolist() == [25.0, 75.0]  # 86.6 away; 8.7 away
    assert matching.fake_percentage(_set([250]).images, judge)[0] < 5
