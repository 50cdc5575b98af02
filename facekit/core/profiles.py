"""How much work the notebooks do: seconds for tests, minutes for a lesson, days for the paper.

Choose with the environment variable `FACEKIT_PROFILE` before the kernel starts; `lesson` is the
default.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from . import paths


@dataclass(frozen=True)
class Profile:
    """The sizes of one way through the course."""

    name: str
    photos: int  #: photographs that are extracted at most
    latent_dim: int  #: length of a latent vector
    samples: int  #: images of one training iteration: half of them real, half fake
    architecture: str  #: see `gan.networks.build_generator`
    iterations: int  #: training steps of the GAN, each on one batch of `samples`
    classifier_iterations: int  #: training steps of the contrastive encoder
    experiment_iterations: int  #: training steps of each small GAN of `analysis.experiments`

    @property
    def folder(self) -> Path:
        """Where this profile's results go: `build/<name>`."""
        return paths.build() / self.name

    def epochs(self, faces: int) -> int:
        """Return how many passes over so many faces come closest to `iterations`, at least one."""
        iterations_per_epoch = max(1, faces // (self.samples // 2))
        return max(1, round(self.iterations / iterations_per_epoch))


_PROFILES = {
    # name: photos, latent_dim, samples, architecture, iterations of GAN, classifier, experiment
    "quick": Profile("quick", 48, 100, 16, "light", 4, 4, 10),
    "lesson": Profile("lesson", 2_400, 100, 64, "light", 1_100, 200, 120),
    "full": Profile("full", 70_000, 200, 200, "paper", 70_000, 5_000, 1_000),
}


def current() -> Profile:
    """Return the profile named by `FACEKIT_PROFILE`, `lesson` if it is not set.

    Raises
    ------
    ValueError
        If the variable names no profile.
    """
    name = os.environ.get("FACEKIT_PROFILE", "lesson")
    if name not in _PROFILES:
        raise ValueError(f"FACEKIT_PROFILE is {name!r}; it must be one of {', '.join(_PROFILES)}")
    return _PROFILES[name]
