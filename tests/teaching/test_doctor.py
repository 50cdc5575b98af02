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
    monkeypatch.setenv("FACEKIT_SOURCE", "foo")
    (tmp_path / "build").write_text("no folder")
    monkeypatch.setenv("FACEKIT_BUILD", str(tmp_path / "build"))
    monkeypatch.setattr(doctor, "_pins", lambda: {"tensorflow": "1.15.0", "no-such-package": "1.0"})
    advice = doctor.doctor()
    version, missing, data, source, profile, results = advice
    assert version.endswith("not 1.15.0: pip install -r requirements.txt")
    assert missing.startswith("no-such-package is not installed")
    assert data.endswith("is not the kit's data: unset FACEKIT_DATA.")
    assert source.startswith("FACEKIT_SOURCE, FACEKIT_ROOT: ") and "foo" in source
    assert profile.startswith("FACEKIT_PROFILE is 'slow'")
    assert results.startswith("Results cannot be written to ") and "FACEKIT_BUILD" in results
    assert capsys.readouterr().out.count("✗") == 6


def test_doctor_tells_when_memory_or_disk_is_short(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_DISK", 1e6)
    monkeypatch.setattr(doctor, "_MEMORY", 1e6)
    disk, memory = doctor.doctor()
    assert "need 1000000.0 GB" in disk and "an open lesson needs 1000000.0 GB" in memory


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
