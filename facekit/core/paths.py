"""Where the kit finds its data and where it writes what a user produces."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def data() -> Path:
    """Return the folder with the bundled portraits, weights and recorded runs.

    It lies beside the package in a clone; `FACEKIT_DATA` names it where the package is installed
    alone.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    """
    folder = Path(os.environ.get("FACEKIT_DATA", REPOSITORY / "data"))
    if not folder.is_dir():
        advice = "clone the whole repository, or set FACEKIT_DATA to the `data` folder of a clone"
        raise FileNotFoundError(f"no data folder at {folder}: {advice}")
    return folder


def build() -> Path:
    """Return the folder for everything a user makes.

    That is `FACEKIT_BUILD`, or `build/` beside the package in a clone, or `build/` here.
    """
    if "FACEKIT_BUILD" in os.environ:
        return Path(os.environ["FACEKIT_BUILD"])
    in_a_clone = (REPOSITORY / "notebooks").is_dir()
    return (REPOSITORY if in_a_clone else Path.cwd()) / "build"


def display(path: str | Path) -> str:
    """Return a path as somebody in the current folder would type it."""
    try:
        return os.path.relpath(path)
    except ValueError:  # on another drive of Windows
        return str(path)
