"""The table of faces, the npz, and what ends in it."""

import os
import zipfile
from contextlib import ExitStack, contextmanager

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from facekit.core import images, writing
from facekit.faces import crops, detection, extraction, faceset, photos, shards


def test_extracts_the_portraits(faces, portraits):
    assert len(faces) + len(faces.rejects) == 24
    assert len(faces) >= 23
    assert faces.images.shape[1:] == (80, 80, 3) and faces.images.dtype == np.uint8
    assert set(faces.names) <= set(portraits.names)
    assert (faces.confidence > 0.8).all()
    assert list(faces.attributes.index) == list(faces.names)
    assert (
        faces.attributes["Male"].tolist() == portraits.attributes.loc[faces.names, "Male"].tolist()
    )


def test_face_lies_where_the_portrait_has_it(faces):
    """Portraits are framed with the eyes near (69, 110) and (107, 110)."""
    centres = faces.keypoints[:, :2].mean(axis=1)
    assert np.median(np.linalg.norm(centres - [88, 110], axis=1)) < 8
    x, y, width, height = faces.boxes.T
    assert (x <= faces.keypoints[:, :2, 0].min(axis=1)).all() and (
        y + height >= faces.keypoints[:, 3:, 1].max(axis=1)
    ).all()


def test_a_row_is_the_crop_of_its_own_photograph(faces, portraits):
    image = images.read(portraits.root / str(faces.names[3]))
    table = detection.detect([image])[0]
    assert np.array_equal(faces.images[3], crops.crop(image, table.iloc[0]))


def test_a_face_whose_keypoints_no_face_has_is_a_reject(portraits, tmp_path, monkeypatch):
    """Of a photograph's faces the largest that can be aligned is taken; a box alone needs no keypoints."""
    two = portraits.sample(2, seed=0)
    tables = detection.detect([images.read(path) for path in two.paths], large_first=False)
    mirrored = tables[0].assign(left_eye_x=tables[0].right_eye_x, right_eye_x=tables[0].left_eye_x)
    smaller = tables[1].assign(width=1.0)
    sick = tables[1].assign(nose_x=-500.0)
    tables = [mirrored, pd.concat([sick, smaller])]
    monkeypatch.setattr(shards, "detect", lambda *arguments, **options: tables)
    faces = extraction.extract(two, tmp_path / "aligned.npz", shape="aligned")
    assert faces.names.tolist() == [two.names[1]] and faces.boxes[0, 2] == 1
    assert faces.rejects.to_numpy().tolist() == [[two.names[0], "keypoints not plausible"]]
    assert len(extraction.extract(two, tmp_path / "paper.npz", shape="paper")) == 2


def test_npz_round_trip(faces, portraits, tmp_path):
    extracted = extraction.extract(portraits.sample(24, seed=0), tmp_path / "again.npz")
    for one in (extracted, faceset.load(tmp_path / "again.npz")):
        for name in ("images", "names", "boxes", "confidence", "keypoints"):
            assert np.array_equal(getattr(one, name), getattr(faces, name)), name
        pd.testing.assert_frame_equal(one.attributes, faces.attributes)
        pd.testing.assert_frame_equal(one.rejects, faces.rejects)


def test_images_are_stored_plain_and_mapped(faces, portraits, tmp_path):
    file = tmp_path / "faces.npz"
    two = extraction.extract(portraits.sample(2, seed=0), file)
    assert isinstance(two.images, np.memmap)
    with zipfile.ZipFile(file) as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert kinds.pop("images.npy") == zipfile.ZIP_STORED
    assert set(kinds.values()) == {zipfile.ZIP_DEFLATED}
    assert np.array_equal(np.load(file)["images"], two.images)


@pytest.fixture
def no_more_searching(monkeypatch):
    """To be called when everything is found."""

    def fail(*arguments, **options):
        pytest.fail("the detector was asked again")

    return lambda: monkeypatch.setattr(shards, "detect", fail)


def test_same_photos_and_settings_are_not_searched_again(portraits, tmp_path, no_more_searching):
    file = tmp_path / "faces.npz"
    extraction.extract(portraits.sample(2, seed=0), file)
    no_more_searching()
    assert len(extraction.extract(portraits.sample(2, seed=0), file)) == 2


def test_other_settings_are_searched_again(portraits, tmp_path):
    file = tmp_path / "faces.npz"
    extraction.extract(portraits.sample(2, seed=0), file)
    assert extraction.extract(portraits.sample(2, seed=0), file, size=64).images.shape[1:] == (
        64,
        64,
        3,
    )


def test_a_changed_photograph_is_searched_again(portraits, tmp_path):
    Image.open(portraits.paths[0]).save(tmp_path / "one.png")
    pictures = photos.load("folder", root=tmp_path)
    before = extraction.extract(pictures, tmp_path / "faces.npz").images.copy()
    Image.open(portraits.paths[1]).save(tmp_path / "one.png")
    assert not np.array_equal(before, extraction.extract(pictures, tmp_path / "faces.npz").images)


def test_a_photograph_replaced_by_one_of_the_same_size_in_bytes_is_searched_again(
    portraits, tmp_path
):
    content = [path.read_bytes() for path in portraits.paths[:2]]
    length = max(len(each) for each in content)
    photograph = tmp_path / "one.jpg"
    photograph.write_bytes(content[0].ljust(length, b"\0"))
    os.utime(photograph, ns=(10**18, 10**18))
    pictures = photos.load("folder", root=tmp_path)
    before = extraction.extract(pictures, tmp_path / "faces.npz").images.copy()
    photograph.write_bytes(content[1].ljust(length, b"\0"))
    after = extraction.extract(pictures, tmp_path / "faces.npz").images
    expected = crops.cut_out(images.read(photograph))[0]
    assert np.array_equal(after, expected) and not np.array_equal(after, before)


def test_a_margin_of_0_is_one_of_0_0(portraits, tmp_path, no_more_searching):
    extraction.extract(portraits.sample(2, seed=0), tmp_path / "faces.npz", margin=0)
    no_more_searching()
    assert len(extraction.extract(portraits.sample(2, seed=0), tmp_path / "faces.npz", margin=0.0))


def test_a_photograph_may_be_listed_twice(portraits, tmp_path, no_more_searching):
    few = portraits.sample(2, seed=0)
    table = pd.concat([few.attributes, few.attributes.iloc[:1]]).assign(place=[1, 2, 3])
    twice = photos.PhotoSet(few.root, table)
    first = extraction.extract(twice, tmp_path / "faces.npz")
    no_more_searching()
    for faces in (first, extraction.extract(twice, tmp_path / "faces.npz")):
        assert faces.names.tolist() == [*few.names, few.names[0]]
        assert faces.attributes["place"].tolist() == [1, 2, 3]
        assert np.array_equal(faces.images[0], faces.images[2])


def test_the_lock_is_not_deleted_under_the_next_one_who_holds_it(portraits, tmp_path, monkeypatch):
    parts, next_one = tmp_path / "faces.npz.parts", ExitStack()
    exclusive = writing.exclusive

    @contextmanager
    def and_then_the_next_one(folder, work):
        with exclusive(folder, work):
            yield
        next_one.enter_context(exclusive(folder, work))
        (parts / "its shard").write_text("whole")

    monkeypatch.setattr(writing, "exclusive", and_then_the_next_one)
    extraction.extract(portraits.sample(1), tmp_path / "faces.npz")
    with next_one:
        assert (parts / "its shard").read_text() == "whole"
        with pytest.raises(writing.Busy), exclusive(parts, "extraction"):
            pytest.fail("a third got the lock as well")


def test_what_another_one_has_made_meanwhile_is_not_made_again(
    portraits, tmp_path, monkeypatch, no_more_searching
):
    few, out, exclusive = portraits.sample(2, seed=0), tmp_path / "faces.npz", writing.exclusive

    @contextmanager
    def after_another_one(folder, work):
        monkeypatch.setattr(writing, "exclusive", exclusive)
        extraction.extract(few, out)
        no_more_searching()
        with exclusive(folder, work):
            yield

    monkeypatch.setattr(writing, "exclusive", after_another_one)
    assert len(extraction.extract(few, out)) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["faces.npz"]


def test_a_file_that_another_one_has_put_there_meanwhile_is_not_replaced(
    portraits, tmp_path, monkeypatch
):
    out, exclusive = tmp_path / "faces.npz", writing.exclusive

    @contextmanager
    def after_another_one(folder, work):
        np.savez(out, thesis=np.arange(3))
        with exclusive(folder, work):
            yield

    monkeypatch.setattr(writing, "exclusive", after_another_one)
    with pytest.raises(ValueError, match="was not written by faces.extract"):
        extraction.extract(portraits.sample(1), out)
    assert np.load(out)["thesis"].tolist() == [0, 1, 2]


def test_a_file_of_somebody_else_is_not_replaced(portraits, tmp_path):
    np.savez(tmp_path / "mine.npz", thesis=np.arange(3))
    with pytest.raises(
        ValueError, match="mine.npz is there already and was not written by faces.extract"
    ):
        extraction.extract(portraits.sample(1), tmp_path / "mine.npz")
    assert np.load(tmp_path / "mine.npz")["thesis"].tolist() == [0, 1, 2]


def test_rejects_say_why(portraits, tmp_path):
    good = Image.open(portraits.paths[0])
    good.save(tmp_path / "a_face.png")
    Image.new("RGB", (178, 218), "grey").save(tmp_path / "b_wall.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "c_tiny.png")
    (tmp_path / "d_empty.jpg").write_bytes(b"")
    (tmp_path / "e_page.jpg").write_text("<html>")
    found = extraction.extract(photos.load("folder", root=tmp_path), tmp_path / "out" / "faces.npz")
    assert found.names.tolist() == ["a_face.png"]
    assert found.rejects.to_dict("list") == {
        "name": ["b_wall.png", "c_tiny.png", "d_empty.jpg", "e_page.jpg"],
        "reason": [
            "no face found",
            "no face found",
            "unreadable: the file is empty",
            "unreadable: not a picture, or of an unknown format",
        ],
    }
    assert found.summary()["photographs"].to_dict() == {
        "face found": 1,
        "no face found": 2,
        "unreadable": 2,
    }


def test_folder_without_any_face(tmp_path):
    Image.new("RGB", (178, 218), "grey").save(tmp_path / "wall.png")
    found = extraction.extract(photos.load("folder", root=tmp_path), tmp_path / "faces.npz")
    assert found.images.shape == (0, 80, 80, 3) and len(found.rejects) == 1
    with pytest.raises(ValueError, match="a batch of 2 from 0 faces"):
        found.dataset(2)


@pytest.mark.parametrize("change", [{"size": 0}, {"margin": -1}, {"margin": float("nan")}])
def test_extract_refuses_impossible_settings(portraits, tmp_path, change):
    with pytest.raises(ValueError, match="size starts at 1, margin goes from 0 to 10"):
        extraction.extract(portraits.sample(1), tmp_path / "faces.npz", **change)
