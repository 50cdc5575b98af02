"""Files that others may have written, cut short or damaged.

Each is read to its end, or refused in one sentence that names it.
"""

import json
import lzma
import math
import os
import struct
import sys
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import pandas as pd

from . import paths

#: What parsers raise of damaged bytes, and of JSON of another form: ValueError has the errors of
#: json, Unicode and pandas in it, RuntimeError those of nested and of encrypted files. Lack of
#: memory, and names and attributes that do not exist, are no fault of the file.
_BUILTIN = (OSError, EOFError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError)
_OF_PARSERS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, tokenize.TokenError)
DAMAGE = (*_BUILTIN, *_OF_PARSERS, SyntaxError)
_ROOM = 100_000_000  # bytes that may come out of a file beyond ten times its own size


@contextmanager
def guarded(file: str | Path, what: str, advice: str) -> Iterator[None]:
    """Turn what a library says of damaged bytes into one sentence.

    Parameters
    ----------
    file : path
    what : str
        What it should be, such as "a loss table".
    advice : str
        What to do next.

    Raises
    ------
    FileNotFoundError
        If there is no such file; a folder or a device is none.
    PermissionError
        If it may not be read.
    ValueError
        If it is damaged, or something else. `FACEKIT_DEBUG=1` shows where it was found.

    Examples
    --------
    >>> with guarded("losses.csv", "a loss table", "train again"):
    ...     table = read_csv("losses.csv")
    """
    shown = paths.display(file)
    if not Path(file).is_file():
        raise FileNotFoundError(f"there is no file {shown}: {advice}")
    try:
        yield
    except PermissionError as error:
        raise PermissionError(f"{shown} may not be read: ask its owner") from cause(error)
    except DAMAGE as error:
        refusal = f"{shown} is not {what}, or damaged ({reason(error)}): {advice}"
        raise ValueError(refusal) from cause(error)


def debugging() -> bool:
    """Return whether `FACEKIT_DEBUG=1` asks for tracebacks beside the sentences."""
    return os.environ.get("FACEKIT_DEBUG") == "1"


def cause(error: BaseException) -> BaseException | None:
    """Return what stands behind `raise … from`: the error when `debugging`, else nothing."""
    return error if debugging() else None


def reason(error: BaseException | str) -> str:
    """Return what an exception, or a stranger's sentence, says as a few printable words."""
    printable = "".join(letter if letter.isprintable() else " " for letter in str(error))
    return " ".join(printable.split())[:150] or type(error).__name__


def read_json(file: str | Path, advice: str) -> dict[str, Any]:
    """Return the JSON object in a file as a dictionary; errors as in `guarded`."""
    with guarded(file, "a record", advice):
        record = json.loads(Path(file).read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("a JSON object is expected")
        return record


def read_csv(file: str | Path, **options: Any) -> pd.DataFrame:
    """Return a table of text as `pandas.read_csv` does.

    Raises
    ------
    ValueError
        If it has more than a thousand columns, which would take minutes, or cannot be read.
    """
    with open(file, "rb") as opened:
        for line in (opened.readline() for _ in range(3)):
            if max(line.count(b","), len(line.split())) > 1000:
                raise ValueError("more than a thousand columns")
    return pd.read_csv(file, **options)


def read_npz(file: str | Path, what: str, advice: str, skip: str = "") -> dict[str, np.ndarray]:
    """Return the members of an npz file, but the one named `skip`, as a dictionary of arrays.

    Nothing is unpickled, and what claims to become far larger than the file is refused before
    memory is taken for it. Errors as in `guarded`.
    """
    with guarded(file, what, advice), zipfile.ZipFile(file) as archive:
        room, members = _ROOM + 10 * Path(file).stat().st_size, {}
        for entry in archive.infolist():
            name = entry.filename.removesuffix(".npy")
            if name == skip:
                continue
            with archive.open(entry) as member:
                shape, dtype, order = read_npy_header(member, entry.file_size)
                # A short word takes 16 bytes and more as an object.
                room -= math.prod(shape) * max(dtype.itemsize, 16)
                if room < 0:
                    raise ValueError("it claims to hold far more than a file of this size does")
                values = np.frombuffer(member.read(), dtype).astype(dtype.newbyteorder("="))
            if dtype.kind == "U" and values.view(np.uint32).max(initial=0) > sys.maxunicode:
                raise ValueError(f"{name} holds no text")
            members[name] = values.reshape(shape, order=order)
        return members


def read_npy_header(member: IO[bytes], length: int) -> tuple[tuple, np.dtype, Literal["C", "F"]]:
    """Read the header of an array in npy format that takes `length` bytes in all.

    Returns
    -------
    (tuple of int, dtype, "C" or "F")
        Shape, type and order of its numbers or words, which follow in the file.

    Raises
    ------
    ValueError
        If it is of another kind (objects above all, which would have to be unpickled), or of
        another length than it says.
    """
    formats, start = np.lib.format, member.tell()
    first = formats.read_magic(member) == (1, 0)
    read_header = formats.read_array_header_1_0 if first else formats.read_array_header_2_0
    shape, fortran, dtype = read_header(member, max_header_size=1000)
    if dtype.kind not in "biufU" or not dtype.itemsize:
        raise ValueError(f"an array of type {dtype} is neither numbers nor words")
    size = length - (member.tell() - start)
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize != size:
        raise ValueError(f"an array {shape} of {dtype} is longer or shorter than it says")
    return shape, dtype, "F" if fortran else "C"
