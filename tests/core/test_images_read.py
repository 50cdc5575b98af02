"""Reading a picture: any mode, orientation, size and format, or a sentence on what is wrong."""

import io

import numpy as np
import pytest
from PIL import Image

from facekit.core import images


def _picture(path, size=(30, 40), mode="RGB", **options):
    Image.new(mode, size).save(path, **options)


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


def test_read_says_what_is_wrong(tmp_path):
    _picture(tmp_path / "whole.jpg", (300, 400))
    cases = {
        "empty.jpg": (b"", "the file is empty"),
        "page.jpg": (b"<html>log in</html>", "not a picture"),
        "phone.heic": (b"\0\0\0\x18ftypheic\0\0", "HEIC, as telephones make it: save it as JPEG"),
        "short.jpg": ((tmp_path / "whole.jpg").read_bytes()[:600], "damaged"),
    }
    for name, (content, message) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(OSError, match=message):
            images.read(tmp_path / name)
        with pytest.raises(OSError, match=message):
            images.read(io.BytesIO(content))
    with pytest.raises(OSError, match="the file is gone"):
        images.read(tmp_path / "gone.jpg")


@pytest.mark.parametrize("suffix, side", [("webp", 6400), ("jp2", 6400), ("png", 7300)])
def test_a_picture_that_would_take_more_than_1_gb_is_refused(tmp_path, suffix, side):
    file = tmp_path / f"large.{suffix}"
    Image.new("L", (side, side)).save(file)
    with pytest.raises(OSError, match="too many pixels to open safely"):
        images.read(file)
