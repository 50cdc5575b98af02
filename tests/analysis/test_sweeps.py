"""The paper's Table 1: trainings in folders of their own, compared."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from facekit.analysis import history, sweeps
from facekit.gan import lsgan


def test_a_sweep_goes_on_where_it_was_and_compares(faces, tmp_path, monkeypatch, eager):
    few = faces.take(np.arange(8))
    faces = dataclasses.replace(few, images=few.images[:, ::2, ::2].copy())
    settings = {"epochs": 1, "architecture": "small"}
    combinations = [(4, 8), (8, 16)]
    first = sweeps.sweep(faces, tmp_path, combinations[:1], **settings)
    trained = []
    fit = lsgan.LSGAN.fit

    def counted(model, *args, **kwargs):
        trained.append(model.generator.input_shape[-1])
        return fit(model, *args, **kwargs)

    monkeypatch.setattr(lsgan.LSGAN, "fit", counted)
    runs = sweeps.sweep(faces, tmp_path, combinations, **settings)
    assert trained == [8]
    pd.testing.assert_frame_equal(runs[4, 8].losses, first[4, 8].losses)
    assert runs[8, 16].about["samples"] == 16
    table = sweeps.compare(runs)
    assert table.index.tolist() == combinations
    sums = table[["d1", "d2", "g"]].sum(axis=1)
    assert table["sum"].to_numpy() == pytest.approx(sums.to_numpy(), abs=2e-4)


def test_best_is_the_smallest_sum_of_averages():
    averages = {
        (100, 100): (0.1, 0.1, 0.5),
        (200, 200): (0.2, 0.2, 0.2),
        (300, 300): (0.0, 0.0, 0.8),
    }
    runs = {
        combination: history.LossHistory(pd.DataFrame([row, row], columns=["d1", "d2", "g"]))
        for combination, row in averages.items()
    }
    assert sweeps.best(runs) == (200, 200)


def test_too_few_faces_for_one_combination_are_told_before_the_first_is_trained(faces, tmp_path):
    samples = 2 * len(faces) + 2
    with pytest.raises(ValueError, match=f"{samples} samples need .*, and these are {len(faces)}"):
        sweeps.sweep(faces, tmp_path / "sweep", [(8, 4), (8, samples)], epochs=1)
    assert not (tmp_path / "sweep").exists()
