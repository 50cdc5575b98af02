"""facekit: from a folder of photographs to invented faces, and to a classifier that unmasks them.

A folder for each lesson, each importing only those above it:

    core                      folders, guarded files, images, weights on disk, profiles, TensorFlow
    faces, metrics            lesson 1: photographs, MTCNN, the crop, the npz; and what judges
                              pictures and classifiers
    gan                       lesson 2: networks, LSGAN, training, latent space
    analysis, contrastive     lessons 3 and 4: the paper's numbers and recorded runs; the
                              real/fake classifier
    plots, widgets            one function a figure, one control a view
    teaching                  the tour, exercises, grading, the command line

`import facekit as fk` is instant: everything is imported when it is first used, and TensorFlow
only by what needs it.
"""

import os

from .core.names import attach

__version__ = "0.2.0"

# Keras and TensorFlow read these at their own import, so they have to be set before it.
# What the user set stays. At TensorFlow's level 2 it logs as errors what harms nobody, such as a
# graph that it could not rewrite; a GPU that it does not use is told by `core.backend`.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

__getattr__, __dir__, __all__ = attach(__name__)
