"""One npz file whose images can be mapped: they lie in it uncompressed, everything else is compressed; nothing is pickled."""

import os
import zipfile
from pathlib import Path

import numpy as np


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
            with archive.open(_entry("images", zipfile.ZIP_STORED), "w", force_zip64=True) as member:
                np.lib.format.write_array_header_1_0(member, dict(descr="|u1", fortran_order=False, shape=tuple(shape)))
                for block in blocks:
                    member.write(np.ascontiguousarray(block, np.uint8).data)
            for name, array in small.items():
                with archive.open(_entry(name, zipfile.ZIP_DEFLATED), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read(path):
    """Open an npz file written by `write`; its members are read when they are asked for."""
    try:
        npz = np.load(path, allow_pickle=False)
        if not isinstance(npz, np.lib.npyio.NpzFile):
            raise ValueError("a single array")
        return npz
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}: make it with faces.extract or `python -m facekit extract`") from None
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        reason = "it holds other things" if "pickle" in str(error) else str(error)
        raise ValueError(f"{Path(path).name} is not an npz file of faces, or damaged ({reason}): extract the photographs again, under another name") from None


def map_images(path):
    """Return the member `images` as an array that is read from the file only where it is touched."""
    path = Path(path)
    with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
        entry = archive.getinfo("images.npy")
        if entry.compress_type != zipfile.ZIP_STORED:
            raise ValueError(f"{path.name} holds compressed images, which cannot be mapped: extract the photographs again")
        file.seek(entry.header_offset + 26)
        name_and_extra = int.from_bytes(file.read(2), "little") + int.from_bytes(file.read(2), "little")
        file.seek(entry.header_offset + 30 + name_and_extra)
        version = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read_header(file)
        if dtype.hasobject or fortran or 0 in shape:
            return np.zeros(shape, np.uint8)
        return np.memmap(path, dtype, mode="r", offset=file.tell(), shape=shape)


def _entry(name, compression):
    entry = zipfile.ZipInfo(f"{name}.npy", (2000, 1, 1, 0, 0, 0))  # a fixed date: equal content, equal bytes
    entry.compress_type = compression
    return entry
