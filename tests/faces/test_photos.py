"""Sources of photographs: CelebA's file formats, folders, and what can be wrong with them."""

import shutil
import warnings

import numpy as np
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import detection, photos

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
    with pytest.raises(
        FileNotFoundError, match="no list_attr_celeba.txt or list_attr_celeba.csv in"
    ):
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


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_read_makes_any_mode_rgb(tmp_path, mode):
    suffix = "jpg" if mode == "CMYK" else "png"
    _picture(tmp_path / f"x.{suffix}", (30, 40), mode)
    image = images.read(tmp_path / f"x.{suffix}")
    assert image.shape == (40, 30, 3) and image.dtype == np.uint8


def test_read_turns_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90° to see it upright
    _picture(tmp_path / "x.jpg", (30, 40), exif=exif)
    assert images.read(tmp_path / "x.jpg").shape == (30, 40, 3)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_sixteen_bits_a_pixel_keep_their_upper_eight(tmp_path, suffix):
    levels = np.repeat(np.linspace(0, 65535, 40), 30).reshape(40, 30).astype(np.uint16)
    Image.fromarray(levels).save(tmp_path / f"x.{suffix}")
    image = images.read(tmp_path / f"x.{suffix}")
    assert image.shape == (40, 30, 3) and np.abs(image[..., 0] - levels / 257).max() <= 1


def test_numbers_between_0_and_1_are_levels_too(tmp_path):
    Image.fromarray(np.linspace(0, 1, 1200, dtype=np.float32).reshape(40, 30)).save(
        tmp_path / "x.tiff"
    )
    image = images.read(tmp_path / "x.tiff")
    assert image[0, 0, 0] == 0 and image[-1, -1, 0] == 255


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_transparent_picture_lies_on_white_paper(tmp_path, mode):
    picture = Image.new("RGBA", (30, 40), (200, 0, 0, 0))
    picture.paste((0, 0, 90, 255), (0, 0, 15, 40))
    (picture.quantize() if mode == "P" else picture.convert(mode)).save(tmp_path / "x.png")
    image = images.read(tmp_path / "x.png")
    assert (image[:, 16:] == 255).all() and image[:, :14].max() <= 95


def test_of_an_animation_the_first_picture_is_read(tmp_path):
    first, second = Image.new("RGB", (30, 40), "red"), Image.new("RGB", (30, 40), "blue")
    for suffix in ("gif", "webp"):
        first.save(tmp_path / f"x.{suffix}", save_all=True, append_images=[second], duration=100)
        colour = images.read(tmp_path / f"x.{suffix}")[20, 15]
        assert colour[0] > 200 and colour[2] < 60


def test_cmyk_keeps_its_colours(tmp_path):
    Image.new("RGB", (30, 40), (200, 40, 40)).convert("CMYK").save(tmp_path / "x.jpg", quality=95)
    assert np.abs(images.read(tmp_path / "x.jpg")[20, 15].astype(int) - [200, 40, 40]).max() < 12


@pytest.mark.parametrize(
    "orientation, corner",
    [
        (1, (0, 0)),
        (2, (0, -1)),
        (3, (-1, -1)),
        (4, (-1, 0)),
        (5, (0, 0)),
        (6, (0, -1)),
        (7, (-1, -1)),
        (8, (-1, 0)),
    ],
)
def test_every_exif_orientation(tmp_path, orientation, corner):
    picture = Image.new("RGB", (30, 40), "black")
    picture.paste("white", (0, 0, 10, 10))  # the upper left as the camera stored it
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture.save(tmp_path / "x.png", exif=exif)
    image = images.read(tmp_path / "x.png")
    assert image.shape == ((40, 30, 3) if orientation < 5 else (30, 40, 3))
    assert image[corner].min() == 255 and image.mean() < 60


@pytest.mark.parametrize("size", [(10, 10), (1, 5000), (10, 3000), (10_000, 700)])
def test_any_size_from_10_to_10_000_pixels(tmp_path, size):
    Image.new("RGB", size, "grey").save(tmp_path / "x.jpg")
    image = images.read(tmp_path / "x.jpg")
    assert image.shape == (size[1], size[0], 3)
    assert len(detection.detect([image])[0]) == 0


def test_read_says_what_is_wrong(tmp_path):
    _picture(tmp_path / "whole.jpg", (300, 400))
    cases = {
        "empty.jpg": (b"", "the file is empty"),
        "page.jpg": (b"<html>log in</html>", "not a picture"),
        "short.jpg": ((tmp_path / "whole.jpg").read_bytes()[:600], "damaged"),
    }
    for name, (content, message) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(OSError, match=message):
            images.read(tmp_path / name)
    with pytest.raises(OSError, match="the file is gone"):
        images.read(tmp_path / "gone.jpg")


def test_real_celeba(celeba):
    assert celeba.paths[0].is_file()
    assert celeba.attributes["Male"].dtype == bool and len(celeba.select(Male=True)) < len(celeba)
    assert set(celeba.attributes["partition"]) <= {"train", "validation", "test"}
    assert celeba.attributes["identity"].nunique() < len(celeba)
