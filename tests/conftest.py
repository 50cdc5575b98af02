"""Tests run in the quick profile and write to a folder of their own, never to `build/`."""

import os
import tempfile

import pytest

os.environ["FACEKIT_PROFILE"] = "quick"
os.environ["FACEKIT_BUILD"] = tempfile.mkdtemp(prefix="facekit-tests-")
for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
    os.environ.pop(name, None)

import facekit as fk  # noqa: E402  (after the environment is set)


@pytest.fixture(scope="session")
def portraits():
    return fk.photos.load()


@pytest.fixture(scope="session")
def faces(portraits, tmp_path_factory):
    """The faces of 24 portraits."""
    return fk.faces.extract(portraits.sample(24, seed=0), tmp_path_factory.mktemp("faces") / "faces.npz")


@pytest.fixture(scope="session")
def portrait_faces(portraits, tmp_path_factory):
    """The faces of 240 portraits, of all partitions."""
    return fk.faces.extract(portraits.sample(240, seed=1), tmp_path_factory.mktemp("faces") / "faces.npz")


@pytest.fixture
def celeba():
    """A real copy of CelebA, where FACEKIT_CELEBA names one."""
    root = os.environ.get("FACEKIT_CELEBA")
    if not root:
        pytest.skip("FACEKIT_CELEBA names no copy of CelebA")
    return fk.photos.load("celeba", root=root)
