"""What goes wrong around a run: two at once, no room, a clock that goes backwards, a state of another version."""

import itertools
import resource
import time
import zipfile
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from facekit.analysis import history
from facekit.contrastive import examination
from facekit.core import weights, writing
from facekit.faces import celeba
from facekit.faces import extraction as fk_faces
from facekit.gan import lsgan, networks, states, training


@pytest.fixture(scope="module")
def faces(portraits, tmp_path_factory):
    """Faces of 40×40 pixels, for the small networks."""
    file = tmp_path_factory.mktemp("faces") / "faces.npz"
    return fk_faces.extract(portraits.sample(24, seed=0), file, size=40)


@contextmanager
def room_for(size):
    """No file may grow beyond `size` bytes: a full disk, for whoever writes more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_two_trainings_and_two_extractions_at_once(faces, portraits, tmp_path):
    with (
        writing.exclusive(tmp_path / "run", "training"),
        pytest.raises(OSError, match="another training is at work in .*run"),
    ):
        training.train(faces, tmp_path / "run", latent_dim=2, samples=8, epochs=1)
    out = tmp_path / "faces.npz"
    with (
        writing.exclusive(tmp_path / "faces.npz.parts", "extraction"),
        pytest.raises(OSError, match="another extraction is at work in .*faces.npz.parts"),
    ):
        fk_faces.extract(portraits.sample(2), out)
    assert not out.exists() and len(fk_faces.extract(portraits.sample(2), out)) == 2
    assert [path.name for path in tmp_path.glob("faces*")] == ["faces.npz"]


def test_a_full_disk_loses_no_epoch_and_a_clock_that_goes_backwards_no_minute(
    faces, tmp_path, monkeypatch
):
    settings = dict(latent_dim=2, samples=8, seed=3, architecture="small")
    training.train(faces, tmp_path / "whole", epochs=2, **settings)
    clock = itertools.count(2_000_000_000, -3600)
    monkeypatch.setattr(time, "time", lambda: float(next(clock)))
    run = tmp_path / "run"
    training.train(faces, run, epochs=1, **settings)
    assert 0 < history.load(run).about["minutes"] < 60
    kept = {name: (run / name).read_bytes() for name in ("state.npz", "generator.keras")}
    with (
        room_for(len(kept["state.npz"]) - 1000),
        pytest.raises(
            OSError,
            match="cannot write .*state.npz: File too large; the epochs that are done are kept, and the same call goes on",
        ),
    ):
        training.train(faces, run, epochs=2, **settings)
    assert {name: (run / name).read_bytes() for name in kept} == kept and {
        path.name for path in run.glob(".*")
    } == {".lock"}
    training.train(faces, run, epochs=2, **settings)
    assert (run / "losses.csv").read_text() == (tmp_path / "whole" / "losses.csv").read_text()
    kept = (run / "generator.keras").read_bytes()
    with (
        room_for(len(kept) - 1000),
        pytest.raises(
            OSError,
            match="cannot write .*generator.keras: File too large; what was there before is kept",
        ),
    ):
        training.train(faces, run, epochs=2, **settings)
    assert (run / "generator.keras").read_bytes() == kept and not (
        run / ".generator.keras"
    ).exists()


def test_a_full_disk_while_unpacking(tmp_path):
    with zipfile.ZipFile(tmp_path / "celeba.zip", "w") as zipped:
        for number, size in ((1, 100), (2, 5000)):
            zipped.writestr(f"img_align_celeba/{number:06d}.jpg", bytes(size))
    with (
        room_for(1000),
        pytest.raises(
            OSError,
            match="cannot write .*out: File too large; 1 of 2 files are there, and the same call goes on",
        ),
    ):
        celeba.unpack(tmp_path / "celeba.zip", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out" / "img_align_celeba").iterdir()] == [
        "000001.jpg"
    ]
    celeba.unpack(tmp_path / "celeba.zip", tmp_path / "out")
    assert len(list((tmp_path / "out" / "img_align_celeba").iterdir())) == 2


@pytest.mark.parametrize(
    "change, message",
    [
        (
            {"version": 99},
            "state.npz was written by another version of facekit: go on with that one, or choose another folder",
        ),
        ({"v9999": np.zeros(1)}, "with other networks, or with another version of Keras"),
        ({"v0000": None}, "with other networks, or with another version of Keras"),
        ({"v0000": "float64"}, "with other networks, or with another version of Keras"),
        ({"version": None}, None),  # the first states had none
    ],
)
def test_a_state_of_another_version(tmp_path, change, message):
    model = lsgan.LSGAN(networks.build_generator(2, "small"), networks.build_discriminator("small"))
    model.compile()
    for name in ("losses.csv", "run.json"):
        (tmp_path / name).write_text("{}")
    states.save(model, tmp_path / "state.npz", 7)
    with np.load(tmp_path / "state.npz") as state:
        members = dict(state)
    for name, value in change.items():
        members[name] = members[name].astype(value) if isinstance(value, str) else value
    np.savez(
        tmp_path / "state.npz",
        **{name: value for name, value in members.items() if value is not None},
    )
    if message is None:
        assert states.resume(model, tmp_path) == 7
    else:
        with pytest.raises(ValueError, match=message):
            states.resume(model, tmp_path)


def test_a_table_shorter_than_the_state_says(faces, tmp_path):
    settings = dict(latent_dim=2, samples=8, architecture="small")
    training.train(faces, tmp_path, epochs=1, **settings)
    table = (tmp_path / "losses.csv").read_text()
    for text in ("", table.splitlines()[0] + "\n"):
        (tmp_path / "losses.csv").write_text(text)
        with pytest.raises(
            ValueError, match="losses.csv is not the table of this training, or damaged"
        ):
            training.train(faces, tmp_path, epochs=2, **settings)


@pytest.mark.parametrize(
    "save",
    [
        lambda folder: weights.save(
            [np.random.default_rng(0).random(9000)], folder / "w", kind="generator"
        ),
        lambda folder: examination.save(
            folder, pd.DataFrame({"a": range(9000)}), pd.DataFrame({"b": range(9000)})
        ),
    ],
)
def test_a_full_disk_while_results_are_saved(save, tmp_path):
    save(tmp_path / "out")
    kept = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with (
        room_for(3000),
        pytest.raises(
            OSError,
            match=r"cannot write .*out.*\.(npz|csv): File too large; what was there before is kept",
        ),
    ):
        save(tmp_path / "out")
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == kept
