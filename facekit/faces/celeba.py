"""CelebA as one downloads it: its archive, checked and unpacked, and its lists.

The archive's files and lists are those of Liu et al. 2015
(http://mmlab.ie.cuhk.edu.hk/projects/CelebA.html).
"""

import hashlib
import re
import sys
import zipfile
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ..core import reading

PHOTOGRAPHS = 202_599  # of the aligned and cropped CelebA
LISTS = {  # MD5 of the lists as published, by which torchvision checks them too
    "list_attr_celeba.txt": "75e246fa4810816ffd6ee81facbd244c",
    "identity_CelebA.txt": "32bd1bd63d3c78cd57e08160ec5ed1e2",
    "list_eval_partition.txt": "d32c9cbf5e040fd4025c592c306e6668",
}
_FOLDER = "img_align_celeba"
_PARTITIONS = {0: "train", 1: "validation", 2: "test"}
_TAKEN = re.compile(r"\d{6}\.jpg|(list_attr_celeba|list_eval_partition|identity_CelebA)\.(txt|csv)")
_WHAT, _ADVICE = "CelebA's archive", "download img_align_celeba.zip again"
_LIMIT = 50_000_000  # bytes: no photograph or list of CelebA is larger, whatever the archive says


def read_lists(root: Path) -> tuple[str, pd.DataFrame]:
    """Return the folder of CelebA's photographs in `root`, and what its lists say of them.

    Returns
    -------
    (str, DataFrame)
        Booleans, and `identity` and `partition` if there are such lists; a row a photograph.
    """
    folder = _FOLDER
    if not (root / folder).is_dir():
        raise FileNotFoundError(f"no {folder} in {root}: point root at the folder that holds it")
    if (root / folder / folder).is_dir():  # as Kaggle's archive has it
        folder = f"{folder}/{folder}"
    attributes = _read_list(_find_list(root, "list_attr_celeba")) == 1
    for column, name in (("identity", "identity_CelebA"), ("partition", "list_eval_partition")):
        if (file := _find_list(root, name)).is_file():
            values = _read_list(file, header=False).iloc[:, 0].reindex(attributes.index)
            attributes[column] = values.map(_PARTITIONS) if column == "partition" else values
    return folder, attributes


def unpack(archive: str | Path, root: str | Path) -> pd.DataFrame:
    """Unpack CelebA's `img_align_celeba.zip`, or the archive that Kaggle hands out.

    It gets the layout that `photos.load` reads. Only photographs and lists are taken, by name;
    nothing is written outside `root`. What is there already is left, so an interrupted call is
    repeated.

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
        If the archive may not be read, the disk is full or the folder cannot be written. What is
        done stays.
    """
    archive, root = Path(archive).expanduser(), Path(root).expanduser()
    if archive.is_dir():
        raise ValueError(f"{archive.name} is a folder: name the zip file, or use it as --root")
    _refuse_page(archive)
    with reading.guarded(archive, _WHAT, _ADVICE):
        zipped = zipfile.ZipFile(archive)
    with zipped:
        _take(zipped, archive, root)
    return inspect(root)


def inspect(root: str | Path) -> pd.DataFrame:
    """Return what of CelebA lies in a folder: one row a part, with columns `part` and `state`."""
    root = Path(root)
    count = sum(1 for _ in (root / _FOLDER).glob("*.jpg"))
    states = {_FOLDER: f"{count:,} of {PHOTOGRAPHS:,} photographs"}
    for name, digest in LISTS.items():
        file = root / name
        if file.is_file():
            same = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest() == digest
            states[name] = "as published" if same else "differs from the published list"
        elif file.with_suffix(".csv").is_file():
            states[name] = "as a CSV, not compared"
        else:
            states[name] = "missing: download it from the same page"
    return pd.DataFrame(states.items(), columns=["part", "state"])


def named_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table if each of its rows and columns is called by a name of its own."""
    unique = table.index.is_unique and table.columns.is_unique
    if table.empty or not unique or not all(isinstance(name, str) for name in table.index):
        raise ValueError("each photograph and each column needs a name of its own")
    return table


def _find_list(root: Path, name: str) -> Path:
    """Return where a list is: the official text, or the CSV if there is only that."""
    text, table = root / f"{name}.txt", root / f"{name}.csv"
    return table if table.is_file() and not text.is_file() else text


def _read_list(file: Path, header: bool = True) -> pd.DataFrame:
    """Read one of CelebA's lists: the official text, or the CSV that mirrors carry.

    The text has a count, then the columns' names if there is a `header`, then a row a photograph.
    """
    with reading.guarded(file, "CelebA's list of that name", "fetch it from the official page"):
        if file.suffix == ".csv":
            table = reading.read_csv(file, index_col=0)
        else:
            above = 2 if header else 0
            table = reading.read_csv(file, sep=r"\s+", header=None, index_col=0, skiprows=above)
            if header:
                table.columns = file.read_text(encoding="utf-8").splitlines()[1].split()
        if not all(pd.api.types.is_integer_dtype(kind) for kind in table.dtypes):
            raise ValueError("rows of whole numbers are expected")
        return named_rows(table)


def _refuse_page(archive: Path) -> None:
    """Call what a server sent instead of the archive, a web page or nothing, by its name."""
    with reading.guarded(archive, _WHAT, _ADVICE), archive.open("rb") as opened:
        start = opened.read(1024).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        page = f"{archive.name} is a web page, not an archive: the server asked for a login or"
        then = "open the link in a browser and save what it offers then"
        raise ValueError(f"{page} said that its quota is used up; {then}")
    if not start:
        raise ValueError(f"{archive.name} is empty: {_ADVICE}")


def _take(zipped: zipfile.ZipFile, archive: Path, root: Path) -> None:
    """Write the photographs and lists of an archive that are not there yet."""
    wanted = {}
    for entry in zipped.infolist():
        name = entry.filename.rpartition("/")[2]
        if match := _TAKEN.fullmatch(name):
            wanted[name if match[1] else f"{_FOLDER}/{name}"] = entry
    if not wanted:
        raise ValueError(f"{archive.name} is an archive of something else: CelebA is not in it")
    sizes = [entry.file_size for entry in wanted.values()]
    # Photographs shrink by a little, the few lists to a tenth.
    if max(sizes) > _LIMIT or sum(sizes) > 2 * _LIMIT + 2 * archive.stat().st_size:
        raise ValueError(f"{archive.name} is not CelebA's archive: its files are larger")
    done = 0
    try:
        (root / _FOLDER).mkdir(parents=True, exist_ok=True)
        for target, entry in tqdm(wanted.items(), unit="file", desc="unpack", file=sys.stdout):
            path = root / target
            if not path.exists() or path.stat().st_size != entry.file_size:
                with reading.guarded(archive, _WHAT, _ADVICE):
                    content = zipped.read(entry)  # checks the CRC
                part = path.with_name(f"{path.name}.part")  # a lock for each would take minutes
                try:
                    part.write_bytes(content)
                    part.replace(path)
                finally:
                    part.unlink(missing_ok=True)
            done += 1
    except OSError as error:
        progress = f"{done} of {len(wanted)} files are there, and the same call goes on"
        raise OSError(f"cannot write {root}: {error.strerror or error}; {progress}") from None
