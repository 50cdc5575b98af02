"""The notebooks are tested in the quick profile, and write to a folder of their own."""

import os
import tempfile
from pathlib import Path

os.environ["FACEKIT_PROFILE"] = "quick"
os.environ.setdefault("FACEKIT_BUILD", tempfile.mkdtemp(prefix="facekit-tests-"))
for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
    os.environ.pop(name, None)


def pytest_configure(config):
    """Name what may vary in a compared output, wherever pytest is called from."""
    config.option.nbval_sanitize_with = str(Path(__file__).parent.parent / "tests" / "nbval.cfg")
