"""Check an installation."""

import importlib.metadata
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import psutil

from ..core import paths, profiles, weights, writing
from ..faces import photos

_DISK, _MEMORY = 1, 2.5  # GB
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
    for check in (_python, _packages, _devices, _data, _variables, _room):
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
    folder = paths.data()
    print(f"data: {paths.display(folder)}")
    if not (folder / "models").is_dir():
        where = "unset FACEKIT_DATA" if "FACEKIT_DATA" in os.environ else "check it out again"
        yield f"{paths.display(folder)} is not the kit's data: {where}."
        return
    kinds = {name: kind for kind in _NEEDED.values() for name in weights.names(kind)} | _NEEDED
    networks = [partial(weights.read, name, kind) for name, kind in kinds.items()]
    yield from _read(f"{len(networks)} networks", networks)
    yield from _read("the portraits", [partial(photos.load, "portraits")])


def _variables() -> Iterator[str]:
    """Check what the environment says: the profile, and where photographs are."""
    source, root = os.environ.get("FACEKIT_SOURCE", "portraits"), os.environ.get("FACEKIT_ROOT")
    print(f"source: {source}{f' in {root}' if root else ''}")
    try:
        if source != "portraits":  # those have been read already
            photos.load()
    except (OSError, ValueError) as error:
        yield f"FACEKIT_SOURCE, FACEKIT_ROOT: {error}."
    print(f"profile: {profiles.current().name}")


def _room() -> Iterator[str]:
    """Check the folder for results, the disk and the memory."""
    folder = paths.build()
    try:
        with writing.exclusive(folder, "doctor"):
            (folder / ".lock").unlink(missing_ok=True)
        disk = shutil.disk_usage(folder).free / 1e9
    except OSError as error:
        reason = error.strerror or error
        yield f"Results cannot be written to {paths.display(folder)}: {reason}. Set FACEKIT_BUILD."
        return
    memory = psutil.virtual_memory().available / 1e9
    print(f"results: {paths.display(folder)}, {disk:.0f} GB free; {memory:.1f} GB of memory free")
    if disk < _DISK:
        yield f"The disk has {disk:.1f} GB free: lessons and exercises need {_DISK} GB."
    if memory < _MEMORY:
        yield f"{memory:.1f} GB of memory are free: an open lesson needs {_MEMORY} GB."


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
