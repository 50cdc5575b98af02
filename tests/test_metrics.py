"""Measures against published or hand-computed values."""

import pytest

from facekit import metrics


@pytest.mark.parametrize(
    "successes, trials, low, high",
    [(10, 10, 0.7225, 1.0), (0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (9993, 10000, 0.9986, 0.9997)],
)
def test_wilson_interval(successes, trials, low, high):
    assert metrics.wilson_interval(successes, trials) == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize("successes, trials", [(1, 0), (11, 10), (-1, 10)])
def test_wilson_interval_of_nonsense(successes, trials):
    with pytest.raises(ValueError, match="at least one trial"):
        metrics.wilson_interval(successes, trials)


def test_discriminator_accuracy_by_hand():
    assert metrics.discriminator_accuracy(real=[0.9, 0.6, 0.4, 0.5], fake=[0.1, 0.2, 0.7]) == pytest.approx((0.5, 2 / 3))
    assert metrics.discriminator_accuracy(real=[0.1], fake=[0.9, 0.2], a=1, b=0) == (1.0, 0.5)


def test_overlap_by_hand():
    boxes = [(0, 0, 10, 10), (0, 0, 10, 10), (0, 0, 10, 10), (5, 5, 2, 2)]
    others = [(0, 0, 10, 10), (5, 0, 10, 10), (20, 20, 5, 5), (0, 0, 10, 10)]
    assert metrics.overlap(boxes, others) == pytest.approx([1, 50 / 150, 0, 4 / 100])
