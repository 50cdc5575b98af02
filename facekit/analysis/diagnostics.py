"""What one discriminator says in its two modes, and ways to a sum below the bound."""

import numpy as np
import pandas as pd

from ..core.backend import tf
from ..core.images import to_float
from ..gan.losses import discriminator_accuracy
from .experiments import halved


def modes(model, faces, n=256, seed=1):
    """Return what one discriminator says of the same images in its two modes: a row a mode, columns d1, d2, g and both accuracies.

    "batch" normalises with the statistics of the batch, real and fake apart, as in the discriminator's step; "moving" with the ones
    collected on the way, as in use, or held still. Without batch normalisation both are the same.
    """
    real, fake = _both(model, faces, n, seed)
    rows = {}
    for mode, training in (("batch", True), ("moving", False)):
        said_real, said_fake = (_said(model, images, training) for images in (real, fake))
        d2, g = _squares(said_fake, model)
        rows[mode] = (
            ((said_real - model.b) ** 2).mean(),
            d2,
            g,
            *discriminator_accuracy(said_real, said_fake, model.a, model.b),
        )
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["d1", "d2", "g", "accuracy_real", "accuracy_fake"]
    )


def explanations(model, faces, n=256, seed=1):
    """Return √d2 + √g of one trained pair, measured in five ways that might explain a sum below the bound 1: a Series.

    It leaves the model as it was.
    """
    real, fake = _both(model, faces, n, seed)
    others = [_both(model, faces, n, seed + i)[1] for i in range(1, 9)]
    root_sum = lambda d2, g: float(d2**0.5 + g**0.5)
    batch = [_squares(_said(model, images, True), model) for images in (fake, *others)]
    found = {
        "same fakes, same weights, same mode": root_sum(*batch[0]),
        "d2 on some fakes, g on others": root_sum(batch[0][0], batch[1][1]),
        "both averaged over eight batches": root_sum(*np.mean(batch[1:], axis=0)),
    }
    kept = [
        (variable, variable.numpy())
        for variable in (*model.discriminator.variables, *model.d_optimizer.variables)
    ]
    with tf.GradientTape() as tape:
        scores = [model.discriminator(images, training=True) for images in (real, fake)]
        loss = model.discriminator_loss(*scores)
    model.d_optimizer.apply(
        tape.gradient(loss, model.discriminator.trainable_variables),
        model.discriminator.trainable_variables,
    )
    found["an update of D between d2 and g"] = root_sum(
        batch[0][0], _squares(_said(model, fake, True), model)[1]
    )
    for variable, value in kept:
        variable.assign(value)
    found["d2 with batch, g with moving statistics"] = root_sum(
        batch[0][0], _squares(_said(model, fake, False), model)[1]
    )
    return pd.Series(found, name="√d2 + √g")


def _both(model, faces, n, seed):
    """Return n real and n fake images of the model's size, in [-1, 1]."""
    random = np.random.default_rng(seed)
    real = to_float(halved(faces.images[np.sort(random.integers(len(faces), size=n))]))
    return real, model.generator(
        random.standard_normal((n, model.generator.input_shape[-1]), np.float32), training=False
    )


def _said(model, images, training):
    """Return the discriminator's readings of images as float64 (n, 1); its moving statistics stay as they are."""
    kept = [
        (variable, variable.numpy()) for variable in model.discriminator.non_trainable_variables
    ]
    said = np.asarray(model.activation(model.discriminator(images, training=training)), "float64")
    for variable, value in kept:
        variable.assign(value)
    return said


def _squares(said, model):
    return ((said - model.a) ** 2).mean(), ((said - model.c) ** 2).mean()
