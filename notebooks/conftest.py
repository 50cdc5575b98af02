"""The notebooks are tested in the quick profile, however pytest is called, and write to a folder of their own."""

import os
import tempfile

os.environ["FACEKIT_PROFILE"] = "quick"
os.environ.setdefault("FACEKIT_BUILD", tempfile.mkdtemp(prefix="facekit-tests-"))
for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
    os.environ.pop(name, None)
