"""The portrait studio, which has an environment of its own: one small face, rendered for real."""

import csv
import json
import os
import subprocess

import numpy as np
import pytest
from PIL import Image

from facekit.core import paths
from facekit.faces import detection

STUDIO = paths.REPOSITORY / "data" / "portraits"


@pytest.fixture(scope="module")
def studio():
    python = os.environ.get("FACEKIT_STUDIO_PYTHON")
    if not python:
        pytest.skip("FACEKIT_STUDIO_PYTHON names no interpreter with Blender's module")
    return python


@pytest.fixture(scope="module")
def rendered(studio, tmp_path_factory):
    out = tmp_path_factory.mktemp("studio")
    command = [
        studio,
        "-m",
        "studio",
        "render",
        "17",
        "--photos",
        "1",
        "--scale",
        "0.75",
        "--samples",
        "4",
        "--out",
        str(out),
    ]
    subprocess.run(command, cwd=STUDIO, check=True, timeout=600)
    return out, command


def test_renders_one_face_where_it_says_it_is(rendered):
    out, _ = rendered
    image = Image.open(out / "photos" / "000161.jpg")
    assert image.size == (178, 218)
    truth = json.loads((out / "truth" / "000161.json").read_text())
    eyes = np.array([[truth[f"{side}eye_{axis}"] for axis in "xy"] for side in ("left", "right")])
    assert eyes == pytest.approx(np.array([[69, 110], [107, 110]]), abs=12)
    found = detection.detect([np.asarray(image.convert("RGB"))])[0]
    assert len(found) == 1
    seen = (
        found.loc[0, ["left_eye_x", "left_eye_y", "right_eye_x", "right_eye_y"]]
        .to_numpy(float)
        .reshape(2, 2)
    )
    assert np.linalg.norm(seen - eyes, axis=1).max() < 8


def test_table_has_celebas_columns(rendered):
    out, _ = rendered
    with open(out / "list_attr.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (
        row["image_id"] == "000161.jpg"
        and row["identity"] == "17"
        and row["partition"] in ("train", "validation", "test")
    )
    assert {row[name] for name in ("Male", "Smiling", "Eyeglasses", "Young")} <= {"1", "-1"}


def test_a_second_run_leaves_the_photograph_alone(rendered):
    out, command = rendered
    before = (out / "photos" / "000161.jpg").stat().st_mtime_ns
    subprocess.run(command, cwd=STUDIO, check=True, timeout=600)
    assert (out / "photos" / "000161.jpg").stat().st_mtime_ns == before


def test_a_person_who_is_not_there(studio, tmp_path):
    run = subprocess.run(
        [studio, "-m", "studio", "render", "241", "--out", str(tmp_path)],
        cwd=STUDIO,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2 and run.stderr.strip() == "person 241: the numbers go from 1 to 240"
