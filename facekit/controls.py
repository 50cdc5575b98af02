"""What the widgets have in common: how controls are laid out, and a picture that stays where widgets do not run."""

import base64
import io

import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

WIDE = {"style": {"description_width": "110px"}, "layout": {"width": "100%", "max_width": "440px"}}  # how every control of the kit is laid out


class Pictured(ui.VBox):
    """A box of controls and a picture that is also its static form."""

    def __init__(self, controls):
        self.picture = ui.Image(format="png", layout={"width": "auto", "max_width": "100%"})
        super().__init__([*controls, self.picture])

    def _paint(self, sheet):
        buffer = io.BytesIO()
        Image.fromarray(sheet).save(buffer, "PNG")
        self.picture.value = buffer.getvalue()

    def _paint_figure(self, axes):
        """Paint the figure that these Axes belong to."""
        buffer = io.BytesIO()
        figure = np.ravel(axes)[0].figure
        figure.savefig(buffer, format="png", dpi=90)
        plt.close(figure)
        self.picture.value = buffer.getvalue()

    def _repr_mimebundle_(self, **options):
        return super()._repr_mimebundle_(**options) | {"image/png": base64.b64encode(self.picture.value).decode()}
