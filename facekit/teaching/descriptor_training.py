"""How the descriptor that ships was trained: for maintainers."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..contrastive.training import fit
from ..core import weights
from ..core.augmentation import augment
from ..core.backend import keras
from ..core.images import to_float
from ..faces.faceset import FaceSet
from ..metrics.descriptor import Descriptor, build

ops, losses = keras.ops, keras.losses
SCALE = 16.0  # what a cosine is multiplied with before the softmax
UNKNOWN = -1  # the number of whoever has no identity


def train(
    faces: FaceSet,
    epochs: int = 24,
    batch_size: int = 64,
    seed: int = 0,
    identity_weight: float = 0.3,
) -> Descriptor:
    """Train a descriptor on the attributes of faces and, where they are known, on who is who.

    The loss is the binary cross-entropy of the attributes plus `identity_weight` times that of
    telling the people apart by the cosine between a face's features and one direction a person (a
    normalised softmax, Wang et al. 2017). Faces whose identity is missing learn attributes only.
    Faces are shifted, mirrored, brightened and darkened meanwhile.

    Parameters
    ----------
    faces : FaceSet
        With boolean attributes; the column `identity` is optional.
    epochs, batch_size, seed : int
    identity_weight : float

    Returns
    -------
    Descriptor
        Its `about` holds `faces`, `people` (whose identity is known), `epochs` and `seed`; whose
        faces they are is for `export` to say.

    Raises
    ------
    ValueError
        If the faces have no attributes that vary, or are fewer than a batch.
    """
    flags = faces.attributes.select_dtypes(bool)
    flags = flags.loc[:, flags.nunique() > 1]
    if flags.empty:
        raise ValueError("no yes-or-no attributes that vary: a descriptor learns from such labels")
    steps = len(faces) // batch_size
    if not steps:
        raise ValueError(f"{len(faces)} faces are fewer than a batch: batch_size={batch_size}")
    identity = faces.attributes.get("identity", np.full(len(faces), np.nan))
    person, people = pd.factorize(identity, sort=True)  # a missing one becomes UNKNOWN
    labels, random = flags.to_numpy("float32"), np.random.default_rng(seed)

    def batches():
        for _ in range(epochs):
            order = random.permutation(len(faces))[: steps * batch_size]
            for rows in np.sort(order.reshape(steps, batch_size)):
                truth = {"attributes": labels[rows], "person": person[rows]}
                yield to_float(faces.images[rows]), truth

    keras.utils.set_random_seed(seed)
    network = build(flags.shape[1])
    model = AttributesAndPeople(network, max(1, len(people)), seed)
    schedule = keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps)
    optimizer = keras.optimizers.AdamW(schedule, weight_decay=0.01)
    person_loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=UNKNOWN)
    loss = {"attributes": losses.BinaryCrossentropy(from_logits=True), "person": person_loss}
    shares = {"attributes": 1.0, "person": identity_weight}
    model.compile(optimizer, loss, loss_weights=shares, jit_compile=False)
    fit(model, batches(), epochs, steps, "descriptor")
    about = {"faces": len(faces), "people": len(people), "epochs": epochs, "seed": seed}
    return Descriptor(network, flags.columns, about)


def export(descriptor: Descriptor, path: str | Path, **about: object) -> None:
    """Write a descriptor as weights that ship: see `weights.save`.

    Parameters
    ----------
    descriptor : Descriptor
    path : path
        Without suffix.
    about
        What else a reader may want to know; `source` is whose faces it learned from.
    """
    record = {"kind": "descriptor", "attributes": descriptor.names, **descriptor.about, **about}
    weights.save(descriptor.network.get_weights(), path, **record)


class AttributesAndPeople(keras.Model):
    """A descriptor's network with a direction for each person; these go after the training."""

    def __init__(self, network: keras.Model, people: int, seed: int):
        super().__init__()
        self.network, self.seed = network, keras.random.SeedGenerator(seed)
        shape = (network.output_shape[0][-1], people)
        self.directions = self.add_weight(shape, keras.initializers.RandomNormal(stddev=1.0))

    def call(self, images: np.ndarray, training: bool = False) -> dict[str, Any]:
        """Return the logits of the attributes and, as logits, the cosines to the people."""
        points, logits = self.network(augment(images, self.seed), training=training)
        cosine = ops.matmul(ops.normalize(points), ops.normalize(self.directions, axis=0))
        return {"attributes": logits, "person": SCALE * cosine}
