"""Environment variables that are changed for the time of a block."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

_FOLDERS = ("FACEKIT_ROOT", "FACEKIT_BUILD", "FACEKIT_DATA")


@contextmanager
def changed(**values: str | None) -> Iterator[None]:
    """Set environment variables for the time of a block: `with changed(FACEKIT_PROFILE="quick"):`.

    Parameters
    ----------
    values : str or None
        From a variable's name to its value; None unsets it. At the end all are as they were.
    """
    before = {name: os.environ.get(name) for name in values}
    _set(values)
    try:
        yield
    finally:
        _set(before)


def absolute_folders() -> dict[str, str]:
    """Return the folders that variables name as absolute paths: a kernel starts in another one."""
    named = {name: os.environ.get(name) for name in _FOLDERS}
    return {name: os.path.abspath(os.path.expanduser(path)) for name, path in named.items() if path}


def _set(values):
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
