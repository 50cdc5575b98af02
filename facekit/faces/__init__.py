"""Lesson 1, from photographs to faces: sources, MTCNN, the crop, the npz."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__,
    submodules=[
        "cascade",
        "celeba",
        "corruptions",
        "crops",
        "detection",
        "extraction",
        "faceset",
        "npz",
        "photos",
        "shards",
    ],
    names={"extraction": ["extract"], "faceset": ["load"], "crops": ["crop"]},
)
