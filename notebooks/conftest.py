"""The notebooks are tested in the quick profile, and write to a folder of their own."""

import os
import tempfile

os.environ["FACEKIT_PROFILE"] = "quick"
os.environ.setdefault("FACEKIT_BUILD", tempfile.mkdtemp(prefix="facekit-tests-"))
for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
    os.environ.pop(name, None)


def pytest_collectstart(collector):
    """Compare what is printed; tables are compared as text, and what widgets leave is a picture."""
    if hasattr(collector, "skip_compare"):
        collector.skip_compare += ("text/html",)
