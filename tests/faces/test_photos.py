"""Sources of photographs: CelebA's file formats, folders, and what can be wrong with them."""

import shutil
import warnings

import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import photos

HEADER = "5_o_Clock_Shadow Male Smiling "
ROWS = {"000001.jpg": "-1 -1  1", "000002.jpg": "-1  1 -1", "000003.jpg": " 1  1  1"}


def _picture(path, size=(30, 40), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size).save(path, **options)


@pytest.fixture
def celeba_root(tmp_path):
    """CelebA's official layout with three photographs."""
    for name in ROWS:
        _picture(tmp_path / "img_align_celeba" / name)
    rows = "\n".join(f"{name} {values}" for name, values in ROWS.items())
    (tmp_path / "list_attr_celeba.txt").write_text(f"3\n{HEADER}\n{rows}\n")
    (tmp_path / "list_eval_partition.txt").write_text("000001.jpg 0\n000002.jpg 1\n000003.jpg 2\n")
    (tmp_path / "identity_CelebA.txt").write_text("000001.jpg 12\n000002.jpg 7\n000003.jpg 12\n")
    return tmp_path


def test_celeba_official_text_files(celeba_root):
    found = photos.load("celeba", root=celeba_root)
    assert found.names == [f"img_align_celeba/{name}" for name in ROWS]
    assert found.attributes["Male"].tolist() == [False, True, True]
    assert found.attributes["5_o_Clock_Shadow"].tolist() == [False, False, True]
    assert found.attributes["identity"].tolist() == [12, 7, 12]
    assert found.attributes["partition"].tolist() == ["train", "validation", "test"]
    assert found.paths[0].is_file()


def test_celeba_as_mirrors_carry_it(celeba_root):
    for name in ("list_attr_celeba.txt", "list_eval_partition.txt", "identity_CelebA.txt"):
        (celeba_root / name).unlink()
    (celeba_root / "list_attr_celeba.csv").write_text(
        "image_id,Male,Smiling\n000001.jpg,-1,1\n000002.jpg,1,-1\n000003.jpg,1,1\n"
    )
    (celeba_root / "list_eval_partition.csv").write_text(
        "image_id,partition\n000001.jpg,0\n000002.jpg,0\n000003.jpg,2\n"
    )
    found = photos.load("celeba", root=celeba_root)
    assert found.attributes["Male"].tolist() == [False, True, True]
    assert found.attributes["partition"].tolist() == ["train", "train", "test"]
    assert "identity" not in found.attributes


def test_celeba_as_kaggle_unpacks_it(celeba_root):
    (celeba_root / "img_align_celeba").rename(celeba_root / "inner")
    (celeba_root / "img_align_celeba").mkdir()
    (celeba_root / "inner").rename(celeba_root / "img_align_celeba" / "img_align_celeba")
    found = photos.load("celeba", root=celeba_root)
    assert len(found) == 3 and all(path.is_file() for path in found.paths)


def test_select_and_sample(celeba_root):
    found = photos.load("celeba", root=celeba_root)
    assert found.select(Male=True, Smiling=True).names == ["img_align_celeba/000003.jpg"]
    assert len(found.select(partition="train")) == 1
    assert (
        len(found.sample(2, seed=1)) == 2
        and found.sample(2, seed=1).names == found.sample(2, seed=1).names
    )
    assert len(found.sample(99)) == 3
    with pytest.raises(ValueError, match="no attribute 'Hat'; they have 5_o_Clock_Shadow, Male"):
        found.select(Hat=True)


def test_rows_without_picture_and_pictures_without_row(celeba_root):
    (celeba_root / "img_align_celeba" / "000002.jpg").rename(
        celeba_root / "img_align_celeba" / "000009.jpg"
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = photos.load("celeba", root=celeba_root)
    assert found.names == ["img_align_celeba/000001.jpg", "img_align_celeba/000003.jpg"]
    assert [str(w.message) for w in caught] == [
        "1 listed photographs are missing from img_align_celeba (the first is 000002.jpg); they are left out",
        "1 pictures in img_align_celeba are not in the attribute list (the first is 000009.jpg); they are left out",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3\n",
        "<html>please log in</html>\n",
        "2\nMale Young\n000001.jpg yes no\n",
        "1\nMale\n000001.jpg 1 1\n",
    ],
)
def test_damaged_attribute_file(celeba_root, text):
    (celeba_root / "list_attr_celeba.txt").write_text(text)
    with pytest.raises(ValueError, match="list_attr_celeba.txt is not CelebA's list of that name"):
        photos.load("celeba", root=celeba_root)


def test_celeba_without_its_parts(tmp_path):
    with pytest.raises(
        FileNotFoundError, match="no img_align_celeba in .*: point root at the folder that holds"
    ):
        photos.load("celeba", root=tmp_path)
    (tmp_path / "img_align_celeba").mkdir()
    with pytest.raises(FileNotFoundError, match="no file .*list_attr_celeba.txt: fetch it from"):
        photos.load("celeba", root=tmp_path)


def test_folder_walks_subfolders(tmp_path):
    for name in ("b.png", "a/deep/x.JPG", "a/y.webp"):
        _picture(tmp_path / name)
    (tmp_path / "a" / "notes.txt").write_text("not a picture")
    found = photos.load("folder", root=tmp_path)
    assert found.names == ["a/deep/x.JPG", "a/y.webp", "b.png"]
    with pytest.raises(ValueError, match="no attribute 'Male'; they have no attributes at all"):
        found.select(Male=True)


def test_folder_that_is_not_there_or_empty(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder .*nowhere: point root at"):
        photos.load("folder", root=tmp_path / "nowhere")
    with pytest.raises(ValueError, match="no picture under"):
        photos.load("folder", root=tmp_path)
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(ValueError, match="no picture under"):
        photos.load("folder", root=tmp_path)


def test_sources_by_name_and_by_environment(tmp_path, monkeypatch):
    with pytest.raises(
        ValueError, match="unknown source 'imagenet': choose portraits, celeba or folder"
    ):
        photos.load("imagenet")
    with pytest.raises(ValueError, match="source 'celeba' needs a folder"):
        photos.load("celeba")
    _picture(tmp_path / "one.png")
    monkeypatch.setenv("FACEKIT_SOURCE", "folder")
    monkeypatch.setenv("FACEKIT_ROOT", str(tmp_path))
    assert photos.load().names == ["one.png"]


def test_portraits_are_balanced_and_labelled(portraits):
    people = portraits.attributes.groupby("identity").first()
    assert people["Male"].mean() == pytest.approx(0.5)
    assert set(people["partition"]) == {"train", "validation", "test"}
    assert (portraits.attributes.groupby("identity")["partition"].nunique() == 1).all()
    assert images.read(portraits.paths[0]).shape == (218, 178, 3)


def test_a_damaged_portrait_is_named(portraits, tmp_path):
    copy = shutil.copytree(portraits.root, tmp_path / "portraits")
    assert len(photos.load("portraits", root=copy)) == len(portraits)
    file = copy / portraits.names[4]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(
        ValueError,
        match=f"1 of the bundled portraits' files are damaged or missing \\(the first is {portraits.names[4]}\\): check portraits out again",
    ):
        photos.load("portraits", root=copy)
    file.unlink()
    with pytest.raises(ValueError, match=portraits.names[4]):
        photos.load("portraits", root=copy)


def test_real_celeba(celeba):
    assert celeba.paths[0].is_file()
    assert celeba.attributes["Male"].dtype == bool and len(celeba.select(Male=True)) < len(celeba)
    assert set(celeba.attributes["partition"]) <= {"train", "validation", "test"}
    assert celeba.attributes["identity"].nunique() < len(celeba)
