"""Lesson 3, the losses: the paper's numbers, recorded runs, experiments, claims."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(__name__)
