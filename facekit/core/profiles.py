"""How much work the notebooks do: seconds for tests, minutes for a lesson, days for the paper's sizes.

Choose with the environment variable `FACEKIT_PROFILE` before the kernel starts; `lesson` is the default.
"""

import os
from dataclasses import dataclass

from . import paths


@dataclass(frozen=True)
class Profile:
    """The sizes of one way through the course."""

    name: str
    photos: int  #: photographs that are extracted at most
    latent_dim: int  #: length of a latent vector
    samples: int  #: images of one training iteration: half of them real, half fake
    architecture: str  #: see `gan.build_generator`
    iterations: int  #: training steps of the GAN, each on one batch of `samples`
    classifier_iterations: int  #: training steps of the contrastive encoder
    experiment_iterations: int  #: training steps of each small GAN of `experiments`

    @property
    def folder(self):
        """Where this profile's results go: `build/<name>`."""
        return paths.build() / self.name

    def epochs(self, faces):
        """Return how many whole passes over so many faces come closest to `iterations`, one at least."""
        return max(1, round(self.iterations / self._iterations_per_epoch(faces)))

    def _iterations_per_epoch(self, faces):
        return max(1, faces // (self.samples // 2))


_PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            "quick",
            photos=48,
            latent_dim=32,
            samples=16,
            architecture="compact",
            iterations=4,
            classifier_iterations=4,
            experiment_iterations=10,
        ),
        Profile(
            "lesson",
            photos=2_400,
            latent_dim=100,
            samples=32,
            architecture="compact",
            iterations=650,
            classifier_iterations=200,
            experiment_iterations=120,
        ),
        Profile(
            "full",
            photos=70_000,
            latent_dim=200,
            samples=200,
            architecture="paper",
            iterations=70_000,
            classifier_iterations=5_000,
            experiment_iterations=1000,
        ),
    )
}


def current():
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


def only_portraits():
    """Forget the source of photographs that environment variables name."""
    for name in ("FACEKIT_SOURCE", "FACEKIT_ROOT"):
        os.environ.pop(name, None)
