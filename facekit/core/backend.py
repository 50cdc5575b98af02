"""TensorFlow and Keras, imported once, checked, and without the notes that say nothing is wrong.

TensorFlow's level of messages (`TF_CPP_MIN_LOG_LEVEL`, 3 unless the user sets it) applies from the
end of its own import on. What it writes before that, on standard error and in C++, no setting
silences: notes that oneDNN is on and that there are no CUDA drivers. These known notes are left
out here, and nothing else; what TensorFlow writes besides is shown as soon as it is imported.
`FACEKIT_DEBUG=1` leaves nothing out and shows all of it as it comes, even if the process dies on
the way. A GPU that TensorFlow does not use is told by `unused_gpu`, whatever the level.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import joblib

from .. import __version__
from .reading import debugging

#: Lines that TensorFlow 2.21 writes on every machine without an NVIDIA GPU. 303 stands for a
#: library of the driver that is not there; any other number is an error to be shown.
_NOTES = re.compile(
    "oneDNN custom operations are on"
    "|Could not find cuda drivers on your machine, GPU will not be used"
    "|All log messages before absl::InitializeLog"
    r"|failed call to cuInit: .*\(303\)"
)

if (_chosen := os.environ.get("KERAS_BACKEND", "tensorflow")) != "tensorflow":
    raise ImportError(f"facekit trains with Keras on TensorFlow: unset KERAS_BACKEND ({_chosen!r})")


@contextmanager
def _without_notes() -> Iterator[None]:
    """Show what the block writes to standard error after it, without the known notes."""
    if debugging():
        yield
        return
    sys.stderr.flush()
    standard_error = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(standard_error, 2)
            os.close(standard_error)
            written.seek(0)
            for line in written.read().decode(errors="replace").splitlines(keepends=True):
                if not _NOTES.search(line):
                    sys.stderr.write(line)


# TensorFlow turns oneDNN on by itself only for processors with instructions for neural networks
# (such as AVX512-VNNI); these networks train half as fast again with it on the others, too.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

with _without_notes():
    import keras
    import tensorflow as tf

    tf.config.list_physical_devices()  # CUDA, if there is any, is looked for now


def unused_gpu() -> str | None:
    """Return a sentence if this machine has an NVIDIA GPU that TensorFlow does not use, or None.

    TensorFlow itself says so only at a level of messages that is off by default. The driver's own
    `nvidia-smi` is asked what there is.
    """
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1")
    command = shutil.which("nvidia-smi")
    if hidden or command is None or tf.config.list_physical_devices("GPU"):
        return None
    try:
        answer = subprocess.run([command, "-L"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    gpus = [line.partition(" (UUID")[0] for line in answer.stdout.splitlines() if "GPU " in line]
    if answer.returncode or not gpus:
        return None
    advice = "pip install 'tensorflow[and-cuda]', or see why with TF_CPP_MIN_LOG_LEVEL=0"
    return f"TensorFlow does not use {', '.join(gpus)}: {advice}"


if _problem := unused_gpu():
    warnings.warn(_problem, RuntimeWarning, stacklevel=2)


def provenance() -> dict[str, Any]:
    """Return when, where and with which versions something was computed, for `run.json`.

    The cores are those that this process may use.
    """
    gpus = len(tf.config.list_physical_devices("GPU"))
    machine = f"{platform.machine()}, {joblib.cpu_count()} cores, {gpus} GPU"
    versions = {"facekit": __version__, "python": platform.python_version()}
    versions |= {"tensorflow": tf.__version__, "keras": keras.__version__}
    return {"date": date.today().isoformat(), "machine": machine, "versions": versions}
