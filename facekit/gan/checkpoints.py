"""Generators on disk: the ones that ship, and the `generator.keras` of a training."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py

from ..core import distribution, reading, weights, writing
from ..core.backend import keras
from .networks import ARCHITECTURES, build_generator, check_architecture

_KERAS = {"metadata.json", "config.json", "model.weights.h5"}  # what Keras puts into its files
_RECORD = "facekit.json"  # what `save_generator` adds: how to build the network
#: Files that Keras alone has saved have no record: there the network's own name has to do.
_NAMES = {f"{architecture}_generator": architecture for architecture in ARCHITECTURES}


def pretrained(name: str = "portraits") -> keras.Model:
    """Return a generator that ships.

    Parameters
    ----------
    name : str
        One of "portraits", "portraits-light", "portraits-women", "portraits-men", "celeba",
        "celeba-women", "celeba-men", where the weights are there.

    Returns
    -------
    keras.Model
        From latent points (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Raises
    ------
    FileNotFoundError, ValueError
        If no weights of that name are there, or they are damaged.

    Examples
    --------
    >>> faces = networks.generate(pretrained("portraits"), latent.sample(8, 100))
    """
    record, values = weights.read(name, "generator")
    return weights.assign(
        lambda: build_generator(len(values[0]), record["architecture"]), values, name
    )


def load(path: str | Path) -> keras.Model:
    """Return the generator in a `.keras` file that a training wrote, or the shipped one by name.

    Of the file only numbers are taken: the network is built here, since a network out of a
    stranger's file may run code or fill the memory.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is neither, or the file is not a saved generator.
    """
    if Path(path).suffix != ".keras":
        return pretrained(str(path))
    advice = "train first, and name the generator.keras of the run"
    with reading.guarded(path, "a saved generator", advice), zipfile.ZipFile(path) as saved:
        size, names = Path(path).stat().st_size, {*saved.namelist()}
        unpacked = sum(entry.file_size for entry in saved.infolist())
        if names - {_RECORD} != _KERAS or unpacked > size or saved.testzip():
            raise ValueError("its parts are not those of a saved network")
        architecture, latent_dim = _description(saved)
        # Each latent dimension has 3200 weights or more.
        if max(10_000 * latent_dim, _bytes_of_weights(saved)) > size:
            raise ValueError("it claims to hold more than a file of this size does")
        generator = build_generator(latent_dim, architecture)
        generator.load_weights(path)
        return generator


def save_generator(generator: keras.Model, run: Path, architecture: str) -> None:
    """Write `generator.keras` into a run's folder; of many machines the first writes.

    Beside what Keras saves, the file says how `build_generator` makes such a network.
    """
    if not distribution.first_machine():
        return
    record = {"architecture": architecture, "latent_dim": generator.input_shape[-1]}
    with writing.atomic(run / "generator.keras") as part:
        generator.save(part)
        with zipfile.ZipFile(part, "a") as saved:
            saved.writestr(_RECORD, json.dumps(record))


def export(
    generator: keras.Model,
    path: str | Path,
    architecture: str = "compact",
    discriminator: keras.Model | None = None,
    **about: Any,
) -> None:
    """Write a generator as weights that ship, and beside it the discriminator to go on with.

    Parameters
    ----------
    generator, discriminator : keras.Model
    path : path
        Without suffix: see `weights.save`.
    architecture : str
        Of both: see `build_generator`.
    about
        What else the generator's record should say, such as `source="portraits"`.
    """
    dim, name = generator.input_shape[-1], Path(path).name
    record = dict(kind="generator", architecture=architecture, latent_dim=dim)
    weights.save(generator.get_weights(), path, **record, **about)
    if discriminator:
        record = dict(kind="discriminator", architecture=architecture, generator=name)
        record |= {"source": about["source"]} if "source" in about else {}
        weights.save(discriminator.get_weights(), f"{path}-discriminator", **record)


def discriminators() -> dict[str, str]:
    """Return the discriminators that ship, a dictionary from their generator's name to theirs."""
    files, advice = weights.names("discriminator"), "check it out again"
    return {reading.read_json(file, advice)["generator"]: name for name, file in files.items()}


def _description(saved: zipfile.ZipFile) -> tuple[str, int]:
    """Return architecture and latent dimension of the generator in a `.keras` file."""
    if _RECORD in saved.namelist():
        record = json.loads(saved.read(_RECORD))
        check_architecture(record["architecture"])
        return record["architecture"], record["latent_dim"]
    config = json.loads(saved.read("config.json"))["config"]
    if config["name"] not in _NAMES:
        raise ValueError(f"a network {config['name']!r}, not a generator of faces of 80×80 pixels")
    return _NAMES[config["name"]], config["layers"][0]["config"]["batch_shape"][1]


def _bytes_of_weights(saved: zipfile.ZipFile) -> int:
    """Return how many bytes the weights would take in memory."""
    sizes: list[int] = []
    with h5py.File(saved.open("model.weights.h5")) as stored:
        stored.visititems(lambda _, item: sizes.append(getattr(item, "nbytes", 0)))
    return sum(sizes)
