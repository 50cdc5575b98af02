"""Lesson 3, the losses: the paper's numbers, recorded runs, experiments, claims."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["claims", "diagnostics", "experiments", "history", "paper", "sweeps"],
)
