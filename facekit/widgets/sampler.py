"""Sliders for a generator: single faces, and the walk from one to another."""

from collections.abc import Iterable, Sequence

import ipywidgets as ui
import numpy as np
from PIL import Image

from ..core import reading, weights
from ..core.backend import keras
from ..core.images import montage
from ..gan import checkpoints, latent, networks
from ..metrics import descriptor as descriptors
from .controls import PictureBox, download_link, labelled, observe, slider


class LatentSampler(PictureBox):
    """Faces of a generator: choose latent points, how many, how typical, and their attributes.

    Parameters
    ----------
    generator : keras.Model, optional
        From latent vectors to images in [-1, 1], such as `gan.pretrained("portraits")`. Without it
        a menu offers all weights that ship.
    descriptor : Descriptor, optional
        Adds a slider for each of the attributes. A model of the menu comes with the descriptor of
        the pictures that it learned from.
    attributes : sequence of str

    Attributes
    ----------
    model, seed, count, truncation, pin : ipywidgets controls
        Set `.value` in code as with the mouse. `pin` keeps the face of that number beside the
        others until it is 0 again.
    attributes : dict of str to slider
        In standard deviations of the latent distribution.
    images : uint8 array, shape (count, 80, 80, 3)
        The faces that are shown, without the pinned one; none where no model could be loaded.
    pinned : uint8 array, shape (80, 80, 3), or None

    Raises
    ------
    FileNotFoundError, ValueError
        If no weights ship, or those that the menu begins with are damaged. Of a model that is
        chosen later, the sentence stands below the controls instead.
    """

    def __init__(
        self,
        generator: keras.Model | None = None,
        descriptor: descriptors.Descriptor | None = None,
        attributes: Sequence[str] = ("Smiling", "Male", "Young", "Eyeglasses"),
    ):
        names = list(weights.names("generator")) if generator is None else []
        first = "portraits" if "portraits" in names else next(iter(names), None)
        self.model = labelled(ui.Dropdown, "model", options=names, value=first)
        self.seed = slider("seed", 7, 0, 999)
        self.count = slider("faces", 8, 1, 32)
        self.truncation = slider("truncation", 0.8, 0, 1.5, 0.05)
        self.attributes = {name: slider(name, 0, -4, 4, 0.25) for name in attributes}
        self.pin, self.save = slider("pin face no.", 0, 0, self.count.value), ui.HTML()
        self.pinned: np.ndarray | None = None
        self.model.observe(self._change_model, "value")
        if generator is None:
            generator, descriptor = _load(self.model.value)
        self._use(generator, descriptor)
        basic, sliders = [self.seed, self.count, self.truncation], list(self.attributes.values())
        menu, shown = [self.model] if names else [], basic + (sliders if descriptor else [])
        super().__init__([*menu, *shown, self.pin, self.save])
        self._draw()
        observe(basic + sliders, self._draw)

    def _change_model(self, change: dict) -> None:
        """Load the model of the menu; nothing of the last one is shown or saved under its name."""
        self.generator, self.images = None, np.empty((0, 80, 80, 3), np.uint8)
        self._show_png(b"")
        self.save.value = f"loading {self.model.value} …"
        try:
            self._use(*_load(self.model.value))
        except (OSError, ValueError) as error:
            self.save.value = f"{error}. Choose another model."
        else:
            self._draw()

    def _use(self, generator: keras.Model, descriptor: descriptors.Descriptor | None) -> None:
        """Take generator, descriptor and directions over together, once all of them are there."""
        directions = {}
        if descriptor and (known := [name for name in self.attributes if name in descriptor.names]):
            directions = latent.directions(generator, descriptor, known)
        self.generator, self.descriptor, self.directions = generator, descriptor, directions
        for name, control in self.attributes.items():
            control.disabled = name not in directions

    def _pin(self, change: dict) -> None:
        number = self.pin.value
        self.pinned = self.images[number - 1] if 0 < number <= len(self.images) else None
        self._draw()

    def _draw(self, change: dict | None = None) -> None:
        if self.generator is None:
            return
        settings = self.seed.value, self.count.value, self.truncation.value
        shifts = [(self.attributes[name].value, way) for name, way in self.directions.items()]
        self.images = draw(self.generator, *settings, shifts)[1]
        self.pin.unobserve(self._pin, "value")  # fewer faces do not let the pinned one go
        self.pin.max = len(self.images)
        self.pin.observe(self._pin, "value")
        sheet = montage(self.images)
        if self.pinned is not None:
            sheet = _beside(self.pinned, sheet)
        self._show_image(sheet, f"{len(self.images)} invented faces, seed {self.seed.value}")
        file = f"faces-{self.seed.value}.png"
        self.save.value = download_link(self.picture.value, file, "save as PNG", "image/png")


class LatentWalk(PictureBox):
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

    def __init__(self, generator: keras.Model, steps: int = 31):
        self.generator, self.steps = generator, steps
        self.start, self.end = slider("from seed", 1, 0, 999), slider("to seed", 2, 0, 999)
        self.truncation = slider("truncation", 0.8, 0.1, 1.5, 0.05)
        self.position = slider("on the way", steps // 2, 0, steps - 1)
        play = ui.Play(value=steps // 2, min=0, max=steps - 1, interval=80, repeat=True)
        ui.jslink((play, "value"), (self.position, "value"))
        way = ui.Box([play, self.position], layout={"flex_flow": "row wrap"})
        super().__init__([self.start, self.end, self.truncation, way])
        observe([self.start, self.end, self.truncation], self._walk)
        self.position.observe(self._show, "value")
        self._walk()

    def _walk(self, change: dict | None = None) -> None:
        seeds, dim = (self.start.value, self.end.value), self.generator.input_shape[-1]
        start, end = (latent.sample(1, dim, seed, self.truncation.value)[0] for seed in seeds)
        self.images = networks.generate(self.generator, latent.interpolate(start, end, self.steps))
        self._show()

    def _show(self, change: dict | None = None) -> None:
        """Show the face at the slider's position, enlarged, between the two ends."""
        faces = [Image.fromarray(self.images[i]) for i in (0, self.position.value, -1)]
        large = [np.asarray(face.resize((160, 160), Image.Resampling.LANCZOS)) for face in faces]
        where = f"step {self.position.value} of {self.steps - 1}"
        words = f"the first face, the one at {where}, and the last"
        self._show_image(montage(np.stack(large), columns=3, gap=6), words)


def draw(
    generator: keras.Model,
    seed: int = 7,
    count: int = 8,
    truncation: float = 0.8,
    shifts: Iterable[tuple[float, np.ndarray]] = (),
) -> tuple[np.ndarray, np.ndarray]:
    """Return latent points and their faces: what a `LatentSampler` shows.

    Parameters
    ----------
    generator : keras.Model
    seed, count, truncation
        See `latent.sample`.
    shifts : iterable of (float, vector)
        How far every point is moved in which direction, in standard deviations of the latent
        distribution.

    Returns
    -------
    points : float32 array, shape (count, dim)
    images : uint8 array, shape (count, 80, 80, 3)
    """
    points = latent.sample(count, generator.input_shape[-1], seed, truncation)
    for strength, direction in shifts:
        points = points + np.float32(strength) * direction
    return points, networks.generate(generator, points)


def _load(name: str) -> tuple[keras.Model, descriptors.Descriptor | None]:
    """Return a generator that ships, with the descriptor of its source where there is one."""
    generator = checkpoints.pretrained(name)
    record = reading.read_json(weights.names("generator")[name], "check it out again")
    source = record.get("source", "")
    known = f"{source}-descriptor" in weights.names("descriptor")
    return generator, descriptors.load(source) if known else None


def _beside(face: np.ndarray, sheet: np.ndarray) -> np.ndarray:
    """Return a sheet of faces with another face and a black line on its left."""
    height, width = face.shape[:2]
    column = np.pad(face, ((0, len(sheet) - height), (0, 14), (0, 0)), constant_values=255)
    column[:height, width + 6 : width + 8] = 0
    return np.concatenate([column, sheet], axis=1)
