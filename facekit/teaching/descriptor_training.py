"""How the descriptor that ships was trained: for maintainers."""

import sys

import numpy as np
from tqdm import tqdm

from ..core import weights
from ..core.augmentation import augment
from ..core.backend import keras, tf
from ..core.images import to_float
from ..metrics.descriptor import Descriptor, build, ops


def train(faces, epochs=24, batch_size=64, seed=0, identity_weight=0.3, scale=16.0):
    """Train a descriptor on the attributes of faces and, where they are known, on who is who.

    The loss is the binary cross-entropy of the attributes plus `identity_weight` times that of telling the people apart by the cosine
    between a face's features and one direction a person (a normalised softmax, Wang et al. 2017). Faces are shifted, mirrored,
    brightened and darkened meanwhile.

    Parameters
    ----------
    faces : FaceSet
        With boolean attributes; the column `identity` is optional.
    epochs, batch_size, seed : int
    identity_weight, scale : float

    Returns
    -------
    Descriptor

    Raises
    ------
    ValueError
        If the faces have no attributes that vary, or are fewer than a batch.
    """
    flags = faces.attributes.select_dtypes(bool)
    flags = flags.loc[:, flags.nunique() > 1]
    if flags.empty:
        raise ValueError(
            "these faces have no yes-or-no attributes that vary: a descriptor learns from such labels"
        )
    if len(faces) < batch_size:
        raise ValueError(
            f"{len(faces)} faces are fewer than a batch of {batch_size}: extract more photographs, or choose a smaller batch"
        )
    identities = (
        faces.attributes["identity"] if "identity" in faces.attributes else np.zeros(len(faces))
    )
    people, who = np.unique(identities, return_inverse=True)
    keras.utils.set_random_seed(seed)
    network = build(flags.shape[1])
    directions = tf.Variable(keras.random.normal((network.output_shape[0][-1], len(people))))
    steps = epochs * (len(faces) // batch_size)
    optimizer = keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(2e-3, steps), weight_decay=0.01
    )
    augmentation, random, labels = (
        keras.random.SeedGenerator(seed),
        np.random.default_rng(seed),
        flags.to_numpy("float32"),
    )

    @tf.function
    def step(images, truth, person):
        with tf.GradientTape() as tape:
            points, logits = network(augment(images, augmentation), training=True)
            loss = ops.mean(ops.binary_crossentropy(truth, logits, from_logits=True))
            cosine = ops.matmul(_unit(points, 1), _unit(directions, 0))
            loss += identity_weight * ops.mean(
                ops.sparse_categorical_crossentropy(person, scale * cosine, from_logits=True)
            )
        trained = [*network.trainable_variables, directions]
        optimizer.apply(tape.gradient(loss, trained), trained)
        return loss

    for _ in (bar := tqdm(range(epochs), desc="descriptor", unit="epoch", file=sys.stdout)):
        order = random.permutation(len(faces))[: len(faces) // batch_size * batch_size].reshape(
            -1, batch_size
        )
        losses = [
            float(
                step(
                    to_float(faces.images[np.sort(rows)]), labels[np.sort(rows)], who[np.sort(rows)]
                )
            )
            for rows in order
        ]
        bar.set_postfix(loss=f"{np.mean(losses):.3f}", refresh=False)
    return Descriptor(
        network,
        flags.columns,
        {"faces": len(faces), "people": len(people), "epochs": epochs, "seed": seed},
    )


def export(descriptor, path, **about):
    """Write a descriptor as weights that ship: see `weights.save`."""
    weights.save(
        descriptor.network.get_weights(),
        path,
        kind="descriptor",
        attributes=descriptor.names,
        **descriptor.about,
        **about,
    )


def _unit(points, axis):
    return points / ops.maximum(ops.norm(points, axis=axis, keepdims=True), 1e-6)
