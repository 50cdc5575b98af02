"""Tests run in the quick profile and write to a folder of their own, never to `build/`."""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile

import pytest

os.environ["FACEKIT_PROFILE"] = "quick"
os.environ["FACEKIT_BUILD"] = tempfile.mkdtemp(prefix="facekit-tests-")
for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
    os.environ.pop(name, None)

import facekit as fk  # noqa: E402  (after the environment is set)


@pytest.fixture(scope="session")
def portraits():
    return fk.faces.photos.load()


@pytest.fixture(scope="session")
def faces_file(tmp_path_factory):
    """Where the file of `faces` lies, once those are there."""
    return tmp_path_factory.mktemp("faces") / "faces.npz"


@pytest.fixture(scope="session")
def faces(portraits, faces_file):
    """The faces of 24 portraits."""
    return fk.faces.extract(portraits.sample(24, seed=0), faces_file)


@pytest.fixture(scope="session")
def portrait_faces(portraits, tmp_path_factory):
    """The faces of 240 portraits, of all partitions."""
    return fk.faces.extract(
        portraits.sample(240, seed=1), tmp_path_factory.mktemp("faces") / "faces.npz"
    )


@pytest.fixture
def celeba():
    """A real copy of CelebA, where FACEKIT_CELEBA names one."""
    root = os.environ.get("FACEKIT_CELEBA")
    if not root:
        pytest.skip("FACEKIT_CELEBA names no copy of CelebA")
    return fk.faces.photos.load("celeba", root=root)


@pytest.fixture
def eager():
    """Train without a graph: building one takes longer than a few steps."""
    from facekit.core.backend import tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture
def elsewhere():
    """Run code of another library in a process of its own, since PyTorch and TensorFlow do not bear each other in one, and return what it prints."""

    def run(code, libraries, *arrays):
        for library in libraries:
            if importlib.util.find_spec(library) is None:
                pytest.skip(f"the comparison needs {library}, which is no part of the kit")
        done = subprocess.run(
            [sys.executable, "-c", code, *(json.dumps(array.tolist()) for array in arrays)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
