"""Controls for a notebook: thin views over functions that work without them."""

import io

import ipywidgets as ui
from PIL import Image

from .images import montage
from .networks import generate
from .latent import sample


class LatentSampler(ui.VBox):
    """Sliders for a generator: which latent points, how many, and how far from the average face.

    Parameters
    ----------
    generator : keras.Model
        From latent vectors to images in [-1, 1], such as `gan.pretrained("portraits")`.

    Attributes
    ----------
    seed, count, truncation : ipywidgets sliders
        Set `.value` in code as with the mouse.
    images : uint8 array, shape (count, 80, 80, 3)
        The faces that are shown.
    """

    def __init__(self, generator):
        self.generator = generator
        wide = {"style": {"description_width": "90px"}, "layout": {"width": "100%", "max_width": "420px"}}
        self.seed = ui.IntSlider(7, 0, 999, description="seed", **wide)
        self.count = ui.IntSlider(8, 1, 32, description="faces", **wide)
        self.truncation = ui.FloatSlider(0.8, min=0, max=1.5, step=0.05, description="truncation", **wide)
        self.picture = ui.Image(format="png", layout={"width": "auto", "max_width": "100%"})
        for control in (self.seed, self.count, self.truncation):
            control.observe(self._show, "value")
        super().__init__([self.seed, self.count, self.truncation, self.picture])
        self._show()

    def _show(self, change=None):
        latent = sample(self.count.value, self.generator.input_shape[-1], self.seed.value, self.truncation.value)
        self.images = generate(self.generator, latent)
        buffer = io.BytesIO()
        Image.fromarray(montage(self.images)).save(buffer, "PNG")
        self.picture.value = buffer.getvalue()
