"""Examinations of classifiers."""

import inspect

import numpy as np
import pandas as pd
import pytest

from facekit.contrastive import classifier, examination, training
from facekit.gan import networks
from facekit.metrics.intervals import wilson_interval


class _Bright:
    """An encoder whose one feature is the brightness of the middle, in [-1, 1]."""

    def __call__(self, images, training):
        return np.asarray(images)[:, 40, 40, :1]


def _grey(values):
    return np.asarray(values, np.uint8)[:, None, None, None] * np.ones((1, 80, 80, 3), np.uint8)


BRIGHT_IS_REAL = classifier.RealFakeClassifier(_Bright(), [10.0], 0.0)


def test_evaluation_by_hand():
    result = examination.evaluate(BRIGHT_IS_REAL, _grey([200, 220, 60]), _grey([20, 40, 50, 70]))
    assert result["accuracy"] == pytest.approx(6 / 7)
    assert (result["low"], result["high"]) == wilson_interval(6, 7)
    assert result["auc"] == pytest.approx(11 / 12)  # the real 60 is below the fake 70
    assert 0 <= result["calibration_error"] < 0.3


def test_transfer_counts_and_balances():
    tests = {
        "easy": (_grey([200] * 4), _grey([20] * 8)),
        "hard": (_grey([200] * 4), _grey([200] * 6 + [20] * 2)),
    }
    table = examination.transfer({"bright": BRIGHT_IS_REAL}, tests)
    assert table.loc[("bright", "easy"), ["real_right", "fake_right", "balanced"]].tolist() == [
        4,
        8,
        1,
    ]
    hard = table.loc[("bright", "hard")]
    assert hard[["real_right", "fake_right", "balanced"]].tolist() == [4, 2, (1 + 0.25) / 2]
    assert hard["low"] < 0.625 < hard["high"] <= 1
    assert table.loc[("bright", "easy"), "low"] < 1


def test_interval_of_the_balanced_accuracy_holds_the_truth():
    random, inside = np.random.default_rng(0), 0
    for _ in range(300):
        real = np.arange(40) < random.binomial(40, 0.9)
        fake = np.arange(60) >= random.binomial(60, 0.6)
        _, low, high = examination.balanced_accuracy(classifier.accuracy_table(real, fake))
        inside += low <= 0.75 <= high
    assert 0.92 < inside / 300 < 0.99


def test_parts_share_no_person(portrait_faces, faces):
    for given in (portrait_faces, faces):
        train, test = examination.train_test_split(given)
        assert len(train) + len(test) == len(given)
        assert not set(train.attributes["identity"]) & set(test.attributes["identity"])
    assert set(examination.train_test_split(portrait_faces)[0].attributes["partition"]) == {"train"}
    with pytest.raises(ValueError, match="others to test on are needed"):
        examination.train_test_split(portrait_faces.select(partition="test"))


def test_fakes_of_other_seeds_are_other_faces():
    generator = networks.build_generator(8)
    one, other = examination.fakes(generator, 5, seed=1), examination.fakes(generator, 5, seed=2)
    assert np.array_equal(one, examination.fakes(generator, 5, seed=1))
    assert not any(np.array_equal(a, b) for a in one for b in other)


def test_nothing_that_is_tested_was_trained_on(portrait_faces, monkeypatch):
    """By person for the real faces, by latent point for the fakes, by generator for the row "all but"."""
    generators = {
        name: networks.build_generator(dim) for name, dim in (("one", 4), ("two", 6), ("three", 8))
    }
    trained, tested = [], []
    monkeypatch.setattr(
        training,
        "train",
        lambda real, fake, *args, **kwargs: trained.append((real, fake)) or BRIGHT_IS_REAL,
    )
    monkeypatch.setattr(
        examination,
        "transfer",
        lambda classifiers, tests: tested.append((list(classifiers), tests)),
    )
    examination.examine(portrait_faces, generators, seeds=(0,), test_fakes=10)

    def pictures(images):
        return {image.tobytes() for image in images}

    names, tests = tested[0]
    for real, fake in trained:
        for held_out, kept in tests.values():
            assert not pictures(real) & pictures(held_out) and not pictures(fake) & pictures(kept)
    assert names[-1] == "all but three" and len(trained) == len(training.METHODS) + len(names)
    of_three = pictures(examination.fakes(generators["three"], len(trained[0][0]), seed=1))
    assert not of_three & pictures(trained[-1][1]) and of_three == pictures(
        trained[len(training.METHODS) + 2][1]
    )


def test_both_tables_are_written_and_read_again(faces, tmp_path, monkeypatch):
    generators = {
        name: networks.build_generator(dim) for name, dim in (("one", 4), ("two", 6), ("three", 8))
    }
    signature = inspect.signature(training.train)
    monkeypatch.setattr(
        training,
        "train",
        lambda *args, **kwargs: signature.bind(*args, **kwargs) and BRIGHT_IS_REAL,
    )
    methods, transfer = examination.examine(
        faces, generators, iterations=2, seeds=(0,), test_fakes=10
    )
    assert list(methods.index) == [(method, 0) for method in training.METHODS]
    assert (methods["faces"] == 10 + len(examination.train_test_split(faces)[1])).all()
    assert list(dict.fromkeys(transfer.index.get_level_values("trained_on"))) == [
        "one",
        "two",
        "three",
        "one, corrupted",
        "all but three",
    ]
    assert set(transfer.loc["two"].index) >= {"one", "two", "three", "JPEG 30", "blur 1"}
    assert (transfer["fake"] == 10).all()
    examination.save(tmp_path, methods, transfer, source="portraits")
    again = examination.load(tmp_path)
    pd.testing.assert_frame_equal(again[0], methods.round(6), check_dtype=False)
    pd.testing.assert_frame_equal(again[1], transfer.round(6), check_dtype=False)
    assert '"source": "portraits"' in (tmp_path / "run.json").read_text()
    with pytest.raises(FileNotFoundError, match="`python -m facekit examine portraits`"):
        examination.load(tmp_path / "nowhere")
