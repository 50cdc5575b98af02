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

#: Where the first edition's names are: each module of this one, and the names after `facekit.` that
#: led there. What is not listed of an old module has its old name in the module's new place.
_PLACES = """
analysis.claims          claims
analysis.experiments     experiments experiments.play=run
analysis.history         history
analysis.paper           paper
analysis.sweeps          history.sweep history.compare history.best
contrastive.classifier   contrastive.build_encoder
contrastive.examination  examination examination.parts=train_test_split
contrastive.examination  examination.marks=evaluate examination.methods=compare_methods
contrastive.losses       losses.contrastive_loss losses.supervised_contrastive_loss
contrastive.matching     matching
contrastive.training     contrastive.METHODS
core.augmentation        gan.augment
core.images              images photos.read faces.montage faces.to_float faces.to_uint8
core.paths               paths
core.profiles            profiles
core.weights             weights
faces                    detection.crop
faces.celeba             downloads
faces.corruptions        corruptions corruptions.any_of_them=random_corruption
faces.crops              detection.cut_out
faces.detection          detection faces.detect faces.KEYPOINTS metrics.overlap
faces.faceset            faces.FaceSet
faces.photos             photos
gan.checkpoints          gan.load gan.export
gan.latent               latent
gan.losses               losses metrics.discriminator_accuracy
gan.networks             networks gan.ARCHITECTURES gan.generate
gan.networks             gan.build_generator gan.build_discriminator
gan.recorder             gan.callbacks
gan.states               gan.resume
gan.training             gan.train
metrics.calibration      calibration
metrics.descriptor       descriptor
metrics.distances        metrics.frechet_distance metrics.kernel_distance
metrics.distances        metrics.precision_recall metrics.memorisation
metrics.intervals        metrics.wilson_interval metrics.rank_correlation calibration.auc
teaching.descriptor_training  descriptor.train
teaching.exercises       exercises
widgets.nearest          page.Likeness=NearestFaces
widgets.page             page
widgets.sampler          widgets.draw
"""


def _read(places: str) -> dict[str, str]:
    """Return a dictionary from the old names of such lines to the new ones."""
    new_names = {}
    for place, *entries in map(str.split, places.strip().splitlines()):
        for entry in entries:
            old, _, renamed = entry.partition("=")
            name = renamed or old.partition(".")[2]
            new_names[old] = f"{place}.{name}" if name else place
    return new_names


NEW = _read(_PLACES)


def attach(package: str, /, **names: str) -> tuple[Callable, Callable, list[str]]:
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
