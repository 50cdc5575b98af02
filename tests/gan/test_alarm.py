"""Warnings about a training that has gone astray."""

import numpy as np
import pytest

from facekit.gan.alarm import COLLAPSED, FOOLED, WON, Alarm, variety


def _watched(*epochs):
    """What the alarm says after each of some epochs, given as (accuracy on both, g, variety)."""
    alarm = Alarm(bound=1.0)
    return [
        alarm(dict(accuracy_real=accuracy, accuracy_fake=accuracy, g=g, variety=spread))
        for accuracy, g, spread in epochs
    ]


def test_when_the_discriminator_has_won():
    won, lost = (1.0, 0.95, 30), (0.8, 0.95, 30)
    assert _watched(*[won] * 5) == [None, None, WON, None, None]  # once is enough
    assert _watched(won, won, lost, won) == [None] * 4
    assert _watched(*[(1.0, 0.30, 30)] * 5) == [None] * 5


def test_when_the_discriminator_is_fooled():
    fooled, awake = (0.0, 0.01, 30), (0.1, 0.01, 30)
    assert _watched(*[fooled] * 4) == [None, None, FOOLED, None]
    assert _watched(fooled, fooled, awake, fooled) == [None] * 4


def test_when_the_faces_become_one():
    assert _watched((0.7, 0.4, 25), (0.7, 0.4, 31), (0.7, 0.4, 6))[2] == COLLAPSED
    # Grey squares at the start are no collapse.
    assert _watched((0.7, 0.4, 1), (0.7, 0.4, 8), (0.7, 0.4, 1.5)) == [None] * 3


def test_variety_by_hand():
    faces = np.zeros((3, 2, 2, 3), np.uint8)
    faces[1] += 30
    assert variety(faces) == pytest.approx((30 + 30 + 0) / 3)
