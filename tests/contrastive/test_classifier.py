"""The real/fake classifier."""

import functools

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from facekit.contrastive import classifier, training
from facekit.faces import corruptions


def _kinds(n, seed):
    """Two kinds that differ in their texture only: smooth pictures, and the same with a fine grid."""
    random = np.random.default_rng(seed)
    smooth = np.repeat(
        np.repeat(random.integers(60, 190, (n, 5, 5, 3)), 16, axis=1), 16, axis=2
    ).astype(np.uint8)
    grid = smooth.copy()
    grid[:, ::2, ::2] += 40
    return smooth, grid


@functools.cache
def _trained(method):
    return training.train(*_kinds(60, seed=1), method, iterations=20, batch_size=32, seed=0)


@pytest.fixture(scope="module")
def trained():
    return _trained("supcon")


@pytest.mark.parametrize("method", training.METHODS)
def test_learns_what_can_be_learned(method):
    score = _trained(method).score(*_kinds(40, seed=2))
    assert score.loc["both", "faces"] == 80
    assert score.loc["both", "accuracy"] > 0.9
    assert score.loc["both", "low"] < score.loc["both", "accuracy"] <= score.loc["both", "high"]


def test_finds_nothing_where_nothing_is():
    real, _ = _kinds(160, seed=3)
    classifier = training.train(real[:60], real[60:120], iterations=10, batch_size=32)
    assert 0.2 < classifier.score(real[120:140], real[140:]).loc["both", "accuracy"] < 0.8


def _says(probabilities):
    """A classifier that says what it is told: an encoder that returns the log odds of each face, by its first pixel."""
    odds = np.log(np.array(probabilities) / (1 - np.array(probabilities)))

    def encoder(images, training):
        number = np.rint((np.asarray(images)[:, 40, 40, 0] + 1) * 127.5 / 20).astype(int)
        return odds[number][:, None]

    return classifier.RealFakeClassifier(encoder, [1.0], 0.0)


def _numbered(n):
    return (np.arange(n, dtype=np.uint8) * 20)[:, None, None, None] * np.ones(
        (1, 80, 80, 3), np.uint8
    )


def test_predict_returns_label_and_confidence():
    table = _says([0.9, 0.2, 0.5001]).predict(_numbered(3))
    assert table["label"].tolist() == ["real", "fake", "real"]
    assert table["confidence"].tolist() == pytest.approx([0.9, 0.8, 0.5001])


def test_score_counts_each_kind_apart():
    score = _says([0.9, 0.8, 0.7, 0.1]).score(_numbered(4), _numbered(4))
    assert score["right"].tolist() == [3, 1, 4]
    assert score["accuracy"].tolist() == [0.75, 0.25, 0.5]


def test_predict_refuses_other_arrays():
    for images in (
        np.zeros((1, 64, 64, 3), np.uint8),
        np.zeros((1, 80, 80, 3), np.float32),
        np.empty((0, 80, 80, 3), np.uint8),
    ):
        with pytest.raises(
            ValueError,
            match=r"one face or more of shape \(n, 80, 80, 3\) and type uint8 is expected",
        ):
            _says([0.5]).predict(images)


def test_train_refuses_one_kind_and_unknown_methods():
    real, fake = _kinds(4, seed=0)
    with pytest.raises(ValueError, match="4 real and 0 fake faces: at least two of each"):
        training.train(real, fake[:0])
    with pytest.raises(
        ValueError, match="unknown method 'magic': choose supcon, pairwise, cross-entropy"
    ):
        training.train(real, fake, "magic")


def test_linear_part_is_the_logistic_regression_on_scaled_features():
    features = np.random.default_rng(0).normal(5, 3, (60, 4)) * [1, 10, 100, 1]
    truth = (features[:, 0] + features[:, 1] / 10 > 10).astype(int)
    weight, bias = training.fit_linear(features, truth)
    scale = StandardScaler().fit(features)
    expected = LogisticRegression(class_weight="balanced", max_iter=1000).fit(
        scale.transform(features), truth
    )
    assert expit(features @ weight + bias) == pytest.approx(
        expected.predict_proba(scale.transform(features))[:, 1], abs=1e-6
    )


def test_calibration_fits_probabilities_and_keeps_the_order(trained):
    """Of what the overconfident one calls real, a quarter is fake: afterwards it says so."""
    said = _says([0.999, 0.001])
    real = _numbered(2)[[0] * 75 + [1] * 25]
    fake = _numbered(2)[[0] * 25 + [1] * 75]
    assert said.calibrated(real, fake).probability(_numbered(2)) == pytest.approx(
        [0.75, 0.25], abs=0.02
    )
    kinds = np.concatenate(_kinds(20, seed=4))
    before, after = (
        each.probability(kinds) for each in (trained, trained.calibrated(*_kinds(30, seed=5)))
    )
    distinct = (before > 1e-6) & (before < 1 - 1e-6)
    assert (np.argsort(before[distinct]) == np.argsort(after[distinct])).all()


def test_saliency_is_high_where_the_kinds_differ():
    random = np.random.default_rng(0)
    real = random.integers(100, 130, (80, 80, 80, 3)).astype(np.uint8)
    fake = real.copy()
    fake[:, 50:70, 10:30] += 60
    map_ = training.train(real, fake, iterations=20, batch_size=32).saliency(fake[:8])
    assert map_.shape == (8, 80, 80) and map_.max(axis=(1, 2)) == pytest.approx(1)
    mean = map_.mean(axis=0)  # faces are mirrored in training
    inside = (mean[50:70, 10:30].mean() + mean[50:70, 50:70].mean()) / 2
    assert inside > 1.5 * mean[:40].mean()


def test_what_is_exported_is_loaded_again(trained, tmp_path, monkeypatch):
    classifier.export(trained, tmp_path / "models" / "mine" / "mine-classifier", source="mine")
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    kinds = np.concatenate(_kinds(10, seed=6))
    assert classifier.pretrained("mine").probability(kinds) == pytest.approx(
        trained.probability(kinds), abs=0.02
    )
    classifier.export(trained, tmp_path / "run" / "classifier")
    assert classifier.pretrained(tmp_path / "run").probability(kinds) == pytest.approx(
        trained.probability(kinds), abs=0.02
    )
    with pytest.raises(FileNotFoundError, match="no classifier 'portraits-classifier'"):
        classifier.pretrained("portraits")
    file = tmp_path / "models" / "mine" / "mine-classifier.npz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ValueError, match="missing or damaged"):
        classifier.pretrained("mine")


def test_both_kinds_pass_through_the_same_encoding():
    """In training and in use: whoever was encoded like that before looks the same as whoever was not."""
    seen = []

    def encoder(images, training):
        seen.append(np.asarray(images))
        return np.zeros((len(images), 1))

    images = _kinds(3, seed=4)[1]
    classifier.RealFakeClassifier(encoder, [1.0], 0.0).predict(images)
    assert np.array_equal(np.rint((seen[0] + 1) * 127.5), corruptions.jpeg(images, 90))


def test_what_is_trained_on_went_through_the_encoding_of_use(monkeypatch):
    """Every batch, and the faces of the linear classifier: here the encoding leaves nothing but grey."""
    trained_on, features_of = [], []
    monkeypatch.setattr(training, "reencode", lambda images: np.full_like(images, 128))
    monkeypatch.setattr(
        training, "to_float", lambda images: trained_on.append(images) or images / np.float32(128)
    )
    monkeypatch.setattr(
        training,
        "extract_features",
        lambda encoder, images: features_of.append(images) or np.eye(len(images), 4),
    )
    training.train(*_kinds(4, seed=0), iterations=1, batch_size=4)
    assert len(trained_on) == 1 and len(features_of) == 2
    assert all((images == 128).all() for images in [*trained_on, *features_of])


def test_the_one_that_ships_tells_its_generator_from_portraits(faces):
    from facekit.contrastive import examination
    from facekit.gan import checkpoints

    held_out = faces.take(np.flatnonzero((faces.attributes["partition"] != "train").to_numpy()))
    score = classifier.pretrained("portraits").score(
        held_out.images, examination.fakes(checkpoints.pretrained("portraits"), 40, seed=77)
    )
    assert score.loc["fake", "accuracy"] > 0.9 and score.loc["real", "accuracy"] > 0.7
