"""TensorFlow and Keras, imported once, checked, and without the greeting they print on standard error."""

import os
import platform
import sys
import tempfile
from contextlib import contextmanager
from datetime import date

from .. import __version__


@contextmanager
def _errors_held_back():
    """Hold back what is written to standard error, even by C++; show it after all if the block fails.

    TensorFlow writes its notes on oneDNN and CUDA before its own log levels apply, so no setting silences them.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except Exception:
            os.dup2(kept, 2)
            held.seek(0)
            sys.stderr.write(held.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


chosen = os.environ.get("KERAS_BACKEND", "tensorflow")
if chosen != "tensorflow":
    raise ImportError(
        f"facekit trains with Keras on TensorFlow, but KERAS_BACKEND is {chosen!r}: unset it, or set it to tensorflow, and start again"
    )

# TensorFlow turns oneDNN on by itself only for processors with instructions for neural networks (such as AVX512-VNNI); these networks train
# half as fast again with it on the others, too.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

with _errors_held_back():
    import keras
    import tensorflow as tf


def provenance():
    """Return when, where and with which versions something was computed, as a dictionary for `run.json`."""
    return {
        "date": date.today().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {len(tf.config.list_physical_devices('GPU'))} GPU",
        "versions": {
            "facekit": __version__,
            "python": platform.python_version(),
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
        },
    }
