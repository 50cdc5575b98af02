"""What every room stands on: folders, guarded files, images, weights, profiles, TensorFlow."""

from .names import attach

__getattr__, __dir__, __all__ = attach(__name__)
