"""From photographs to faces: MTCNN finds them, a crop and a resize make them alike, one npz file keeps them."""

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm import tqdm

from . import archive
from . import photos as photographs
from .detection import KEYPOINTS, crop, detect
from .images import montage, to_float, to_uint8

_MEMBERS = ("images", "names", "boxes", "confidence", "keypoints", "attributes", "reject_names", "reject_reasons", "settings")
__all__ = ["KEYPOINTS", "FaceSet", "crop", "detect", "extract", "load", "montage", "to_float", "to_uint8"]


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


def extract(photos, out, size=80, margin=0.0, batch_size=64, workers=None):
    """Find, crop and resize the face of every photograph, and write them all to one npz file.

    Of several faces in a photograph the one with the largest box is taken.
    If `out` already holds exactly these photographs with these settings, it is loaded instead; if it holds others, it is
    replaced.

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
    settings = _fingerprint(photos, size, margin)
    if out.exists():
        with archive.read(out) as npz:
            if "settings" not in npz.files:
                raise ValueError(f"{out.name} is there already and was not written by faces.extract: choose another name")
            if str(npz["settings"]) == settings:
                return load(out)
    batches = [photos.paths[start : start + batch_size] for start in range(0, len(photos), batch_size)]
    rows, rejects = [], []
    bar = tqdm(total=len(photos), unit="photo", desc="MTCNN", file=sys.stdout)
    for batch in Parallel(n_jobs=workers or 1, return_as="generator")(delayed(_extract_batch)(b, size, margin) for b in batches):
        for position, outcome in enumerate(batch, start=bar.n):
            if isinstance(outcome, str):
                rejects.append((photos.names[position], outcome))
            else:
                rows.append((position, *outcome))
        bar.set_postfix(faces=len(rows), rejected=len(rejects), refresh=False)
        bar.update(len(batch))
    bar.close()
    _save(out, photos, rows, rejects, size, settings)
    return load(out)


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
    with archive.read(path) as npz:
        missing = [member for member in _MEMBERS if member not in npz.files]
        if missing:
            raise ValueError(f"{path.name} has no {', '.join(missing)}: it was not written by faces.extract; extract the photographs again")
        small = {member: npz[member] for member in _MEMBERS[1:]}
    images = archive.map_images(path)
    count = len(small["names"])
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[3] != 3 or len(images) != count:
        raise ValueError(f"{path.name} holds images of shape {images.shape} and type {images.dtype} for {count} names; "
                         f"({count}, size, size, 3) of uint8 is expected: extract the photographs again")
    attributes = pd.DataFrame(json.loads(str(small.pop("attributes"))), index=pd.Index(small["names"], name="photo"))
    rejects = pd.DataFrame({"name": small.pop("reject_names"), "reason": small.pop("reject_reasons")}, dtype="str")
    small.pop("settings")
    return FaceSet(images=images, attributes=attributes, rejects=rejects, **small)


def _fingerprint(photos, size, margin):
    """Return a digest of the settings and of each photograph's place and size in bytes: what the faces depend on."""
    digest = hashlib.sha256(json.dumps([str(photos.root.resolve()), size, margin]).encode())
    for name, path in zip(photos.names, photos.paths):
        digest.update(f"{name}\0{path.stat().st_size if path.exists() else -1}\0".encode())
    return digest.hexdigest()


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
    positions = [row[0] for row in rows]
    archive.write(
        out,
        images=np.array([row[1] for row in rows], np.uint8).reshape(-1, size, size, 3),
        names=np.array([photos.names[i] for i in positions], dtype=np.str_),
        boxes=np.array([row[2] for row in rows], np.float32).reshape(-1, 4),
        confidence=np.array([row[3] for row in rows], np.float32),
        keypoints=np.array([row[4] for row in rows], np.float32).reshape(-1, 5, 2),
        attributes=json.dumps(photos.attributes.iloc[positions].to_dict(orient="list")),
        reject_names=np.array([name for name, _ in rejects], dtype=np.str_),
        reject_reasons=np.array([reason for _, reason in rejects], dtype=np.str_),
        settings=settings,
    )
