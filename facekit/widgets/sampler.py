"""Sliders for a generator."""

import base64

import ipywidgets as ui
import numpy as np
from PIL import Image

from ..core import weights
from ..core.images import montage
from ..gan import checkpoints, latent, networks
from ..metrics import descriptor as descriptors
from .controls import WIDE, Pictured


def draw(generator, seed=7, count=8, truncation=0.8, shifts=()):
    """Return latent points and their faces: what a `LatentSampler` shows.

    Parameters
    ----------
    generator : keras.Model
    seed, count, truncation
        See `latent.sample`.
    shifts : list of (float, vector)
        How far every point goes in which direction, in standard deviations of the latent distribution.

    Returns
    -------
    (float32 array (count, dim), uint8 array (count, 80, 80, 3))
    """
    points = latent.sample(count, generator.input_shape[-1], seed, truncation)
    for strength, direction in shifts:
        points = points + np.float32(strength) * direction
    return points, networks.generate(generator, points)


class LatentSampler(Pictured):
    """Sliders for a generator: which latent points, how many, how far from the average face, and more or less of an attribute.

    Parameters
    ----------
    generator : keras.Model, optional
        From latent vectors to images in [-1, 1], such as `gan.pretrained("portraits")`. Without it a menu offers all weights that ship.
    descriptor : Descriptor, optional
        Adds a slider for each of the attributes. The menu's models bring the descriptor of their source.
    attributes : sequence of str

    Attributes
    ----------
    model, seed, count, truncation, pin : ipywidgets controls
        Set `.value` in code as with the mouse. `pin` keeps the face of that number beside the sheet until it is 0 again.
    attributes : dict of str to slider
        In standard deviations of the latent distribution.
    images : uint8 array, shape (count, 80, 80, 3)
        The faces that are shown, without the pinned one.
    pinned : uint8 array, shape (80, 80, 3), or None
    """

    def __init__(
        self, generator=None, descriptor=None, attributes=("Smiling", "Male", "Young", "Eyeglasses")
    ):
        self.generator, self.descriptor, self.pinned = generator, descriptor, None
        names = [] if generator is not None else list(weights.names("generator"))
        self.model = ui.Dropdown(
            options=names,
            value="portraits" if "portraits" in names else next(iter(names), None),
            description="model",
            **WIDE,
        )
        self.seed = ui.IntSlider(7, 0, 999, description="seed", **WIDE)
        self.count = ui.IntSlider(8, 1, 32, description="faces", **WIDE)
        self.truncation = ui.FloatSlider(
            0.8, min=0, max=1.5, step=0.05, description="truncation", **WIDE
        )
        self.attributes = {
            name: ui.FloatSlider(0, min=-4, max=4, step=0.25, description=name, **WIDE)
            for name in attributes
        }
        self.pin = ui.IntSlider(0, 0, 32, description="pin face no.", **WIDE)
        self.save = ui.HTML()
        if generator is None:
            self._choose()
        else:
            self._direct()
        self.model.observe(self._choose, "value")
        self.pin.observe(self._pin, "value")
        for control in (self.seed, self.count, self.truncation, *self.attributes.values()):
            control.observe(self._show, "value")
        sliders = list(self.attributes.values()) if self.descriptor else []
        super().__init__(
            [
                *([self.model] if names else []),
                self.seed,
                self.count,
                self.truncation,
                *sliders,
                self.pin,
                self.save,
            ]
        )
        self._show()

    def _choose(self, change=None):
        """Load the model of the menu and the descriptor of its source, where there is one; until then no faces stand under its name."""
        if not change:
            self._load()
            return
        self.picture.layout.visibility, self.save.value = "hidden", f"loading {self.model.value} …"
        try:
            self._load()
        except (OSError, ValueError) as error:
            self.save.value = f"{error}. Choose another model."
            return
        self._show()
        self.picture.layout.visibility = "visible"

    def _load(self):
        source = self.model.value.split("-")[0] if self.model.value else None
        self.generator = checkpoints.pretrained(self.model.value)
        self.descriptor = (
            descriptors.load(source)
            if f"{source}-descriptor" in weights.names("descriptor")
            else None
        )
        self._direct()

    def _direct(self):
        known = [
            name for name in self.attributes if self.descriptor and name in self.descriptor.names
        ]
        for name, slider in self.attributes.items():
            slider.disabled = name not in known
        self.directions = latent.directions(self.generator, self.descriptor, known) if known else {}

    def _pin(self, change):
        number = min(self.pin.value, len(self.images))
        self.pinned = self.images[number - 1] if number else None
        self._show()

    def _show(self, change=None):
        shifts = [
            (self.attributes[name].value, direction) for name, direction in self.directions.items()
        ]
        self.images = draw(
            self.generator, self.seed.value, self.count.value, self.truncation.value, shifts
        )[1]
        sheet = montage(self.images)
        if self.pinned is not None:
            height, width = self.pinned.shape[:2]
            kept = np.full((sheet.shape[0], width + 14, 3), 255, np.uint8)
            kept[:height, :width] = self.pinned
            kept[:height, width + 6 : width + 8] = 0
            sheet = np.concatenate([kept, sheet], axis=1)
        self._paint(sheet)
        data = base64.b64encode(self.picture.value).decode()
        self.save.value = f'<a download="faces-{self.seed.value}.png" href="data:image/png;base64,{data}">save as PNG</a>'


class LatentWalk(Pictured):
    """A slider from one face to another, along the arc between their latent points.

    Parameters
    ----------
    generator : keras.Model
    steps : int
        Faces on the way, both ends included.

    Attributes
    ----------
    start, end, truncation, position : ipywidgets controls
        The two seeds; how far from the average face; and which step is shown, from 0.
    images : uint8 array, shape (steps, 80, 80, 3)
        All faces on the way.
    """

    def __init__(self, generator, steps=31):
        self.generator, self.steps = generator, steps
        self.start = ui.IntSlider(1, 0, 999, description="from seed", **WIDE)
        self.end = ui.IntSlider(2, 0, 999, description="to seed", **WIDE)
        self.truncation = ui.FloatSlider(
            0.8, min=0.1, max=1.5, step=0.05, description="truncation", **WIDE
        )
        self.position = ui.IntSlider(steps // 2, 0, steps - 1, description="on the way", **WIDE)
        play = ui.Play(value=steps // 2, min=0, max=steps - 1, interval=80, repeat=True)
        ui.jslink((play, "value"), (self.position, "value"))
        for control in (self.start, self.end, self.truncation):
            control.observe(self._walk, "value")
        self.position.observe(self._show, "value")
        super().__init__(
            [
                self.start,
                self.end,
                self.truncation,
                ui.Box([play, self.position], layout={"flex_flow": "row wrap"}),
            ]
        )
        self._walk()

    def _walk(self, change=None):
        dim, truncation = self.generator.input_shape[-1], self.truncation.value
        ends = [
            latent.sample(1, dim, control.value, truncation)[0]
            for control in (self.start, self.end)
        ]
        self.images = networks.generate(self.generator, latent.interpolate(*ends, self.steps))
        self._show()

    def _show(self, change=None):
        """Paint the face of the moment large, between the two ends."""
        shown = [
            np.asarray(Image.fromarray(self.images[i]).resize((160, 160), Image.LANCZOS))
            for i in (0, self.position.value, -1)
        ]
        self._paint(montage(np.stack(shown), columns=3, gap=6))
