"""Probabilities and what they are worth, against numbers worked by hand."""

import numpy as np
import pytest

from facekit.metrics import calibration


def test_reliability_counts_by_hand():
    table = calibration.reliability([0.05, 0.15, 0.15, 0.95, 1.0], [False, False, True, True, True])
    assert table["predicted"].tolist() == pytest.approx([0.05, 0.15, 0.975])
    assert table["observed"].tolist() == [0.0, 0.5, 1.0]
    assert table["faces"].tolist() == [1, 2, 2]
    assert (table["low"] <= table["observed"]).all() and (table["observed"] <= table["high"]).all()
    # (1·0.05 + 2·0.35 + 2·0.025) / 5
    assert calibration.calibration_error(
        [0.05, 0.15, 0.15, 0.95, 1.0], [False, False, True, True, True]
    ) == pytest.approx(0.16)


def test_an_honest_forecaster_has_a_small_error_and_a_boaster_a_large_one():
    random = np.random.default_rng(2)
    chance = random.random(20_000)
    happened = random.random(20_000) < chance
    assert calibration.calibration_error(chance, happened) < 0.01
    assert calibration.calibration_error((chance > 0.5).astype(float), happened) == pytest.approx(
        0.25, abs=0.01
    )


@pytest.mark.parametrize("predicted", [[5.0, 50.0, 99.0], [-0.1, 0.5, 1.0], [0.1, np.nan, 0.5]])
def test_per_cent_are_no_probabilities(predicted):
    with pytest.raises(ValueError, match="they go from 0 to 1"):
        calibration.calibration_error(predicted, [True, False, True])


def test_reliability_refuses_unequal_lengths():
    with pytest.raises(ValueError, match="as many of both"):
        calibration.reliability([0.5, 0.5], [True])
