"""The benchmark's arithmetic; the whole run is marked slow."""

import subprocess
import sys

import benchmark
import pandas as pd
import planning
import pytest

from facekit.core.backend import tf
from facekit.gan import networks

MEASURED = {
    "extraction": 202_599 / 3600,
    "training, compact": 14_000_000 / 7200,
    "training, paper": 14_000_000 / 864_000,
    "training, light": 14_000_000 / 3600,
    "memory of extraction": 1100,
    "memory of training": 1000,
}


def test_plan_multiplies_what_was_measured(monkeypatch):
    monkeypatch.setattr(planning.joblib, "cpu_count", lambda: 3)  # those that this process may use
    plan = planning.plan(MEASURED)
    first = plan["3 cores, measured rates"]
    assert first.tolist() == ["1.0 h", "2.0 h", "1.0 h", "10 days", "1.1 GB", "1.0 GB", "11.0 GB"]
    seconds = 14_000_000 * planning.operations("paper") / 4 / 3e12
    assert (
        plan.loc["train paper, 100 passes over 70,000 faces", "four GPUs, 32 cores, calculated"]
        == f"{seconds / 3600:.1f} h"
    )
    assert (
        plan.loc["find the faces of 202,599 photographs", "16 cores, calculated"]
        == f"{60 * 3 / 16:.0f} min"
    )


@pytest.mark.parametrize("architecture", networks.ARCHITECTURES)
def test_operations_are_those_that_tensorflow_counts(architecture):
    def counted(network):
        graph = (
            tf.function(network)
            .get_concrete_function(tf.TensorSpec((1, *network.input.shape[1:])))
            .graph
        )
        options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation() | {"output": "none"}
        return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops

    built = networks.build_generator(100, architecture), networks.build_discriminator(architecture)
    expected = sum(share * counted(network) for share, network in zip((3.5, 5), built))
    assert planning.operations(architecture) == pytest.approx(
        expected, rel=0.03
    )  # without activations and normalisation


def test_memory_of_a_child_and_of_its_child():
    hold = "import time; x = bytearray(150_000_000); time.sleep(1)"
    nested = f"import subprocess, sys; x = bytearray(150_000_000); subprocess.run([sys.executable, '-c', {hold!r}])"
    with subprocess.Popen(
        [sys.executable, "-c", "x = bytearray(400_000_000); input()"], stdin=subprocess.PIPE
    ) as earlier:
        with benchmark.watched() as most:
            subprocess.run([sys.executable, "-c", nested], check=True)
        earlier.communicate(b"\n")
    assert 300 < most() < 360  # without what was begun before


@pytest.mark.slow
def test_every_figure_is_measured(tmp_path):
    command = [sys.executable, benchmark.__file__, "--no-notebooks", "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    figures = pd.read_csv(tmp_path / "figures.csv", index_col="figure")
    assert (figures["value"] > 0).all() and {
        "import facekit",
        "extraction",
        "training, paper",
        "from the slider to one face",
    } <= set(figures.index)
    assert {"figures.csv", "plan.csv", "run.json"} == {file.name for file in tmp_path.iterdir()}
