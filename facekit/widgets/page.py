"""The page for people who do not code: the course's controls under five headings.

`python -m facekit app` serves it.
"""

import time
from pathlib import Path

import ipywidgets as ui

from ..contrastive import classifier, examination
from ..core import paths, writing
from ..faces import extraction, photos
from ..faces.faceset import FaceSet
from ..gan import checkpoints
from ..metrics import descriptor
from .nearest import NearestFaces
from .sampler import LatentSampler, LatentWalk
from .verdict_board import VerdictBoard

PHOTOS = 300  # portraits to look for the nearest among: a few seconds to cut out
_WIDTH = "min(100%, 640px)"  # of a picture: enlarged further, faces look coarse


class Page(ui.VBox):
    """Five headings; each is made when it is first opened, so that the page is there at once.

    Attributes
    ----------
    tabs : ipywidgets.Tab
        Generate, Walk, Unmask, Alike, About; `tabs.selected_index = 2` opens the third.
    opened : dict of str to widget
        What has been made so far; what failed is tried again when its heading is opened again.
    """

    def __init__(self) -> None:
        self.opened: dict[str, ui.Widget] = {}
        waiting = [ui.VBox([ui.HTML("One moment …")]) for _ in _TABS]
        self.tabs = ui.Tab(waiting, titles=list(_TABS))
        self.tabs.observe(self._open, "selected_index")
        super().__init__([ui.HTML(f"<style>{_asset('page.css')}</style>"), self.tabs])
        self._open()

    def _open(self, change: dict | None = None) -> None:
        index = self.tabs.selected_index or 0
        name = self.tabs.titles[index]
        if name in self.opened:
            return
        try:
            shown = self.opened[name] = _TABS[name]()
        except (OSError, ValueError) as error:  # weights are missing, a file is damaged
            problem = f"This needs something that is not here: {error}."
            shown = ui.HTML(f"{problem} Open another heading and come back to try again.")
        self.tabs.children[index].children = [shown]


def portraits() -> tuple[FaceSet, FaceSet]:
    """Return faces of some portraits: of the training partition, and of the others.

    They are cut out once; after that they are read from the `build` folder.

    Raises
    ------
    Busy
        If another process has been cutting them out for two minutes.
    """
    until = time.monotonic() + 120
    while True:
        try:
            chosen = photos.load("portraits").sample(PHOTOS)
            faces = extraction.extract(chosen, paths.build() / "page.npz")
            return examination.train_test_split(faces)
        except writing.Busy:  # another visitor's kernel is cutting them out
            if time.monotonic() > until:
                raise
            time.sleep(1)


def _generate() -> ui.Widget:
    sampler = LatentSampler()
    sampler.picture.layout.max_width, sampler.count.value = _WIDTH, 4
    return ui.VBox([sampler, _text("generate.html")])


def _walk() -> ui.Widget:
    walk = LatentWalk(checkpoints.pretrained("portraits"))
    walk.picture.layout.max_width = _WIDTH
    return ui.VBox([_text("walk.html"), walk])


def _unmask() -> ui.Widget:
    known, others = portraits()
    judge, generator = classifier.pretrained("portraits"), checkpoints.pretrained("portraits")
    board = VerdictBoard(judge, generator, others, known, descriptor.load("portraits"))
    # Fewer and narrower than in a notebook: words that can be read on a telephone.
    board.picture.layout.max_width, board.count.value = "min(100%, 480px)", 3
    return ui.VBox([_text("unmask.html"), board])


def _alike() -> ui.Widget:
    generator, describe = checkpoints.pretrained("portraits"), descriptor.load("portraits")
    return NearestFaces(generator, portraits()[0], describe)


def _about() -> ui.Widget:
    from nbconvert.filters import markdown2html

    cards = ""
    for name in ("portraits", "celeba"):
        card = paths.data() / "models" / name / "MODEL_CARD.md"
        if card.is_file():
            title, text = card.read_text(encoding="utf-8").split("\n", 1)
            summary = f"<summary>{title.lstrip('# ')}</summary>"
            cards += f"<details>{summary}{markdown2html(text)}</details>"
    return _text("about.html", cards)


_TABS = {"Generate": _generate, "Walk": _walk, "Unmask": _unmask, "Alike": _alike, "About": _about}


def _text(file: str, more: str = "") -> ui.HTML:
    return ui.HTML(f'<div class="page-text">{_asset(file)}{more}</div>')


def _asset(file: str) -> str:
    return (Path(__file__).parent / "assets" / file).read_text(encoding="utf-8")
