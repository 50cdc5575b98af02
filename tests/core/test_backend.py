"""TensorFlow's known notes are left out, its errors are not; a GPU that it misses is named."""

import os
import subprocess
import sys

import joblib
import pytest

from facekit.core import backend

NOTES = """WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1.1 1 port.cc:153] oneDNN custom operations are on. You may see slightly different
I0000 00:00:1.1 1 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not
"""
NO_DRIVER = "E0000 cuda.cc:52] failed call to cuInit: INTERNAL: CUDA error: UNKNOWN ERROR (303)\n"
ERROR = "E0000 cuda.cc:52] failed call to cuInit: INTERNAL: CUDA error: no device (100)\n"


def test_importing_tensorflow_prints_nothing():
    code = "from facekit.core.backend import tf; print(int(tf.zeros(1)[0]))"
    environment = {k: v for k, v in os.environ.items() if k != "FACEKIT_DEBUG"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0\n", "")


def test_errors_of_tensorflow_are_shown(capfd, monkeypatch):
    monkeypatch.delenv("FACEKIT_DEBUG", raising=False)
    with backend._without_notes():
        os.write(2, (NOTES.replace("GPU will not", "GPU will not be used.") + ERROR).encode())
        os.write(2, NO_DRIVER.encode())
    assert capfd.readouterr().err == ERROR
    with pytest.raises(ImportError), backend._without_notes():
        os.write(2, ERROR.encode())
        raise ImportError
    assert capfd.readouterr().err == ERROR


def test_debugging_leaves_nothing_out(capfd, monkeypatch):
    monkeypatch.setenv("FACEKIT_DEBUG", "1")
    with backend._without_notes():
        os.write(2, NO_DRIVER.encode())
        assert capfd.readouterr().err == NO_DRIVER


@pytest.fixture
def nvidia_smi(tmp_path, monkeypatch):
    """Return a function that puts a driver's program on the path, which prints a text."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    def prints(text, code=0):
        (tmp_path / "nvidia-smi").write_text(f"#!{sys.executable}\nprint({text!r}); exit({code})")
        (tmp_path / "nvidia-smi").chmod(0o755)

    return prints


def test_a_gpu_that_tensorflow_misses_is_named(nvidia_smi, monkeypatch):
    monkeypatch.setattr(backend.tf.config, "list_physical_devices", lambda kind: [])
    assert backend.unused_gpu() is None
    nvidia_smi("GPU 0: NVIDIA T4 (UUID: GPU-1)\nGPU 1: NVIDIA T4 (UUID: GPU-2)")
    assert backend.unused_gpu() == (
        "TensorFlow does not use GPU 0: NVIDIA T4, GPU 1: NVIDIA T4: "
        "pip install 'tensorflow[and-cuda]', or see why with TF_CPP_MIN_LOG_LEVEL=0"
    )
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert backend.unused_gpu() is None


def test_no_gpu_is_missed(nvidia_smi, monkeypatch):
    monkeypatch.setattr(backend.tf.config, "list_physical_devices", lambda kind: [])
    nvidia_smi("No devices were found", code=6)
    assert backend.unused_gpu() is None
    nvidia_smi("GPU 0: NVIDIA T4 (UUID: GPU-1)")
    monkeypatch.setattr(backend.tf.config, "list_physical_devices", lambda kind: ["one"])
    assert backend.unused_gpu() is None


def test_the_cores_are_those_that_the_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 96)
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    assert joblib.cpu_count() == 1 and ", 1 cores, " in backend.provenance()["machine"]
