"""Training, sweep and refresh, killed without warning at random moments: no damaged file, and in the end what an undisturbed run gives."""

import dataclasses
import multiprocessing
import random
import shutil
import subprocess
import sys
import time
import zipfile

import nbformat
import numpy as np
import pytest

from facekit.analysis import sweeps
from facekit.core import paths
from facekit.faces import extraction as fk_faces
from facekit.faces import faceset
from facekit.gan import training
from facekit.gan.recorder import Recorder

SETTINGS = dict(latent_dim=2, samples=8, seed=3, architecture="small")
COMBINATIONS = [(2, 8), (3, 12), (2, 16)]


def train(file, run, epochs, began):
    """Run in a process of its own, to be killed; `began` is set once the networks are compiled and learn."""
    _announce(began)
    training.train(_faces(file), run, epochs=epochs, **SETTINGS)


def sweep(file, folder, epochs, began):
    _announce(began)
    sweeps.sweep(_faces(file), folder, COMBINATIONS, epochs=epochs, architecture="small")


def _faces(file):
    """The faces at half their size: small networks of an epoch take a tenth of a second."""
    faces = faceset.load(file)
    return dataclasses.replace(faces, images=faces.images[:, ::2, ::2].copy())


def _announce(began):
    end = Recorder.on_train_batch_end

    def announced(self, batch, logs=None):
        began.set()
        end(self, batch, logs)

    Recorder.on_train_batch_end = announced


@pytest.fixture(scope="module")
def file(portraits, tmp_path_factory):
    out = tmp_path_factory.mktemp("faces") / "faces.npz"
    fk_faces.extract(portraits.sample(24, seed=0), out)
    return out


def _kill(target, file, folder, epochs, kills, seed, seconds, check):
    """Start again and again, kill each start at a random moment of its work, let `check` look at what is left; return what it saw."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["facekit.core.backend", "facekit.gan.training", "facekit.faces.extraction"]
    )
    moments, seen = random.Random(seed), []
    for _ in range(kills):
        began = context.Event()
        child = context.Process(target=target, args=(file, folder, epochs, began))
        child.start()
        began.wait(120)
        time.sleep(moments.uniform(0, seconds))
        if child.is_alive():
            child.kill()
        child.join()
        seen.append((child.exitcode, check()))
    assert sum(code == -9 for code, _ in seen) >= 0.8 * kills, seen
    return [what for _, what in seen]


def _whole(run):
    """Return how many epochs a run's folder holds; every file that has its name is whole."""
    if not (run / "state.npz").is_file():
        return 0
    with np.load(run / "state.npz") as state:
        epochs = int(state["epochs"])
        assert all(np.isfinite(state[name]).all() for name in state.files)
    rows = (run / "losses.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.split(",")[0] for row in rows[:epochs]] == [
        str(epoch + 1) for epoch in range(epochs)
    ]
    assert (run / "generator.keras").is_file() <= zipfile.is_zipfile(run / "generator.keras")
    return epochs


def _same(run, undisturbed):
    assert (run / "losses.csv").read_bytes() == (undisturbed / "losses.csv").read_bytes()
    with np.load(run / "state.npz") as one, np.load(undisturbed / "state.npz") as other:
        assert all(np.array_equal(one[name], other[name]) for name in other.files)
    assert {path.name for path in run.iterdir()} == {path.name for path in undisturbed.iterdir()}
    assert sorted(path.name for path in (run / "sheets").iterdir()) == sorted(
        path.name for path in (undisturbed / "sheets").iterdir()
    )


@pytest.mark.slow
def test_a_training_killed_fifteen_times(file, tmp_path):
    run, epochs = tmp_path / "run", 60
    progress = _kill(train, file, run, epochs, 15, 1, 1.0, lambda: _whole(run))
    assert progress == sorted(progress) and progress[-1] > 0, progress
    for folder in (run, tmp_path / "undisturbed"):
        training.train(_faces(file), folder, epochs=epochs, **SETTINGS)
    _same(run, tmp_path / "undisturbed")


@pytest.mark.slow
def test_a_sweep_killed_ten_times(file, tmp_path):
    folder, names = (
        tmp_path / "sweep",
        [f"latent{dim}-samples{samples}" for dim, samples in COMBINATIONS],
    )
    progress = _kill(
        sweep, file, folder, 12, 10, 2, 1.0, lambda: sum(_whole(folder / name) for name in names)
    )
    assert progress == sorted(progress) and progress[-1] > 0, progress
    for each in (folder, tmp_path / "undisturbed"):
        sweeps.sweep(_faces(file), each, COMBINATIONS, epochs=12, architecture="small")
    for name in names:
        _same(folder / name, tmp_path / "undisturbed" / name)


@pytest.mark.slow
def test_a_refresh_killed_five_times(tmp_path):
    shutil.copytree(paths.REPOSITORY / "facekit", tmp_path / "facekit")
    lesson = tmp_path / "notebooks" / "01_preprocessing.ipynb"
    lesson.parent.mkdir()
    cells = [
        nbformat.v4.new_markdown_cell("# A lesson"),
        *(nbformat.v4.new_code_cell(f"print({i} * 'long ')") for i in range(400, 420)),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), lesson)
    command = [sys.executable, "-m", "facekit", "refresh", "--only", "01"]
    before, start = lesson.read_bytes(), time.monotonic()
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    after, took = lesson.read_bytes(), time.monotonic() - start
    assert after != before
    moments = random.Random(3)
    for _ in range(5):
        lesson.write_bytes(before)
        process = subprocess.Popen(
            command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(moments.uniform(0.2, 1.1) * took)
        process.kill()
        process.wait()
        assert lesson.read_bytes() in (before, after)
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert lesson.read_bytes() == after and [path.name for path in lesson.parent.iterdir()] == [
        lesson.name
    ]
