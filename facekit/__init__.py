"""facekit: from a folder of photographs to invented faces, and to a classifier that unmasks them.

`import facekit as fk` is instant: every module is imported when it is first used, so TensorFlow
is loaded only by the modules that need it. The modules in the order of the data:

    paths, backend, distribution, paper, profiles, losses, metrics, reading, downloads, images, photos, cascade, detection, archive, shards, faces,
    networks, weights, generators, descriptor, recording, gan, latent, history, experiments, claims, corruptions, contrastive, calibration, examination, matching,
    figure_data, loss_plots, verdict_plots, plots, controls, result_table, verdict_board, widgets, page, stored, course, exercises, grading, planning, benchmarks, commands
"""

import importlib
import os

__version__ = "0.1.0"

# Read by Keras and TensorFlow at their own import, so they have to be set before it. What the user set stays.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

_MODULES = (
    "paths", "backend", "distribution", "paper", "profiles", "losses", "metrics", "reading", "downloads", "images", "photos", "cascade", "detection", "archive", "shards", "faces",
    "networks", "weights", "generators", "descriptor", "recording", "gan", "latent", "history", "experiments", "claims", "corruptions", "contrastive", "calibration", "examination",
    "matching", "figure_data", "loss_plots", "verdict_plots", "plots", "controls", "result_table", "verdict_board", "widgets", "page", "stored", "course", "exercises", "grading", "planning", "benchmarks", "commands",
)


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"facekit has no module {name!r}; it has {', '.join(_MODULES)}")


def __dir__():
    return [*globals(), *_MODULES]
