"""Weights on disk: what was written is read, and what is damaged is named."""

import json

import numpy as np
import pytest

from facekit.core import weights
from facekit.core.backend import keras


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    return tmp_path / "models" / "mine"


def test_round_trip(folder):
    written = [np.array([[1.0, -2.5]], "float32"), np.array([0.1], "float32")]
    weights.save(written, folder / "small-0.5", kind="generator", latent_dim=7)
    record, read = weights.read("small-0.5", "generator")
    assert record["latent_dim"] == 7 and record["weights"] == 3 and len(record["sha256"]) == 64
    assert [w.dtype for w in read] == ["float32"] * 2
    assert np.array_equal(read[0], written[0]) and read[1][0] == np.float16(
        0.1
    )  # as float16 on disk


def test_names_are_those_of_one_kind(folder):
    for name, kind in (("b", "generator"), ("a", "generator"), ("c", "descriptor")):
        weights.save([np.zeros(1)], folder / name, kind=kind)
    assert list(weights.names("generator")) == ["a", "b"] and list(weights.names("descriptor")) == [
        "c"
    ]
    with pytest.raises(FileNotFoundError, match="no generator 'c' in data/models; there are a, b"):
        weights.read("c", "generator")


@pytest.mark.parametrize("damage", ["cut", "gone", "changed"])
def test_damage_is_named(folder, damage):
    weights.save([np.arange(100.0)], folder / "small", kind="generator")
    file = folder / "small.npz"
    content = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(content[:-10] if damage == "cut" else content[:-1] + b"?")
    with pytest.raises(ValueError, match="small.npz is missing or damaged"):
        weights.read("small", "generator")


def test_weights_of_another_network(folder):
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="the weights 'small' are of another network"):
        weights.assign(lambda: network, [np.zeros((4, 2)), np.zeros(2)], "small")
    weights.assign(lambda: network, [np.ones((3, 2)), np.zeros(2)], "small")
    assert network(np.ones((1, 3))).numpy().tolist() == [[3, 3]]


def test_everything_that_ships_is_whole_and_small():
    records = [
        file
        for kind in ("generator", "discriminator", "descriptor", "classifier")
        for file in weights.names(kind).values()
    ]
    assert records
    for record in records:
        weights.read(record.stem, json.loads(record.read_text())["kind"])
    assert sum(record.with_suffix(".npz").stat().st_size for record in records) < 30e6


def test_numbers_beyond_float16_stay_finite(folder):
    values = [np.array([70_000.0, 1.0], "float32"), np.array([65_504.0]), np.array([0.1])]
    weights.save(values, folder / "large", kind="generator")
    _, found = weights.read("large", "generator")
    assert found[0].tolist() == [70_000, 1] and found[1].tolist() == [65_504]
    assert found[2][0] == np.float16(0.1)  # the others are as small as before


@pytest.mark.parametrize("change", [{"attributes": 3}, {"architecture": None}, {"latent_dim": "9"}])
def test_a_record_of_another_form_is_named(folder, change):
    weights.save([np.zeros(1)], folder / "small", kind="generator", **change)
    with pytest.raises(ValueError, match=f"small.json says {next(iter(change))} .*check it out"):
        weights.read("small", "generator")


def test_a_fault_in_the_program_is_no_fault_of_the_weights():
    def build():
        return keras.layers.Dense(2).no_such_thing

    with pytest.raises(AttributeError, match="no_such_thing"):
        weights.assign(build, [], "small")
    with pytest.raises(TypeError):
        weights.assign(lambda too_many: None, [], "small")
