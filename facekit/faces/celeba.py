"""CelebA as one downloads it: what is in the archive is checked, and what is no archive is called by its name."""

import hashlib
import re
import sys
import zipfile
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ..core import reading

PHOTOGRAPHS = 202_599  # of the aligned and cropped CelebA (Liu et al. 2015)
LISTS = {  # MD5 of the lists as published, by which torchvision checks them too
    "list_attr_celeba.txt": "75e246fa4810816ffd6ee81facbd244c",
    "identity_CelebA.txt": "32bd1bd63d3c78cd57e08160ec5ed1e2",
    "list_eval_partition.txt": "d32c9cbf5e040fd4025c592c306e6668",
}
_PICTURE = re.compile(r"(?:.*/)?(\d{6}\.jpg)")
_LIST = re.compile(
    r"(?:.*/)?((?:list_attr_celeba|list_eval_partition|identity_CelebA)\.(?:txt|csv))"
)
_LIMIT = 50_000_000  # bytes: no photograph or list of CelebA is larger, whatever the archive says


def unpack(archive, root):
    """Unpack CelebA's `img_align_celeba.zip`, or the archive that Kaggle hands out, into the layout that `photos.load` reads.

    Only photographs and lists are taken, by name; nothing is written outside `root`. What is there already is left, so
    an interrupted call is repeated.

    Parameters
    ----------
    archive : path
        The zip file.
    root : path
        Receives `img_align_celeba/` and the lists that are in the archive.

    Returns
    -------
    DataFrame
        One row a part of the data set, with columns `part`, `state`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        With one sentence, if it is a web page, cut short, damaged, or another archive.
    OSError
        If the archive may not be read, the disk is full or the folder cannot be written. What is done stays.
    """
    archive, root = Path(archive).expanduser(), Path(root).expanduser()
    if archive.is_dir():
        raise ValueError(
            f"{archive.name} is a folder: name the zip file, or use the folder as --root if it is unpacked already"
        )
    if not archive.is_file():
        raise FileNotFoundError(f"there is no file {archive}")
    try:
        with _from(zipfile.ZipFile, archive) as zipped:
            _take(zipped, archive, root)
    except zipfile.BadZipFile as error:
        raise ValueError(f"{archive.name} {_what_it_is(archive, error)}") from None
    return inspect(root)


def inspect(root):
    """Return what of CelebA lies in a folder: one row a part, with columns `part` and `state`."""
    root = Path(root)
    count = sum(1 for _ in (root / "img_align_celeba").glob("*.jpg"))
    rows = [("img_align_celeba", f"{count:,} of {PHOTOGRAPHS:,} photographs")]
    for name, digest in LISTS.items():
        text, table = root / name, (root / name).with_suffix(".csv")
        if text.is_file():
            same = hashlib.md5(text.read_bytes(), usedforsecurity=False).hexdigest() == digest
            rows.append((name, "as published" if same else "differs from the published list"))
        else:
            rows.append(
                (
                    name,
                    "as a CSV, not compared"
                    if table.is_file()
                    else "missing: download it from the same page",
                )
            )
    return pd.DataFrame(rows, columns=["part", "state"])


def _take(zipped, archive, root):
    wanted = {}
    for entry in zipped.infolist():
        if picture := _PICTURE.fullmatch(entry.filename):
            wanted[f"img_align_celeba/{picture[1]}"] = entry
        elif table := _LIST.fullmatch(entry.filename):
            wanted[table[1]] = entry
    if not wanted:
        raise ValueError(
            f"{archive.name} is an archive of something else: none of CelebA's photographs is in it"
        )
    sizes = [entry.file_size for entry in wanted.values()]
    if (
        max(sizes) > _LIMIT or sum(sizes) > 2 * _LIMIT + 2 * archive.stat().st_size
    ):  # photographs shrink by a little, the few lists to a tenth
        raise ValueError(
            f"{archive.name} holds files larger than CelebA's: it is not CelebA's archive"
        )
    done = 0
    try:
        (root / "img_align_celeba").mkdir(parents=True, exist_ok=True)
        for target, entry in tqdm(wanted.items(), unit="file", desc="unpack", file=sys.stdout):
            path = root / target
            if not path.exists() or path.stat().st_size != entry.file_size:
                content = _from(zipped.read, entry)  # checks the CRC
                part = path.with_name(f"{path.name}.part")
                try:
                    part.write_bytes(content)
                    part.replace(path)
                except OSError:
                    part.unlink(missing_ok=True)
                    raise
            done += 1
    except OSError as error:
        raise OSError(
            f"cannot write {root}: {error.strerror or error}; {done} of {len(wanted)} files are there, and the same call goes on"
        ) from None


def _from(read, what):
    """Read from an archive. Whatever is raised of damaged bytes is a BadZipFile; that it may not be read is not damage."""
    try:
        return read(what)
    except PermissionError as error:
        raise PermissionError(
            f"{error.filename} may not be read: ask its owner, or download it again"
        ) from None
    except Exception as error:
        raise zipfile.BadZipFile(reading.reason(error)) from None


def _what_it_is(archive, error):
    start = archive.open("rb").read(1024).lstrip().lower()
    if not start:
        return "is empty: download it again"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return "is a web page, not an archive: the server asked for a login or said that its quota is used up; open the link in a browser and save what it offers then"
    if start.startswith(b"pk"):
        return f"is cut short or damaged ({error}): download it again"
    return "is not a zip archive: download img_align_celeba.zip"
