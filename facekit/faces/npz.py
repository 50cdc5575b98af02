"""One npz file whose images can be mapped: they lie in it uncompressed, everything else is compressed; nothing is pickled."""

import os
import zipfile

import numpy as np
import pandas as pd

from ..core import reading

_ADVICE = "extract the photographs again, under another name"


def write(path, blocks, shape, **small):
    """Write an npz file under a temporary name, then rename it: a file of that name is always whole.

    Parameters
    ----------
    path : Path
    blocks : iterable of uint8 arrays
        The images, some at a time; together they have the shape `shape`.
    **small : array or str
        The other members.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(temporary, "w") as archive:
            with archive.open(
                _entry("images", zipfile.ZIP_STORED), "w", force_zip64=True
            ) as member:
                np.lib.format.write_array_header_1_0(
                    member, dict(descr="|u1", fortran_order=False, shape=tuple(shape))
                )
                for block in blocks:
                    member.write(np.ascontiguousarray(block, np.uint8).data)
            for name, array in small.items():
                with archive.open(
                    _entry(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True
                ) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path, *names):
    """Return the members of an npz file written by `write` as a dictionary, all but the images, or those of these names.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a file, or damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(
            f"there is no file {path}: make it with faces.extract or `python -m facekit extract`"
        )
    return reading.read_npz(
        path,
        "an npz file of faces",
        _ADVICE,
        lambda name: name in names if names else name != "images",
    )


def map_images(path):
    """Return the member `images` as an array that is read from the file only where it is touched.

    Raises
    ------
    ValueError
        If it is compressed, which cannot be mapped, or damaged.
    """
    with (
        reading.guarded(path, "an npz file of faces", _ADVICE),
        zipfile.ZipFile(path) as archive,
        open(path, "rb") as file,
    ):
        entry = archive.getinfo("images.npy")
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise ValueError("its images are compressed and cannot be mapped")
        file.seek(entry.header_offset + 26)
        name_and_extra = int.from_bytes(file.read(2), "little") + int.from_bytes(
            file.read(2), "little"
        )
        file.seek(entry.header_offset + 30 + name_and_extra)
        shape, dtype, order = reading.read_npy_header(file, entry.file_size)
        if 0 in shape:
            return np.zeros(shape, dtype)
        return np.memmap(path, dtype, mode="r", offset=file.tell(), shape=shape, order=order)


def plain(column):
    """Return a table's column as an array that can be stored without pickling; words that are missing become empty."""
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return column.to_numpy()
    return column.fillna("").to_numpy(dtype=np.str_)


def column(values):
    """Return the values of a table's column that `plain` made: the way back."""
    return [value or None for value in values.tolist()] if values.dtype.kind == "U" else values


def _entry(name, compression):
    entry = zipfile.ZipInfo(
        f"{name}.npy", (2000, 1, 1, 0, 0, 0)
    )  # a fixed date: equal content, equal bytes
    entry.compress_type = compression
    return entry
