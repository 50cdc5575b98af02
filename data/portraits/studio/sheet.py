"""Contact sheets: many photographs side by side, whole and as the small crops a network sees."""
from pathlib import Path

from PIL import Image

from .sitting import HEIGHT, WIDTH

FACE = (29, 60, 149, 180)   # the part of a photograph that is shown at 80x80


def contact_sheet(folder, out, columns=12):
    """Write ``out`` (PNG) with all JPEGs of ``folder``: first at 178x218, below at 80x80."""
    paths = sorted(Path(folder).rglob("*.jpg"))
    if not paths:
        raise ValueError(f"no .jpg under {folder}; render some first")
    rows = -(-len(paths) // columns)
    sheet = Image.new("RGB", (columns * WIDTH, rows * HEIGHT + -(-len(paths) // (2 * columns)) * 80), "white")
    for index, path in enumerate(paths):
        photo = Image.open(path)
        sheet.paste(photo, (index % columns * WIDTH, index // columns * HEIGHT))
        small = (index % (2 * columns) * 80, rows * HEIGHT + index // (2 * columns) * 80)
        sheet.paste(photo.crop(FACE).resize((80, 80), Image.BICUBIC), small)
    sheet.save(out)
