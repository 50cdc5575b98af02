"""Extraction on a cluster of several processes: a real scheduler, real workers, and one that dies on the way."""

import logging
import os
import signal
import threading
import time

import joblib
import pytest

from facekit.analysis import history
from facekit.core.backend import keras
from facekit.faces import extraction, photos, shards
from facekit.gan import lsgan, networks

distributed = pytest.importorskip(
    "distributed", reason="distributed is not installed: pip install -e .[cluster]"
)


@pytest.fixture(scope="module")
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
        ) as started,
        distributed.Client(started) as client,
    ):
        client.run(_small_shards)
        yield client


def _small_shards():
    shards._PHOTOS = 8


@pytest.fixture
def expected(portraits, tmp_path, monkeypatch):
    """Sixty-four portraits, and the bytes that this process makes of them."""
    monkeypatch.setattr(shards, "_PHOTOS", 8)
    chosen = portraits.sample(64, seed=0)
    extraction.extract(chosen, tmp_path / "here.npz")
    return chosen, (tmp_path / "here.npz").read_bytes()


def test_a_cluster_gives_the_same_bytes(cluster, expected, tmp_path):
    chosen, bytes_here = expected
    with joblib.parallel_config("dask"):
        extraction.extract(chosen, tmp_path / "there.npz")
    assert (tmp_path / "there.npz").read_bytes() == bytes_here


def test_a_worker_that_is_killed_is_replaced(cluster, expected, tmp_path):
    chosen, bytes_here = expected
    victims = list(cluster.run(os.getpid).values())
    killed = []

    def kill_one_at_the_first_shard():
        while not list(tmp_path.glob("there.npz.parts/*/0*.npz")):
            time.sleep(0.01)
        os.kill(victims[0], signal.SIGKILL)
        killed.append(victims[0])

    watcher = threading.Thread(target=kill_one_at_the_first_shard)
    watcher.start()
    with joblib.parallel_config("dask"):
        found = extraction.extract(chosen, tmp_path / "there.npz")
    watcher.join()
    assert killed and killed[0] not in cluster.run(os.getpid).values()
    assert len(found) + len(found.rejects) == len(chosen)
    assert (tmp_path / "there.npz").read_bytes() == bytes_here


def test_photographs_are_read_where_the_work_is_done(cluster, tmp_path):
    """What travels are paths: an unreadable photograph is told by the worker, and ends in the reject table here."""
    (tmp_path / "page.jpg").write_text("<html>")
    with joblib.parallel_config("dask"):
        found = extraction.extract(photos.load("folder", root=tmp_path), tmp_path / "faces.npz")
    assert found.rejects["reason"].tolist() == [
        "unreadable: not a picture, or of an unknown format"
    ]


def test_a_training_can_be_watched_in_tensorboard(portraits, tmp_path):
    pytest.importorskip(
        "tensorboard", reason="tensorboard is not installed: pip install -e .[cluster]"
    )
    found = extraction.extract(portraits.sample(24, seed=0), tmp_path / "faces.npz")
    model = lsgan.LSGAN(networks.build_generator(16), networks.build_discriminator())
    model.compile()
    model.fit(
        found.dataset(8),
        epochs=1,
        verbose=0,
        callbacks=[keras.callbacks.TensorBoard(tmp_path / "log")],
    )
    events = b"".join(file.read_bytes() for file in (tmp_path / "log").rglob("events*"))
    assert all(f"epoch_{name}".encode() in events for name in history.LOSSES)
