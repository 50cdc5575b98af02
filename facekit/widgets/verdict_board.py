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
from ..plots import classification, pictures
from .controls import PictureBox, choice, faces_in_upload, observe, slider, upload_button

GENERATED, REAL, QUIZ, UPLOAD = "generated", "real", "guess first", "your picture"
_QUIZ_FACES = 20
# Classifiers are trained on fakes of small seeds, and no quiz shows a fake that was shown before.
_SEED_OFFSETS = {GENERATED: 1000, QUIZ: 2000}


class VerdictBoard(PictureBox):
    """Faces with a verdict, what the verdict is sensitive to, and the nearest real face.

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
        `source` is "generated", "real", "guess first" (twenty faces of both kinds) or "your
        picture"; an upload is read, never stored.
    guesses : list of ipywidgets.Dropdown
        Twenty; values "?", "real", "fake".
    reveal : ipywidgets.Checkbox
        Shows the truth of the twenty faces, and the score.
    images : uint8 array, shape (n, 80, 80, 3)
        The faces that are shown.
    truth : list of str, or None
        "real" or "fake"; None for a picture of yours.
    table : DataFrame or None
        What `matching.report` says of them; None where there is no face.
    score : DataFrame or None
        See `score`; None until the truth is shown and a face was guessed.
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
        self.guesses = [_guess(number) for number in range(1, _QUIZ_FACES + 1)]
        self.reveal = ui.Checkbox(False, description="show the truth", indent=False)
        row = ui.Box(self.guesses, layout={"flex_flow": "row wrap", "max_width": "620px"})
        self.answers = ui.VBox([row, self.reveal])
        choosing = [self.source, self.seed, self.count, self.upload]
        super().__init__([*choosing, self.answers, self.message])

        observe(choosing, self._choose)
        observe(self.guesses, self._show_score)
        self._choose()

    def _choose(self, change: dict | None = None) -> None:
        """Draw or read the faces that the controls ask for, and show them."""
        source = self.source.value
        self.seed.layout.display = "none" if source == UPLOAD else ""
        self.count.layout.display = "" if source in (GENERATED, REAL) else "none"
        self.upload.layout.display = "" if source == UPLOAD else "none"
        self.answers.layout.display = "" if source == QUIZ else "none"
        self.reveal.unobserve(self._show, "value")  # the last faces are not shown once more
        self.reveal.value = False
        self.reveal.observe(self._show, "value")
        for guess in self.guesses:
            guess.value = "?"
        self.message.value = ""
        if source == UPLOAD:
            self._show_png(b"")
            self.images, self.message.value = faces_in_upload(self.upload.value)
            self.truth = None
        else:
            seed, count = self.seed.value, self.count.value
            self.images, self.truth = draw(self.generator, self.faces, source, seed, count)
        self._show()

    def _show(self, change: dict | None = None) -> None:
        self.table = self.score = None
        for guess in self.guesses:
            guess.disabled = self.reveal.value
        if not len(self.images):
            return
        self.table = matching.report(self.images, self.classifier, *self.comparison)
        if self.truth and self.source.value == QUIZ:
            pairs = zip(self.truth, self.table["label"]) if self.reveal.value else ()
            titles = [f"{truth}, said {verdict}" for truth, verdict in pairs]
            self.message.value = ""
            self._show_figure(pictures.numbered, self.images, titles=titles)
            self._show_score()
        else:
            nearest = self.gallery.images[self.table["row"].to_numpy()]
            found = self.table, self.classifier.saliency(self.images), nearest
            self._show_figure(classification.board, self.images, *found, self.truth)

    def _show_score(self, change: dict | None = None) -> None:
        """Show how many of the guessed faces were right, once the truth is shown."""
        revealed = self.source.value == QUIZ and self.reveal.value
        if not revealed or self.truth is None or self.table is None:
            return
        self.score = score(self.truth, [guess.value for guess in self.guesses], self.table["label"])
        if self.score is None:
            self.message.value = "Say real or fake for one face at least; then you get a score."
            return
        line = "{}: {} of {} right, {:.0%} (95 % interval {:.0%} to {:.0%})"
        self.message.value = "<br>".join(line.format(*row) for row in self.score.itertuples())


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
        "generated", "real", or "guess first": twenty of both kinds in random order.
    seed, count : int
        `count` does not hold for "guess first".

    Returns
    -------
    images : uint8 array, shape (n, 80, 80, 3)
    truth : list of str
        "real" or "fake", for each.
    """
    random = np.random.default_rng(seed)
    quiz_fakes = int(random.integers(7, 14))
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


def score(
    truth: Sequence[str], guesses: Sequence[str], verdicts: Sequence[str]
) -> pd.DataFrame | None:
    """Return how often you and the classifier were right, on the faces that you guessed.

    Parameters
    ----------
    truth, guesses, verdicts : sequence of str
        "real" or "fake" for each face; "?" for a face that was not guessed.

    Returns
    -------
    DataFrame or None
        Rows "you" and "the classifier"; columns `right`, `faces`, `accuracy` (share) and `low`,
        `high`, its 95 % Wilson interval. None if no face was guessed.
    """
    answers = pd.DataFrame({"truth": truth, "you": guesses, "the classifier": list(verdicts)})
    answers = answers[answers["you"] != "?"]
    if answers.empty:
        return None
    right = answers[["you", "the classifier"]].eq(answers["truth"], axis=0).sum()
    table = pd.DataFrame({"right": right, "faces": len(answers)})
    table["accuracy"] = table["right"] / table["faces"]
    table[["low", "high"]] = [wilson_interval(n, len(answers)) for n in right]
    return table


def _guess(number: int) -> ui.Dropdown:
    style, layout = {"description_width": "24px"}, {"width": "110px"}
    options = ["?", "real", "fake"]
    return ui.Dropdown(options=options, description=str(number), style=style, layout=layout)
