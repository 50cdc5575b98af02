"""Check an installation."""

import importlib.metadata
import re
import sys
from functools import partial

from ..core import paths, profiles, weights
from ..faces import photos

_NEEDED = {
    "portraits": "generator",
    "portraits-discriminator": "discriminator",
    "portraits-classifier": "classifier",
    "portraits-descriptor": "descriptor",
}


def doctor():
    """Print versions, Keras' backend, devices, data and weights, and one line of advice for each thing that is wrong.

    Returns
    -------
    list of str
        The advice; empty if all is well.
    """
    advice = []
    print(f"python {sys.version.split()[0]}")
    if not (3, 11) <= sys.version_info[:2] <= (3, 12):
        advice.append("This Python is not tested: make the environment with Python 3.11 or 3.12.")
    for package, pinned in _pins().items():
        try:
            version = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            version = "not installed"
        print(f"{package} {version}" + ("" if version == pinned else f"   (pinned: {pinned})"))
        if version != pinned:
            advice.append(
                f"{package} is {version}, the course is tested with {pinned}: pip install -r requirements.txt"
            )
    try:
        from ..core.backend import keras, tf

        print(
            f"Keras runs on {keras.backend.backend()}; devices: {', '.join(d.name.removeprefix('/physical_device:') for d in tf.config.list_physical_devices())}"
        )
    except ImportError as error:
        advice.append(f"{error}.")
    try:
        print(f"data: {paths.display(paths.data())}")
        known = {name: kind for kind in _NEEDED.values() for name in weights.names(kind)} | _NEEDED
        checks = {
            f"{len(known)} networks": [partial(weights.read, *each) for each in known.items()],
            "the portraits": [partial(photos.load, "portraits")],
        }
    except (OSError, ValueError) as error:
        advice, checks = [*advice, f"{error}."], {}
    for what, reads in checks.items():
        told = [f"{error}." for error in map(_refused, reads) if error]
        print(f"{what}: {f'{len(told)} missing or damaged' if told else 'whole'}")
        advice += told
    try:
        print(f"profile: {profiles.current().name}")
    except ValueError as error:
        advice.append(f"{error}.")
    print("\n".join(f"✗ {line}" for line in advice) if advice else "✓ all is well")
    return advice


def _refused(read):
    """Return what reading complains of, None if it does not."""
    try:
        read()
    except (OSError, ValueError) as error:
        return error


def _pins():
    file = paths.REPOSITORY / "requirements.txt"
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return dict(line.split("==") for line in lines if re.fullmatch(r"[\w.-]+==[\w.]+", line))
