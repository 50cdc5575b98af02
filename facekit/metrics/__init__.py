"""What judges pictures and classifiers: a descriptor, distances, intervals, calibration."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__, submodules=["calibration", "descriptor", "distances", "intervals"]
)
