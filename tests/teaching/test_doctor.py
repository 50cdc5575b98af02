"""What `doctor` finds."""

import os
import re
import shutil
import subprocess
import sys

from facekit.core import backend, paths
from facekit.teaching import doctor


def test_doctor_is_content_here(capsys):
    assert doctor.doctor() == []
    told = capsys.readouterr().out
    assert re.search(r"^tensorflow 2\.\d+\.\d+$", told, re.MULTILINE)
    assert "Keras runs on tensorflow; devices: CPU:0" in told and "✓ all is well" in told


def test_doctor_gives_advice(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_PROFILE", "slow")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    monkeypatch.setattr(doctor, "_pins", lambda: {"tensorflow": "1.15.0", "no-such-package": "1.0"})
    advice = doctor.doctor()
    assert [line.split()[0] for line in advice] == [
        "tensorflow",
        "no-such-package",
        "no",
        "no",
        "no",
        "no",
        "there",
        "FACEKIT_PROFILE",
    ]
    assert advice[0].endswith("not 1.15.0: pip install -r requirements.txt")
    told = capsys.readouterr().out
    assert told.count("✗") == 8 and "4 networks: 4 missing or damaged" in told


def test_doctor_finds_what_is_damaged(capsys, monkeypatch, tmp_path):
    shutil.copytree(paths.data() / "models", tmp_path / "models")
    shutil.copytree(paths.data() / "portraits", tmp_path / "portraits")
    (tmp_path / "models" / "portraits" / "portraits.npz").write_bytes(b"cut short")
    (tmp_path / "models" / "portraits" / "portraits-descriptor.npz").unlink()
    (tmp_path / "portraits" / "photos" / "000007.jpg").write_bytes(b"")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    advice = doctor.doctor()
    assert (
        len(advice) == 3
        and "portraits.npz is missing or damaged" in advice[0]
        and "portraits-descriptor.npz is missing or damaged" in advice[1]
    )
    assert (
        "000007.jpg" in advice[2]
        and "the portraits: 1 missing or damaged" in capsys.readouterr().out
    )


def test_doctor_names_a_gpu_that_is_not_used(capsys, monkeypatch):
    monkeypatch.setattr(backend, "unused_gpu", lambda: "TensorFlow does not use GPU 0")
    assert doctor.doctor() == ["TensorFlow does not use GPU 0."]
    assert "✗ TensorFlow does not use GPU 0." in capsys.readouterr().out


def test_doctor_names_the_wrong_backend():
    run = subprocess.run(
        [sys.executable, "-m", "facekit", "doctor"],
        capture_output=True,
        text=True,
        env={**os.environ, "KERAS_BACKEND": "jax"},
    )
    assert run.returncode == 1
    assert "✗ facekit trains with Keras on TensorFlow: unset KERAS_BACKEND ('jax')" in run.stdout


def test_pins_are_read_from_the_requirements():
    pins = doctor._pins()
    lines = (paths.REPOSITORY / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert len(pins) == sum("==" in line for line in lines) > 15
    assert pins["tensorflow"] == "2.21.0"
