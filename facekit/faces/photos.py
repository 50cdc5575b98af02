"""Where photographs come from: the bundled portraits, CelebA, or any folder of pictures."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..core import paths, reading
from . import celeba
from .celeba import named_rows

_COMMON = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif")
#: How the names of pictures end that `images.read` opens, or refuses in a sentence.
SUFFIXES = (*_COMMON, ".bmp", ".gif", ".tif", ".tiff", ".jp2", ".ppm", ".pgm")
TRUE_BOX = ["face_x", "face_y", "face_w", "face_h"]  # columns of the portraits' attributes


@dataclass(frozen=True)
class PhotoSet:
    """An ordered set of photographs under one root folder.

    Attributes
    ----------
    root : Path
    attributes : DataFrame
        One row a photograph; the index has their paths relative to `root`, with forward slashes.
        Booleans under CelebA's names (`Male`, `Smiling`, …), and where known `identity` (int) and
        `partition` ("train", "validation", "test"). Those of the portraits also tell where the face
        truly is, in pixels (`TRUE_BOX`, and `lefteye_x` … `rightmouth_y`). For a plain folder there
        are no columns.
    """

    root: Path
    attributes: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The photographs' paths relative to `root`."""
        return list(self.attributes.index)

    @property
    def paths(self) -> list[Path]:
        """The photographs as a list of `Path`."""
        return [self.root / name for name in self.names]

    def __len__(self) -> int:
        return len(self.attributes)

    def __repr__(self) -> str:
        return f"<{len(self)} photographs under {self.root.name}>"

    def select(self, /, **wanted: Any) -> PhotoSet:
        """Return the photographs whose attributes have the wanted values.

        Examples
        --------
        >>> photos.select(Male=True, partition="train")
        """
        return PhotoSet(self.root, self.attributes[matching(self.attributes, wanted)])

    def named(self, names: Iterable[str]) -> PhotoSet:
        """Return the photographs of these names, in their order.

        Examples
        --------
        >>> photos.named(faces.rejects["name"])
        """
        names = list(names)
        if unknown := [name for name in names if name not in self.attributes.index]:
            raise ValueError(f"no photograph {unknown[0]!r} is among these {len(self)}")
        return PhotoSet(self.root, self.attributes.loc[names])

    def sample(self, n: int, seed: int = 0) -> PhotoSet:
        """Return n photographs drawn at random without repetition, in the set's order.

        If there are fewer, all of them.
        """
        chosen = np.random.default_rng(seed).permutation(len(self))[:n]
        return PhotoSet(self.root, self.attributes.iloc[np.sort(chosen)])


def load(source: str | None = None, root: str | Path | None = None) -> PhotoSet:
    """Return the photographs of a source.

    Parameters
    ----------
    source : {"portraits", "celeba", "folder"}, optional
        `portraits` are the bundled pictures of nobody. `celeba` is the official layout:
        `img_align_celeba/`, `list_attr_celeba.txt` or `.csv`, and if present
        `list_eval_partition` and `identity_CelebA`. `folder` is any folder of images, its
        subfolders included. By default the environment's `FACEKIT_SOURCE`, else `portraits`.
    root : path, optional
        The folder that holds them, by default the environment's `FACEKIT_ROOT`; for `portraits`
        those of the kit.

    Raises
    ------
    FileNotFoundError
        If the folder, or a list in it, is not there.
    ValueError
        If the source is unknown, holds no picture, or a list or a portrait is damaged.
    """
    source = source or os.environ.get("FACEKIT_SOURCE", "portraits")
    readers = {"portraits": _load_portraits, "celeba": _load_celeba, "folder": _load_folder}
    if source not in readers:
        raise ValueError(f"unknown source {source!r}: choose portraits, celeba or folder")
    if source == "portraits":
        root = root or paths.data() / "portraits"
    root = root or os.environ.get("FACEKIT_ROOT")
    if not root:
        raise ValueError(f"source {source!r} needs a folder: give root=…, --root or FACEKIT_ROOT")
    root = Path(root).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root}: point root at your photographs")
    return readers[source](root)


def matching(attributes: pd.DataFrame, wanted: dict[str, Any]) -> np.ndarray:
    """Return a boolean mask of the rows of a table that have all the wanted values."""
    mask = np.ones(len(attributes), bool)
    for name, value in wanted.items():
        if name not in attributes:
            known = ", ".join(attributes.columns) or "no attributes at all"
            raise ValueError(f"these photographs have no attribute {name!r}; they have {known}")
        mask &= (attributes[name] == value).to_numpy()
    return mask


def _load_folder(root: Path) -> PhotoSet:
    files = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    pictures = [file for file in files if file.name.lower().endswith(SUFFIXES)]
    if not pictures:
        raise ValueError(f"no picture under {root}: no name ends in {', '.join(SUFFIXES)}")
    names = sorted(picture.relative_to(root).as_posix() for picture in pictures)
    return PhotoSet(root, pd.DataFrame(index=pd.Index(names, name="photo")))


def _load_portraits(root: Path) -> PhotoSet:
    file, advice = root / "list_attr.csv", f"check {root.name} out again"
    _check_sums(root, advice)
    with reading.guarded(file, "the portraits' table", advice):
        table = named_rows(reading.read_csv(file, index_col="image_id"))
        known = table[["identity", "partition"]]
        truth = table.filter(regex="_[xywh]$")
        flags = table.drop(columns=[*known, *truth]) == 1
    return _with_pictures(root, "photos", flags.join(truth).join(known))


def _load_celeba(root: Path) -> PhotoSet:
    return _with_pictures(root, *celeba.read_lists(root))


def _with_pictures(root: Path, folder: str, attributes: pd.DataFrame) -> PhotoSet:
    """Return the photographs of a table that are in a folder.

    What is in only one of the two is left out, with a warning for the caller of `load`.
    """
    present = {name for name in os.listdir(root / folder) if name.lower().endswith(SUFFIXES)}
    listed = set(attributes.index)
    odd = {f"listed photographs are missing from {folder}": listed - present}
    odd[f"pictures in {folder} are not in the attribute list"] = present - listed
    for what, names in odd.items():
        if names:
            message = f"{len(names)} {what} (the first is {min(names)}); they are left out"
            warnings.warn(message, stacklevel=4)
    attributes = attributes[attributes.index.isin(present)]
    if attributes.empty:
        raise ValueError(f"no listed photograph is in {root / folder}: unpack the pictures there")
    index = pd.Index([f"{folder}/{name}" for name in attributes.index], name="photo")
    return PhotoSet(root, attributes.set_axis(index))


def _check_sums(root: Path, advice: str) -> None:
    """Compare the bundled files with their SHA-256 in the list beside them."""
    file = root / "SHA256SUMS"
    with reading.guarded(file, "the portraits' list of checksums", advice):
        listed = file.read_text(encoding="utf-8", errors="replace")
    lines = [line.partition("  ") for line in listed.splitlines()]
    if damaged := [name for digest, _, name in lines if not _is_whole(root, name, digest)]:
        found = f"{len(damaged)} of the bundled portraits' files are damaged or missing"
        raise ValueError(f"{found} (the first is {reading.reason(damaged[0])}): {advice}")


def _is_whole(root: Path, name: str, digest: str) -> bool:
    inside = ".." not in Path(name).parts and not Path(name).is_absolute()
    try:
        return inside and hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
    except (OSError, ValueError):  # there is none, or it is a name that no file can have
        return False
