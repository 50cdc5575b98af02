"""One photograph with very many faces: nearly all are found, in little memory and time."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from facekit.faces import detection, extraction, faceset, photos

DETECT = """import json, resource, sys, time
from facekit.core import images
from facekit.faces import detection
image = images.read(sys.argv[1])
table = detection.detect([image], large_first=False)[0]
boxes = table[["x", "y", "width", "height"]].to_numpy().tolist()
"""
EXTRACT = """import json, resource, sys, time
from facekit.faces import extraction, photos
chosen = photos.load("folder", root=sys.argv[1])
boxes = extraction.extract(chosen, sys.argv[2], choose="all").boxes.tolist()
"""
# ru_maxrss would count the process that this one was started from.
MEASURED = """usage = resource.getrusage(resource.RUSAGE_SELF)
status = open("/proc/self/status", encoding="utf-8").read()
megabytes = int(status.split("VmHWM:")[1].split()[0]) / 1024
print("\\n" + json.dumps([boxes, megabytes, usage.ru_utime + usage.ru_stime]))"""


def measured(code, *arguments):
    """Run code in a process of its own; return its boxes, its MB at most and its CPU seconds."""
    command = [sys.executable, "-c", code + MEASURED, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    boxes, megabytes, seconds = json.loads(done.stdout.splitlines()[-1])
    print(f"{len(boxes)} faces, {megabytes:.0f} MB, {seconds:.0f} s of one core")
    return np.array(boxes), megabytes, seconds


def paste(portraits, columns, rows, size, file):
    """Save a sheet of portraits, each `size` pixels wide and high."""
    sheet = Image.new("RGB", (columns * size[0], rows * size[1]))
    pictures = []
    for path in portraits.paths[: columns * rows]:
        with Image.open(path) as picture:
            pictures.append(picture.resize(size))
    for place in range(columns * rows):
        row, column = divmod(place, columns)
        sheet.paste(pictures[place % len(pictures)], (column * size[0], row * size[1]))
    sheet.save(file, quality=92)


def found_portraits(boxes, size):
    """Count the portraits of a sheet in which the middle of a box lies."""
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    return len(np.unique(middles // size, axis=0))


def test_a_crowd_of_nine_hundred(portraits, tmp_path):
    paste(portraits, 30, 30, (60, 73), tmp_path / "crowd.jpg")
    boxes, megabytes, _ = measured(DETECT, tmp_path / "crowd.jpg")
    assert found_portraits(boxes, (60, 73)) >= 0.95 * 900 and len(boxes) < 1.02 * 900
    assert megabytes < 1200


def test_a_crowd_is_told_of_more_faces_than_are_kept(portraits, tmp_path, monkeypatch, capsys):
    paste(portraits, 3, 1, (178, 218), tmp_path / "three.png")
    chosen = photos.load("folder", root=tmp_path)
    monkeypatch.setattr(detection, "MOST", 2)
    monkeypatch.setattr(extraction, "MOST", 2)
    with pytest.warns(UserWarning, match="3 faces: the likeliest 2 are kept"):
        found = extraction.extract(chosen, tmp_path / "faces.npz", choose="all")
    assert len(found) == 2
    assert "three.png has more than 2 faces: the likeliest 2 are kept" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize(
    "columns, size", [(75, (92, 112)), (36, (96, 100)), (100, (60, 73))], ids=str
)
def test_a_crowd_of_five_thousand(portraits, tmp_path, columns, size):
    (tmp_path / "photographs").mkdir()
    rows = -(-5000 // columns)
    paste(portraits, columns, rows, size, tmp_path / "photographs" / "crowd.jpg")
    boxes, megabytes, seconds = measured(EXTRACT, tmp_path / "photographs", tmp_path / "faces.npz")
    found = faceset.load(tmp_path / "faces.npz")
    assert len(found) == len(boxes) and found.images.shape[1:] == (80, 80, 3)
    assert found_portraits(boxes, size) >= 0.95 * columns * rows
    assert megabytes < 1500 and seconds < 120  # 60 seconds of two cores
