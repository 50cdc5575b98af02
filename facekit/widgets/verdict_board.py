"""Real or fake? A widget that shows what the classifier says, and lets you guess first."""

from collections.abc import Sequence

import ipywidgets as ui
import numpy as np
import pandas as pd

from ..contrastive import examination, matching
from ..contrastive.classifier import RealFakeClassifier
from ..core.backend import keras
from ..faces.faceset import FaceSet
from ..metrics.descriptor import Descriptor
from ..metrics.intervals import wilson_interval
from ..plots import classification
from .controls import (
    PictureBox,
    as_png,
    choice,
    faces_in_upload,
    observe,
    slider,
    upload_button,
)

GENERATED, REAL, QUIZ, UPLOAD = "generated", "real", "guess first", "your picture"
_QUIZ_FACES = 8
# Classifiers are trained on fakes of small seeds, and no quiz shows a fake that was shown before.
_SEED_OFFSETS = {GENERATED: 1000, QUIZ: 2000}
_NO_MARK = "&nbsp;<br>&nbsp;"


class VerdictBoard(PictureBox):
    """Faces with a verdict and the nearest real face; or you guess before the verdict is shown.

    Parameters
    ----------
    classifier : RealFakeClassifier
    generator : keras.Model
        Draws fakes that neither `contrastive.pretrained` nor a notebook trains on.
    faces : FaceSet
        Real faces to show, of people that the classifier was not trained on.
    gallery : FaceSet
        Real faces to look for the nearest one, such as those that the generator was trained on.
    descriptor : Descriptor
        Says which face is the nearest.

    Attributes
    ----------
    source, seed, count, upload : ipywidgets controls
        `source` is "generated", "real", "guess first" (eight faces of both kinds, others for
        another seed) or "your picture"; an upload is read, never stored.
    guesses : list of ipywidgets.ToggleButtons
        Eight; None, "real" or "fake". A guess is answered at once, and counts.
    images : uint8 array, shape (n, 80, 80, 3)
        The faces that are shown.
    truth : list of str, or None
        "real" or "fake"; None for a picture of yours.
    table : DataFrame or None
        What `matching.report` says of them; None where there is no face.
    answers : dict
        All guesses so far: from seed and face to truth, guess and verdict.
    score : DataFrame or None
        See `score`; None before the first guess.
    """

    def __init__(
        self,
        classifier: RealFakeClassifier,
        generator: keras.Model,
        faces: FaceSet,
        gallery: FaceSet,
        descriptor: Descriptor,
    ):
        self.classifier, self.generator, self.faces = classifier, generator, faces
        self.gallery, points = gallery, descriptor.embed(gallery.images)
        nearest = matching.nearest_real(faces.images, gallery, descriptor, 1, points)
        self.comparison = gallery, descriptor, nearest["distance"].to_numpy(), points

        self.source = choice([GENERATED, REAL, QUIZ, UPLOAD])
        self.seed, self.count = slider("seed", 1, 0, 999), slider("faces", 6, 1, 8)
        self.upload, self.message = upload_button(), ui.HTML()
        names = [f"face {number}" for number in range(1, _QUIZ_FACES + 1)]
        self.portraits = [ui.Image(layout={"width": "128px"}) for _ in names]
        self.guesses = [_guess(name) for name in names]
        self.marks = [ui.HTML(_NO_MARK) for _ in names]
        cards = [ui.VBox(card) for card in zip(self.portraits, self.guesses, self.marks)]
        self.cards = ui.Box(cards, layout={"flex_flow": "row wrap", "max_width": "640px"})
        self.answers: dict[tuple[int, int], tuple[str, str, str]] = {}
        self.score: pd.DataFrame | None = None
        choosing = [self.source, self.seed, self.count, self.upload]
        super().__init__([*choosing, self.cards, self.message])

        observe(choosing, self._choose)
        observe(self.guesses, self._answer)
        self._choose()

    def _is_private(self) -> bool:
        return self.source.value == UPLOAD

    def _choose(self, change: dict | None = None) -> None:
        """Draw or read the faces that the controls ask for, and show them."""
        source, settings = self.source.value, (self.seed.value, self.count.value)
        shown = {self.seed: source != UPLOAD, self.count: source in (GENERATED, REAL)}
        shown |= {self.upload: source == UPLOAD, self.cards: source == QUIZ}
        for control, is_shown in shown.items():
            control.layout.display = "" if is_shown else "none"
        self.message.value, self.table, self.truth = "", None, None
        self._show_png(b"")
        if source == UPLOAD:
            self.images, self.message.value = faces_in_upload(self.upload.value)
        else:
            self.images, self.truth = draw(self.generator, self.faces, source, *settings)
        if len(self.images):
            self.table = matching.report(self.images, self.classifier, *self.comparison)
            self._ask() if source == QUIZ else self._tell(self.table)

    def _tell(self, table: pd.DataFrame) -> None:
        """Show the verdicts, and below each face the nearest real one."""
        nearest = self.gallery.images[table["row"].to_numpy()]
        verdicts = zip(table["label"], table["fake_percentage"])
        words = "; ".join(f"{label}, {percentage:.0f} % fake" for label, percentage in verdicts)
        self._show_figure(words, classification.board, self.images, table, nearest, self.truth)

    def _ask(self) -> None:
        """Show the faces with their buttons; those that were guessed before keep their answer."""
        for number, (portrait, guess) in enumerate(zip(self.portraits, self.guesses)):
            portrait.value = as_png(self.images[number])
            known = self.answers.get((self.seed.value, number))
            guess.value = known[1] if known else None
        self._mark()

    def _answer(self, change: dict) -> None:
        """Take a guess down; the first for a face counts."""
        number, guess = self.guesses.index(change["owner"]), change["new"]
        face = self.seed.value, number
        if guess and face not in self.answers and self.truth and self.table is not None:
            self.answers[face] = self.truth[number], guess, self.table["label"][number]
            self._mark()

    def _mark(self) -> None:
        """Say of each guess whether it was right, and of all how many were."""
        for number, (guess, mark) in enumerate(zip(self.guesses, self.marks)):
            answer = self.answers.get((self.seed.value, number))
            guess.disabled, mark.value = answer is not None, _NO_MARK
            if answer:
                truth, said, verdict = answer
                word = "✓ right" if said == truth else "✗ wrong"
                mark.value = f"{word}: {truth}<br>classifier: {verdict}"
        self.score = score(*zip(*self.answers.values())) if self.answers else None
        line = "{}: {} of {} right, {:.0%} (95 % interval {:.0%} to {:.0%})"
        rows = self.score.itertuples() if self.score is not None else ()
        self.message.value = "<br>".join(line.format(*row) for row in rows)
        self._store_soon()


def draw(
    generator: keras.Model, faces: FaceSet, source: str, seed: int, count: int
) -> tuple[np.ndarray, list[str]]:
    """Draw faces that no classifier was trained on.

    Parameters
    ----------
    generator : keras.Model
    faces : FaceSet
        The real ones to choose from.
    source : str
        "generated", "real", or "guess first": eight of both kinds in random order.
    seed, count : int
        `count` does not hold for "guess first".

    Returns
    -------
    images : uint8 array, shape (n, 80, 80, 3)
    truth : list of str
        "real" or "fake", for each.
    """
    random = np.random.default_rng(seed)
    quiz_fakes = int(random.integers(2, 7))
    total = _QUIZ_FACES if source == QUIZ else count
    fakes = {GENERATED: total, REAL: 0, QUIZ: quiz_fakes}[source]
    generated = faces.images[:0]
    if fakes:
        generated = examination.fakes(generator, fakes, _SEED_OFFSETS[source] + seed)
    real = total - fakes
    rows = np.sort(random.choice(len(faces), real, replace=real > len(faces)))
    order = random.permutation(total)
    truth = np.array(["fake"] * fakes + ["real"] * real)
    return np.concatenate([generated, faces.images[rows]])[order], truth[order].tolist()


def score(truth: Sequence[str], guesses: Sequence[str], verdicts: Sequence[str]) -> pd.DataFrame:
    """Return how often you and the classifier were right.

    Parameters
    ----------
    truth, guesses, verdicts : sequence of str
        "real" or "fake" for each face.

    Returns
    -------
    DataFrame
        Rows "you" and "the classifier"; columns `right`, `faces`, `accuracy` (share) and `low`,
        `high`, its 95 % Wilson interval.
    """
    answers = pd.DataFrame({"you": guesses, "the classifier": verdicts})
    right = answers.eq(pd.Series(truth), axis=0).sum()
    table = pd.DataFrame({"right": right, "faces": len(answers)})
    table["accuracy"] = table["right"] / table["faces"]
    table[["low", "high"]] = [wilson_interval(n, len(answers)) for n in right]
    return table


def _guess(name: str) -> ui.ToggleButtons:
    buttons = choice([REAL, "fake"])
    buttons.value, buttons.tooltips = None, [f"{name} is real", f"{name} is a fake"]
    return buttons
