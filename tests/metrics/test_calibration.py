"""Probabilities and what they are worth, against numbers worked by hand and against scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from facekit.metrics import calibration, intervals


def test_auc_is_the_share_of_pairs_in_order():
    # 6 pairs: 0.9 beats all three; 0.4 beats 0.1, ties 0.4, loses to 0.7
    assert intervals.auc([0.9, 0.4], [0.1, 0.4, 0.7])[0] == pytest.approx(4.5 / 6)


def test_auc_equals_scikit_learn():
    random = np.random.default_rng(0)
    positive, negative = random.normal(1, 1, 40).round(1), random.normal(0, 1, 70).round(1)
    expected = roc_auc_score(np.repeat([1, 0], [40, 70]), np.concatenate([positive, negative]))
    area, low, high = intervals.auc(positive, negative)
    assert area == pytest.approx(expected)
    assert 0.5 < low < area < high < 1


def test_auc_interval_holds_the_truth_nineteen_times_of_twenty():
    random, truth = (
        np.random.default_rng(1),
        0.76025,
    )  # of normal scores one standard deviation apart: Φ(1/√2)
    inside = 0
    for _ in range(400):
        _, low, high = intervals.auc(random.normal(1, 1, 30), random.normal(0, 1, 30))
        inside += low <= truth <= high
    assert 0.92 < inside / 400 < 0.985


def test_a_perfect_auc_is_not_certain():
    area, low, high = intervals.auc(np.arange(10, 20), np.arange(10))
    assert (area, high) == (1.0, pytest.approx(1.0)) and 0.6 < low < 0.95
    assert intervals.auc(np.arange(1000, 2000), np.arange(1000))[1] > low
    with pytest.raises(ValueError, match="0 positive and 2 negative"):
        intervals.auc([], [1, 2])


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


@pytest.mark.parametrize("said", [[5.0, 50.0, 99.0], [-0.1, 0.5, 1.0], [0.1, np.nan, 0.5]])
def test_per_cent_are_no_probabilities(said):
    with pytest.raises(ValueError, match="they go from 0 to 1"):
        calibration.calibration_error(said, [True, False, True])


def test_reliability_refuses_unequal_lengths():
    with pytest.raises(ValueError, match="as many of both"):
        calibration.reliability([0.5, 0.5], [True])
