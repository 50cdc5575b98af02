"""The course as a whole: the tour, stored outputs, exercises, grading, the command line."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(__name__)
