"""Check an installation."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..core import paths, profiles, weights
from ..faces import photos

_NEEDED = {
    "portraits": "generator",
    "portraits-discriminator": "discriminator",
    "portraits-classifier": "classifier",
    "portraits-descriptor": "descriptor",
}


def doctor() -> list[str]:
    """Print versions, devices, data and weights, and one line of advice for each thing wrong.

    Returns
    -------
    list of str
        The advice; empty if all is well.
    """
    checks = (_python, _packages, _devices, _data, _profile)
    advice = [line for check in checks for line in check()]
    print("\n".join(f"✗ {line}" for line in advice) if advice else "✓ all is well")
    if advice:
        print("If a command fails, FACEKIT_DEBUG=1 before it shows where.")
    return advice


def _python() -> Iterator[str]:
    print(f"python {sys.version.split()[0]}")
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        yield "This Python is not tested: make the environment with Python 3.11 or 3.12."


def _packages() -> Iterator[str]:
    for package, pinned in _pins().items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        print(f"{package} {version}" + ("" if version == pinned else f"   (pinned: {pinned})"))
        if version != pinned:
            yield (
                f"{package} is {version}, the course is tested with {pinned}: "
                "pip install -r requirements.txt"
            )


def _devices() -> Iterator[str]:
    try:
        from ..core.backend import keras, tf, unused_gpu
    except ImportError as error:
        yield f"{error}."
        return
    devices = [device.name for device in tf.config.list_physical_devices()]
    names = ", ".join(name.removeprefix("/physical_device:") for name in devices)
    print(f"Keras runs on {keras.backend.backend()}; devices: {names}")
    if problem := unused_gpu():
        yield f"{problem}."


def _data() -> Iterator[str]:
    try:
        print(f"data: {paths.display(paths.data())}")
        kinds = {name: kind for kind in _NEEDED.values() for name in weights.names(kind)} | _NEEDED
    except (OSError, ValueError) as error:
        yield f"{error}."
        return
    networks = [partial(weights.read, name, kind) for name, kind in kinds.items()]
    yield from _read(f"{len(networks)} networks", networks)
    yield from _read("the portraits", [partial(photos.load, "portraits")])


def _read(what: str, readers: Sequence[Callable]) -> list[str]:
    """Read everything, print how much of it is whole, and return a sentence for what is not."""
    complaints = []
    for read in readers:
        try:
            read()
        except (OSError, ValueError) as error:
            complaints.append(f"{error}.")
    print(f"{what}: {f'{len(complaints)} missing or damaged' if complaints else 'whole'}")
    return complaints


def _profile() -> Iterator[str]:
    try:
        print(f"profile: {profiles.current().name}")
    except ValueError as error:
        yield f"{error}."


def _pins() -> dict[str, str]:
    """Return from package to version what `requirements.txt` pins, nothing without that file."""
    file = paths.REPOSITORY / "requirements.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return dict(line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.]+", line))
