"""Trained networks on disk: weights as float16 beside a record of how to build the network, found by name and checked."""

import hashlib
from pathlib import Path

import numpy as np

from . import paths, reading, writing

_ADVICE = "check it out again"


def save(weights, path, **record):
    """Write weights as `<path>.npz` (float16) and `<path>.json` (the record, their sha256, and how many there are).

    Parameters
    ----------
    weights : list of float arrays
        As `model.get_weights()` returns them.
    path : path
        Without suffix; missing folders are made.
    **record
        What `read` needs to build the network again, and what a reader may want to know.
    """
    path = Path(path)
    file = path.with_name(f"{path.name}.npz")
    with writing.atomic(file) as part:
        np.savez_compressed(
            part, **{f"w{i:03d}": w.astype("float16") for i, w in enumerate(weights)}
        )
    record |= {"weights": int(sum(w.size for w in weights)), "sha256": _digest(file)}
    writing.write_json(path.with_name(f"{path.name}.json"), record)


def names(kind):
    """Return the files of the weights that ship, a dictionary from name to the record's path, for one kind of network."""
    files = sorted((paths.data() / "models").glob("*/*.json"), key=lambda file: file.stem)
    return {
        file.stem: file for file in files if reading.read_json(file, _ADVICE).get("kind") == kind
    }


def read(name, kind):
    """Return record and weights (a list of float32 arrays) of a network that ships.

    Raises
    ------
    FileNotFoundError
        If no weights of that name and kind are there.
    ValueError
        If the file is damaged: its sha256 is not the recorded one.
    """
    known = names(kind)
    if name not in known:
        raise FileNotFoundError(
            f"no {kind} {name!r} in data/models; there are {', '.join(known) or 'none'}"
        )
    return read_record(known[name])


def read_record(file):
    """Return record and weights as `read` does, of the record that `save` wrote."""
    record, file = reading.read_json(file, _ADVICE), Path(file).with_suffix(".npz")
    if not file.is_file() or _digest(file) != record.get("sha256"):
        raise ValueError(
            f"{paths.display(file)} is missing or damaged (its sha256 is not the recorded one): check it out again"
        )
    members = reading.read_npz(file, "an npz file of weights", _ADVICE)
    return record, [members[key].astype("float32") for key in sorted(members)]


def assign(build, weights, name):
    """Build a network with `build()`, put weights into it, and return it.

    Raises
    ------
    ValueError
        If they are those of another network.
    """
    try:
        model = build()
        if [w.shape for w in weights] != [w.shape for w in model.get_weights()]:
            raise ValueError
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
    ):  # what the record says cannot even be built
        raise ValueError(
            f"the weights {name!r} are of another network than the record says: check the folder out again"
        ) from None
    model.set_weights(weights)
    return model


def _digest(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()
