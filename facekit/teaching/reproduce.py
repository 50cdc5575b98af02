"""Make the networks that ship anew, from the photographs on: for maintainers.

    python -m facekit.teaching.reproduce portraits
    python -m facekit.teaching.reproduce celeba --root CELEBA --from classifier

Takes hours. A step whose inputs have not changed is skipped, and a run that was stopped goes on.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import facekit as fk

from ..core import paths, reading, writing
from . import descriptor_training

#: Real images that a generator of everyone learns from; then one of a single label.
IMAGES = {"portraits": (500_000, 30_000), "celeba": (300_000, 30_000)}
#: Adam's rates of the two, which fall to nothing along a cosine.
RATES = 5e-4, 2.5e-4
DESCRIPTOR_EPOCHS = {"portraits": 30, "celeba": 24}
LABELS = {"women": False, "men": True}  # by the column `Male`
LICENCES = {"celeba": "non-commercial research and teaching only"}
SEED_OF_THE_FIGURES, FAKES = 5, 500


@dataclass
class Kit:
    """The networks of one source, and the folders that they are made from and go to."""

    source: str
    root: str | Path | None
    work: Path
    out: Path
    images: tuple[int, int]
    settings: Any = field(default_factory=lambda: fk.gan.training.Settings(falling=True))

    @cached_property
    def faces(self) -> Any:
        """All faces of the source, aligned."""
        photos = fk.faces.photos.load(self.source, self.root)
        return fk.faces.extract(photos, self.work / "faces.npz")

    @cached_property
    def train(self) -> Any:
        """The faces of the training partition: whatever learns, learns from them."""
        return self.faces.select(partition="train")

    def about(self, **more: Any) -> dict[str, Any]:
        """Return what the record of every network says."""
        date = {"date": time.strftime("%Y-%m-%d")}
        licence = {"licence": LICENCES[self.source]} if self.source in LICENCES else {}
        return {"source": self.source, "partition": "train", **more, **date, **licence}


def descriptor(kit: Kit) -> None:
    """Train the descriptor; the people of the other partitions stay unseen."""
    learned = descriptor_training.train(kit.train, DESCRIPTOR_EPOCHS[kit.source])
    descriptor_training.export(learned, kit.out / f"{kit.source}-descriptor", **kit.about())


def generators(kit: Kit) -> None:
    """Train the generator of everyone, and from it those of one label."""
    (everyone, one_label), (rate, low_rate) = kit.images, RATES
    _generator(kit, kit.source, kit.train, everyone, rate)
    for label, male in LABELS.items():
        faces, start = kit.train.select(Male=male), kit.work / kit.source
        _generator(kit, f"{kit.source}-{label}", faces, one_label, low_rate, start=start)


def _generator(
    kit: Kit, name: str, faces: Any, images: int, rate: float, start: Path | None = None
) -> None:
    epochs = max(1, round(images / len(faces)))
    settings = replace(kit.settings, epochs=epochs, learning_rates=(rate, rate))
    about = {"source": kit.source, "start": start}
    model = fk.gan.training.train(faces, kit.work / name, settings, **about)
    recorded = asdict(settings) | {"faces": len(faces)}
    architecture, _ = recorded.pop("architecture"), recorded.pop("latent_dim")
    recorded |= {"start": start.name} if start else {}
    discriminator = None if start else model.discriminator
    out, about = kit.out / name, kit.about(**writing.plain(recorded))
    fk.gan.checkpoints.export(model.ema_generator, out, architecture, discriminator, **about)


def classifier(kit: Kit) -> None:
    """Train the classifier of real faces and of the generator's."""
    examination, name = fk.contrastive.examination, f"{kit.source}-classifier"
    fakes = examination.fakes(fk.gan.pretrained(kit.source), len(kit.train), seed=1)
    learned = fk.contrastive.train(kit.train.images, fakes, "supcon", iterations=200)
    about = {"method": "supcon", "iterations": 200, "real": len(kit.train)}
    about |= {"generator": kit.source}
    fk.contrastive.classifier.export(learned, kit.out / name, **kit.about(**about))


def figures(kit: Kit) -> None:
    """Measure what the model card tells, on people whom nothing has learned from."""
    judge, unseen = fk.metrics.descriptor.load(kit.source), fk.contrastive.examination
    train, test = unseen.train_test_split(kit.faces)
    agreement = judge.score(test)
    measured = {"descriptor": {"faces": len(test), "mean": agreement["agreement"].mean()}}
    measured["descriptor"] |= agreement[["agreement", "low", "high", "majority"]].T.to_dict()
    groups = {kit.source: (train, test)}
    groups |= {
        f"{kit.source}-{label}": (train.select(Male=male), test.select(Male=male))
        for label, male in LABELS.items()
    }
    for name, (seen, held_out) in groups.items():
        measured[name] = _distances(judge, name, seen, held_out)
    score = fk.contrastive.pretrained(kit.source).score(
        test.images, unseen.fakes(fk.gan.pretrained(kit.source), 2000, seed=2)
    )
    measured["classifier"] = score.loc["both", ["faces", "right", "low", "high"]].to_dict()
    writing.write_json(kit.out / "measured.json", {"source": kit.source} | _rounded(measured))


def _distances(judge: Any, name: str, seen: Any, held_out: Any) -> dict[str, Any]:
    """Return how far a generator's faces are from people it never saw, and other real faces."""
    distances, examination = fk.metrics.distances, fk.contrastive.examination
    known, unknown = judge.embed(seen.images), judge.embed(held_out.images)
    rows = np.random.default_rng(SEED_OF_THE_FIGURES).permutation(len(known))[:FAKES]
    fakes = examination.fakes(fk.gan.pretrained(name), FAKES, SEED_OF_THE_FIGURES)
    sets = {"fakes": judge.embed(fakes), "real": known[rows]}
    result: dict[str, Any] = {"unseen faces": len(unknown)}
    for kind, points in sets.items():
        distance, spread = distances.kernel_distance(unknown, points)
        precision, recall = distances.precision_recall(unknown[: len(points)], points)
        copies = [distances.memorisation(points, known, unknown, seed) for seed in range(9)]
        result[kind] = {"kernel_distance": distance, "spread": spread, "precision": precision}
        result[kind] |= {"recall": recall, "memorisation": [min(copies), max(copies)]}
    many = examination.fakes(fk.gan.pretrained(name), 1000, seed=3)
    result["called"] = (judge.attributes(many) > 0.5).mean().to_dict()
    result["labelled"] = seen.attributes[judge.names].astype(bool).mean().to_dict()
    return result


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(float(value), 4)


#: In this order: each reads what those before it made, the networks of these names.
STEPS: dict[str, tuple[Callable[[Kit], None], tuple[str, ...]]] = {
    "descriptor": (descriptor, ("{}-descriptor",)),
    "generators": (generators, ("{}", "{}-discriminator", *(f"{{}}-{label}" for label in LABELS))),
    "classifier": (classifier, ("{}-classifier",)),
    "figures": (figures, ()),
}


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, and make what is not made yet."""
    parser = argparse.ArgumentParser(prog="python -m facekit.teaching.reproduce")
    parser.add_argument("source", choices=IMAGES)
    parser.add_argument("--root", help="the folder of celeba (FACEKIT_ROOT)")
    parser.add_argument("--from", dest="first", choices=STEPS, help="make this step and the rest")
    options = parser.parse_args(arguments)
    work = paths.build() / "reproduce" / options.source
    out = paths.data() / "models" / options.source
    kit = Kit(options.source, options.root, work, out, IMAGES[options.source])
    reproduce(kit, options.first)


def reproduce(kit: Kit, first: str | None = None) -> None:
    """Make each step whose inputs have changed since it was made, and from `first` on all."""
    file, forced = kit.work / "steps.json", False
    made = reading.read_json(file, "delete it") if file.is_file() else {}
    inputs: dict[str, Any] = {"faces": kit.faces.digest(), "images": list(kit.images)}
    for name, (step, networks) in STEPS.items():
        forced = forced or name == first
        if not forced and made.get(name, {}).get("inputs") == inputs:
            print(f"{name}: nothing has changed")
        else:
            start = time.perf_counter()
            step(kit)
            minutes = round((time.perf_counter() - start) / 60, 1)
            made[name] = {"inputs": dict(inputs), "minutes": minutes}
            writing.write_json(file, made)
            print(f"{name}: {minutes} minutes")
        records = [kit.out / f"{network.format(kit.source)}.json" for network in networks]
        inputs[name] = [reading.read_json(record, "delete it")["sha256"] for record in records]


if __name__ == "__main__":
    main()
