"""What every room stands on: folders, guarded files, images, weights, profiles, TensorFlow."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=[
        "augmentation",
        "backend",
        "distribution",
        "figures",
        "images",
        "paths",
        "profiles",
        "reading",
        "renamed",
        "weights",
        "writing",
    ],
)
