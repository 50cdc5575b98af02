"""A widget that shows which real faces are nearest to generated ones, or to your own."""

import ipywidgets as ui
import numpy as np

from ..contrastive import matching
from ..core.backend import keras
from ..faces.faceset import FaceSet
from ..metrics.descriptor import Descriptor
from ..plots import pictures
from . import sampler
from .controls import PictureBox, choice, faces_in_upload, observe, slider, upload_button

_EXPLANATION = """Four faces that nobody has, and the portraits that are nearest to each. A near one
need not have been copied: somebody always looks most alike."""


class NearestFaces(PictureBox):
    """Generated faces, or those of a picture, and below each the real faces nearest to it.

    Parameters
    ----------
    generator : keras.Model
    gallery : FaceSet
        The real faces.
    descriptor : Descriptor
        Says which of them are the nearest.

    Attributes
    ----------
    source, seed, upload : ipywidgets controls
        `source` is "generated" or "your picture".
    images : uint8 array, shape (n, 80, 80, 3)
        The faces whose nearest are shown.
    nearest : DataFrame or None
        What `matching.nearest_real` found; None where there is no face.
    """

    def __init__(self, generator: keras.Model, gallery: FaceSet, descriptor: Descriptor):
        self.generator, self.gallery, self.descriptor = generator, gallery, descriptor
        self.points = descriptor.embed(gallery.images)
        self.source, self.seed = choice(["generated", "your picture"]), slider("seed", 1, 0, 999)
        self.upload, self.message = upload_button(), ui.HTML()
        controls = [self.source, self.seed, self.upload]
        super().__init__([*controls, self.message])
        observe(controls, self._show)
        self._show()

    def _is_private(self) -> bool:
        return self.source.value == "your picture"

    def _show(self, change: dict | None = None) -> None:
        uploaded = self._is_private()
        self.upload.layout.display = "" if uploaded else "none"
        self.seed.layout.display = "none" if uploaded else ""
        if uploaded:
            self._show_png(b"")
            self.images, self.message.value = faces_in_upload(self.upload.value)
        else:
            self.images = sampler.draw(self.generator, self.seed.value, count=4)[1]
            self.message.value = _EXPLANATION
        if not len(self.images):
            self.nearest = None
            return
        known = self.gallery, self.descriptor, 3, self.points
        self.nearest = matching.nearest_real(self.images, *known)
        rows = self.nearest["row"].unstack("rank").to_numpy().T
        labels = ["the face", "nearest", "second", "third"][: 1 + len(rows)]
        self.picture.layout.max_width = f"min(100%, {128 * len(self.images) + 128}px)"
        faces = np.stack([self.images, *self.gallery.images[rows]])
        words = f"{len(self.images)} faces, and below each the real faces nearest to it"
        self._show_figure(words, pictures.rows, faces, labels)
