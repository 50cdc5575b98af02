"""As many photographs as CelebA has, and as many faces as the paper's run: memory stays where it was."""

import os

import benchmark
import numpy as np
import planning
import psutil
import pytest
from PIL import Image

from facekit.faces import faceset, npz

pytestmark = pytest.mark.slow


def _photographs(portraits, root, count):
    """Small photographs, a file each: thirty pictures under `count` names."""
    root.mkdir()
    for i, path in enumerate(portraits.paths[:30]):
        with Image.open(path) as picture:
            picture.resize((44, 54)).save(root.parent / f"{i}.jpg")
    for number in range(count):
        folder = root / f"{number // 1000:03d}"
        folder.mkdir(exist_ok=True)
        os.link(root.parent / f"{number % 30}.jpg", folder / f"{number:06d}.jpg")


def test_extraction_of_as_many_photographs_as_celeba_has(portraits, tmp_path):
    memory = {}
    for count in (planning.PHOTOGRAPHS // 10, planning.PHOTOGRAPHS):
        place = tmp_path / str(count)
        place.mkdir()
        _photographs(portraits, place / "photographs", count)
        memory[count] = benchmark.memory(
            "extract",
            "--source",
            "folder",
            "--root",
            place / "photographs",
            "--out",
            place / "faces.npz",
        )
        found = faceset.load(place / "faces.npz")
        assert len(found) + len(found.rejects) == count and len(found) > count / 10
        print(
            f"{count:,} photographs, {len(found):,} faces: {memory[count]:.0f} MB, {(place / 'faces.npz').stat().st_size / 1e6:,.0f} MB on disk"
        )
    few, many = memory.values()
    assert many < few + 300 and many < 1500, memory


def test_a_pass_over_as_many_faces_as_the_paper_has(tmp_path):
    count, image = (
        planning.FACES,
        np.random.default_rng(0).integers(0, 256, (1000, 80, 80, 3), np.uint8),
    )
    empty = dict.fromkeys(("reject_names", "reject_reasons"), np.array([], "U1"))
    small = dict(
        names=np.arange(count).astype(str),
        boxes=np.zeros((count, 4), "float32"),
        confidence=np.ones(count, "float32"),
        keypoints=np.zeros((count, 5, 2), "float32"),
    )
    npz.write(
        tmp_path / "faces.npz",
        (image for _ in range(count // 1000)),
        (count, 80, 80, 3),
        settings="",
        **small,
        **empty,
    )
    found, process = faceset.load(tmp_path / "faces.npz"), psutil.Process()
    before, most = None, 0
    for i, batch in enumerate(found.dataset(100)):
        held = process.memory_full_info().uss
        before = held if i == 50 else before
        most = max(most, held if i > 50 else 0)
        assert batch.shape == (100, 80, 80, 3)
    print(
        f"{count:,} faces, {i + 1} batches: {most / 1e6:.0f} MB, of them {(most - before) / 1e6:.0f} MB after the first fifty batches"
    )
    assert i + 1 == count // 100 and most - before < 100e6
