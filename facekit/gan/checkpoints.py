"""Generators on disk: weights that ship, and the files of a training."""

import json
import zipfile
from pathlib import Path

import h5py

from ..core import distribution, reading, weights, writing
from .networks import ARCHITECTURES, build_generator


def export(generator, path, discriminator=None, **about):
    """Write a generator as weights that ship, and beside it the discriminator to go on with: see `weights.save`."""
    architecture, dim = generator.name.removesuffix("_generator"), generator.input_shape[-1]
    weights.save(
        generator.get_weights(),
        path,
        kind="generator",
        architecture=architecture,
        latent_dim=dim,
        **about,
    )
    if discriminator:
        weights.save(
            discriminator.get_weights(),
            f"{path}-discriminator",
            kind="discriminator",
            architecture=architecture,
            generator=Path(path).name,
        )


def save_generator(generator, run):
    """Write `generator.keras` into a run's folder. Of many machines the first writes."""
    if not distribution.first_machine():
        return
    with writing.atomic(run / "generator.keras") as part:
        generator.save(part)


def load(path):
    """Return the generator in a `.keras` file that `train` wrote, or the shipped one of that name.

    Of the file only numbers are taken: the network is built here, by the name and the latent dimension in the file, since a
    network out of a stranger's file may run code or fill the memory.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is neither, or the file is not a saved generator.
    """
    if Path(path).suffix != ".keras":
        return pretrained(str(path))
    with (
        reading.guarded(
            path, "a saved generator", "train first, and name the generator.keras of the run"
        ),
        zipfile.ZipFile(path) as saved,
    ):
        size = Path(path).stat().st_size
        if (
            {*saved.namelist()} != {"metadata.json", "config.json", "model.weights.h5"}
            or sum(entry.file_size for entry in saved.infolist()) > size
            or saved.testzip()
        ):
            raise ValueError("its parts are not those of a saved network")
        config = json.loads(saved.read("config.json"))["config"]
        architecture, dim = (
            config["name"].removesuffix("_generator"),
            config["layers"][0]["config"]["batch_shape"][1],
        )
        if architecture not in ARCHITECTURES:
            raise ValueError(
                f"a network {architecture!r}, not a generator of faces of 80×80 pixels"
            )
        with h5py.File(saved.open("model.weights.h5")) as stored:
            sizes = []
            stored.visititems(
                lambda _, each: (
                    sizes.append(each.nbytes) if isinstance(each, h5py.Dataset) else None
                )
            )
        if max(10_000 * dim, sum(sizes)) > size:  # each latent dimension has 3200 weights or more
            raise ValueError("it claims to hold more than a file of this size does")
        generator = build_generator(dim, architecture)
        generator.load_weights(path)
        return generator


def pretrained(name="portraits"):
    """Return a generator that ships, from latent vectors (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Raises
    ------
    FileNotFoundError, ValueError
        If no weights of that name are there, or they are damaged.
    """
    record, values = weights.read(name, "generator")
    return weights.assign(
        lambda: build_generator(len(values[0]), record["architecture"]), values, name
    )
