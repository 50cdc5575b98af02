"""Experiments that several tests look at."""

import pytest

from facekit.analysis import experiments, history


@pytest.fixture(scope="session")
def trained(faces, tmp_path_factory):
    """The three discriminators of the bound, and their runs.

    The one with moving statistics has to learn until these follow the batch's; the others do not.
    """
    folder = tmp_path_factory.mktemp("experiments")
    sizes = {"moving-statistics": (60, 32), "batch-statistics": (12, 16), "plain": (12, 16)}
    models, runs = {}, {}
    for name, (iterations, samples) in sizes.items():
        models[name] = experiments.run(name, faces, folder / name, iterations, samples)
        runs[name] = history.load(folder / name)
    return models, runs
