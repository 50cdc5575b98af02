"""Generators on disk: the ones that ship, those of a training, and what is refused."""

import json
import zipfile

import numpy as np
import pytest

from facekit.core import paths
from facekit.core.backend import keras
from facekit.gan import checkpoints, latent, networks


@pytest.fixture(scope="module")
def generator():
    return networks.build_generator(16)


def _images(generator):
    return networks.generate(generator, latent.sample(4, 16)).astype(int)


def test_shipped_weights():
    generator = checkpoints.pretrained("portraits")
    images = networks.generate(generator, latent.sample(64, generator.input_shape[-1]))
    assert images.std(axis=0).mean() > 20  # different faces, not one
    message = "no generator 'nobody' in data/models; there are .*portraits"
    with pytest.raises(FileNotFoundError, match=message):
        checkpoints.pretrained("nobody")


def test_every_record_that_ships_says_its_source():
    for file in (paths.data() / "models").glob("*/*.json"):
        assert json.loads(file.read_text())["source"] == file.parent.name, file


def test_export_and_damage(generator, monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    checkpoints.export(generator, tmp_path / "models" / "mine" / "small", source="mine")
    record = json.loads((tmp_path / "models" / "mine" / "small.json").read_text())
    expected = {"source": "mine", "architecture": "compact", "latent_dim": 16}
    assert {name: record[name] for name in expected} == expected
    difference = _images(checkpoints.pretrained("small")) - _images(generator)
    assert np.abs(difference).max() <= 2  # float16 on disk
    file = tmp_path / "models" / "mine" / "small.npz"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="small.npz is missing or damaged"):
        checkpoints.pretrained("small")


def test_data_folder_without_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="there are none"):
        checkpoints.pretrained()


@pytest.fixture
def saved(generator, tmp_path):
    checkpoints.save_generator(generator, tmp_path, "compact")
    return tmp_path / "generator.keras"


def _rewritten(file, **members):
    """Replace members of a zip file, or remove those that are None."""
    with zipfile.ZipFile(file) as old:
        content = {name: old.read(name) for name in old.namelist()} | members
    with zipfile.ZipFile(file, "w") as new:
        for name, data in content.items():
            if data is not None:
                new.writestr(name, data)


def test_a_saved_generator_comes_back(generator, saved):
    assert np.array_equal(_images(checkpoints.load(saved)), _images(generator))
    # Keras opens it as well, and what Keras alone has written can be loaded, too.
    assert np.array_equal(_images(keras.models.load_model(saved)), _images(generator))
    generator.save(saved)
    assert np.array_equal(_images(checkpoints.load(saved)), _images(generator))


def test_the_architecture_is_the_recorded_one_whatever_the_network_is_called(saved, tmp_path):
    network = networks.build_generator(16, "paper")
    renamed = keras.Model(network.inputs, network.outputs, name="a_student_of_compact_generator")
    checkpoints.save_generator(renamed, tmp_path, "paper")
    assert np.array_equal(_images(checkpoints.load(saved)), _images(renamed))


@pytest.mark.parametrize(
    "record, message",
    [
        (b'{"architecture": "huge", "latent_dim": 16}', "unknown architecture 'huge'"),
        (b'{"architecture": "compact", "latent_dim": 1000000000}', "claims to hold more"),
        (b'{"architecture": "compact", "latent_dim": "16"}', "is not a saved generator"),
        (b'{"architecture": "compact", "latent_dim": 17}', "is not a saved generator"),
        (b'{"architecture": "paper", "latent_dim": 16}', "is not a saved generator"),
        (b"[]", "is not a saved generator"),
        (b"{", "is not a saved generator"),
    ],
)
def test_a_record_that_is_wrong(saved, record, message):
    _rewritten(saved, **{"facekit.json": record})
    with pytest.raises(ValueError, match=message):
        checkpoints.load(saved)


def test_what_is_no_generator(saved, tmp_path):
    whole = saved.read_bytes()
    (tmp_path / "short.keras").write_bytes(whole[: len(whole) // 2])
    networks.build_discriminator("small").save(tmp_path / "other.keras")
    for name, message in (
        ("none", "there is no file"),
        ("short", "is not a saved generator"),
        ("other", "not a generator of faces"),
    ):
        with pytest.raises((FileNotFoundError, ValueError), match=message):
            checkpoints.load(tmp_path / f"{name}.keras")
