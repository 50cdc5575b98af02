"""The course as a whole: the tour, stored outputs, exercises, grading, the command line."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "benchmarks",
        "commands",
        "descriptor_training",
        "doctor",
        "exercises",
        "grading",
        "outputs",
        "planning",
        "tour",
    ],
)
