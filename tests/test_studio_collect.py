"""The studio's last step, which needs no Blender: finished people become part of the data set."""

import hashlib
import json
import shutil
import sys

import pytest

from facekit.core import paths
from facekit.faces import photos

TRUTH = dict.fromkeys(
    ["face_x", "face_y", "face_w", "face_h"]
    + [
        f"{part}_{axis}"
        for part in ("lefteye", "righteye", "nose", "leftmouth", "rightmouth")
        for axis in "xy"
    ],
    50.0,
)


@pytest.fixture
def collect(monkeypatch):
    monkeypatch.syspath_prepend(str(paths.data() / "portraits"))
    from studio.collect import collect

    yield collect
    for name in [name for name in sys.modules if name.split(".")[0] == "studio"]:
        del sys.modules[name]


def rendered(out, portraits, number, count=10):
    """What the studio leaves of one person."""
    for folder in ("photos", "truth"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for photo in range(1, count + 1):
        name = f"{(number - 1) * 10 + photo:06d}"
        shutil.copy(portraits.paths[photo], out / "photos" / f"{name}.jpg")
        (out / "truth" / f"{name}.json").write_text(json.dumps(TRUTH))


def test_whole_people_are_added_and_the_others_stay(collect, portraits, tmp_path):
    data = tmp_path / "data"
    rendered(tmp_path / "first", portraits, 2)
    assert collect(tmp_path / "first", data) == 1
    rendered(tmp_path / "second", portraits, 7)
    rendered(tmp_path / "second", portraits, 8, count=9)
    assert collect(tmp_path / "second", data) == 1
    found = photos.load("portraits", root=data)
    assert sorted(set(found.attributes["identity"])) == [2, 7] and len(found) == 20
    assert (
        found.attributes["face_x"].tolist() == [50.0] * 20
        and found.attributes["Male"].tolist() == [True] * 10 + [False] * 10
    )
    sums = dict(
        reversed(line.split("  ")) for line in (data / "SHA256SUMS").read_text().splitlines()
    )
    assert (
        sums["photos/000061.jpg"]
        == hashlib.sha256((data / "photos" / "000061.jpg").read_bytes()).hexdigest()
    )


def test_half_a_person_is_not_taken(collect, portraits, tmp_path):
    rendered(tmp_path / "out", portraits, 3, count=4)
    with pytest.raises(ValueError, match="has all 10 photographs; render on"):
        collect(tmp_path / "out", tmp_path / "data")
    assert not (tmp_path / "data").exists()
