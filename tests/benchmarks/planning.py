"""What the whole of CelebA and the paper's run would take, from what `benchmark.py` measured of one photograph and of one image."""

import math

import joblib
import pandas as pd

from facekit.core.backend import keras
from facekit.gan import networks

PHOTOGRAPHS, FACES, EPOCHS = 202_599, 70_000, 100  # of CelebA, and of the paper's run
_GPU = 3e12  # floating-point operations a second: what a network like these may draw from one ordinary card; an assumption
_MACHINES = {
    "16 cores, calculated": (16, 0),
    "one GPU, 8 cores, calculated": (8, 1),
    "four GPUs, 32 cores, calculated": (32, 4),
}


def plan(value):
    """Return what extraction of all of CelebA and the paper's run take, as a table of words with a column a machine.

    Only the first column rests on what was measured, and even there the time of one photograph and of one image is multiplied by their
    number. The others are calculated: as many times faster as there are more cores, or 3 TFLOP/s of each GPU. Expect less.

    Parameters
    ----------
    value : mapping of str to float
        The values of `run`'s figures.
    """
    cores = joblib.cpu_count()  # those that this process may use
    columns = {}
    for name, (many, gpus) in {f"{cores} cores, measured rates": (cores, 0), **_MACHINES}.items():
        hours = {
            "find the faces of 202,599 photographs": PHOTOGRAPHS
            / value["extraction"]
            * cores
            / many
            / 3600
        }
        for architecture in networks.ARCHITECTURES:
            images = 2 * FACES * EPOCHS
            seconds = (
                images * operations(architecture) / (gpus * _GPU)
                if gpus
                else images / value[f"training, {architecture}"] * cores / many
            )
            hours[f"train {architecture}, 100 passes over 70,000 faces"] = seconds / 3600
        columns[name] = {what: _words(h) for what, h in hours.items()} | {
            "memory of the extraction": f"{value['memory of extraction'] / 1000:.1f} GB",
            "memory of the training": f"{value['memory of training'] / 1000:.1f} GB"
            if not gpus
            else "not measured",
            "disk, the photographs and their archive included": f"{(PHOTOGRAPHS * 2 * 80 * 80 * 3 + 3.2e9) / 1e9:.1f} GB",
        }
    return pd.DataFrame(columns).rename_axis("what")


def _words(hours):
    return (
        f"{60 * hours:,.0f} min"
        if hours < 1
        else f"{hours:,.1f} h"
        if hours < 48
        else f"{hours / 24:,.0f} days"
    )


def operations(architecture, latent_dim=100):
    """Return how many floating-point operations one image of a training iteration takes, roughly.

    Backwards takes twice as many as forwards. In an iteration of n images the discriminator sees n and learns, the generator makes n/2
    for it; then the generator makes n and learns, through the discriminator.
    """
    generator, discriminator = (
        networks.build_generator(latent_dim, architecture),
        networks.build_discriminator(architecture),
    )
    return 3.5 * _forwards(generator) + 5 * _forwards(discriminator)


def _forwards(network):
    """Return the operations of one image's way through a network: two for each number of a kernel at each place where it is used."""
    total = 0
    for layer in network.layers:
        if hasattr(layer, "kernel"):
            transposed = isinstance(layer, keras.layers.Conv2DTranspose)
            scanned = layer.input if transposed else layer.output
            total += 2 * math.prod(layer.kernel.shape) * math.prod(scanned.shape[1:-1])
    return total
