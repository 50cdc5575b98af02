"""Examine classifiers: three methods on one split, and every classifier on fakes and corruptions that it was not trained on."""

import time
from pathlib import Path

import numpy as np
import pandas as pd

from ..core import backend, paths, reading, writing
from ..faces.corruptions import CORRUPTIONS
from ..gan import latent, networks
from ..metrics.calibration import calibration_error
from ..metrics.intervals import auc, wilson_interval
from . import training


def train_test_split(faces):
    """Return two sets of faces without a person in both: to train on, and to test on.

    The official partitions where they are known, training against the other two; else four fifths of the people against the rest.
    """
    if "partition" not in faces.attributes:
        return faces.split()
    training = (faces.attributes["partition"] == "train").to_numpy()
    if training.all() or not training.any():
        raise ValueError(
            f"{training.sum()} of {len(faces)} faces are of the training partition: faces to train on and others to test on are needed"
        )
    return faces.take(np.flatnonzero(training)), faces.take(np.flatnonzero(~training))


def fakes(generator, n, seed):
    """Return n generated faces, uint8 (n, 80, 80, 3); other seeds are other latent points, so other faces."""
    return networks.generate(generator, latent.sample(n, generator.input_shape[-1], seed))


def evaluate(classifier, real, fake):
    """Return what a classifier reaches on real and fake faces that it has not seen, as a Series.

    `accuracy` (of all faces), `auc`, each with its 95 % interval; `calibration_error`, of the probability of "real" in ten bins;
    and the `faces` it was measured on.

    Parameters
    ----------
    classifier : RealFakeClassifier
    real, fake : uint8 array, shape (n, 80, 80, 3)
    """
    said = {True: classifier.probability(real), False: classifier.probability(fake)}
    right, faces = int((said[True] > 0.5).sum() + (said[False] <= 0.5).sum()), len(real) + len(fake)
    area, area_low, area_high = auc(said[True], said[False])
    low, high = wilson_interval(right, faces)
    error = calibration_error(
        np.concatenate(list(said.values())), np.repeat([True, False], [len(real), len(fake)])
    )
    return pd.Series(
        {
            "accuracy": right / faces,
            "low": low,
            "high": high,
            "auc": area,
            "auc_low": area_low,
            "auc_high": area_high,
            "calibration_error": error,
            "faces": faces,
        }
    )


def methods(train, test, seeds=(0, 1, 2), iterations=200):
    """Train a classifier by each method of `contrastive.METHODS` with each seed, and return a table of their `marks`.

    Parameters
    ----------
    train, test : (real, fake)
        Two uint8 arrays (n, 80, 80, 3) each; nothing of one in the other.
    seeds : sequence of int
    iterations : int
        As many for each method.

    Returns
    -------
    DataFrame
        Index `method`, `seed`; the columns of `marks`, and `seconds`.
    """
    rows = {}
    for method in training.METHODS:
        for seed in seeds:
            start = time.perf_counter()
            classifier = training.train(*train, method, iterations, seed=seed)
            rows[method, seed] = {
                **evaluate(classifier, *test),
                "seconds": round(time.perf_counter() - start, 1),
            }
    return pd.DataFrame(rows).T.rename_axis(["method", "seed"]).astype({"faces": int})


def corrupted(real, fake):
    """Return the pairs (real, fake) of `corruptions.CORRUPTIONS`, a dictionary from its name; both kinds are corrupted alike."""
    return {name: (change(real), change(fake)) for name, change in CORRUPTIONS.items()}


def transfer(classifiers, exams):
    """Test every classifier in every exam.

    Parameters
    ----------
    classifiers : dict of str to RealFakeClassifier
        By what they were trained on.
    exams : dict of str to (real, fake)
        By what the test shows, such as another generator or a blur: pairs of uint8 arrays (n, 80, 80, 3).

    Returns
    -------
    DataFrame
        Index `trained_on`, `tested_on`; columns `real`, `real_right`, `fake`, `fake_right` (faces, and how many are recognised), and
        `balanced`, the mean of the two shares, ½ for whoever guesses, with its 95 % interval `low`, `high`.
    """
    rows = {}
    for trained_on, classifier in classifiers.items():
        found = {
            id(real): int((classifier.probability(real) > 0.5).sum())
            for real in {id(real): real for real, _ in exams.values()}.values()
        }
        for tested_on, (real, fake) in exams.items():
            counts = {
                "real": len(real),
                "real_right": found[id(real)],
                "fake": len(fake),
                "fake_right": int((classifier.probability(fake) <= 0.5).sum()),
            }
            rows[trained_on, tested_on] = counts | dict(
                zip(("balanced", "low", "high"), _balanced(*counts.values()))
            )
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["trained_on", "tested_on"])


def _balanced(real, real_right, fake, fake_right):
    """The mean of two shares; its interval puts the two Wilson intervals together by the square rule (Zou and Donner 2008)."""
    shares = np.array([real_right / real, fake_right / fake])
    low, high = np.array([wilson_interval(real_right, real), wilson_interval(fake_right, fake)]).T
    middle = shares.mean()
    return (
        middle,
        middle - np.sqrt(((shares - low) ** 2).sum()) / 2,
        middle + np.sqrt(((high - shares) ** 2).sum()) / 2,
    )


def examine(faces, generators, iterations=200, seeds=(0, 1, 2), test_fakes=1000):
    """Run `methods` against the first generator, then train against each of several, and test on all of them.

    Besides a classifier for each generator there is one that saw the first generator's faces and the real ones corrupted, and, with three
    generators or more, one that saw the fakes of all but the last. Tested is on the fakes of each, then on the first's under each corruption.

    Parameters
    ----------
    faces : FaceSet
        Divided by `parts`.
    generators : dict of str to keras.Model
    iterations, seeds, test_fakes : int, sequence of int, int

    Returns
    -------
    (DataFrame, DataFrame)
        What `methods` and `transfer` return.
    """
    real, held_out = (part.images for part in train_test_split(faces))
    shown = {name: fakes(generator, len(real), seed=1) for name, generator in generators.items()}
    kept = {name: fakes(generator, test_fakes, seed=2) for name, generator in generators.items()}
    first, *others = generators
    table = methods((real, shown[first]), (held_out, kept[first]), seeds, iterations)
    classifiers = {
        name: training.train(real, made, iterations=iterations) for name, made in shown.items()
    }
    classifiers[f"{first}, corrupted"] = training.train(
        real, shown[first], iterations=iterations, corrupted=True
    )
    if len(others) > 1:
        mixed = np.concatenate([shown[name] for name in (first, *others[:-1])])
        classifiers[f"all but {others[-1]}"] = training.train(real, mixed, iterations=iterations)
    exams = {name: (held_out, made) for name, made in kept.items()} | {
        name: pair for name, pair in corrupted(held_out, kept[first]).items() if name != "none"
    }
    return table, transfer(classifiers, exams)


def save(folder, methods, transfer, **about):
    """Write both tables as CSV files into a folder, beside `run.json` with what is said of them, the machine and the versions."""
    for name, table in (("methods", methods), ("transfer", transfer)):
        with writing.atomic(Path(folder) / f"{name}.csv") as part:
            table.round(6).to_csv(part)
    writing.write_json(Path(folder) / "run.json", about | backend.provenance())


def load(folder):
    """Return the tables that `save` wrote, (methods, transfer).

    Raises
    ------
    FileNotFoundError, ValueError
        If they are not there, or damaged.
    """
    folder = Path(folder)
    if not (folder / "transfer.csv").is_file():
        raise FileNotFoundError(
            f"no tables in {paths.display(folder)}: write them with `python -m facekit examine portraits`"
        )
    return tuple(
        _table(folder / f"{name}.csv", columns)
        for name, columns in (
            ("methods", ["method", "seed"]),
            ("transfer", ["trained_on", "tested_on"]),
        )
    )


def _table(file, index):
    with reading.guarded(
        file,
        "a table of an examination",
        "write it again with `python -m facekit examine portraits`",
    ):
        table = reading.read_csv(file).set_index(index)
        if table.empty or not all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes):
            raise ValueError("rows of numbers are expected")
        return table
