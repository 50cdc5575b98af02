"""Measures against published or hand-computed values."""

import numpy as np
import pytest

from facekit.faces import detection
from facekit.metrics import distances


def test_overlap_by_hand():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 10), (0, 0, 10, 10), (5, 5, 2, 2)]
    others = [(0, 0, 10, 10), (5, 0, 10, 10), (20, 20, 5, 5), (0, 0, 10, 10)]
    assert detection.overlap(boxes, others) == pytest.approx([1, 50 / 150, 0, 4 / 100])


def normal(n, mean, spread, seed):
    return np.random.default_rng(seed).normal(mean, spread, (n, len(mean)))


def test_frechet_distance_of_two_normal_distributions():
    one, other = normal(40_000, [0, 0, 0], [1, 2, 3], 0), normal(40_000, [1, 0, -2], [2, 2, 1], 1)
    assert distances.frechet_distance(one, other) == pytest.approx(
        (1 + 4) + (1 + 0 + 4), rel=0.02
    )  # means, then (σ₁ − σ₂)²
    turn = np.linalg.qr(normal(3, [0, 0, 0], 1, 2))[0]
    assert distances.frechet_distance(one @ turn, other @ turn) == pytest.approx(
        distances.frechet_distance(one, other), rel=1e-9
    )
    assert distances.frechet_distance(one, one) == pytest.approx(0, abs=1e-9)
    assert distances.frechet_distance(one[:, :1], other[:, :1]) == pytest.approx(2, rel=0.04)


def test_frechet_distance_with_fewer_rows_than_features():
    one, other = normal(20, [0] * 64, 1, 0), normal(20, [0] * 64, 1, 1)
    assert distances.frechet_distance(one, one) == pytest.approx(0, abs=1e-9)
    assert distances.frechet_distance(one, other) > 10  # the bias that its description warns of


def test_kernel_distance_is_without_bias():
    values = [
        distances.kernel_distance(
            normal(100, [0] * 8, 1, 2 * i), normal(100, [0] * 8, 1, 2 * i + 1), subsets=1
        )[0]
        for i in range(60)
    ]
    assert abs(np.mean(values)) < 3 * np.std(values) / np.sqrt(60) and min(values) < 0


def test_kernel_distance_by_a_double_loop():
    one, other = normal(5, [0, 1], 1, 0), normal(5, [1, 0], 1, 1)

    def k(x, y):
        return (x @ y / 2 + 1) ** 3

    within = (
        sum(k(s[i], s[j]) for s in (one, other) for i in range(5) for j in range(5) if i != j) / 20
    )
    across = sum(k(x, y) for x in one for y in other) / 25
    assert distances.kernel_distance(one, other, subsets=1, subset_size=99) == (
        pytest.approx(within - 2 * across),
        0,
    )


def test_the_spread_of_a_few_rows_is_not_0():
    one, other = normal(60, [0] * 4, 1, 0), normal(60, [0.2] * 4, 1, 1)
    fresh = [
        distances.kernel_distance(
            normal(60, [0] * 4, 1, seed), normal(60, [0.2] * 4, 1, 99 + seed), subsets=1
        )[0]
        for seed in range(2, 42)
    ]
    assert np.std(fresh) / 2 < distances.kernel_distance(one, other)[1] < 4 * np.std(fresh)


@pytest.mark.parametrize(
    "measure",
    [
        distances.frechet_distance,
        distances.kernel_distance,
        distances.precision_recall,
        lambda a, b: distances.memorisation(a, b, b),
    ],
)
def test_what_is_no_number_is_not_measured(measure):
    features = normal(9, [0, 0], 1, 0)
    broken = features.copy()
    broken[3, 1] = np.nan
    with pytest.raises(ValueError, match="no numbers: nothing can be measured"):
        measure(features, broken)


def test_all_distances_order_what_is_known():
    """The same distribution, one that is off a little, and one that is off far."""
    real = normal(400, [0] * 6, 1, 0)
    ladder = [normal(400, [shift] * 6, 1, 1) for shift in (0, 0.4, 1.5)]
    for distance in (
        distances.frechet_distance,
        lambda a, b: distances.kernel_distance(a, b)[0],
        lambda a, b: -distances.precision_recall(a, b)[0],
    ):
        near, off, far = (distance(real, fake) for fake in ladder)
        assert near < off < far


def test_precision_and_recall_by_hand():
    real = np.array([[0.0], [1], [2], [3], [100], [101], [102], [103]])
    assert distances.precision_recall(real, real, neighbours=1) == (1.0, 1.0)
    one_heap = np.array([[0.5], [1.5], [2.5], [50.0]])  # good fakes but one, of one heap only
    precision, recall = distances.precision_recall(real, one_heap, neighbours=1)
    assert (precision, recall) == (0.75, 0.5)
    narrow = normal(300, [0] * 4, 0.2, 1)
    precision, recall = distances.precision_recall(normal(300, [0] * 4, 1, 0), narrow)
    assert precision > 0.95 and recall < 0.3


@pytest.mark.parametrize("one, other", [((5, 3), (5, 4)), ((5,), (5,)), ((1, 3), (5, 3))])
def test_features_of_wrong_shapes(one, other):
    for measure in (
        distances.frechet_distance,
        distances.kernel_distance,
        distances.precision_recall,
    ):
        with pytest.raises(ValueError, match="two arrays"):
            measure(np.zeros(one), np.zeros(other))
    with pytest.raises(ValueError, match="more than the 3 neighbours"):
        distances.precision_recall(np.zeros((3, 2)), np.zeros((9, 2)))


def test_memorisation_tells_a_copier():
    seen, unseen, fresh = (normal(200, [0] * 6, 1, seed) for seed in (0, 1, 2))
    assert abs(distances.memorisation(fresh, seen, unseen) - 0.5) < 0.15
    assert distances.memorisation(seen + 1e-3, seen, unseen) == 1
    draws = [
        distances.memorisation(
            normal(200, [0] * 6, 1, 30 + seed),
            normal(2000, [0] * 6, 1, seed),
            normal(200, [0] * 6, 1, 60 + seed),
        )
        for seed in range(20)
    ]
    assert abs(np.mean(draws) - 0.5) < 0.04  # more faces to train on are no copies
    some, others = normal(400, [0] * 6, 1, 5), normal(200, [0] * 6, 1, 6)
    assert (
        0.65 < distances.memorisation(some + 1e-3, some[:200], others) < 0.85
    )  # half of those that are copied stand on this side


_TORCH_FIDELITY = """
import json, sys, torch
from torch_fidelity import metric_fid, metric_kid, metric_prc
one, other = (torch.tensor(json.loads(text), dtype=torch.float64) for text in sys.argv[1:])
fid = metric_fid.fid_statistics_to_metric(*map(metric_fid.fid_features_to_statistics, (one, other)), verbose=False)
kid = metric_kid.kid_features_to_metric(one, other, kid_subsets=1, kid_subset_size=len(one), verbose=False)
# There the first are the generated ones.
prc = metric_prc.prc_features_to_metric(other, one, prc_neighborhood=3, verbose=False)
print([float(fid["frechet_inception_distance"]), float(kid["kernel_inception_distance_mean"]), float(prc["precision"]), float(prc["recall"])])
"""


def test_distances_equal_those_of_torch_fidelity(elsewhere):
    random = np.random.default_rng(0)
    real, fake = random.normal(0, 1, (300, 8)).round(6), random.normal(0.3, 1.4, (300, 8)).round(6)
    fid, kid, precision, recall = elsewhere(
        _TORCH_FIDELITY, ["torch", "torch_fidelity"], real, fake
    )
    assert distances.frechet_distance(real, fake) == pytest.approx(fid, rel=1e-6)
    assert distances.kernel_distance(real, fake, subsets=1, subset_size=300)[0] == pytest.approx(
        kid, rel=1e-9
    )
    assert distances.precision_recall(real, fake) == (
        pytest.approx(precision),
        pytest.approx(recall),
    )
