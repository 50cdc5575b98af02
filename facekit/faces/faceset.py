"""Faces of one size, with where each was found; read from one npz file."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..core.images import to_float
from . import npz, photos

if TYPE_CHECKING:
    import tensorflow as tf

ATTRIBUTES = "attributes/"  # starts the names of the npz's members that are columns of the table
#: What a face has in the npz: how each array's type begins, and its shape.
_MEMBERS = dict(names=("U", ()), boxes=("f", (4,)), confidence=("f", ()), keypoints=("f", (5, 2)))
_REJECTS = ("reject_names", "reject_reasons")


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
        x, y of `detection.KEYPOINTS`, in pixels of the photograph.
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

    def __len__(self) -> int:
        return len(self.images)

    def digest(self) -> str:
        """Return sixteen hexadecimal digits that tell these faces from others.

        They are of names, boxes, and the pixels of sixteen faces.
        """
        rows = np.linspace(0, len(self) - 1, min(len(self), 16)).astype(int)
        names = "\0".join(self.names).encode(errors="surrogateescape")
        content = names + self.boxes.tobytes() + self.images[rows].tobytes()
        return hashlib.sha256(content).hexdigest()[:16]

    def take(self, rows: Any) -> FaceSet:
        """Return the faces at these positions: integers, a slice or a boolean mask.

        The rejects stay behind.
        """
        arrays = {name: getattr(self, name)[rows] for name in ("images", *_MEMBERS)}
        attributes, rejects = self.attributes.iloc[rows], self.rejects.iloc[:0]
        return FaceSet(**arrays, attributes=attributes, rejects=rejects)

    def select(self, /, **wanted: Any) -> FaceSet:
        """Return the faces whose attributes have the wanted values: `select(Male=True)`."""
        return self.take(np.flatnonzero(photos.matching(self.attributes, wanted)))

    def people(self) -> np.ndarray:
        """Return a number for each face that says whose it is: int array (n,), from 0 up.

        The numbers are in the order of the identities. Of a face without an identity one assumes
        that nobody has it but those from the same photograph.
        """
        photographs = pd.factorize(self.names)[0]
        if "identity" not in self.attributes:
            return photographs
        person, identities = pd.factorize(self.attributes["identity"], sort=True)
        return np.where(person >= 0, person, len(identities) + photographs)

    def split(self, share: float = 0.8, seed: int = 0) -> tuple[FaceSet, FaceSet]:
        """Return two sets with no person in both: about `share` of the people, and the others.

        Where people are not known, every photograph counts as another person.
        """
        people = self.people()
        order = np.random.default_rng(seed).permutation(np.unique(people))
        first = np.isin(people, order[: round(share * len(order))])
        return self.take(np.flatnonzero(first)), self.take(np.flatnonzero(~first))

    def dataset(
        self, batch_size: int, seed: int = 0, first_epoch: int = 0, endless: bool = False
    ) -> tf.data.Dataset:
        """Return the faces in batches, in [-1, 1] and shuffled anew each epoch.

        The faces stay uint8; a batch is scaled when it is drawn. What does not fill a batch waits
        for another epoch. A pass over the dataset is one epoch, and the next pass is the next.

        Parameters
        ----------
        batch_size : int
        seed : int
            The order of an epoch depends on it and on the epoch's number alone.
        first_epoch : int
            Where a training goes on.
        endless : bool
            Give epoch after epoch, and begin every pass at the first: for `fit(…,
            steps_per_epoch=len(faces) // batch_size)` on several devices, where Keras begins passes
            that it throws away.

        Returns
        -------
        tf.data.Dataset
            Of float32 tensors (batch_size, size, size, 3).

        Raises
        ------
        ValueError
            If there are fewer faces than a batch.
        """
        from ..core.backend import tf

        if not 1 <= batch_size <= len(self):
            advice = "extract more photographs, or choose fewer samples (half of them are faces)"
            raise ValueError(f"a batch of {batch_size} from {len(self)} faces: {advice}")
        steps, passes = len(self) // batch_size, itertools.count(first_epoch)

        def draw() -> Iterator[np.ndarray]:  # asked anew for every pass
            for epoch in itertools.count(first_epoch) if endless else [next(passes)]:
                order = np.random.default_rng([seed, epoch]).permutation(len(self))
                for rows in order[: steps * batch_size].reshape(steps, batch_size):
                    yield to_float(self.images[np.sort(rows)])

        signature = tf.TensorSpec((batch_size, *self.images.shape[1:]), tf.float32)
        batches = tf.data.Dataset.from_generator(draw, output_signature=signature)
        length = tf.data.INFINITE_CARDINALITY if endless else steps
        return batches.apply(tf.data.experimental.assert_cardinality(length)).prefetch(2)

    def summary(self) -> pd.DataFrame:
        """Return how many photographs ended where.

        Returns
        -------
        DataFrame
            A row for those with a face (or several), and one for each reason for a reject.
        """
        reasons = self.rejects["reason"].str.split(":").str[0].value_counts()
        counts = {"face found": len(np.unique(self.names)), **reasons}
        return pd.Series(counts, name="photographs").to_frame()


def load(path: str | Path) -> FaceSet:
    """Read the faces that `extract` wrote.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not such a file, or its images have the wrong shape or type.
    """
    path = Path(path)
    members = npz.read(path)
    if missing := [name for name in (*_MEMBERS, *_REJECTS) if name not in members]:
        raise ValueError(f"{path.name} has no {', '.join(missing)}: {npz.ADVICE}")
    images, count = npz.map_images(path), members["names"].size
    columns = {name: values for name, values in members.items() if name.startswith(ATTRIBUTES)}
    expected = {name: (kind, (count, *shape)) for name, (kind, shape) in _MEMBERS.items()}
    expected["images"] = "u1", (count, *images.shape[1:2] * 2, 3)
    expected |= dict.fromkeys(_REJECTS, ("U", (members["reject_names"].size,)))
    expected |= dict.fromkeys(columns, ("", (count,)))
    for name, (kind, shape) in expected.items():
        array = images if name == "images" else members[name]
        if not array.dtype.str[1:].startswith(kind) or array.shape != shape:
            found = f"{path.name} holds {name} of shape {array.shape} and type {array.dtype}"
            raise ValueError(f"{found}, which {count} faces do not have: {npz.ADVICE}")
    arrays = {name: members[name] for name in _MEMBERS}
    table = attribute_table(columns, members["names"])
    rejects = {"name": members["reject_names"], "reason": members["reject_reasons"]}
    return FaceSet(images, **arrays, attributes=table, rejects=pd.DataFrame(rejects, dtype="str"))


def attribute_table(members: dict[str, np.ndarray], names: np.ndarray) -> pd.DataFrame:
    """Return the attributes of the faces of these photographs, from the npz's members of them."""
    columns = {name.removeprefix(ATTRIBUTES): npz.to_column(members[name]) for name in members}
    return pd.DataFrame(columns, index=pd.Index(names, name="photo"))
