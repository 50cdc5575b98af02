"""Trained networks on disk, found by name and checked: weights, and a record of how to build it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from . import paths, reading, writing

if TYPE_CHECKING:
    import keras

Weights = Sequence[np.ndarray]
_ADVICE = "check it out again"
#: What networks are built from, wherever a record has it.
_FIELDS = {"architecture": str, "latent_dim": int, "attributes": list}


def save(weights: Weights, path: str | Path, **record: Any) -> None:
    """Write weights as `<path>.npz`, and `<path>.json` with the record, their sha256 and number.

    Parameters
    ----------
    weights : list of float arrays
        As `model.get_weights()` returns them. Each is stored as float16, or as float32 if it has a
        number that float16 would make infinite, from 65,520 up.
    path : path
        Without suffix; missing folders are made.
    **record
        What is needed to build the network again, and what a reader may want to know.
    """
    path = Path(path)
    file = path.with_name(f"{path.name}.npz")
    stored = {f"w{i:03d}": _small(np.asarray(values)) for i, values in enumerate(weights)}
    with writing.atomic(file) as part:
        np.savez_compressed(part, allow_pickle=False, **stored)
    record |= {"weights": sum(values.size for values in stored.values()), "sha256": _digest(file)}
    writing.write_json(path.with_name(f"{path.name}.json"), record)


def names(kind: str) -> dict[str, Path]:
    """Return the records of the weights that ship for one kind of network, by name."""
    files = sorted((paths.data() / "models").glob("*/*.json"), key=lambda file: file.stem)
    return {f.stem: f for f in files if reading.read_json(f, _ADVICE).get("kind") == kind}


def read(name: str, kind: str) -> tuple[dict[str, Any], list[np.ndarray]]:
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
        there = ", ".join(known) or "none"
        raise FileNotFoundError(f"no {kind} {name!r} in data/models; there are {there}")
    return read_record(known[name])


def read_record(file: str | Path) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Return record and weights as `read` does, of the record that `save` wrote."""
    record, file = reading.read_json(file, _ADVICE), Path(file).with_suffix(".npz")
    for field, kind in _FIELDS.items():
        if not isinstance(record.get(field, kind()), kind):
            shown = paths.display(file.with_suffix(".json"))
            raise ValueError(f"{shown} says {field} {record[field]!r}: {_ADVICE}")
    if not file.is_file() or _digest(file) != record.get("sha256"):
        raise ValueError(f"{paths.display(file)} is missing or damaged: {_ADVICE}")
    members = reading.read_npz(file, "an npz file of weights", _ADVICE)
    return record, [members[key].astype("float32") for key in sorted(members)]


def assign(build: Callable[[], keras.Model], weights: Weights, name: str) -> keras.Model:
    """Build a network with `build()`, put weights into it, and return it.

    Raises
    ------
    ValueError
        If they are those of another network than the record says, or it says none.
    """
    refusal = f"the weights {name!r} are of another network than the record says: {_ADVICE}"
    try:
        model = build()
    except (ValueError, LookupError) as error:  # what the record says cannot even be built
        raise ValueError(refusal) from reading.cause(error)
    if [values.shape for values in weights] != [values.shape for values in model.get_weights()]:
        raise ValueError(refusal)
    model.set_weights(weights)
    return model


def _small(values: np.ndarray) -> np.ndarray:
    """Return an array as float16, or as float32 where a number is too large for that."""
    with np.errstate(over="ignore"):
        half = values.astype("float16")
    overflows = np.isinf(half).any() and not np.isinf(values).any()
    return values.astype("float32") if overflows else half


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
