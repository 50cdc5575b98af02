"""Lesson 1, from photographs to faces: sources, MTCNN, the crop, the npz."""

from ..core.names import attach

__getattr__, __dir__, __all__ = attach(__name__, crops="crop", extraction="extract", faceset="load")
