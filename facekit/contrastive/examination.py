"""Examine classifiers on fakes and corruptions that they were not trained on."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..core import reading, writing
from ..core.backend import keras, provenance
from ..faces.corruptions import CORRUPTIONS
from ..faces.faceset import FaceSet
from ..gan import latent, networks
from ..metrics.calibration import calibration_error
from ..metrics.intervals import auc
from . import training
from .classifier import RealFakeClassifier, accuracy_table

#: Real and fake faces, two uint8 arrays (n, 80, 80, 3).
Pair = tuple[np.ndarray, np.ndarray]
#: The tables of `examine` and the columns that tell their rows apart.
TABLES = {"methods": ["method", "seed"], "transfer": ["trained_on", "tested_on"]}


def train_test_split(faces: FaceSet) -> tuple[FaceSet, FaceSet]:
    """Return two sets of faces without a person in both: to train on, and to test on.

    The official partitions where they are known, training against the other two; else four fifths
    of the people against the rest.

    Raises
    ------
    ValueError
        If one of the two would be empty.
    """
    if "partition" not in faces.attributes:
        return faces.split()
    is_train = (faces.attributes["partition"] == "train").to_numpy()
    if is_train.all() or not is_train.any():
        found = f"{is_train.sum()} of {len(faces)} faces are of the training partition"
        raise ValueError(f"{found}: faces to train on and others to test on are needed")
    return faces.take(is_train), faces.take(~is_train)


def fakes(generator: keras.Model, n: int, seed: int) -> np.ndarray:
    """Return n generated faces, uint8 (n, 80, 80, 3).

    Other seeds are other latent vectors, so other faces.
    """
    return networks.generate(generator, latent.sample(n, generator.input_shape[-1], seed))


def evaluate(classifier: RealFakeClassifier, real: np.ndarray, fake: np.ndarray) -> pd.Series:
    """Return what a classifier reaches on real and fake faces that it has not seen.

    Parameters
    ----------
    classifier : RealFakeClassifier
    real, fake : uint8 array, shape (n, 80, 80, 3)

    Returns
    -------
    Series
        `accuracy` of all faces with its 95 % interval `low`, `high`; `auc` with `auc_low`,
        `auc_high`; `calibration_error` of the probability of "real" in ten bins; `faces`.
    """
    on_real, on_fake = classifier.probability(real), classifier.probability(fake)
    truth = np.repeat([True, False], [len(real), len(fake)])
    result = accuracy_table(on_real, on_fake).loc["both", ["accuracy", "low", "high"]]
    result["auc"], result["auc_low"], result["auc_high"] = auc(on_real, on_fake)
    result["calibration_error"] = calibration_error(np.concatenate([on_real, on_fake]), truth)
    result["faces"] = len(truth)
    return result


def compare_methods(
    train: Pair, test: Pair, seeds: tuple[int, ...] = (0, 1, 2), iterations: int = 200
) -> pd.DataFrame:
    """Train a classifier by each method with each seed, and `evaluate` it.

    Parameters
    ----------
    train, test : (real, fake)
        Two uint8 arrays (n, 80, 80, 3) each; nothing of one in the other.
    seeds : sequence of int
    iterations : int
        As many for each method of `training.METHODS`.

    Returns
    -------
    DataFrame
        Index `method`, `seed`; the columns of `evaluate`, and `seconds`.
    """
    rows = {}
    for method in training.METHODS:
        for seed in seeds:
            start = time.perf_counter()
            result = evaluate(training.train(*train, method, iterations, seed=seed), *test)
            rows[method, seed] = {**result, "seconds": round(time.perf_counter() - start, 1)}
    return pd.DataFrame(rows).T.rename_axis(TABLES["methods"]).astype({"faces": int})


def corrupted(real: np.ndarray, fake: np.ndarray) -> dict[str, Pair]:
    """Return real and fake faces under each of `corruptions.CORRUPTIONS`, by its name."""
    return {name: (change(real), change(fake)) for name, change in CORRUPTIONS.items()}


def transfer(classifiers: dict[str, RealFakeClassifier], tests: dict[str, Pair]) -> pd.DataFrame:
    """Test every classifier in every test.

    Parameters
    ----------
    classifiers : dict of str to RealFakeClassifier
        By what they were trained on.
    tests : dict of str to (real, fake)
        By what the test shows, such as another generator or a blur: uint8 arrays (n, 80, 80, 3).

    Returns
    -------
    DataFrame
        Index `trained_on`, `tested_on`; columns `real`, `real_right`, `fake`, `fake_right` (faces,
        and how many are recognised), and `balanced`, the mean of the two shares, ½ for whoever
        guesses, with its 95 % interval `low`, `high`.
    """
    rows = []
    for trained_on, classifier in classifiers.items():
        on_real: dict[int, np.ndarray] = {}  # by array, as many tests have the same real faces
        for tested_on, (real, fake) in tests.items():
            if id(real) not in on_real:
                on_real[id(real)] = classifier.probability(real)
            table = accuracy_table(on_real[id(real)], classifier.probability(fake))
            counts = table.loc[["real", "fake"], ["faces", "right"]].to_numpy().ravel()
            rows.append((trained_on, tested_on, *counts, *balanced_accuracy(table)))
    columns = ["real", "real_right", "fake", "fake_right", "balanced", "low", "high"]
    table = pd.DataFrame(rows, columns=[*TABLES["transfer"], *columns])
    return table.set_index(TABLES["transfer"])


def balanced_accuracy(table: pd.DataFrame) -> tuple[float, float, float]:
    """Return the mean of the two accuracies of an `accuracy_table`, and its 95 % interval.

    The interval puts the two Wilson intervals together by the square rule (Zou and Donner 2008).
    """
    kinds = table.loc[["real", "fake"]]
    mean = kinds["accuracy"].mean()
    below = np.sqrt(((kinds["accuracy"] - kinds["low"]) ** 2).sum()) / 2
    above = np.sqrt(((kinds["high"] - kinds["accuracy"]) ** 2).sum()) / 2
    return mean, mean - below, mean + above


def examine(
    faces: FaceSet,
    generators: dict[str, keras.Model],
    iterations: int = 200,
    seeds: tuple[int, ...] = (0, 1, 2),
    test_fakes: int = 1000,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the methods on the first generator, then train against each, and test on all.

    Besides a classifier for each generator there is one that saw the first generator's faces and
    the real ones corrupted, and, with three generators or more, one that saw the fakes of all but
    the last. Tested is on the fakes of each, then on the first's under each corruption.

    Parameters
    ----------
    faces : FaceSet
        Divided by `train_test_split`.
    generators : dict of str to keras.Model
    iterations, seeds
        See `compare_methods`.
    test_fakes : int
        Fakes of each generator in a test.

    Returns
    -------
    (DataFrame, DataFrame)
        What `compare_methods` and `transfer` return.
    """
    real, held_out = (part.images for part in train_test_split(faces))
    trained_on = {name: fakes(model, len(real), seed=1) for name, model in generators.items()}
    tested_on = {name: fakes(model, test_fakes, seed=2) for name, model in generators.items()}
    first, *others = generators
    train, test = (real, trained_on[first]), (held_out, tested_on[first])
    methods = compare_methods(train, test, seeds, iterations)

    def trained(fake, **settings):
        return training.train(real, fake, iterations=iterations, **settings)

    classifiers = {name: trained(fake) for name, fake in trained_on.items()}
    classifiers[f"{first}, corrupted"] = trained(trained_on[first], corrupted=True)
    if len(others) > 1:
        mixed = np.concatenate([trained_on[name] for name in (first, *others[:-1])])
        classifiers[f"all but {others[-1]}"] = trained(mixed)
    tests = {name: (held_out, fake) for name, fake in tested_on.items()} | corrupted(*test)
    tests.pop("none")
    return methods, transfer(classifiers, tests)


def save(folder: str | Path, methods: pd.DataFrame, transfer: pd.DataFrame, **about: Any) -> None:
    """Write both tables as CSV files into a folder, beside `run.json`.

    That holds what is said `about` them, the machine and the versions.
    """
    for name, table in zip(TABLES, (methods, transfer)):
        with writing.atomic(Path(folder) / f"{name}.csv") as part:
            table.round(6).to_csv(part)
    writing.write_json(Path(folder) / "run.json", about | provenance())


def load(folder: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables that `save` wrote, (methods, transfer).

    Raises
    ------
    FileNotFoundError, ValueError
        If they are not there, or damaged.
    """
    advice = "write it again with `python -m facekit examine portraits`"
    tables = []
    for name, index in TABLES.items():
        file = Path(folder) / f"{name}.csv"
        with reading.guarded(file, "a table of an examination", advice):
            table = reading.read_csv(file).set_index(index)
            if table.empty or not all(map(pd.api.types.is_numeric_dtype, table.dtypes)):
                raise ValueError("rows of numbers are expected")
            tables.append(table)
    return tables[0], tables[1]
