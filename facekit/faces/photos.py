"""Where photographs come from: the bundled portraits, CelebA, or any folder of pictures."""

import hashlib
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..core import paths, reading
from ..core.images import read  # noqa: F401  (part of this module for whoever uses it)

SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".png",
    ".webp",
    ".avif",
    ".heic",
    ".heif",
    ".bmp",
    ".gif",
    ".tif",
    ".tiff",
    ".jp2",
    ".ppm",
    ".pgm",
)
TRUE_BOX = ["face_x", "face_y", "face_w", "face_h"]  # columns of the portraits' attributes
_PARTITIONS = {0: "train", 1: "validation", 2: "test"}


@dataclass(frozen=True)
class PhotoSet:
    """An ordered set of photographs under one root folder.

    `names` are paths relative to `root`, with forward slashes. `attributes` is a table with one row a photograph:
    booleans under CelebA's names (`Male`, `Smiling`, …), and where known `identity` (int) and `partition`
    ("train", "validation", "test"). Those of the portraits also tell where the face truly is, in pixels (`TRUE_BOX`, and
    `lefteye_x` … `rightmouth_y`). For a plain folder it has no columns.
    """

    root: Path
    attributes: pd.DataFrame

    @property
    def names(self):
        return list(self.attributes.index)

    @property
    def paths(self):
        """The photographs as a list of `Path`."""
        return [self.root / name for name in self.names]

    def __len__(self):
        return len(self.attributes)

    def select(self, /, **wanted):
        """Return the photographs whose attributes have the wanted values: `select(Male=True, partition="train")`."""
        return PhotoSet(self.root, self.attributes[matching(self.attributes, wanted)])

    def named(self, names):
        """Return the photographs of these names, in their order: `named(faces.rejects["name"])`."""
        unknown = [name for name in names if name not in self.attributes.index]
        if unknown:
            raise ValueError(f"no photograph {unknown[0]!r} is among these {len(self)}")
        return PhotoSet(self.root, self.attributes.loc[list(names)])

    def __repr__(self):
        return f"<{len(self)} photographs under {self.root.name}>"

    def sample(self, n, seed=0):
        """Return n photographs drawn at random without repetition, in the set's order; all of them if there are fewer."""
        chosen = np.random.default_rng(seed).permutation(len(self))[:n]
        return PhotoSet(self.root, self.attributes.iloc[np.sort(chosen)])


def load(source=None, root=None):
    """Return the photographs of a source as a `PhotoSet`.

    Parameters
    ----------
    source : {"portraits", "celeba", "folder"}, optional
        `portraits` are the bundled pictures of nobody. `celeba` is the official layout: `img_align_celeba/`,
        `list_attr_celeba.txt` or `.csv`, and if present `list_eval_partition` and `identity_CelebA`.
        `folder` is any folder of images, its subfolders included.
        By default what `FACEKIT_SOURCE` says, else `portraits`.
    root : path, optional
        The folder; by default what `FACEKIT_ROOT` says. `portraits` needs none.

    Raises
    ------
    ValueError
        If the source is unknown, or the folder holds no picture.
    FileNotFoundError
        If there is no such folder or no attribute file.
    """
    source = source or os.environ.get("FACEKIT_SOURCE", "portraits")
    if source == "portraits":
        return _load_portraits(Path(root) if root else paths.data() / "portraits")
    readers = {"celeba": _load_celeba, "folder": _load_folder}
    if source not in readers:
        raise ValueError(f"unknown source {source!r}: choose portraits, celeba or folder")
    root = root or os.environ.get("FACEKIT_ROOT")
    if root is None:
        raise ValueError(
            f"source {source!r} needs a folder: photos.load({source!r}, root=…), --root on the command line, or FACEKIT_ROOT"
        )
    root = Path(root).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(
            f"there is no folder {root}: point root at the folder that holds your photographs"
        )
    return readers[source](root)


def matching(attributes, wanted):
    """Return a boolean mask of the rows of an attribute table that have all the wanted values."""
    mask = np.ones(len(attributes), bool)
    for name, value in wanted.items():
        if name not in attributes:
            known = ", ".join(attributes.columns) or "no attributes at all"
            raise ValueError(f"these photographs have no attribute {name!r}; they have {known}")
        mask &= (attributes[name] == value).to_numpy()
    return mask


def _load_folder(root):
    names = sorted(
        (Path(folder) / file).relative_to(root).as_posix()
        for folder, _, files in os.walk(root)
        for file in files
        if file.lower().endswith(SUFFIXES)
    )
    if not names:
        raise ValueError(
            f"no picture under {root}: it must hold files ending in {', '.join(SUFFIXES)}"
        )
    return PhotoSet(root, pd.DataFrame(index=pd.Index(names, name="photo")))


def _load_portraits(root):
    _verify(root)
    file = _existing(root, "list_attr.csv")
    with reading.guarded(file, "the portraits' table", f"check {root.name} out again"):
        table = _named(reading.read_csv(file, index_col="image_id"))
        partition, identity = table.pop("partition"), table.pop("identity")
        truth = table.filter(regex="_[xywh]$")
        attributes = (table.drop(columns=truth.columns) == 1).join(truth)
    return _with_attributes(root, "photos", attributes, identity, partition)


def _named(table):
    """Return a table if each of its rows is called by a name of its own, and each column too."""
    if table.empty or not (
        table.index.is_unique
        and table.columns.is_unique
        and all(isinstance(name, str) for name in table.index)
    ):
        raise ValueError("each photograph and each column needs a name of its own")
    return table


def _verify(root):
    """Compare the bundled files with their sha256 in the list beside them."""
    damaged = []
    for line in (
        _existing(root, "SHA256SUMS").read_text(encoding="utf-8", errors="replace").splitlines()
    ):
        digest, _, name = line.partition("  ")
        try:
            inside = ".." not in Path(name).parts and not Path(name).is_absolute()
            whole = (
                inside
                and (root / name).is_file()
                and hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
            )
        except OSError:  # a name that no file can have
            whole = False
        if not whole:
            damaged.append(name)
    if damaged:
        raise ValueError(
            f"{len(damaged)} of the bundled portraits' files are damaged or missing (the first is {reading.reason(damaged[0])}): check {root.name} out again"
        )


def _load_celeba(root):
    folder = "img_align_celeba"
    if not (root / folder).is_dir():
        raise FileNotFoundError(
            f"no img_align_celeba in {root}: point root at the folder that holds img_align_celeba and list_attr_celeba.txt"
        )
    if (root / folder / folder).is_dir():  # as Kaggle's archive has it
        folder = f"{folder}/{folder}"
    attributes = _celeba_table(_existing(root, "list_attr_celeba.txt", "list_attr_celeba.csv")) == 1
    columns = {}
    for column, stem in (("identity", "identity_CelebA"), ("partition", "list_eval_partition")):
        file = next(
            (
                root / f"{stem}{suffix}"
                for suffix in (".txt", ".csv")
                if (root / f"{stem}{suffix}").is_file()
            ),
            None,
        )
        columns[column] = _celeba_table(file, header=False).iloc[:, 0] if file else None
    if columns["partition"] is not None:
        columns["partition"] = columns["partition"].map(_PARTITIONS)
    return _with_attributes(root, folder, attributes, **columns)


def _celeba_table(file, header=True):
    """Read one of CelebA's lists: the official text (a count, then names, then rows) or the CSV that mirrors carry."""
    with reading.guarded(
        file, "CelebA's list of that name", "fetch it again from the official page"
    ):
        if file.suffix == ".csv":
            table = reading.read_csv(file, index_col=0)
        elif header:
            table = reading.read_csv(file, sep=r"\s+", skiprows=2, header=None, index_col=0)
            table.columns = file.read_text(encoding="utf-8").splitlines()[1].split()
        else:
            table = reading.read_csv(file, sep=r"\s+", header=None, index_col=0)
        if not all(pd.api.types.is_integer_dtype(kind) for kind in table.dtypes):
            raise ValueError("rows of whole numbers are expected")
        return _named(table)


def _with_attributes(root, folder, attributes, identity=None, partition=None):
    """Join a table with the pictures that are there, warning of rows without picture and pictures without row."""
    for name, column in (("identity", identity), ("partition", partition)):
        if column is not None:
            attributes = attributes.assign(**{name: column.reindex(attributes.index)})
    present = {
        entry.name for entry in os.scandir(root / folder) if entry.name.lower().endswith(SUFFIXES)
    }
    listed = set(attributes.index)
    for odd, what in (
        (sorted(listed - present), f"listed photographs are missing from {folder}"),
        (sorted(present - listed), f"pictures in {folder} are not in the attribute list"),
    ):
        if odd:
            warnings.warn(
                f"{len(odd)} {what} (the first is {odd[0]}); they are left out", stacklevel=4
            )
    attributes = attributes[attributes.index.isin(present)]
    if attributes.empty:
        raise ValueError(
            f"none of the listed photographs is in {root / folder}: unpack the pictures there"
        )
    attributes.index = pd.Index([f"{folder}/{name}" for name in attributes.index], name="photo")
    return PhotoSet(root, attributes)


def _existing(root, *names):
    for name in names:
        if (root / name).is_file():
            return root / name
    raise FileNotFoundError(
        f"no {' or '.join(names)} in {root}: point root at the folder that holds it beside the photographs"
    )
