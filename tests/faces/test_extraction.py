"""The table of faces, the npz, and what ends in it."""

import zipfile

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import crops, faceset, photos, shards
from facekit.faces import extraction as fk_faces


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
    assert np.array_equal(faces.images[3], crops.crop(image, faces.boxes[3]))


def test_npz_round_trip(faces, portraits, tmp_path):
    extracted = fk_faces.extract(portraits.sample(24, seed=0), tmp_path / "again.npz")
    for one in (extracted, faceset.load(tmp_path / "again.npz")):
        for name in ("images", "names", "boxes", "confidence", "keypoints"):
            assert np.array_equal(getattr(one, name), getattr(faces, name)), name
        pd.testing.assert_frame_equal(one.attributes, faces.attributes)
        pd.testing.assert_frame_equal(one.rejects, faces.rejects)


def test_images_are_stored_plain_and_mapped(faces, portraits, tmp_path):
    file = tmp_path / "faces.npz"
    two = fk_faces.extract(portraits.sample(2, seed=0), file)
    assert isinstance(two.images, np.memmap)
    with zipfile.ZipFile(file) as archive:
        kinds = {entry.filename: entry.compress_type for entry in archive.infolist()}
    assert kinds.pop("images.npy") == zipfile.ZIP_STORED
    assert set(kinds.values()) == {zipfile.ZIP_DEFLATED}
    assert np.array_equal(np.load(file)["images"], two.images)


def test_same_photos_and_settings_are_not_searched_again(portraits, tmp_path, monkeypatch):
    file = tmp_path / "faces.npz"
    fk_faces.extract(portraits.sample(2, seed=0), file)
    monkeypatch.setattr(
        shards, "detect", lambda *_, **__: pytest.fail("the detector was asked again")
    )
    assert len(fk_faces.extract(portraits.sample(2, seed=0), file)) == 2


def test_other_settings_are_searched_again(portraits, tmp_path):
    file = tmp_path / "faces.npz"
    fk_faces.extract(portraits.sample(2, seed=0), file)
    assert fk_faces.extract(portraits.sample(2, seed=0), file, size=64).images.shape[1:] == (
        64,
        64,
        3,
    )


def test_a_changed_photograph_is_searched_again(portraits, tmp_path):
    Image.open(portraits.paths[0]).save(tmp_path / "one.png")
    pictures = photos.load("folder", root=tmp_path)
    before = fk_faces.extract(pictures, tmp_path / "faces.npz").images.copy()
    Image.open(portraits.paths[1]).save(tmp_path / "one.png")
    assert not np.array_equal(before, fk_faces.extract(pictures, tmp_path / "faces.npz").images)


def test_a_file_of_somebody_else_is_not_replaced(portraits, tmp_path):
    np.savez(tmp_path / "mine.npz", thesis=np.arange(3))
    with pytest.raises(
        ValueError, match="mine.npz is there already and was not written by faces.extract"
    ):
        fk_faces.extract(portraits.sample(1), tmp_path / "mine.npz")
    assert np.load(tmp_path / "mine.npz")["thesis"].tolist() == [0, 1, 2]


def test_rejects_say_why(portraits, tmp_path):
    good = Image.open(portraits.paths[0])
    good.save(tmp_path / "a_face.png")
    Image.new("RGB", (178, 218), "grey").save(tmp_path / "b_wall.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "c_tiny.png")
    (tmp_path / "d_empty.jpg").write_bytes(b"")
    (tmp_path / "e_page.jpg").write_text("<html>")
    found = fk_faces.extract(photos.load("folder", root=tmp_path), tmp_path / "out" / "faces.npz")
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
    found = fk_faces.extract(photos.load("folder", root=tmp_path), tmp_path / "faces.npz")
    assert found.images.shape == (0, 80, 80, 3) and len(found.rejects) == 1
    with pytest.raises(ValueError, match="a batch of 2 from 0 faces"):
        found.dataset(2)


def test_to_float_and_back():
    levels = np.arange(256, dtype=np.uint8)
    assert images.to_float(levels).min() == -1 and images.to_float(levels).max() == 1
    assert np.array_equal(images.to_uint8(images.to_float(levels)), levels)
    assert images.to_uint8([-3.0, 3.0]).tolist() == [0, 255]


def test_dataset_is_scaled_shuffled_and_repeatable(faces):
    first = [batch.numpy() for batch in faces.dataset(8, seed=1)]
    assert [batch.shape for batch in first] == [(8, 80, 80, 3)] * (len(faces) // 8)
    assert first[0].dtype == np.float32 and -1 <= first[0].min() < first[0].max() <= 1
    assert np.array_equal(first[0], next(iter(faces.dataset(8, seed=1))))
    assert not np.array_equal(first[0], next(iter(faces.dataset(8, seed=2))))
    assert not np.array_equal(first[0], images.to_float(faces.images[:8]))


def test_every_epoch_has_an_order_of_its_own_that_does_not_depend_on_the_past(faces):
    whole = faces.dataset(8, seed=1)
    epochs = [[batch.numpy() for batch in whole] for _ in range(3)]
    assert not np.array_equal(epochs[0], epochs[1])
    assert np.array_equal(
        epochs[2], [batch.numpy() for batch in faces.dataset(8, seed=1, first_epoch=2)]
    )
    assert len(whole) == len(faces) // 8 == len(epochs[0])


def test_an_endless_dataset_has_the_same_epochs_one_after_the_other_at_every_pass(faces):
    whole, endless = (
        faces.dataset(7, seed=1, first_epoch=1),
        faces.dataset(7, seed=1, first_epoch=1, endless=True),
    )
    epochs = [batch.numpy() for _ in range(2) for batch in whole]
    assert len(epochs) == 2 * (len(faces) // 7)
    for _ in range(2):
        assert np.array_equal(epochs, [batch.numpy() for batch in endless.take(len(epochs))])


def test_split_keeps_people_apart(faces):
    people = faces.attributes["identity"] % 5  # as if every fifth portrait were of one person
    mixed = faceset.FaceSet(
        faces.images,
        faces.names,
        faces.boxes,
        faces.confidence,
        faces.keypoints,
        faces.attributes.assign(identity=people),
        faces.rejects,
    )
    train, test = mixed.split(share=0.6, seed=0)
    assert len(train) + len(test) == len(faces)
    assert set(train.attributes["identity"]).isdisjoint(test.attributes["identity"])
    assert train.attributes["identity"].nunique() == 3


def test_select_keeps_rows_together(faces):
    men = faces.select(Male=True)
    assert 0 < len(men) < len(faces) and men.attributes["Male"].all()
    assert np.array_equal(men.images[0], faces.images[list(faces.names).index(men.names[0])])


@pytest.mark.parametrize("change", [{"size": 0}, {"margin": -1}, {"batch_size": 0}])
def test_extract_refuses_impossible_settings(portraits, tmp_path, change):
    with pytest.raises(ValueError, match="size and batch_size start at 1"):
        fk_faces.extract(portraits.sample(1), tmp_path / "faces.npz", **change)


def test_load_says_what_is_wrong(faces, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file .*: make it with faces.extract"):
        faceset.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("not an archive")
    np.savez(tmp_path / "other.npz", images=np.zeros((2, 80, 80, 3), np.uint8))
    np.save(tmp_path / "single.npz.npy", np.zeros(3))
    (tmp_path / "single.npz.npy").rename(tmp_path / "single.npz")
    for name, message in (
        ("text.npz", "not an npz file"),
        ("single.npz", "not an npz file"),
        ("other.npz", "other.npz has no names, boxes"),
    ):
        with pytest.raises(ValueError, match=message):
            faceset.load(tmp_path / name)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 80, 80), np.uint8),
        np.zeros((2, 80, 80, 3), np.float32),
        np.zeros((5, 80, 80, 3), np.uint8),
    ],
)
def test_load_refuses_the_wrong_shape(portraits, tmp_path, images):
    good = fk_faces.extract(portraits.sample(2, seed=0), tmp_path / "good.npz")
    members = dict(np.load(tmp_path / "good.npz"))
    np.savez(tmp_path / "bad.npz", **(members | {"images": images}))
    assert len(good) == 2
    with pytest.raises(
        ValueError,
        match=r"bad.npz holds images of shape .*\(2, size, size, 3\) of uint8 is expected",
    ):
        faceset.load(tmp_path / "bad.npz")


def test_montage():
    sheet = images.montage(
        np.stack([np.full((4, 4, 3), value, np.uint8) for value in (10, 20, 30)]), columns=2, gap=1
    )
    assert sheet.shape == (9, 9, 3)
    assert (
        (sheet[:4, 5:9] == 20).all()
        and (sheet[5:, :4] == 30).all()
        and (sheet[5:, 5:] == 255).all()
    )
