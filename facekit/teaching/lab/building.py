"""The lab: one page of HTML in which a GAN plays and a generator invents faces, with no server."""

import base64
import json
import re
import tempfile
from pathlib import Path
from string import Template

from ...core import paths, weights, writing
from ...core.backend import keras
from ...gan import checkpoints, latent
from ...metrics import descriptor

_HERE = Path(__file__).parent
_SCRIPTS = ("networks", "gan", "page", "play", "npz", "faces", "invent", "main")
_RUNS = ("compact", "light")
_ATTRIBUTES = {"Smiling": "smile", "Eyeglasses": "glasses", "Young": "youth"}


def build(out: str | Path | None = None, generator: str = "portraits") -> Path:
    """Write the page, with a generator that ships or that was trained here.

    Parameters
    ----------
    out : path, optional
        `build/lab.html` by default.
    generator : str
        A name that `gan.pretrained` knows, or the `.keras` file of a training.

    Returns
    -------
    Path
        The page. The same inputs give the same bytes.

    Raises
    ------
    FileNotFoundError, ValueError
        If the generator is not there, or no network of this kit.
    """
    out = Path(out or paths.build() / "lab.html")
    out.parent.mkdir(parents=True, exist_ok=True)
    model = checkpoints.load(generator)
    if not model.name.startswith(_RUNS):
        raise ValueError(f"{model.name}: the lab runs generators of the kinds {', '.join(_RUNS)}")
    ways = latent.directions(model, descriptor.load("portraits"), list(_ATTRIBUTES))
    directions = {name: [round(float(x), 4) for x in ways[name]] for name in _ATTRIBUTES}
    data = {"generator": _packed(model), "directions": directions}
    parts = {
        "style": _read("style.css"),
        "data": f"const LAB = {json.dumps(data, separators=(',', ':'))};\n",
        "script": "{\n" + "".join(map(_script, _SCRIPTS)) + "}\n",
        "sliders": "\n      ".join(_slider(*names) for names in _ATTRIBUTES.items()),
    }
    with writing.atomic(out) as part:
        part.write_text(Template(_read("page.html")).substitute(parts), encoding="utf-8")
    return out


def _packed(model: keras.Model) -> str:
    """Return a generator's weights as the kit stores them, in base64."""
    with tempfile.TemporaryDirectory() as folder:
        weights.save(model.get_weights(), Path(folder) / "generator")
        (file,) = Path(folder).glob("*.npz")
        return base64.b64encode(file.read_bytes()).decode()


def _script(name: str) -> str:
    """Return a module as a part of one classic script: a page opened from disk loads no modules."""
    text = re.sub(r"^import .*?;\n", "", _read(f"{name}.js"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def _slider(attribute: str, label: str) -> str:
    id = f"shift-{attribute}"
    control = f'<input id="{id}" type="range" min="-4" max="4" step="0.25" value="0">'
    return f'<span><label for="{id}">{label}</label>{control}<output for="{id}"></output></span>'


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
