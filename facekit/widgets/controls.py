"""What the widgets share: laid-out controls, a box with a picture, and faces out of an upload."""

import asyncio
import base64
import html
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np
import traitlets
from IPython.display import DisplayHandle, display
from PIL import Image

from ..core import images
from ..faces import crops
from . import stills

MAX_UPLOAD_BYTES = 20_000_000
_MAX_FACES = 8  # that are taken from an upload
_VIEW = "application/vnd.jupyter.widget-view+json"
# JupyterLab: while the controls live, their stored picture hides; afterwards the line that stands
# in their place does.
_RULES = """.jp-OutputArea-child:has(.facekit-live) + :has(.facekit-still),
.jp-OutputArea-child:not(:has(.facekit-live)):has(+ * .facekit-still) { display: none }"""
_NO_CONTROLS = "Run this cell to get the controls."
_BLURRED_BELOW = 60  # pixels: a narrower face is enlarged so much that its verdict may change


class LastingBox(ui.VBox):
    """Controls that leave something to see in a notebook that is opened without a kernel.

    Below the controls a notebook keeps what `_still` returns, and updates it as they change. While
    they live it is hidden; afterwards it is seen in place of them.
    """

    def __init__(self, children: Sequence[ui.Widget]):
        self._stored: DisplayHandle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._kept = "", _NO_CONTROLS
        super().__init__(children)
        self.add_class("facekit-live")

    def _still(self) -> tuple[str, str]:
        """Return what the notebook keeps, as HTML and as plain text."""
        raise NotImplementedError

    def _is_private(self) -> bool:
        """Say whether what is shown must not be kept, such as a picture of yours."""
        return False

    def _ipython_display_(self) -> None:
        display({_VIEW: super()._repr_mimebundle_()[_VIEW]}, raw=True)
        self._stored = display(self._bundle(), raw=True, display_id=True)

    def _bundle(self) -> dict[str, str]:
        if not self._is_private():
            self._kept = self._still()
        page, text = self._kept
        page = f'<style>{_RULES}</style><div class="facekit-still">{page}</div>'
        return {"text/html": page, "text/plain": text}

    def _store_soon(self) -> None:
        """Store what is shown, a second after the last change."""
        if self._timer:
            self._timer.cancel()
        if self._stored:
            try:
                self._timer = asyncio.get_running_loop().call_later(1, self._store)
            except RuntimeError:  # no loop, as in a script
                self._store()

    def _store(self) -> None:
        if self._stored:
            self._stored.update(self._bundle(), raw=True)


class PictureBox(LastingBox):
    """Controls above a picture.

    Parameters
    ----------
    controls : sequence of ipywidgets controls

    Attributes
    ----------
    picture : ipywidgets.Image
        What is shown, as PNG; empty while there is nothing to show.
    names : Names
        `names.picture` says in words what is shown.
    """

    def __init__(self, controls: Sequence[ui.Widget]):
        layout = {"width": "auto", "max_width": "100%", "align_self": "flex-start"}
        self.picture = ui.Image(format="png", layout=layout)
        self.names = Names()
        super().__init__([*controls, self.picture, self.names])

    def _still(self) -> tuple[str, str]:
        data = base64.b64encode(as_png(np.asarray(stills.draw(self)))).decode()
        words = html.escape(self.names.picture)
        page = f'<img alt="{words}" src="data:image/png;base64,{data}">'
        return page, _NO_CONTROLS

    def _show_image(self, image: np.ndarray, words: str) -> None:
        """Show a uint8 RGB image, and say in words what it shows."""
        self._show_png(as_png(image), words)

    def _show_figure(self, words: str, plot: Callable, *args: Any, **settings: Any) -> None:
        """Show the figure that a function of `plots` draws, and say in words what it shows."""
        with plt.ioff():
            figure = np.ravel(plot(*args, **settings))[0].figure
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=90)
        plt.close(figure)
        self._show_png(buffer.getvalue(), words)

    def _show_png(self, png: bytes, words: str = "") -> None:
        """Show a picture, or nothing where there are no bytes of it."""
        self.picture.value, self.names.picture = png, words
        self.picture.layout.display = "" if png else "none"
        self._store_soon()


class Names(anywidget.AnyWidget):
    """Names for a screen reader, which ipywidgets does not give: of sliders and of the picture."""

    picture = traitlets.Unicode().tag(sync=True)
    _esm = Path(__file__).parent / "assets" / "names.js"


def as_png(image: np.ndarray) -> bytes:
    """Return a uint8 RGB image as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def labelled(kind: type[ui.Widget], label: str, **settings: Any) -> ui.Widget:
    """Return a control of an ipywidgets class, laid out as all controls of the kit are."""
    style, layout = {"description_width": "110px"}, {"width": "100%", "max_width": "440px"}
    return kind(description=label, style=style, layout=layout, **settings)


def slider(label: str, value: float, low: float, high: float, step: float = 1) -> ui.Widget:
    """Return a slider: of whole numbers if its step is one, else of decimal numbers."""
    kind = ui.IntSlider if isinstance(step, int) else ui.FloatSlider
    return labelled(kind, label, value=value, min=low, max=high, step=step)


def observe(controls: Iterable[ui.Widget], handler: Callable) -> None:
    """Call a handler whenever the value of one of the controls changes."""
    for control in controls:
        control.observe(handler, "value")


def download_link(content: bytes, filename: str, label: str, mime: str) -> str:
    """Return an HTML link that saves `content`, which it holds itself, as a file."""
    data = base64.b64encode(content).decode()
    return f'<a download="{filename}" href="data:{mime};base64,{data}">{label}</a>'


def choice(options: Sequence[str]) -> ui.ToggleButtons:
    """Return buttons of which one is pressed, the first to begin with."""
    return ui.ToggleButtons(options=options, style={"button_width": "auto"})


def upload_button() -> ui.FileUpload:
    """Return a button that lets one choose a picture."""
    layout = {"width": "auto", "max_width": "440px"}
    return ui.FileUpload(accept="image/*", description="choose a picture", layout=layout)


def faces_in_upload(files: Sequence[dict]) -> tuple[np.ndarray, str]:
    """Return the faces of the picture that an upload button holds, and a sentence about it.

    The picture is read from memory, its faces are cut out as those for the training were, and
    nothing is stored.

    Parameters
    ----------
    files : sequence of dict
        The button's value; of several files the last counts.

    Returns
    -------
    faces : uint8 array, shape (n, 80, 80, 3)
        The largest first, eight at most; none if there is no picture, it cannot be read, or no
        face is in it.
    sentence : str
        What was found, or why nothing was.
    """
    nothing = np.empty((0, 80, 80, 3), np.uint8)
    if not files:
        return nothing, "Choose a picture: it stays in this computer's memory, stored nowhere."
    content = bytes(files[-1]["content"])
    if len(content) > MAX_UPLOAD_BYTES:
        megabytes, limit = len(content) // 10**6, MAX_UPLOAD_BYTES // 10**6
        return nothing, f"The file has {megabytes} MB: {limit} MB are read at most."
    try:
        faces, boxes = crops.cut_out(images.read(io.BytesIO(content)))
    except (OSError, ValueError) as error:
        reason = str(error)
        return nothing, f"{reason[:1].upper()}{reason[1:]}."
    sentence = f"{len(faces)} face{'' if len(faces) == 1 else 's'} found"
    if len(faces) > _MAX_FACES:
        sentence += f", the {_MAX_FACES} largest shown"
    if narrow := int((boxes["width"] < _BLURRED_BELOW).sum()):
        sentence += f"; {narrow} of them narrower than {_BLURRED_BELOW} pixels: "
        sentence += "enlarging blurs, and that changes what is said of them"
    return faces[:_MAX_FACES], f"{sentence}."
