"""One training shared by two processes that stand for two machines: the losses of one process, also after one of the two was killed."""

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from facekit.analysis import history
from facekit.core import distribution
from facekit.core.backend import tf
from facekit.gan import training

_TRAIN = ("-m", "facekit", "train", "--photos", "24", "--samples", "8", "--latent-dim", "16")


class Machines:
    """Two processes that find each other by `TF_CONFIG`; none outlives the test."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def start(self, *each):
        """Start a Python with each list of arguments."""
        with socket.socket() as one, socket.socket() as two:
            for free in (one, two):
                free.bind(("127.0.0.1", 0))
            workers = [f"127.0.0.1:{free.getsockname()[1]}" for free in (one, two)]
        for i, arguments in enumerate(each):
            config = json.dumps(
                {"cluster": {"worker": workers}, "task": {"type": "worker", "index": i}}
            )
            with open(self.folder / f"machine{i}.log", "a") as log:
                self.running.append(
                    subprocess.Popen(
                        [sys.executable, *map(str, arguments)],
                        env=os.environ | {"TF_CONFIG": config},
                        stdout=log,
                        stderr=log,
                        start_new_session=True,
                    )
                )
        return self.running[-len(each) :]

    def log(self, i):
        return (self.folder / f"machine{i}.log").read_text()

    def wait(self, seconds=900):
        """Return the exit codes."""
        return [process.wait(seconds) for process in self.running]

    def end(self):
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.running = []


@pytest.fixture
def machines(tmp_path):
    started = Machines(tmp_path)
    yield started
    started.end()


_SMALL = """
import dataclasses, sys
from facekit.core import distribution
distribution.strategy()
from facekit.faces import faceset
from facekit.gan import training

faces = faceset.load(sys.argv[1])
faces = dataclasses.replace(faces, images=faces.images[:, ::2, ::2].copy())
settings = training.Settings(latent_dim=4, samples=8, epochs=2, architecture="small")
training.train(faces, sys.argv[2], settings)
"""


def test_two_machines_have_the_losses_of_one(machines, faces, faces_file, tmp_path):
    """As many samples, the same seed: what differs is the order in which floats are added up."""
    machines.start(*[["-c", _SMALL, faces_file, tmp_path / "two"]] * 2)
    small = dataclasses.replace(faces, images=faces.images[:, ::2, ::2].copy())
    settings = training.Settings(latent_dim=4, samples=8, epochs=2, architecture="small")
    training.train(small, tmp_path / "one", settings)
    assert machines.wait() == [0, 0], machines.log(0) + machines.log(1)
    one, two = history.load(tmp_path / "one").losses, history.load(tmp_path / "two").losses
    losses = ["d1", "d2", "g"]
    assert np.abs(two[losses] - one[losses]).to_numpy().max() < 1e-3
    assert np.ptp(one[losses].to_numpy()) > 0.1
    assert "epoch" in machines.log(0) and "epoch" not in machines.log(
        1
    )  # the bar: only the first machine records


def test_machines_that_are_not_about_to_do_the_same_stop(machines):
    check = "from facekit.core import distribution; distribution.strategy(); distribution.check_alike('seed', {})"
    machines.start(["-c", check.format(0)], ["-c", check.format(1)])
    assert machines.wait() == [1, 1]
    for i in range(2):
        assert (
            "ValueError: the machines in TF_CONFIG are not about to do the same: give each the same command"
            in machines.log(i)
        )


def test_the_strategy_follows_what_there_is(monkeypatch):
    strategy = distribution._found.__wrapped__
    monkeypatch.delenv("TF_CONFIG", raising=False)
    assert strategy().num_replicas_in_sync == 1 and distribution.first_machine()
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind: [kind] * 2)
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda: "all GPUs of this machine")
    assert strategy() == "all GPUs of this machine"
    for index, first in ((0, True), (1, False)):
        monkeypatch.setenv(
            "TF_CONFIG",
            json.dumps(
                {
                    "cluster": {"worker": ["one:1", "two:1"]},
                    "task": {"type": "worker", "index": index},
                }
            ),
        )
        assert distribution.first_machine() is first
    tf.zeros(1)
    with pytest.raises(
        RuntimeError,
        match="before it met the other machines in TF_CONFIG: call facekit.core.distribution.strategy",
    ):
        strategy()
    for wrong in (
        "nonsense",
        "[]",
        '{"cluster": {"worker": ["one:1"], "ps": ["two:1"]}}',
        '{"cluster": {"worker": ["one:1", "two:1"]}}',
    ):
        monkeypatch.setenv("TF_CONFIG", wrong)
        with pytest.raises(ValueError, match="TF_CONFIG should be like {"):
            strategy()


@pytest.mark.slow
def test_machines_that_are_killed_go_on(machines, faces, faces_file, tmp_path):
    """First the one that only helps is killed, then the one that writes: each time the other ends by itself, and the same command goes on."""
    command, killed = (
        [*_TRAIN, "--samples", 16, "--out", faces_file, "--epochs", 4, "--run-dir"],
        tmp_path / "killed",
    )
    machines.start(*[[*command, tmp_path / "whole"]] * 2)
    assert machines.wait() == [0, 0], machines.log(0) + machines.log(1)
    machines.end()

    for victim, epochs in ((1, 1), (0, 2)):
        pair = machines.start(*[[*command, killed]] * 2)
        _until(lambda n=epochs: (killed / "state.npz").is_file() and _epochs(killed) >= n)
        pair[victim].kill()
        assert pair[1 - victim].wait(600) == 1
        assert "another machine of TF_CONFIG is gone: start the same command" in machines.log(
            1 - victim
        )
        assert epochs <= _epochs(killed) < 4
        machines.end()

    machines.start(*[[*command, killed]] * 2)
    assert machines.wait() == [0, 0], machines.log(0) + machines.log(1)
    assert (killed / "losses.csv").read_text() == (tmp_path / "whole" / "losses.csv").read_text()
    assert len((killed / "losses.csv").read_text().splitlines()) == 5


def _epochs(folder):
    return json.loads((folder / "run.json").read_text())["epochs"]


def _until(condition, seconds=900):
    end = time.time() + seconds
    while not condition():
        assert time.time() < end, f"nothing within {seconds} seconds"
        time.sleep(0.1)
