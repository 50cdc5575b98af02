"""How names inside a folder of the package are found, those of the first edition included.

The old ones keep working in this edition, with a DeprecationWarning that tells the new name.
"""

import importlib
import operator
import pkgutil
import sys
import warnings
from collections.abc import Callable
from typing import Any

import lazy_loader

#: From a name after `facekit.` in the first edition to the one in this. What is not listed of an
#: old module has its old name in the new one.
NEW = {
    "photos": "faces.photos",
    "photos.read": "core.images.read",
    "downloads": "faces.celeba",
    "corruptions": "faces.corruptions",
    "corruptions.any_of_them": "faces.corruptions.random_corruption",
    "detection": "faces.detection",
    "detection.crop": "faces.crop",
    "detection.cut_out": "faces.crops.cut_out",
    "faces.detect": "faces.detection.detect",
    "faces.KEYPOINTS": "faces.detection.KEYPOINTS",
    "faces.FaceSet": "faces.faceset.FaceSet",
    "faces.montage": "core.images.montage",
    "faces.to_float": "core.images.to_float",
    "faces.to_uint8": "core.images.to_uint8",
    "images": "core.images",
    "paths": "core.paths",
    "profiles": "core.profiles",
    "weights": "core.weights",
    "losses": "gan.losses",
    "losses.contrastive_loss": "contrastive.losses.contrastive_loss",
    "losses.supervised_contrastive_loss": "contrastive.losses.supervised_contrastive_loss",
    "networks": "gan.networks",
    "gan.ARCHITECTURES": "gan.networks.ARCHITECTURES",
    "gan.build_generator": "gan.networks.build_generator",
    "gan.build_discriminator": "gan.networks.build_discriminator",
    "gan.generate": "gan.networks.generate",
    "gan.augment": "core.augmentation.augment",
    "gan.train": "gan.training.train",
    "gan.callbacks": "gan.recorder.callbacks",
    "gan.resume": "gan.states.resume",
    "gan.load": "gan.checkpoints.load",
    "gan.export": "gan.checkpoints.export",
    "latent": "gan.latent",
    "metrics.wilson_interval": "metrics.intervals.wilson_interval",
    "metrics.rank_correlation": "metrics.intervals.rank_correlation",
    "metrics.frechet_distance": "metrics.distances.frechet_distance",
    "metrics.kernel_distance": "metrics.distances.kernel_distance",
    "metrics.precision_recall": "metrics.distances.precision_recall",
    "metrics.memorisation": "metrics.distances.memorisation",
    "metrics.overlap": "faces.detection.overlap",
    "metrics.discriminator_accuracy": "gan.losses.discriminator_accuracy",
    "calibration": "metrics.calibration",
    "calibration.auc": "metrics.intervals.auc",
    "descriptor": "metrics.descriptor",
    "descriptor.train": "teaching.descriptor_training.train",
    "paper": "analysis.paper",
    "history": "analysis.history",
    "history.own": "analysis.history.latest_run",
    "history.sweep": "analysis.sweeps.sweep",
    "history.compare": "analysis.sweeps.compare",
    "history.best": "analysis.sweeps.best",
    "experiments": "analysis.experiments",
    "experiments.play": "analysis.experiments.run",
    "experiments.modes": "analysis.diagnostics.modes",
    "experiments.explanations": "analysis.diagnostics.root_sums",
    "claims": "analysis.claims",
    "contrastive.build_encoder": "contrastive.classifier.build_encoder",
    "contrastive.METHODS": "contrastive.training.METHODS",
    "examination": "contrastive.examination",
    "examination.parts": "contrastive.examination.train_test_split",
    "examination.marks": "contrastive.examination.evaluate",
    "examination.methods": "contrastive.examination.compare_methods",
    "matching": "contrastive.matching",
    "widgets.draw": "widgets.sampler.draw",
    "page": "widgets.page",
    "page.Likeness": "widgets.nearest.NearestFaces",
    "exercises": "teaching.exercises",
}


def attach(
    package: str, /, **names: str
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Return `__getattr__`, `__dir__`, `__all__` of a folder, lazy as those of lazy_loader.

    Every module and folder inside is found, and the first edition's names are, too.

    Parameters
    ----------
    package : str
        The folder's `__name__`.
    **names
        By module, what the folder hands on of it, separated by spaces.

    Examples
    --------
    >>> __getattr__, __dir__, __all__ = attach(__name__, crops="cut_out crop")
    """
    inside = [module.name for module in pkgutil.iter_modules(sys.modules[package].__path__)]
    submodules = [name for name in inside if name != "__main__"]
    handed_on = {module: text.split() for module, text in names.items()}
    find_new, directory, exported = lazy_loader.attach(package, submodules, handed_on)
    room = package.partition(".")[2]

    def find(name: str) -> Any:
        old = f"{room}.{name}" if room else name
        if name in exported or old not in NEW:
            return find_new(name)
        return _find_renamed(old, NEW[old]) if room else _OldModule(old)

    return find, directory, exported


class _OldModule:
    """Stands for a module of the first edition."""

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        old = f"{self._name}.{name}"
        return _find_renamed(old, NEW.get(old, f"{NEW[self._name]}.{name}"))


def _find_renamed(old: str, new: str) -> Any:
    warnings.warn(f"facekit.{old} is facekit.{new} now", DeprecationWarning, stacklevel=3)
    room, _, name = new.partition(".")
    return operator.attrgetter(name)(importlib.import_module(f"facekit.{room}"))
