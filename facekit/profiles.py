"""How much work the notebooks do: seconds for tests, minutes for a lesson, days for the paper's sizes.

Choose with the environment variable `FACEKIT_PROFILE` before the kernel starts; `lesson` is the default.
"""

import os
from dataclasses import dataclass

import pandas as pd

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

    def plan(self, seconds_per_step, faces=None, weights=0):
        """Return what a whole training run costs, as a table with one row a quantity.

        Parameters
        ----------
        seconds_per_step : float
            Measured time of one training iteration of `samples` images.
        faces : int, optional
            Faces in the training set; `self.photos` by default.
        weights : int, optional
            Weights of both networks; they, their gradients and Adam's two moments are float32.
        """
        faces = faces or self.photos
        steps, epochs = self._iterations_per_epoch(faces), self.epochs(faces)
        pixels = faces * 80 * 80 * 3
        rows = {
            "epochs": f"{epochs:,}",
            "iterations an epoch": f"{steps:,}",
            "time an epoch": f"{steps * seconds_per_step / 60:,.1f} min",
            "time of the run": f"{steps * seconds_per_step * epochs / 3600:,.1f} h",
            "faces as uint8": f"{pixels / 1e9:.2f} GB",
            "faces as float32 (avoided)": f"{4 * pixels / 1e9:.2f} GB",
            "weights, gradients, Adam": f"{4 * 4 * weights / 1e9:.3f} GB",
        }
        return pd.DataFrame({self.name: rows})


_PROFILES = {
    profile.name: profile
    for profile in (
        Profile("quick", photos=48, latent_dim=32, samples=16, architecture="compact", iterations=4, classifier_iterations=4, experiment_iterations=10),
        Profile("lesson", photos=2_400, latent_dim=100, samples=32, architecture="compact", iterations=650, classifier_iterations=200, experiment_iterations=120),
        Profile("full", photos=70_000, latent_dim=200, samples=200, architecture="paper", iterations=70_000, classifier_iterations=5_000, experiment_iterations=1000),
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
