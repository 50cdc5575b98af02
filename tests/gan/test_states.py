"""The state of a training: what is refused. (That it goes on unchanged is in test_recorder.)"""

import numpy as np
import pytest

from facekit.gan import states


@pytest.fixture
def saved(build, tmp_path):
    """A model, and a folder with its state after seven epochs."""
    model = build()
    for name in ("losses.csv", "run.json"):
        (tmp_path / name).write_text("{}")
    states.save(model, tmp_path / "state.npz", 7)
    return model, tmp_path


def test_everything_that_a_training_changes_comes_back(saved, build):
    model, folder = saved
    before = [np.array(variable) for variable in states.variables(model)]
    other = build(latent_dim=4, seed=9)
    for variable in states.variables(other):
        variable.assign(variable + 1)
    assert states.resume(other, folder) == 7
    after = [np.array(variable) for variable in states.variables(other)]
    assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True))


@pytest.mark.parametrize("name", ["losses.csv", "run.json"])
def test_a_training_with_a_part_missing_is_refused(saved, name):
    """It would start again, and overwrite a good state."""
    model, folder = saved
    (folder / name).unlink()
    with pytest.raises(ValueError, match=f"holds a training without its {name}: put it back"):
        states.resume(model, folder)


def test_a_folder_without_a_state_has_no_epochs(saved):
    model, folder = saved
    (folder / "state.npz").unlink()
    assert states.resume(model, folder) == 0


def test_a_state_of_other_networks(saved, build):
    with pytest.raises(ValueError, match="state.npz is of a training with other networks"):
        states.resume(build(latent_dim=5), saved[1])


def test_damaged_bytes(saved):
    model, folder = saved
    whole = (folder / "state.npz").read_bytes()
    for content in (b"", b"nonsense", whole[:1000], whole[:-50]):
        (folder / "state.npz").write_bytes(content)
        with pytest.raises(ValueError, match="is not the state of a training, or damaged"):
            states.resume(model, folder)


def _change(folder, **members):
    with np.load(folder / "state.npz") as state:
        members = dict(state) | members
    kept = {name: value for name, value in members.items() if value is not None}
    np.savez(folder / "state.npz", **kept)


def test_a_state_without_a_version_is_of_the_first_one(saved, monkeypatch):
    model, folder = saved
    _change(folder, version=None)
    assert states.resume(model, folder) == 7
    monkeypatch.setattr(states, "_VERSION", 2)
    with pytest.raises(ValueError, match="state.npz was written by another version of facekit"):
        states.resume(model, folder)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"version": 99}, "another version of facekit: go on with that one, or choose another"),
        ({"v9999": np.zeros(1)}, "with other networks, or with another version of Keras"),
        ({"v0000": None}, "with other networks, or with another version of Keras"),
        ({"v0001": np.zeros(3200)}, "with other networks, or with another version of Keras"),
        ({"epochs": 0}, "does not say how many epochs are done"),
    ],
)
def test_a_state_that_is_another(saved, change, message):
    model, folder = saved
    _change(folder, **change)
    with pytest.raises(ValueError, match=message):
        states.resume(model, folder)
