"""The page for people who do not code: all of the course's controls under five headings; `python -m facekit app` serves it."""

import time

import ipywidgets as ui
import numpy as np

from ..contrastive import classifier, examination, matching
from ..core import paths
from ..faces import extraction, photos
from ..gan import checkpoints, latent, networks
from ..metrics import descriptor
from ..plots import pictures
from .controls import WIDE, Pictured, upload_button, uploaded
from .sampler import LatentSampler, LatentWalk
from .verdict_board import VerdictBoard

_PHOTOS = (
    300  # portraits among which the page looks for the nearest: what takes a few seconds to cut out
)
_CARDS = ("portraits", "celeba")
_ROOM = "min(100%, 640px)"  # for a picture: wider, 80 pixels a face look coarse

# The variables of JupyterLab, which every widget draws with: quiet, narrow enough to read, and dark where the visitor's computer is.
_LOOK = """<style>
:root:root { color-scheme: light dark; --jp-brand-color1: #0072B2; --jp-ui-font-family: system-ui, sans-serif; --jp-content-font-family: system-ui, sans-serif;
  --jp-widgets-slider-active-handle-color: #0072B2; --jp-widgets-slider-handle-border-color: #0072B2; --jp-widgets-font-size: 15px; --jp-ui-font-size1: 15px }
@media (prefers-color-scheme: dark) { :root:root { --jp-brand-color1: #56B4E9; --jp-widgets-slider-active-handle-color: #56B4E9; --jp-widgets-slider-handle-border-color: #56B4E9;
  --jp-layout-color0: #1c1c1c; --jp-layout-color1: #1c1c1c; --jp-layout-color2: #2b2b2b; --jp-layout-color3: #555; --jp-layout-color4: #777;
  --jp-ui-font-color0: #eee; --jp-ui-font-color1: #ddd; --jp-ui-font-color2: #bbb; --jp-ui-font-color3: #999;
  --jp-content-font-color0: #eee; --jp-content-font-color1: #ddd; --jp-content-font-color2: #bbb; --jp-content-link-color: #56B4E9;
  --jp-border-color0: #666; --jp-border-color1: #555; --jp-border-color2: #444; --jp-border-color3: #333; --jp-rendermime-table-row-background: #222;
  --jp-widgets-color: #ddd; --jp-widgets-label-color: #ddd; --jp-widgets-readout-color: #ddd; --jp-widgets-input-color: #ddd; --jp-widgets-input-background-color: #161616;
  --jp-input-border-color: #555 } }
body { background: var(--jp-layout-color0) !important } #rendered_cells > * { max-width: 62rem !important; margin: 0 auto !important }
.widget-html, .widget-html-content, .page-text { min-width: 0 !important; max-width: 100% } .page-text pre { overflow-x: auto }
:focus-visible { outline: 3px solid var(--jp-brand-color1) !important; outline-offset: 2px } .noUi-base, .noUi-connects { background: #767676 !important } .noUi-handle { background: var(--jp-brand-color1) !important; border-color: var(--jp-brand-color1) !important }
.widget-image { border-radius: 6px } .widget-dropdown > select { appearance: auto; background-image: none !important }
.lm-TabBar-tab { padding: 0 7px !important; flex: 0 0 auto !important; min-width: 0 !important } a[download] { color: var(--jp-brand-color1); text-decoration: underline }
.page-text summary { cursor: pointer; font-weight: 600; padding: .3em 0 }
.page-text { line-height: 1.5; max-width: 44rem } .page-text h1 { font-size: 1.3em } .page-text h2 { font-size: 1.1em }
.page-text table { border-collapse: collapse; display: block; overflow-x: auto } .page-text td, .page-text th { text-align: left; padding: .2em .8em .2em 0; vertical-align: top }
</style>"""


class Likeness(Pictured):
    """Shows a generated face, or those of a picture, and below each the real faces that are nearest to it.

    Parameters
    ----------
    generator : keras.Model
    gallery : FaceSet
        The real faces.
    encoder : Descriptor

    Attributes
    ----------
    source, seed, upload : ipywidgets controls
        `source` is "generated" or "your picture".
    images : uint8 array, shape (n, 80, 80, 3)
        The faces that are asked about.
    nearest : DataFrame or None
        What `matching.nearest_real` found.
    """

    def __init__(self, generator, gallery, encoder):
        self.generator, self.gallery, self.encoder, self.points = (
            generator,
            gallery,
            encoder,
            encoder.embed(gallery.images),
        )
        self.source = ui.ToggleButtons(
            options=["generated", "your picture"], style={"button_width": "auto"}
        )
        self.seed = ui.IntSlider(1, 0, 999, description="seed", **WIDE)
        self.upload, self.message = upload_button(), ui.HTML()
        for control in (self.source, self.seed, self.upload):
            control.observe(self._show, "value")
        super().__init__([self.source, self.seed, self.upload, self.message])
        self._show()

    def _show(self, change=None):
        own = self.source.value == "your picture"
        self.upload.layout.display, self.seed.layout.display = ("", "none") if own else ("none", "")
        if own:
            self._paint_nothing()
            self.images, self.message.value = uploaded(self.upload.value)
        else:
            self.images = networks.generate(
                self.generator,
                latent.sample(4, self.generator.input_shape[-1], self.seed.value, 0.8),
            )
            self.message.value = "Four faces that nobody has, and the portraits that are nearest to each. A near one need not have been copied: somebody always looks most alike."
        self.nearest = (
            matching.nearest_real(self.images, self.gallery, self.encoder, 3, self.points)
            if len(self.images)
            else None
        )
        if self.nearest is None:
            return
        self.picture.layout.max_width = f"min(100%, {128 * len(self.images) + 128}px)"
        found = (
            self.gallery.images[self.nearest["row"].to_numpy()]
            .reshape(len(self.images), -1, 80, 80, 3)
            .swapaxes(0, 1)
        )
        self._paint_figure(
            pictures.rows(
                np.stack([self.images, *found]),
                ["the face", "nearest", "second", "third"][: 1 + len(found)],
            )
        )


class Page(ui.VBox):
    """Five headings; each is made when it is first opened, so that the page itself is there at once.

    Attributes
    ----------
    tabs : ipywidgets.Tab
        Generate, Walk, Unmask, Alike, About; `tabs.selected_index = 2` opens the third.
    opened : dict of str to widget
        What has been made so far; what failed is tried again when its heading is opened again.
    """

    def __init__(self):
        self.makers = {
            "Generate": _generate,
            "Walk": _walk,
            "Unmask": _unmask,
            "Alike": _likeness,
            "About": _about,
        }
        self.opened = {}
        self.tabs = ui.Tab(
            [ui.VBox([ui.HTML("One moment …")]) for _ in self.makers], titles=list(self.makers)
        )
        self.tabs.observe(self._open, "selected_index")
        super().__init__([ui.HTML(_LOOK), self.tabs])
        self._open()

    def _open(self, change=None):
        name = list(self.makers)[self.tabs.selected_index or 0]
        if name not in self.opened:
            try:
                shown = self.opened[name] = self.makers[name]()
            except (
                OSError,
                ValueError,
            ) as error:  # a folder was deleted, a file is damaged, somebody else is cutting out the portraits: the others go on
                shown = ui.HTML(
                    f"This needs something that is not here: {error}. Open another heading and come back to try again."
                )
            self.tabs.children[list(self.makers).index(name)].children = [shown]


def portraits():
    """Return some portraits of the training partition and some of the others, two `FaceSet`s; made once, then read from `build`."""
    until = time.monotonic() + 120
    while True:
        try:
            return examination.train_test_split(
                extraction.extract(
                    photos.load("portraits").sample(_PHOTOS), paths.build() / "page.npz"
                )
            )
        except OSError as error:  # another visitor's kernel is making them
            if "is at work" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(1)


def _text(html):
    return ui.HTML(f'<div class="page-text">{html}</div>')


def _generate():
    sampler = LatentSampler()
    sampler.count.value, sampler.picture.layout.max_width = (
        4,
        _ROOM,
    )  # faces that one can see on a telephone
    return ui.VBox(
        [
            sampler,
            _text(
                "<p><i>Seed</i> draws other faces. <i>Truncation</i> pulls them toward the average face: at 0 they are all the same, above 1 they become "
                "strange. <i>Pin face no.</i> keeps the face of that number beside the others; 0 lets it go. The sliders named after attributes move all "
                "faces in the direction in which a second network sees more of that label; the labels came with the training's pictures, and a label is "
                "an opinion, not a fact about a face.</p><p>The models named <i>celeba</i> learned from photographs of people who were not asked: "
                "for non-commercial teaching only, and none of their faces is to be shown as anybody's.</p>"
            ),
        ]
    )


def _walk():
    walk = LatentWalk(checkpoints.pretrained("portraits"))
    walk.picture.layout.max_width = _ROOM
    return ui.VBox(
        [
            _text(
                "<p>Left, where the walk begins; right, where it ends; between them, the face that is on the way. Press ▶.</p>"
            ),
            walk,
        ]
    )


def _unmask():
    known, others = portraits()
    board = VerdictBoard(
        classifier.pretrained("portraits"),
        checkpoints.pretrained("portraits"),
        others,
        known,
        descriptor.load("portraits"),
    )
    board.count.value, board.picture.layout.max_width = (
        3,
        "min(100%, 480px)",
    )  # words that one can read on a telephone
    return ui.VBox(
        [
            _text(
                "<p>The classifier has met rendered portraits and the fakes of <b>one</b> generator. Of anything else, a photograph of you for "
                "instance, it knows nothing, and does not say so: it calls even a face of this page real, once it was saved, cut out and enlarged anew. <i>Guess first</i> lets you try yourself.</p>"
            ),
            board,
        ]
    )


def _likeness():
    likeness = Likeness(
        checkpoints.pretrained("portraits"), portraits()[0], descriptor.load("portraits")
    )
    return likeness


def _about():
    from nbconvert.filters import markdown2html

    cards = [paths.data() / "models" / name / "MODEL_CARD.md" for name in _CARDS]
    texts = [card.read_text(encoding="utf-8").split("\n", 1) for card in cards if card.is_file()]
    folded = "".join(
        f"<details><summary>{title.lstrip('# ')}</summary>{markdown2html(text)}</details>"
        for title, text in texts
    )
    return _text(
        "<p>This page is part of facekit, a course on generative networks. Nothing is sent anywhere: it is served by the computer that runs facekit, and a picture "
        "that you choose stays in its memory.</p><p>The portraits and what learned from them belong to everybody (CC0): nobody sat for them. What learned from CelebA "
        f"is for non-commercial research and teaching only. The model cards say what each network learned from, how well it does, and what it is not for:</p>{folded}"
    )
