"""What the widgets have in common: how controls are laid out, and a picture that stays where widgets do not run."""

import base64
import io

import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from ..core import images
from ..faces import crops

WIDE = {
    "style": {"description_width": "110px"},
    "layout": {"width": "100%", "max_width": "440px"},
}  # how every control of the kit is laid out
LARGEST, _MOST = 20_000_000, 8  # bytes of an upload; faces that are taken from it


def upload_button():
    """Return a button that lets one choose a picture."""
    return ui.FileUpload(
        accept="image/*",
        description="choose a picture",
        layout={"width": "auto", "max_width": "440px"},
    )


def uploaded(value):
    """Return the faces of the picture that an upload button holds, and a sentence about it.

    The picture is read from memory, cut out as the training's faces were, and stored nowhere.

    Returns
    -------
    (uint8 array (n, 80, 80, 3), str)
        Eight faces at most; none if there is no picture, it cannot be read, or no face is in it.
    """
    none = np.empty((0, 80, 80, 3), np.uint8)
    if not value:
        return (
            none,
            "Choose a picture of your own: it stays in this computer's memory and is stored nowhere.",
        )
    content = bytes(value[-1]["content"])
    try:
        if len(content) > LARGEST:
            raise ValueError(
                f"the file has {len(content) / 1e6:.0f} MB: {LARGEST / 1e6:.0f} MB are read at most"
            )
        found, table = crops.cut_out(images.read(io.BytesIO(content)))
    except (OSError, ValueError) as error:
        return none, f"{str(error)[:1].upper()}{str(error)[1:]}."
    said = f"{len(found)} face{'s' * (len(found) != 1)} found" + (
        f", the {_MOST} largest shown" if len(found) > _MOST else ""
    )
    small = int((table["width"] < 60).sum())
    return found[:_MOST], said + (
        f"; {small} of them narrower than 60 pixels: enlarging blurs, and that changes what is said of them."
        if small
        else "."
    )


class Pictured(ui.VBox):
    """A box of controls and a picture that is also its static form."""

    def __init__(self, controls):
        self.picture = ui.Image(format="png", layout={"width": "auto", "max_width": "100%"})
        super().__init__([*controls, self.picture])

    def _paint(self, sheet):
        buffer = io.BytesIO()
        Image.fromarray(sheet).save(buffer, "PNG")
        self.picture.value, self.picture.layout.display = buffer.getvalue(), ""

    def _paint_nothing(self):
        """Take the picture away: there is nothing to show."""
        self._paint(np.full((8, 8, 3), 255, np.uint8))
        self.picture.layout.display = "none"

    def _paint_figure(self, axes):
        """Paint the figure that these Axes belong to."""
        buffer = io.BytesIO()
        figure = np.ravel(axes)[0].figure
        figure.savefig(buffer, format="png", dpi=90)
        plt.close(figure)
        self.picture.value, self.picture.layout.display = buffer.getvalue(), ""

    def _repr_mimebundle_(self, **options):
        return super()._repr_mimebundle_(**options) | {
            "image/png": base64.b64encode(self.picture.value).decode()
        }
