"""Warnings about a training that has gone astray."""

from collections.abc import Mapping

import numpy as np
from scipy.spatial.distance import pdist

WON = (
    "for three epochs the discriminator is right about every image, so it tells the generator "
    "little: lower its learning rate, or let it see augmented images"
)
FOOLED = (
    "for three epochs the discriminator has taken nearly every fake for real: a small g says "
    "nothing now, and the generator may spoil the faces: let it learn faster"
)
COLLAPSED = (
    "the faces have become nearly the same: the generator has collapsed onto what fools this "
    "discriminator; begin again with another seed or a lower learning rate"
)


class Alarm:
    """Tells in words when a training has gone astray, each thing once.

    Parameters
    ----------
    bound : float
        (c − a)², what g is when the discriminator calls every fake a fake.

    Examples
    --------
    >>> alarm = Alarm(bound=1.0)
    >>> alarm(dict(accuracy_real=0.8, accuracy_fake=0.7, g=0.5, variety=30.0)) is None
    True
    """

    def __init__(self, bound: float):
        self.bound, self.greatest_variety = bound, 0.0
        self.epochs_won = self.epochs_fooled = 0
        self.given: set[str] = set()

    def __call__(self, logs: Mapping[str, float]) -> str | None:
        """Return a sentence about an epoch's numbers, or None.

        Parameters
        ----------
        logs : dict
            With `accuracy_real`, `accuracy_fake`, `g` and `variety`.
        """
        right = min(logs["accuracy_real"], logs["accuracy_fake"])
        has_won = right >= 0.99 and logs["g"] > 0.8 * self.bound
        self.epochs_won = self.epochs_won + 1 if has_won else 0
        self.epochs_fooled = self.epochs_fooled + 1 if logs["accuracy_fake"] <= 0.01 else 0
        self.greatest_variety = max(self.greatest_variety, logs["variety"])
        # Grey squares at the start are alike, too: that is no collapse.
        collapsed = self.greatest_variety > 10 and logs["variety"] < self.greatest_variety / 4

        signs = {WON: self.epochs_won == 3, FOOLED: self.epochs_fooled == 3, COLLAPSED: collapsed}
        for warning, seen in signs.items():
            if seen and warning not in self.given:
                self.given.add(warning)
                return warning
        return None


def variety(faces: np.ndarray) -> float:
    """Return the mean difference between two faces (uint8, n, h, w, 3): 0 to 255 grey levels."""
    levels = faces.reshape(len(faces), -1)
    return float(pdist(levels, "cityblock").mean() / levels.shape[1])
