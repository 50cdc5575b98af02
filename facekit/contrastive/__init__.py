"""Lesson 4, real or fake: losses, classifier, training, examination, matching."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(
    __name__, classifier="RealFakeClassifier pretrained", training="train"
)
