"""Make the pictures of the README anew: the walk, and what a lesson and the lab look like.

`python .github/images/make.py` needs chromium and playwright.
"""

import shutil
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

import facekit as fk
from facekit.teaching import execution, lab, pages, tour

HERE = Path(__file__).parent
FACES, FRAMES, COLOURS = 5, 24, 160  # what 2 MB hold


def walk():
    """Draw faces that nobody picked along a great circle of the latent space, back to its start."""
    generator = fk.gan.pretrained("portraits")
    z = fk.gan.latent.sample(2 * FACES, 100, seed=42, truncation=0.8)
    start, aside = z[:FACES], z[FACES:]
    aside -= (start * aside).sum(1, keepdims=True) / (start**2).sum(1, keepdims=True) * start
    aside *= np.linalg.norm(start, axis=1, keepdims=True) / np.linalg.norm(aside, axis=1)[:, None]
    frames = []
    for t in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
        faces = fk.gan.networks.generate(generator, np.cos(t) * start + np.sin(t) * aside)
        row = Image.fromarray(fk.core.images.montage(faces, columns=FACES))
        frames.append(row.resize((2 * row.width, 2 * row.height), Image.Resampling.LANCZOS))
    seen = Image.fromarray(np.concatenate(frames[::4]))
    palette = seen.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    more = dict(append_images=frames[1:], duration=110, loop=0, optimize=True)
    frames[0].save(HERE / "walk.gif", save_all=True, **more)


def lesson(browser, folder):
    """Photograph the training of lesson 2 and the board of lesson 4 on their pages."""
    for start, text, name in (("02", "epochs = profile.epochs", "training"), ("04", "", "board")):
        file = next(tour.notebooks().glob(f"{start}*.ipynb"))
        notebook = nbformat.read(file, as_version=4)
        page_file = folder / f"{start}.html"
        page_file.write_text(pages.page(notebook, execution.title(notebook)), encoding="utf-8")
        page = browser.new_page(viewport={"width": 1000, "height": 800}, device_scale_factor=1.5)
        page.goto(page_file.as_uri())
        cell = page.locator(".jp-CodeCell", has_text=text or 'board.source.value = "guess first"')
        cell.first.screenshot(path=HERE / f"{name}.png")


def play(browser, folder):
    """Photograph the lab while its GAN learns."""
    page = browser.new_page(viewport={"width": 1000, "height": 720}, device_scale_factor=1.5)
    page.goto(lab.build(folder / "lab.html").as_uri())
    page.click("#run")
    page.wait_for_timeout(15_000)
    page.screenshot(path=HERE / "lab.png")


if __name__ == "__main__":
    walk()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        lesson(browser, Path(folder))
        play(browser, Path(folder))
    for picture in HERE.glob("*.png"):
        Image.open(picture).convert("RGB").quantize(200).save(picture, optimize=True)
