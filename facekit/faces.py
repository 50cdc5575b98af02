"""From photographs to faces: MTCNN finds them, a crop and a resize make them alike, one npz file keeps them."""

import functools
import json
import os
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from PIL import Image
from tqdm import tqdm

from . import photos as photographs

KEYPOINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")  # left and right as the viewer sees them
_SMALLEST = 20  # pixels: MTCNN looks for no smaller face
_LARGEST = 1280  # pixels: larger photographs are searched on a reduced copy

_MEMBERS = ("images", "names", "boxes", "confidence", "keypoints", "attributes", "reject_names", "reject_reasons", "settings")


@dataclass(frozen=True)
class FaceSet:
    """Faces of one size, with where each was found.

    Attributes
    ----------
    images : uint8 array, shape (n, size, size, 3)
        RGB. Read from disk only where it is touched, if the set was loaded from a file.
    names : str array, shape (n,)
        The photograph of each face, relative to its root.
    boxes : float32 array, shape (n, 4)
        x, y, width, height of the detector's box, in pixels of the photograph.
    confidence : float32 array, shape (n,)
        The detector's, in [0, 1].
    keypoints : float32 array, shape (n, 5, 2)
        x, y of `KEYPOINTS`, in pixels of the photograph.
    attributes : DataFrame
        One row a face, as in `PhotoSet`.
    rejects : DataFrame
        Columns `name` and `reason`: the photographs without a face here, and why.
    """

    images: np.ndarray
    names: np.ndarray
    boxes: np.ndarray
    confidence: np.ndarray
    keypoints: np.ndarray
    attributes: pd.DataFrame
    rejects: pd.DataFrame

    def __len__(self):
        return len(self.images)

    def take(self, rows):
        """Return the faces at these positions (integers or a boolean mask); the rejects stay behind."""
        return FaceSet(self.images[rows], self.names[rows], self.boxes[rows], self.confidence[rows],
                       self.keypoints[rows], self.attributes.iloc[rows], self.rejects.iloc[:0])

    def select(self, **wanted):
        """Return the faces whose attributes have the wanted values: `select(Male=True)`."""
        return self.take(np.flatnonzero(photographs.matching(self.attributes, wanted)))

    def split(self, share=0.8, seed=0):
        """Return two sets with no person in both: about `share` of the people, and the others.

        Where people are not known, every photograph counts as another person.
        """
        people = self.attributes["identity"].to_numpy() if "identity" in self.attributes else np.arange(len(self))
        order = np.random.default_rng(seed).permutation(np.unique(people))
        first = np.isin(people, order[: round(share * len(order))])
        return self.take(np.flatnonzero(first)), self.take(np.flatnonzero(~first))

    def dataset(self, batch_size, seed=0):
        """Return a `tf.data.Dataset` of float32 batches (batch_size, size, size, 3) in [-1, 1], shuffled anew each epoch.

        The faces stay uint8; a batch is scaled when it is drawn. What does not fill a batch waits for another epoch.

        Raises
        ------
        ValueError
            If there are fewer faces than a batch.
        """
        from .backend import tf

        if not 1 <= batch_size <= len(self):
            raise ValueError(f"a batch of {batch_size} from {len(self)} faces: choose a batch between 1 and {len(self)}, or extract more photographs")

        def draw(rows):
            batch = tf.numpy_function(lambda chosen: to_float(self.images[np.sort(chosen)]), [rows], tf.float32, stateful=False)
            return tf.ensure_shape(batch, (batch_size, *self.images.shape[1:]))

        rows = tf.data.Dataset.range(len(self)).shuffle(len(self), seed=seed, reshuffle_each_iteration=True)
        return rows.batch(batch_size, drop_remainder=True).map(draw).prefetch(2)

    def summary(self):
        """Return how many photographs ended where: found, and each reason for a reject."""
        counts = {"face found": len(self)} | self.rejects["reason"].str.split(":").str[0].value_counts().to_dict()
        return pd.Series(counts, name="photographs").to_frame()


def to_float(images):
    """Return uint8 images as float32 in [-1, 1]: what the generator's tanh can reach."""
    return np.asarray(images, "float32") / 127.5 - 1


def to_uint8(images):
    """Return images in [-1, 1] as uint8: the way back of `to_float`."""
    return np.clip(np.rint((np.asarray(images, "float32") + 1) * 127.5), 0, 255).astype(np.uint8)


def extract(photos, out, size=80, margin=0.0, batch_size=64, workers=None):
    """Find, crop and resize the face of every photograph, and write them all to one npz file.

    Of several faces in a photograph the one with the largest box is taken.
    If `out` already holds exactly these photographs with these settings, it is loaded instead.

    Parameters
    ----------
    photos : PhotoSet
    out : path
        The npz file; missing folders are made.
    size : int
        Height and width of a face, in pixels.
    margin : float
        How far the crop reaches beyond the box on each side, as a share of the box.
    batch_size : int
        Photographs that are detected together.
    workers : int, optional
        Processes; by default the work stays in this one.

    Returns
    -------
    FaceSet
        The same as `load(out)`.
    """
    if size < 1 or batch_size < 1 or margin < 0:
        raise ValueError(f"size={size}, batch_size={batch_size}, margin={margin}: size and batch_size start at 1, margin at 0")
    out = Path(out)
    settings = json.dumps({"photos": photos.names, "root": photos.root.name, "size": size, "margin": margin})
    if out.exists():
        with _open(out) as npz:
            if str(npz["settings"]) == settings:
                return load(out)
    batches = [photos.paths[start : start + batch_size] for start in range(0, len(photos), batch_size)]
    rows, rejects = [], []
    bar = tqdm(total=len(photos), unit="photo", desc="MTCNN", file=sys.stdout)
    for batch in Parallel(n_jobs=workers or 1, return_as="generator")(delayed(_extract_batch)(b, size, margin) for b in batches):
        for outcome in batch:
            position = bar.n
            if isinstance(outcome, str):
                rejects.append((photos.names[position], outcome))
            else:
                rows.append((position, *outcome))
            bar.update()
        bar.set_postfix(faces=len(rows), rejected=len(rejects))
    bar.close()
    _save(out, photos, rows, rejects, size, settings)
    return load(out)


def detect(images, batch_size=64):
    """Find all faces in uint8 RGB images, which may differ in size.

    Returns
    -------
    list of DataFrame
        One table an image, largest face first, with columns x, y, width, height, confidence and
        the ten coordinates of `KEYPOINTS`; in pixels; empty where no face was found.
    """
    columns = ["x", "y", "width", "height", "confidence"] + [f"{point}_{axis}" for point in KEYPOINTS for axis in "xy"]
    found = [[] for _ in images]
    by_size = {}
    for i, image in enumerate(images):
        if min(image.shape[:2]) >= _SMALLEST:
            by_size.setdefault(image.shape[:2], []).append(i)
    for (height, width), members in by_size.items():
        shrink = max(1.0, max(height, width) / _LARGEST)
        for start in range(0, len(members), batch_size):
            chunk = members[start : start + batch_size]
            for i, faces in zip(chunk, _detect_batch([_reduced(images[i], shrink) for i in chunk])):
                found[i] = [_row(face, shrink) for face in faces]
    tables = (pd.DataFrame(rows, columns=columns, dtype="float32") for rows in found)
    return [table.iloc[np.argsort(-table.width * table.height, kind="stable")].reset_index(drop=True) for table in tables]


def crop(image, box, size=80, margin=0.0):
    """Return the part of an image inside a box (x, y, width, height), resized to uint8 (size, size, 3).

    The box is widened by `margin` times its size on each side and cut at the image's edges.
    As in the paper's recipe a box that is taller than wide is stretched to a square.
    """
    x, y, width, height = (float(value) for value in box)
    left, top = max(0, round(x - margin * width)), max(0, round(y - margin * height))
    right = max(left + 1, min(image.shape[1], round(x + width + margin * width)))
    bottom = max(top + 1, min(image.shape[0], round(y + height + margin * height)))
    part = Image.fromarray(np.ascontiguousarray(image[top:bottom, left:right]))
    return np.asarray(part.resize((size, size), Image.Resampling.LANCZOS))


def load(path):
    """Read the faces that `extract` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a file, or its images have the wrong shape or type.
    """
    path = Path(path)
    with _open(path) as npz:
        missing = [member for member in _MEMBERS if member not in npz.files]
        if missing:
            raise ValueError(f"{path.name} has no {', '.join(missing)}: it was not written by faces.extract; extract the photographs again")
        small = {member: npz[member] for member in _MEMBERS[1:]}
    images = _map_images(path)
    count = len(small["names"])
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3 or len(images) != count:
        raise ValueError(f"{path.name} holds images of shape {images.shape} and type {images.dtype} for {count} names; "
                         f"({count}, size, size, 3) of uint8 is expected: extract the photographs again")
    attributes = pd.DataFrame(json.loads(str(small.pop("attributes"))), index=pd.Index(small["names"], name="photo"))
    rejects = pd.DataFrame({"name": small.pop("reject_names"), "reason": small.pop("reject_reasons")}, dtype="str")
    small.pop("settings")
    return FaceSet(images=images, attributes=attributes, rejects=rejects, **small)


def montage(images, columns=8, gap=2):
    """Return uint8 images (n, h, w, 3) side by side on white, as one uint8 picture."""
    images = np.asarray(images)
    height, width = images.shape[1:3]
    rows = -(-len(images) // columns)
    sheet = np.full((rows * (height + gap) - gap, min(columns, len(images)) * (width + gap) - gap, 3), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


@functools.cache
def _detector():
    from . import backend  # noqa: F401  (TensorFlow's greeting stays unseen)
    from mtcnn import MTCNN

    return MTCNN()


def _detect_batch(images):
    """Detect in images of one size. The package answers "no face" for a whole batch when anything in it fails,
    so an empty batch is not believed before each image has been tried alone."""
    faces = _detector().detect_faces(images)
    if len(images) > 1 and not any(faces):
        faces = [_detector().detect_faces([image])[0] for image in images]
    return faces


def _reduced(image, shrink):
    if shrink == 1.0:
        return image
    size = round(image.shape[1] / shrink), round(image.shape[0] / shrink)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX))


def _row(face, shrink):
    points = [value for point in KEYPOINTS for value in face["keypoints"][point]]
    box = [shrink * value for value in face["box"]]
    return [*box, face["confidence"], *(shrink * value for value in points)]


def _extract_batch(batch, size, margin):
    """Return for each path either (image, box, confidence, keypoints) or the reason why there is none."""
    outcomes = [None] * len(batch)
    for i, path in enumerate(batch):
        try:
            outcomes[i] = photographs.read(path)
        except OSError as error:
            outcomes[i] = f"unreadable: {error}"
    readable = [i for i, outcome in enumerate(outcomes) if not isinstance(outcome, str)]
    for i, faces in zip(readable, detect([outcomes[i] for i in readable], batch_size=len(batch))):
        if faces.empty:
            outcomes[i] = "no face found"
        else:
            face = faces.iloc[0].to_numpy()
            outcomes[i] = (crop(outcomes[i], face[:4], size, margin), face[:4], face[4], face[5:].reshape(5, 2))
    return outcomes


def _save(out, photos, rows, rejects, size, settings):
    """Write the npz under a temporary name, then rename it: a file of this name is always whole."""
    positions = [row[0] for row in rows]
    attributes = photos.attributes.iloc[positions]
    members = {
        "images": np.array([row[1] for row in rows], np.uint8).reshape(-1, size, size, 3),
        "names": np.array([photos.names[i] for i in positions], dtype=np.str_),
        "boxes": np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
        "confidence": np.array([row[3] for row in rows], np.float32),
        "keypoints": np.array([row[4] for row in rows], np.float32).reshape(-1, 5, 2),
        "attributes": np.array(json.dumps(attributes.to_dict(orient="list"))),
        "reject_names": np.array([name for name, _ in rejects], dtype=np.str_),
        "reject_reasons": np.array([reason for _, reason in rejects], dtype=np.str_),
        "settings": np.array(settings),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{os.getpid()}")
    with zipfile.ZipFile(temporary, "w") as archive:
        for name, array in members.items():
            # The images lie uncompressed so that they can be mapped; the fixed date makes equal content equal bytes.
            kind = zipfile.ZIP_STORED if name == "images" else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(f"{name}.npy", (2000, 1, 1, 0, 0, 0))
            entry.compress_type = kind
            with archive.open(entry, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
    os.replace(temporary, out)


def _open(path):
    try:
        npz = np.load(path, allow_pickle=False)
        if not isinstance(npz, np.lib.npyio.NpzFile):
            raise ValueError("a single array")
        return npz
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {path}: make it with faces.extract or `python -m facekit extract`") from None
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(f"{Path(path).name} is not an npz file of faces ({error}); extract the photographs again") from None


def _map_images(path):
    """Map the member `images` where it lies in the file, without reading it."""
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
