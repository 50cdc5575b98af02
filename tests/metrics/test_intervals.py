"""Intervals against published values, numbers worked by hand, and how often they hold the truth."""

import numpy as np
import pytest

from facekit.metrics import intervals


@pytest.mark.parametrize(
    "successes, trials, low, high",
    [
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (9993, 10000, 0.9986, 0.9997),
    ],
)
def test_wilson_interval(successes, trials, low, high):
    assert intervals.wilson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("successes, trials", [(1, 0), (11, 10), (-1, 10), (9.5, 10)])
def test_wilson_interval_of_nonsense(successes, trials):
    with pytest.raises(ValueError, match="at least one trial"):
        intervals.wilson_interval(successes, trials)


def test_an_interval_of_small_integers():
    assert intervals.wilson_interval(np.uint8(90), np.uint8(100)) == intervals.wilson_interval(
        90, 100
    )


def test_rank_correlation_by_hand():
    one, groups = [1, 2, 3, 4, 5, 6], list("aabbcc")
    assert intervals.rank_correlation(one, [10, 20, 30, 40, 50, 999], groups) == pytest.approx(
        (1, 1, 1)
    )
    rho, low, high = intervals.rank_correlation(one, [2, 1, 4, 3, 6, 5], groups)
    assert rho == pytest.approx(1 - 6 * 6 / (6 * 35)) and low <= rho <= high
    noise = np.random.default_rng(0).normal(size=(2, 200))
    rho, low, high = intervals.rank_correlation(*noise, np.arange(200) // 10)
    assert low < 0 < high
    with pytest.raises(ValueError, match="two groups or more"):
        intervals.rank_correlation(one, one, ["a"] * 6)
    with pytest.raises(ValueError, match="a value is missing, or no number"):
        intervals.rank_correlation([1, np.nan, 3], [1, 2, 3], ["a", "a", "b"])


def test_auc_is_the_share_of_pairs_in_order():
    # 6 pairs: 0.9 beats all three; 0.4 beats 0.1, ties 0.4, loses to 0.7
    assert intervals.auc([0.9, 0.4], [0.1, 0.4, 0.7])[0] == pytest.approx(4.5 / 6)


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
