"""Lesson 4, real or fake: losses, classifier, training, examination, matching."""

from ..core import renamed

__getattr__, __dir__, __all__ = renamed.attach(
    __name__,
    submodules=["classifier", "examination", "losses", "matching", "training"],
    names={"training": ["train"], "classifier": ["RealFakeClassifier", "pretrained"]},
)
