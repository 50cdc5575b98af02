"""Pictures of controls, for a notebook that is read and not run."""

import io
import re
from collections.abc import Sequence

import ipywidgets as ui
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

_INK, _PALE, _PRESSED = "#333333", "#dddddd", "#9ecae1"
_LABEL, _WIDTH, _ROW = 110, 320, 30  # pixels: of a control's name, of the control, of a line
_FONT = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), 13)


def draw(widget: ui.Widget, width: int = 900) -> Image.Image:
    """Return a picture of a widget with all that is in it, laid out as a browser does.

    Parameters
    ----------
    widget
        Boxes, sliders, menus, buttons, texts and pictures; of others, nothing is drawn.
    width : int
        Where a row of widgets breaks, in pixels.
    """
    if widget.layout.display == "none":
        return _canvas(0, 0)
    if isinstance(widget, ui.Box):
        return _join([draw(child, width) for child in widget.children], widget, width)
    if isinstance(widget, ui.Image):
        return _picture(widget)
    if isinstance(widget, ui.HTML):  # a link has no use in a picture
        text = re.sub(r"<a .*?</a>|<[^>]+>", "", widget.value.replace("<br>", "\n"))
        return _text(text.replace("&nbsp;", ""))
    if isinstance(widget, ui.Button | ui.FileUpload | ui.Play):
        return _buttons([getattr(widget, "description", "") or "play"], None)
    if isinstance(widget, ui.ToggleButtons):
        return _buttons(widget.options, widget.value)
    return _control(widget) if hasattr(widget, "value") else _canvas(0, 0)


def _picture(widget: ui.Image) -> Image.Image:
    """Return the picture, as wide as its layout says in pixels."""
    if not widget.value:
        return _canvas(0, 0)
    picture = Image.open(io.BytesIO(widget.value)).convert("RGB")
    if wide := re.fullmatch(r"(\d+)px", widget.layout.width or ""):
        picture = picture.resize(
            (int(wide[1]), round(picture.height * int(wide[1]) / picture.width))
        )
    return picture


def _control(widget: ui.Widget) -> Image.Image:
    """Draw a control with its name: a slider, a tick, or a field with what is chosen."""
    canvas = _canvas(_LABEL + _WIDTH + 70, _ROW)
    pen, value = ImageDraw.Draw(canvas), widget.value
    low, high, middle = _LABEL + 10, _LABEL + _WIDTH, _ROW // 2
    if isinstance(widget, ui.Checkbox):
        pen.rectangle((low, 8, low + 14, 22), outline=_INK)
        if value:
            pen.line((low + 3, 15, low + 6, 19, low + 12, 10), fill=_INK, width=2)
        pen.text((low + 22, middle), widget.description, _INK, _FONT, "lm")
        return canvas
    pen.text((_LABEL, middle), widget.description, _INK, _FONT, "rm")
    if isinstance(widget, ui.IntSlider | ui.FloatSlider):
        at = low + (high - low) * (value - widget.min) / max(widget.max - widget.min, 1e-9)
        pen.line((low, middle, high, middle), fill=_PALE, width=4)
        pen.ellipse((at - 8, middle - 8, at + 8, middle + 8), fill="white", outline=_INK)
        number = f"{value:.2f}" if isinstance(widget, ui.FloatSlider) else str(value)
        pen.text((high + 16, middle), number, _INK, _FONT, "lm")
    else:
        chosen = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")
        pen.rectangle((low, 3, high, _ROW - 4), outline=_PALE)
        pen.text((low + 8, middle), chosen, _INK, _FONT, "lm")
        if isinstance(widget, ui.Dropdown):
            pen.polygon((high - 18, 12, high - 8, 12, high - 13, 18), fill=_INK)
    return canvas


def _buttons(labels: Sequence[str], pressed: str | None) -> Image.Image:
    widths = [int(_FONT.getlength(label)) + 20 for label in labels]
    canvas, left = _canvas(sum(widths) + 4 * len(labels), _ROW), 0
    pen = ImageDraw.Draw(canvas)
    for label, width in zip(labels, widths):
        colour = _PRESSED if label == pressed else "#eeeeee"
        pen.rectangle((left, 2, left + width, _ROW - 3), fill=colour)
        pen.text((left + width // 2, _ROW // 2), label, _INK, _FONT, "mm")
        left += width + 4
    return canvas


def _text(text: str) -> Image.Image:
    lines = [line for line in text.split("\n") if line.strip()]
    width = max((int(_FONT.getlength(line)) for line in lines), default=0)
    canvas = _canvas(width, 22 * len(lines))
    for i, line in enumerate(lines):
        ImageDraw.Draw(canvas).text((0, 22 * i + 11), line, _INK, _FONT, "lm")
    return canvas


def _join(parts: Sequence[Image.Image], box: ui.Box, width: int) -> Image.Image:
    """Put pictures below each other, or into rows as wide as the box or the page."""
    if wide := re.fullmatch(r"(\d+)px", box.layout.max_width or ""):
        width = min(width, int(wide[1]))
    parts = [part for part in parts if part.width and part.height]
    places, x, y, height = [], 0, 0, 0
    for part in parts:
        if x and (isinstance(box, ui.VBox) or x + part.width > width):
            x, y, height = 0, y + height + 4, 0
        places.append((x, y))
        x, height = x + part.width + 8, max(height, part.height)
    right = max((x + part.width for (x, _), part in zip(places, parts)), default=0)
    canvas = _canvas(max(right, 1), max(y + height, 1))  # never empty: it becomes a file
    for place, part in zip(places, parts):
        canvas.paste(part, place)
    return canvas


def _canvas(width: int, height: int) -> Image.Image:
    return Image.new("RGB", (width, height), "white")
