"""A whole training in a folder: settings, going on, beginning with what another has learned."""

import json
from pathlib import Path

import numpy as np
import pytest

from facekit.analysis import history
from facekit.gan import checkpoints, latent, lsgan, networks, training

TINY = dict(latent_dim=2, samples=8, epochs=1, architecture="small")


@pytest.fixture
def few(small_faces):
    """Eight faces: an epoch of two steps."""
    return small_faces.take(np.arange(8))


def _record(folder):
    return json.loads((folder / "run.json").read_text())


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"samples": 1}, "1 samples: an iteration needs 2, 4, 6"),
        ({"samples": 33}, "33 samples: an iteration needs 2, 4, 6"),
        ({"seed": -1}, "seed -1: it is 0 or more"),
        ({"latent_dim": 100_000_000}, "latent dimension 100000000: .* from 1 to 4096"),
        ({"learning_rates": (float("nan"), 1e-4)}, "they must be above 0"),
        ({"augmentation": 3}, "augmentation 3: it goes from 0 to 1"),
        ({"r1": -1}, "r1 -1: the weight of a penalty is 0 or more"),
        ({"learning_rates": (1e-4, 0)}, r"learning rates \(0.0001, 0\): they must be above 0"),
        ({"latent_dim": 0}, "latent dimension 0: it must be a whole number from 1 to 4096"),
        ({"architecture": "huge"}, "unknown architecture 'huge': choose compact or light or paper"),
    ],
)
def test_impossible_settings(wrong, message, small_faces, tmp_path):
    with pytest.raises(ValueError, match=message):
        training.Settings(**wrong)
    with pytest.raises(ValueError, match=message):
        training.train(small_faces, tmp_path, **wrong)
    assert not list(tmp_path.iterdir())


def test_settings_and_their_names_are_one(few, tmp_path, capsys, eager):
    settings = training.Settings(**TINY, augmentation=0.3)
    training.train(few, tmp_path, settings, source="portraits", kept=Path("some/where"))
    expected = {"augmentation": 0.3, "architecture": "small", "samples": 8, "source": "portraits"}
    recorded = _record(tmp_path)
    assert {name: recorded[name] for name in expected} == expected
    assert recorded["kept"] == "some/where"
    # The same call, spelled the other way, finds nothing left to do; another one is refused.
    again = dict(source="portraits", kept=Path("some/where"), **TINY)
    training.train(few, tmp_path, augmentation=0.3, **again)
    assert "holds 1 epochs already: nothing is left to train" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"holds another training \(augmentation 0.3, not 1.0\)"):
        training.train(few, tmp_path, **again)


def test_rates_fall_along_a_cosine(few, tmp_path, eager):
    settings = TINY | {"epochs": 3, "learning_rates": (4e-4, 1e-4), "falling": True}
    model = training.train(few, tmp_path, **settings)
    rates = [float(o.learning_rate) for o in (model.d_optimizer, model.g_optimizer)]
    assert rates == pytest.approx([1e-4, 2.5e-5])  # a quarter is left after two thirds


def test_it_leaves_the_generator_that_is_returned(few, tmp_path, eager):
    model = training.train(few, tmp_path, **TINY)
    loaded, points = checkpoints.load(tmp_path / "generator.keras"), latent.sample(2, 2)
    images = [networks.generate(network, points) for network in (loaded, model.ema_generator)]
    assert np.array_equal(*images)


def test_a_training_goes_on_with_its_own_faces_alone(small_faces, tmp_path, eager):
    own, others = (small_faces.take(np.arange(first, first + 8)) for first in (0, 8))
    training.train(own, tmp_path, **TINY)
    message = f"holds another training .digest {own.digest()}, not {others.digest()}"
    with pytest.raises(ValueError, match=message):
        training.train(others, tmp_path, **TINY)


def test_a_training_can_begin_with_what_another_has_learned(small_faces, few, tmp_path, eager):
    settings = TINY | {"latent_dim": 16}
    first = training.train(small_faces, tmp_path / "first", **settings | {"epochs": 2})
    tuned_settings = settings | {"start": tmp_path / "first", "learning_rates": (1e-4, 5e-4)}
    tuned = training.train(few, tmp_path / "tuned", **tuned_settings)
    chance = training.train(few, tmp_path / "chance", **tuned_settings | {"start": None})

    def distance(model):
        point = np.ones((1, 16), "float32")
        images = [networks.generate(m.ema_generator, point) for m in (model, first)]
        return np.abs(np.subtract(*images, dtype=int)).mean()

    assert distance(tuned) < distance(chance)
    assert history.load(tmp_path / "tuned").losses.index.tolist() == [1]
    assert _record(tmp_path / "tuned")["start"] == "first"
    assert tuned.g_optimizer.iterations > chance.g_optimizer.iterations
    assert float(tuned.g_optimizer.learning_rate) == pytest.approx(5e-4)
    with pytest.raises(ValueError, match="chance holds another training .*start None, not first"):
        training.train(few, tmp_path / "chance", **tuned_settings)
    # It goes on, and its record still says how it began.
    training.train(few, tmp_path / "tuned", **tuned_settings | {"start": None, "epochs": 2})
    assert _record(tmp_path / "tuned")["start"] == "first"
    assert history.load(tmp_path / "tuned").losses.index.tolist() == [1, 2]


def test_a_training_can_begin_with_weights_that_ship(small_faces, build, tmp_path, monkeypatch):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    shipped, file = build(latent_dim=2), tmp_path / "models" / "mine" / "mini"
    checkpoints.export(shipped.generator, file, "small", shipped.discriminator)
    learned = []

    def fit(model, *args, **kwargs):
        for network in (model.generator, model.ema_generator, model.discriminator):
            learned.append(network.get_weights())

    monkeypatch.setattr(lsgan.LSGAN, "fit", fit)
    training.train(small_faces, tmp_path / "run", **TINY, start="mini")
    expected = [network.get_weights() for network in (shipped.generator, shipped.discriminator)]
    for found, weights in zip(learned, (expected[0], *expected), strict=True):
        pairs = zip(found, weights, strict=True)
        assert all(np.allclose(*pair, atol=1e-3) for pair in pairs)  # float16 on disk
    message = "mini is a small generator of latent dimension 2, not .* compact and 2: choose"
    with pytest.raises(ValueError, match=message):
        other = TINY | {"architecture": "compact"}
        training.train(small_faces, tmp_path / "other", **other, start="mini")
    message = "nowhere holds no training to begin with: choose another folder, or one of mini"
    with pytest.raises(ValueError, match=message):
        training.train(small_faces, tmp_path / "other", **TINY, start="nowhere")


def test_real_celeba_trains(celeba, tmp_path):
    from facekit.faces import extraction

    found = extraction.extract(celeba.sample(64, seed=1), tmp_path / "faces.npz")
    training.train(found, tmp_path / "run", latent_dim=16, samples=32, epochs=1)
    losses = history.load(tmp_path / "run").losses[list(history.LOSSES)]
    assert np.isfinite(losses.to_numpy()).all()


def test_a_folder_that_cannot_be_written_promises_nothing(few, tmp_path):
    (tmp_path / "run").write_text("a file")
    with pytest.raises(OSError, match="^cannot write [^;]*$"):
        training.train(few, tmp_path / "run", **TINY)
