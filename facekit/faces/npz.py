"""One npz file whose images can be mapped.

They lie in it uncompressed, everything else is compressed; nothing is pickled.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..core import reading, writing

_WHAT = "an npz file of faces"
ADVICE = "make it with faces.extract or `python -m facekit extract`, under a name that is free"


def write(path: Path, blocks: Iterable[np.ndarray], shape: tuple, **members: ArrayLike) -> None:
    """Write an npz file; a file of that name is always whole.

    Parameters
    ----------
    path : Path
    blocks : iterable of uint8 arrays
        The images, some at a time; together they have the shape `shape`.
    shape : tuple of int
    **members : array or str
        The other members.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    with writing.atomic(path) as part, zipfile.ZipFile(part, "w") as archive:
        with _member(archive, "images", zipfile.ZIP_STORED) as member:
            header = {"descr": "|u1", "fortran_order": False, "shape": shape}
            np.lib.format.write_array_header_1_0(member, header)
            for block in blocks:
                member.write(np.ascontiguousarray(block, np.uint8).data)
        for name, values in members.items():
            with _member(archive, name, zipfile.ZIP_DEFLATED) as member:
                np.lib.format.write_array(member, np.asarray(values), allow_pickle=False)


def read(path: Path) -> dict[str, np.ndarray]:
    """Return all members but the images of a file that `write` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a file, or damaged.
    """
    return reading.read_npz(path, _WHAT, ADVICE, skip="images")


def map_images(path: Path) -> np.ndarray:
    """Return the member `images` as an array that is read from the file only where it is touched.

    Raises
    ------
    ValueError
        If it is compressed, which cannot be mapped, or damaged.
    """
    with reading.guarded(path, _WHAT, ADVICE), open(path, "rb") as file:
        entry = zipfile.ZipFile(file).getinfo("images.npy")
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise ValueError("its images are compressed and cannot be mapped")
        # A local header has 30 bytes, the last four of them the lengths of what follows it.
        file.seek(entry.header_offset + 26)
        lengths = np.frombuffer(file.read(4), "<u2")
        file.seek(int(lengths.sum()), 1)
        shape, dtype, order = reading.read_npy_header(file, entry.file_size)
        if 0 in shape:
            return np.zeros(shape, dtype)
        return np.memmap(path, dtype, mode="r", offset=file.tell(), shape=shape, order=order)


def to_array(column: pd.Series) -> np.ndarray:
    """Return a table's column as an array for an npz; words that are missing become empty."""
    if pd.api.types.is_numeric_dtype(column):  # booleans are
        return column.to_numpy()
    return column.fillna("").to_numpy(dtype=np.str_)


def to_column(values: np.ndarray) -> list | np.ndarray:
    """Return the values of a table's column from what `to_array` made of it."""
    return [value or None for value in values.tolist()] if values.dtype.kind == "U" else values


def _member(archive: zipfile.ZipFile, name: str, compression: int) -> IO[bytes]:
    # The date is fixed, so that equal content gives equal bytes.
    entry = zipfile.ZipInfo(f"{name}.npy", (2000, 1, 1, 0, 0, 0))
    entry.compress_type = compression
    return archive.open(entry, "w", force_zip64=True)
