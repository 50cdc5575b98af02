"""Faces of one size, with where each was found; read from one npz file."""

import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..core.images import to_float
from . import npz
from . import photos as photographs

_MEMBERS = {
    "names": ("U", ()),
    "boxes": ("f", (4,)),
    "confidence": ("f", ()),
    "keypoints": ("f", (5, 2)),
}  # what a face has, its kind and shape
_REJECTS = ("reject_names", "reject_reasons")
_ATTRIBUTES = "attributes/"


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

    def digest(self):
        """Return sixteen hexadecimal digits that tell these faces from others: of names, boxes, and the pixels of sixteen of them."""
        some = np.linspace(0, len(self) - 1, min(len(self), 16)).astype(int)
        return hashlib.sha256(
            "\0".join(self.names).encode(errors="surrogateescape")
            + self.boxes.tobytes()
            + self.images[some].tobytes()
        ).hexdigest()[:16]

    def take(self, rows):
        """Return the faces at these positions (integers or a boolean mask); the rejects stay behind."""
        return FaceSet(
            self.images[rows],
            self.names[rows],
            self.boxes[rows],
            self.confidence[rows],
            self.keypoints[rows],
            self.attributes.iloc[rows],
            self.rejects.iloc[:0],
        )

    def select(self, /, **wanted):
        """Return the faces whose attributes have the wanted values: `select(Male=True)`."""
        return self.take(np.flatnonzero(photographs.matching(self.attributes, wanted)))

    def split(self, share=0.8, seed=0):
        """Return two sets with no person in both: about `share` of the people, and the others.

        Where people are not known, every photograph counts as another person.
        """
        people = (
            self.attributes["identity"].to_numpy()
            if "identity" in self.attributes
            else np.arange(len(self))
        )
        order = np.random.default_rng(seed).permutation(np.unique(people))
        first = np.isin(people, order[: round(share * len(order))])
        return self.take(np.flatnonzero(first)), self.take(np.flatnonzero(~first))

    def dataset(self, batch_size, seed=0, first_epoch=0, endless=False):
        """Return a `tf.data.Dataset` of float32 batches (batch_size, size, size, 3) in [-1, 1], shuffled anew each epoch.

        The faces stay uint8; a batch is scaled when it is drawn. What does not fill a batch waits for another epoch.
        The order of an epoch depends on the seed and on the epoch's number alone; `first_epoch` is where a training goes on.
        A pass over the dataset is one epoch, and the next pass is the next epoch. An `endless` one gives epoch after epoch, and every pass
        begins at the first: for `fit(…, steps_per_epoch=len(faces) // batch_size)` on several devices, where Keras begins passes that it throws away.

        Raises
        ------
        ValueError
            If there are fewer faces than a batch.
        """
        from ..core.backend import tf

        if not 1 <= batch_size <= len(self):
            raise ValueError(
                f"a batch of {batch_size} from {len(self)} faces: extract more photographs, or choose fewer samples (of a training's samples, half are faces)"
            )

        def draw(rows):
            batch = tf.numpy_function(
                lambda chosen: to_float(self.images[np.sort(chosen)]),
                [rows],
                tf.float32,
                stateful=False,
            )
            return tf.ensure_shape(batch, (batch_size, *self.images.shape[1:]))

        steps, passes = len(self) // batch_size, itertools.count(first_epoch)

        def order():  # asked anew for every pass
            for epoch in itertools.count(first_epoch) if endless else [next(passes)]:
                yield np.random.default_rng([seed, epoch]).permutation(len(self))[
                    : steps * batch_size
                ]

        rows = tf.data.Dataset.from_generator(
            order, output_signature=tf.TensorSpec((steps * batch_size,), tf.int64)
        ).unbatch()
        batches = rows.batch(batch_size, drop_remainder=True).map(draw)
        return batches.apply(
            tf.data.experimental.assert_cardinality(
                tf.data.INFINITE_CARDINALITY if endless else steps
            )
        ).prefetch(2)

    def summary(self):
        """Return how many photographs ended where: with a face (or several), and each reason for a reject."""
        counts = {"face found": len(np.unique(self.names))} | self.rejects["reason"].str.split(
            ":"
        ).str[0].value_counts().to_dict()
        return pd.Series(counts, name="photographs").to_frame()


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
    small = npz.read(path)
    missing = [member for member in (*_MEMBERS, *_REJECTS) if member not in small]
    if missing:
        raise ValueError(
            f"{path.name} has no {', '.join(missing)}: it was not written by faces.extract; extract the photographs again"
        )
    images, count, rejects = npz.map_images(path), small["names"].size, small["reject_names"].size
    if (
        images.dtype != np.uint8
        or images.ndim != 4
        or images.shape[1] != images.shape[2]
        or images.shape[3] != 3
        or len(images) != count
    ):
        raise ValueError(
            f"{path.name} holds images of shape {images.shape} and type {images.dtype} for {count} names; "
            f"({count}, size, size, 3) of uint8 is expected: extract the photographs again"
        )
    expected = {
        member: (kind, (count, *shape)) for member, (kind, shape) in _MEMBERS.items()
    } | dict.fromkeys(_REJECTS, ("U", (rejects,)))
    expected |= {
        member: (values.dtype.kind, (count,))
        for member, values in small.items()
        if member.startswith(_ATTRIBUTES)
    }
    odd = [
        member
        for member, (kind, shape) in expected.items()
        if small[member].dtype.kind != kind or small[member].shape != shape
    ]
    if odd:
        raise ValueError(
            f"{path.name} holds {odd[0]} of another shape or type than {count} faces have: extract the photographs again, under another name"
        )
    attributes = _table(
        {
            member.removeprefix(_ATTRIBUTES): values
            for member, values in small.items()
            if member.startswith(_ATTRIBUTES)
        },
        small["names"],
    )
    rejects = pd.DataFrame(
        {"name": small["reject_names"], "reason": small["reject_reasons"]}, dtype="str"
    )
    return FaceSet(
        images=images,
        attributes=attributes,
        rejects=rejects,
        **{member: small[member] for member in _MEMBERS},
    )


def _table(columns, names):
    """Return the attributes of faces from stored columns."""
    return pd.DataFrame(
        {name: npz.column(values) for name, values in columns.items()},
        index=pd.Index(names, name="photo"),
    )
