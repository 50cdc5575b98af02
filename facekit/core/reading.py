"""Files that others may have written, cut short or damaged: each is read to its end, or refused in one sentence that names it."""

import json
import math
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from . import paths

_ROOM = 100_000_000  # bytes that may come out of a file beyond ten times its own size


@contextmanager
def guarded(file, what, advice):
    """Turn whatever a library says of damaged bytes into one sentence: `with refusing(file, "a loss table", "train again"): …`.

    Raises
    ------
    FileNotFoundError
        If there is no such file; a folder or a device is none.
    PermissionError
        If it may not be read.
    ValueError
        If reading fails in any other way.
    """
    if not Path(file).is_file():
        raise FileNotFoundError(f"there is no file {paths.display(file)}: {advice}")
    try:
        yield
    except PermissionError:
        raise PermissionError(
            f"{paths.display(file)} may not be read: ask its owner, or name another file"
        ) from None
    except (
        Exception
    ) as error:  # parsers of damaged bytes raise anything, from KeyError to MemoryError
        raise ValueError(
            f"{paths.display(file)} is not {what}, or damaged ({reason(error)}): {advice}"
        ) from None


def reason(error):
    """Return what an exception says as a few printable words."""
    words = " ".join(
        "".join(letter if letter.isprintable() else " " for letter in str(error)).split()
    )
    return (words[:150] if words else "") or type(error).__name__


def read_json(file, advice):
    """Return the JSON object in a file as a dictionary; see `refusing`."""
    with guarded(file, "a record", advice):
        found = json.loads(Path(file).read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("a JSON object is expected")
        return found


def read_csv(file, **options):
    """Return a table of text as `pandas.read_csv` does. What has thousands of columns, which would take minutes, is refused with a ValueError."""
    with open(file, "rb") as opened:
        if any(
            max(line.count(b","), len(line.split())) > 1000
            for line in (opened.readline() for _ in range(3))
        ):
            raise ValueError("more than a thousand columns")
    return pd.read_csv(file, **options)


def read_npz(file, what, advice, wanted=lambda name: True):
    """Return the members of an npz file, those whose name is `wanted`, as a dictionary of arrays; see `refusing`.

    Nothing is unpickled, and what claims to become far larger than the file is refused before memory is taken for it.
    """
    with guarded(file, what, advice), zipfile.ZipFile(file) as archive:
        room, members = _ROOM + 10 * Path(file).stat().st_size, {}
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if not wanted(name):
                continue
            with archive.open(entry) as member:
                shape, dtype, order = read_npy_header(member, entry.file_size)
                room -= math.prod(shape) * max(
                    dtype.itemsize, 16
                )  # a short word takes 16 bytes and more as an object
                if room < 0:
                    raise ValueError("it claims to hold far more than a file of this size does")
                values = np.frombuffer(member.read(), dtype).reshape(shape, order=order)
            values = values.astype(dtype.newbyteorder("="))
            if (
                dtype.kind == "U"
                and values.size
                and np.ascontiguousarray(values).view(np.uint32).max() > sys.maxunicode
            ):
                raise ValueError(f"{name} holds no text")
            members[name] = values
        return members


def read_npy_header(member, length):
    """Read the header of an array in npy format that takes `length` bytes in all; return shape, dtype and order of its numbers or words.

    Raises
    ------
    ValueError
        If it is of another kind (objects above all, which would have to be unpickled), or of another length than it says.
    """
    start = member.tell()
    version = np.lib.format.read_magic(member)
    read = (
        np.lib.format.read_array_header_1_0
        if version == (1, 0)
        else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = read(member)
    if dtype.kind not in "biufU" or not dtype.itemsize:
        raise ValueError(f"an array of type {dtype} is neither numbers nor words")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != length - (
        member.tell() - start
    ):
        raise ValueError(
            f"an array of shape {shape} and type {dtype} is longer or shorter than it says"
        )
    return shape, dtype, "F" if fortran else "C"
