"""CelebA's archive, and the things that get saved under its name."""

import zipfile

import pytest
from PIL import Image

from facekit.faces import celeba, photos


@pytest.fixture
def archive(tmp_path):
    """A small archive in the layout that Kaggle hands out: a folder in a folder, and lists as CSV."""
    Image.new("RGB", (178, 218)).save(tmp_path / "picture.jpg")
    file = tmp_path / "archive.zip"
    with zipfile.ZipFile(file, "w") as zipped:
        for number in (1, 2):
            zipped.write(
                tmp_path / "picture.jpg", f"img_align_celeba/img_align_celeba/{number:06d}.jpg"
            )
        zipped.writestr("list_attr_celeba.csv", "image_id,Male\n000001.jpg,1\n000002.jpg,-1\n")
        zipped.writestr("../../escaped.txt", "out")
        zipped.writestr("../000003.jpg", (tmp_path / "picture.jpg").read_bytes())
    return file


def test_unpacks_into_what_photos_load_reads(archive, tmp_path):
    states = dict(celeba.unpack(archive, tmp_path / "celeba").to_numpy())
    assert states["img_align_celeba"] == "3 of 202,599 photographs"
    assert states["list_attr_celeba.txt"] == "as a CSV, not compared"
    assert states["identity_CelebA.txt"].startswith("missing")
    with pytest.warns(
        UserWarning, match="1 pictures in img_align_celeba are not in the attribute list"
    ):
        assert photos.load("celeba", root=tmp_path / "celeba").attributes["Male"].tolist() == [
            True,
            False,
        ]


def test_nothing_is_written_outside(archive, tmp_path):
    celeba.unpack(archive, tmp_path / "deep" / "celeba")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "archive.zip",
        "deep",
        "picture.jpg",
    ]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["celeba"]


def test_a_second_call_repairs_and_leaves_the_rest(archive, tmp_path):
    root = tmp_path / "celeba"
    celeba.unpack(archive, root)
    first, second = (root / "img_align_celeba" / name for name in ("000001.jpg", "000002.jpg"))
    whole, before = first.read_bytes(), second.stat().st_mtime_ns
    first.write_bytes(whole[:50])
    celeba.unpack(archive, root)
    assert first.read_bytes() == whole and second.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content, message",
    [
        (
            b"\n<!DOCTYPE html><html><title>Google Drive - Quota exceeded</title>",
            "is a web page, not an archive: the server asked for a login",
        ),
        (b"", "is empty"),
        (
            b"Rar!\x1a\x07" + bytes(100),
            "is not CelebA's archive, or damaged .*: download img_align_celeba.zip again",
        ),
    ],
)
def test_what_is_no_archive_is_called_by_its_name(tmp_path, content, message):
    file = tmp_path / "img_align_celeba.zip"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        celeba.unpack(file, tmp_path / "celeba")
    assert not (tmp_path / "celeba").exists()


def test_an_archive_cut_short_or_damaged(archive, tmp_path):
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-40])
    with pytest.raises(ValueError, match="archive.zip is not CelebA's archive, or damaged"):
        celeba.unpack(archive, tmp_path / "celeba")
    archive.write_bytes(whole[:200] + bytes([whole[200] ^ 255]) + whole[201:])
    with pytest.raises(ValueError, match="archive.zip is not CelebA's archive, or damaged"):
        celeba.unpack(archive, tmp_path / "celeba")


def test_another_archive_and_no_archive(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as zipped:
        zipped.writestr("thesis.txt", "words")
    with pytest.raises(ValueError, match="other.zip is an archive of something else"):
        celeba.unpack(tmp_path / "other.zip", tmp_path)
    with pytest.raises(FileNotFoundError, match="there is no file"):
        celeba.unpack(tmp_path / "none.zip", tmp_path)


def test_published_lists_are_recognised(tmp_path, monkeypatch):
    monkeypatch.setitem(
        celeba.LISTS, "list_attr_celeba.txt", "900150983cd24fb0d6963f7d28e17f72"
    )  # of "abc"
    (tmp_path / "list_attr_celeba.txt").write_text("abc")
    (tmp_path / "identity_CelebA.txt").write_text("abd")
    states = dict(celeba.inspect(tmp_path).to_numpy())
    assert states["list_attr_celeba.txt"] == "as published"
    assert states["identity_CelebA.txt"] == "differs from the published list"
