"""Where photographs come from: the bundled portraits, CelebA, or any folder of pictures."""

import hashlib
import os
import stat
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageOps, UnidentifiedImageError

from . import paths

SUFFIXES = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif", ".bmp", ".gif", ".tif", ".tiff", ".jp2", ".ppm", ".pgm")
_ORIENTATION = 0x0112  # in a photograph's EXIF table: how the camera was held
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)  # `read` says it in the reject table
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

    def select(self, **wanted):
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
    if source is None:
        source, root = os.environ.get("FACEKIT_SOURCE", "portraits"), root or os.environ.get("FACEKIT_ROOT")
    if source == "portraits":
        return _load_portraits(Path(root) if root else paths.data() / "portraits")
    readers = {"celeba": _load_celeba, "folder": _load_folder}
    if source not in readers:
        raise ValueError(f"unknown source {source!r}: choose portraits, celeba or folder")
    if root is None:
        raise ValueError(f"source {source!r} needs a folder: photos.load({source!r}, root=…), --root on the command line, or FACEKIT_ROOT")
    root = Path(root).expanduser()
    if not root.is_dir():
        raise FileNotFoundError(f"there is no folder {root}: point root at the folder that holds your photographs")
    return readers[source](root)


def read(path):
    """Return one photograph upright, as uint8 RGB of shape (height, width, 3).

    Of an animation the first picture, of 16-bit levels the upper 8, of a transparent picture what one sees on white paper.

    Parameters
    ----------
    path : path, or file opened for reading bytes

    Raises
    ------
    OSError
        With one sentence for the reject table, if the file cannot be read as a picture.
    """
    try:
        if not hasattr(path, "read") and not stat.S_ISREG(os.stat(path).st_mode):
            raise OSError("a folder or a device, not a picture")
    except FileNotFoundError:
        raise OSError("the file is gone") from None
    try:
        with Image.open(path) as image:
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise Image.DecompressionBombError
            if image.getexif().get(_ORIENTATION, 1) != 1:
                image = ImageOps.exif_transpose(image)
            return np.asarray(_in_colour(image))
    except FileNotFoundError:
        raise OSError("the file is gone") from None
    except PermissionError:
        raise OSError("the file may not be read") from None
    except UnidentifiedImageError:
        empty = not hasattr(path, "read") and Path(path).stat().st_size == 0
        raise OSError("the file is empty" if empty else "not a picture, or of an unknown format") from None
    except Image.DecompressionBombError:
        raise OSError("too many pixels to open safely") from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error) as error:
        raise OSError(f"damaged: {error}") from None


def _in_colour(image):
    if image.mode == "RGB":
        return image
    if image.mode[0] in "IF":  # 16 bits a pixel, or numbers of an unknown range
        levels = np.asarray(image, np.float32)
        highest = float(levels.max())
        scale = 255.0 if highest <= 1 else 1.0 if highest <= 255 else 1 / 257
        return Image.fromarray(np.clip(levels * scale, 0, 255).astype(np.uint8)).convert("RGB")
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return image.convert("RGB")


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
        raise ValueError(f"no picture under {root}: it must hold files ending in {', '.join(SUFFIXES)}")
    return PhotoSet(root, pd.DataFrame(index=pd.Index(names, name="photo")))


def _load_portraits(root):
    _verify(root)
    table = pd.read_csv(_existing(root, "list_attr.csv"), index_col="image_id")
    partition, identity = table.pop("partition"), table.pop("identity")
    truth = table.filter(regex="_[xywh]$")
    return _with_attributes(root, "photos", (table.drop(columns=truth.columns) == 1).join(truth), identity, partition)


def _verify(root):
    """Compare the bundled files with their sha256 in the list beside them."""
    damaged = []
    for line in _existing(root, "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split(maxsplit=1)
        file = root / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            damaged.append(name)
    if damaged:
        raise ValueError(f"{len(damaged)} of the bundled portraits' files are damaged or missing (the first is {damaged[0]}): check {root.name} out again")


def _load_celeba(root):
    folder = "img_align_celeba"
    if not (root / folder).is_dir():
        raise FileNotFoundError(f"no img_align_celeba in {root}: point root at the folder that holds img_align_celeba and list_attr_celeba.txt")
    if (root / folder / folder).is_dir():  # as Kaggle's archive has it
        folder = f"{folder}/{folder}"
    attributes = _celeba_table(_existing(root, "list_attr_celeba.txt", "list_attr_celeba.csv")) == 1
    columns = {}
    for column, stem in (("identity", "identity_CelebA"), ("partition", "list_eval_partition")):
        file = next((root / f"{stem}{suffix}" for suffix in (".txt", ".csv") if (root / f"{stem}{suffix}").is_file()), None)
        columns[column] = _celeba_table(file, header=False).iloc[:, 0] if file else None
    if columns["partition"] is not None:
        columns["partition"] = columns["partition"].map(_PARTITIONS)
    return _with_attributes(root, folder, attributes, **columns)


def _celeba_table(file, header=True):
    """Read one of CelebA's lists: the official text (a count, then names, then rows) or the CSV that mirrors carry."""
    try:
        if file.suffix == ".csv":
            table = pd.read_csv(file, index_col=0)
        elif header:
            table = pd.read_csv(file, sep=r"\s+", skiprows=2, header=None, index_col=0)
            table.columns = file.read_text(encoding="utf-8").splitlines()[1].split()
        else:
            table = pd.read_csv(file, sep=r"\s+", header=None, index_col=0)
        if table.empty or not all(pd.api.types.is_integer_dtype(kind) for kind in table.dtypes):
            raise ValueError("rows of whole numbers are expected")
    except (ValueError, IndexError, pd.errors.ParserError) as error:
        raise ValueError(f"{file.name} is not CelebA's list of that name ({error}); fetch it again from the official page") from None
    return table


def _with_attributes(root, folder, attributes, identity=None, partition=None):
    """Join a table with the pictures that are there, warning of rows without picture and pictures without row."""
    for name, column in (("identity", identity), ("partition", partition)):
        if column is not None:
            attributes = attributes.assign(**{name: column.reindex(attributes.index)})
    present = {entry.name for entry in os.scandir(root / folder) if entry.name.lower().endswith(SUFFIXES)}
    listed = set(attributes.index)
    for odd, what in (
        (sorted(listed - present), f"listed photographs are missing from {folder}"),
        (sorted(present - listed), f"pictures in {folder} are not in the attribute list"),
    ):
        if odd:
            warnings.warn(f"{len(odd)} {what} (the first is {odd[0]}); they are left out", stacklevel=4)
    attributes = attributes[attributes.index.isin(present)]
    if attributes.empty:
        raise ValueError(f"none of the listed photographs is in {root / folder}: unpack the pictures there")
    attributes.index = pd.Index([f"{folder}/{name}" for name in attributes.index], name="photo")
    return PhotoSet(root, attributes)


def _existing(root, *names):
    for name in names:
        if (root / name).is_file():
            return root / name
    raise FileNotFoundError(f"no {' or '.join(names)} in {root}: point root at the folder that holds it beside the photographs")
