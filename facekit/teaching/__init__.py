"""The course as a whole: the tour, stored outputs, exercises, grading, the command line."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "command_line",
        "course_commands",
        "descriptor_training",
        "doctor",
        "environment",
        "execution",
        "exercises",
        "grading",
        "network_commands",
        "outputs",
        "tour",
    ],
)
