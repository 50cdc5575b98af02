"""What judges pictures and classifiers: a descriptor, distances, intervals, calibration."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(__name__)
