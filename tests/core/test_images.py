"""Pictures as arrays: one check, one loop over batches, sheets and the way back."""

import threading
import warnings

import numpy as np
import pytest
from PIL import Image

from facekit.core import images


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def test_float_and_back():
    levels = np.arange(256, dtype=np.uint8)
    assert images.to_float(levels).dtype == np.float32
    assert images.to_float([0, 255]).tolist() == [-1, 1]
    assert np.array_equal(images.to_uint8(images.to_float(levels)), levels)
    assert images.to_uint8([-7, 7]).tolist() == [0, 255]


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((0, 80, 80, 3), np.uint8),
        np.zeros((80, 80, 3), np.uint8),
        np.zeros((2, 80, 80), np.uint8),
        np.zeros((2, 64, 64, 3), np.uint8),
        np.zeros((2, 80, 80, 3), np.float32),
    ],
)
def test_what_is_no_face_is_refused(wrong):
    with pytest.raises(ValueError, match=r"one face or more of shape \(n, 80, 80, 3\)") as raised:
        images.check_faces(wrong)
    assert str(wrong.shape) in str(raised.value) and str(wrong.dtype) in str(raised.value)


def test_faces_are_handed_on():
    faces = noise(2, 80, 80, 3)
    assert images.check_faces(faces) is faces and images.check_faces(list(faces)).shape[0] == 2


def test_batches_are_put_together_again():
    rows, sizes = noise(600, 4), []

    def function(batch):
        sizes.append(len(batch))
        return batch * 2

    assert np.array_equal(images.in_batches(function, rows), rows * 2) and sizes == [256, 256, 88]
    doubled, sums = images.in_batches(lambda b: (b * 2, b.sum(axis=1)), rows, size=7)
    assert np.array_equal(doubled, rows * 2) and np.array_equal(sums, rows.sum(axis=1))
    with pytest.raises(ValueError, match="one image or latent point, or more, is needed"):
        images.in_batches(function, rows[:0])


def test_a_montage_and_its_first_row():
    faces = noise(11, 6, 6, 3)
    sheet = images.montage(faces)
    assert (
        sheet.shape == (14, 62, 3) and (sheet[6:8] == 255).all() and (sheet[8:, 22:] == 255).all()
    )
    assert np.array_equal(images.first_row(sheet), faces[:8])
    with pytest.raises(ValueError, match="8 images do not fit into 9 × 9 pixels"):
        images.first_row(noise(9, 9, 3))
    with pytest.raises(ValueError, match=r"images of shape \(0, 6, 6, 3\)"):
        images.montage(faces[:0])


def test_reading_changes_no_filter_of_warnings(tmp_path, recwarn):
    warnings.simplefilter("always")
    before = list(warnings.filters)
    Image.new("1", (12_000, 12_000)).save(tmp_path / "large.png")
    Image.new("RGB", (9, 9)).save(tmp_path / "small.png")

    def read():
        assert images.read(tmp_path / "small.png").shape == (9, 9, 3)
        with pytest.raises(OSError, match="too many pixels"):
            images.read(tmp_path / "large.png")

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read()
    assert list(warnings.filters) == before and not len(recwarn)


@pytest.mark.parametrize("error", [MemoryError, AttributeError, NameError])
def test_faults_of_the_program_are_no_damaged_picture(tmp_path, monkeypatch, error):
    Image.new("RGB", (9, 9)).save(tmp_path / "x.png")

    def fail(_):
        raise error("not the picture's fault")

    monkeypatch.setattr(images, "_in_colour", fail)
    with pytest.raises(error, match="not the picture's fault"):
        images.read(tmp_path / "x.png")
