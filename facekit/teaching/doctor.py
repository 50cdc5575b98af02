"""Check an installation."""

import importlib.metadata
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..core import paths, profiles, weights
from ..faces import photos

_NEEDED = {"portraits": "generator"}
_NEEDED |= {f"portraits-{kind}": kind for kind in ("discriminator", "classifier", "descriptor")}


def doctor() -> list[str]:
    """Print versions, devices, data and weights, and one line of advice for each thing wrong.

    Returns
    -------
    list of str
        The advice; empty if all is well.
    """
    advice: list[str] = []
    for check in (_python, _packages, _devices, _data, _profile):
        try:
            advice.extend(check())  # what it advised before an error stays
        except (ImportError, OSError, ValueError) as error:
            advice.append(f"{error}.")
    print("\n".join(f"✗ {line}" for line in advice) if advice else "✓ all is well")
    if advice:
        print("If a command fails, FACEKIT_DEBUG=1 before it shows where.")
    return advice


def _python() -> Iterator[str]:
    print(f"python {sys.version.split()[0]}")
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        yield "This Python is not tested: take Python 3.11 or 3.12."


def _packages() -> Iterator[str]:
    for package, pinned in _pins().items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        print(f"{package} {version}" + ("" if version == pinned else f"   (pinned: {pinned})"))
        if version != pinned:
            yield f"{package} is {version}, not {pinned}: pip install -r requirements.txt"


def _devices() -> Iterator[str]:
    from ..core.backend import keras, tf, unused_gpu

    devices = [device.name for device in tf.config.list_physical_devices()]
    names = ", ".join(name.removeprefix("/physical_device:") for name in devices)
    print(f"Keras runs on {keras.backend.backend()}; devices: {names}")
    if problem := unused_gpu():
        yield f"{problem}."


def _data() -> Iterator[str]:
    print(f"data: {paths.display(paths.data())}")
    kinds = {name: kind for kind in _NEEDED.values() for name in weights.names(kind)} | _NEEDED
    networks = [partial(weights.read, name, kind) for name, kind in kinds.items()]
    yield from _read(f"{len(networks)} networks", networks)
    yield from _read("the portraits", [partial(photos.load, "portraits")])


def _profile() -> list[str]:
    print(f"profile: {profiles.current().name}")
    return []


def _read(what: str, readers: Sequence[Callable]) -> list[str]:
    """Read everything, print how much of it is whole, and return a sentence for what is not."""
    advice = []
    for read in readers:
        try:
            read()
        except (OSError, ValueError) as error:
            advice.append(f"{error}.")
    print(f"{what}: {f'{len(advice)} missing or damaged' if advice else 'whole'}")
    return advice


def _pins() -> dict[str, str]:
    """Return from package to version what `requirements.txt` pins, nothing without that file."""
    file = paths.REPOSITORY / "requirements.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return dict(line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.]+", line))
