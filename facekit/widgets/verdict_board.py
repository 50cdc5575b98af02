"""Real or fake? A widget that says what the classifier thinks of a face, and asks you first; `widgets` hands it on."""

import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from ..contrastive import matching
from ..gan import latent, networks
from ..metrics.intervals import wilson_interval
from ..plots import classification, pictures
from .controls import WIDE, Pictured, upload_button, uploaded

_QUIZ = 20  # faces
_UNSEEN = {
    "generated": 1000,
    "guess first": 2000,
}  # added to the seed: those that classifiers are trained on are small, and no quiz shows what was shown
_SOURCES = ["generated", "real", "guess first", "your picture"]


class VerdictBoard(Pictured):
    """Shows faces with verdict, fake percentage, what the verdict is sensitive to, and the nearest real face.

    Parameters
    ----------
    classifier : RealFakeClassifier
    generator : keras.Model
        Draws fakes that neither `contrastive.pretrained` nor a notebook trains on.
    faces : FaceSet
        Real faces of people that the classifier was not trained on: they are shown.
    gallery : FaceSet
        Real faces among which the nearest one is looked for, such as those that the generator was trained on.
    descriptor : Descriptor
        Says which is the nearest.

    Attributes
    ----------
    source, seed, count, upload : ipywidgets controls
        `source` is "generated", "real", "guess first" (twenty faces of both kinds) or "your picture"; an upload is read, never stored.
    guesses : list of ipywidgets Dropdown
        Twenty; values "?", "real", "fake".
    reveal : ipywidgets Checkbox
        Shows the truth of the twenty faces, and the score.
    images : uint8 array, shape (n, 80, 80, 3)
        The faces that are shown.
    truth : list of str, or None
        "real" or "fake"; None for pictures of yours.
    table : DataFrame
        What `matching.report` says of them.
    score : DataFrame or None
        Once the truth is shown: `right` of `faces`, `accuracy`, `low`, `high` for you and for the classifier, on the faces that you answered.
    """

    def __init__(self, classifier, generator, faces, gallery, descriptor):
        self.classifier, self.generator, self.faces, self.gallery, self.descriptor = (
            classifier,
            generator,
            faces,
            gallery,
            descriptor,
        )
        self.points = descriptor.embed(gallery.images)
        self.strangers = matching.nearest_real(faces.images, gallery, descriptor, 1, self.points)[
            "distance"
        ].to_numpy()
        self.images, self.truth, self.table, self.score = (
            np.empty((0, 80, 80, 3), np.uint8),
            None,
            None,
            None,
        )
        self.source = ui.ToggleButtons(options=_SOURCES, style={"button_width": "auto"})
        self.seed = ui.IntSlider(1, 0, 999, description="seed", **WIDE)
        self.count = ui.IntSlider(6, 1, 8, description="faces", **WIDE)
        self.upload = upload_button()
        self.guesses = [
            ui.Dropdown(
                options=["?", "real", "fake"],
                description=str(i + 1),
                style={"description_width": "24px"},
                layout={"width": "110px"},
            )
            for i in range(_QUIZ)
        ]
        self.reveal = ui.Checkbox(False, description="show the truth", indent=False)
        self.answers = ui.VBox(
            [
                ui.Box(self.guesses, layout={"flex_flow": "row wrap", "max_width": "620px"}),
                self.reveal,
            ],
            layout={"display": "none"},
        )
        self.message = ui.HTML()
        for control in (self.source, self.seed, self.count, self.upload):
            control.observe(self._choose, "value")
        self.reveal.observe(self._show, "value")
        for guess in self.guesses:
            guess.observe(self._show_score, "value")
        super().__init__(
            [self.source, self.seed, self.count, self.upload, self.answers, self.message]
        )
        self._choose()

    def _choose(self, change=None):
        """Draw, generate or read the faces that the controls ask for, then show them."""
        source, random = self.source.value, np.random.default_rng(self.seed.value)
        for control, shown in ((self.upload, "your picture"), (self.answers, "guess first")):
            control.layout.display = "" if source == shown else "none"
        self.count.layout.display = "none" if source in ("guess first", "your picture") else ""
        self.seed.layout.display = "none" if source == "your picture" else ""
        self.message.value, self.choosing = (
            "",
            True,
        )  # the controls are set back, and nothing is shown before the new faces are there
        self.reveal.value = False
        for guess in self.guesses:
            guess.value = "?"
        self.choosing = False
        if source == "your picture":
            self._paint_nothing()
            (self.images, self.message.value), self.truth = uploaded(self.upload.value), None
        else:
            number = _QUIZ if source == "guess first" else self.count.value
            fakes = {"generated": number, "real": 0, "guess first": int(random.integers(7, 14))}[
                source
            ]
            made = networks.generate(
                self.generator,
                latent.sample(
                    max(1, fakes),
                    self.generator.input_shape[-1],
                    _UNSEEN.get(source, 0) + self.seed.value,
                ),
            )[:fakes]
            rows = np.sort(
                random.choice(
                    len(self.faces), number - fakes, replace=number - fakes > len(self.faces)
                )
            )
            order = random.permutation(number)
            self.images = np.concatenate([made, self.faces.images[rows]])[order]
            self.truth = np.array(["fake"] * fakes + ["real"] * (number - fakes))[order].tolist()
        self._show()

    def _show(self, change=None):
        if self.choosing:
            return
        self.score = None
        for guess in self.guesses:
            guess.disabled = self.reveal.value
        if not len(self.images):
            self.table = None
            self._paint_nothing()
            return
        self.table = matching.report(
            self.images, self.classifier, self.gallery, self.descriptor, self.strangers, self.points
        )
        with plt.ioff():
            if self.source.value == "guess first":
                self.message.value = ""
                titles = (
                    [f"{truth}, said {said}" for truth, said in zip(self.truth, self.table.label)]
                    if self.reveal.value
                    else None
                )
                self._paint_figure(pictures.numbered(self.images, titles=titles))
                self._show_score()
            else:
                nearest = self.gallery.images[self.table["row"].to_numpy()]
                self._paint_figure(
                    classification.board(
                        self.images,
                        self.table,
                        self.classifier.saliency(self.images),
                        nearest,
                        self.truth,
                    )
                )

    def _show_score(self, change=None):
        if self.source.value != "guess first" or not self.reveal.value:
            return
        self.score = None
        answered = [i for i, guess in enumerate(self.guesses) if guess.value != "?"]
        if not answered:
            self.message.value = "Say real or fake for one face at least; then you get a score."
            return
        truth = np.array(self.truth)[answered]
        said = {
            "you": np.array([self.guesses[i].value for i in answered]),
            "the classifier": self.table.label.to_numpy()[answered],
        }
        right = {name: int((values == truth).sum()) for name, values in said.items()}
        rows = [
            (r, len(truth), r / len(truth), *wilson_interval(r, len(truth))) for r in right.values()
        ]
        self.score = pd.DataFrame(
            rows, index=list(right), columns=["right", "faces", "accuracy", "low", "high"]
        )
        self.message.value = "<br>".join(
            f"{row.Index}: {row.right} of {row.faces} right, {row.accuracy:.0%} (95 % interval {row.low:.0%} to {row.high:.0%})"
            for row in self.score.itertuples()
        )
