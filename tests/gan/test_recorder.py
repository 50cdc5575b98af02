"""The folder of a run."""

import json

import numpy as np
import pytest
from PIL import Image

from facekit.analysis import history
from facekit.core.backend import keras
from facekit.gan import networks, recorder, states
from facekit.metrics import distances


class Means:
    """A descriptor whose features are the mean colours."""

    def embed(self, images):
        return images.mean(axis=(1, 2)) / 255


class Interrupt(keras.callbacks.Callback):
    """Ctrl-C in the middle of an epoch."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.when = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.when:
            raise KeyboardInterrupt


@pytest.fixture
def fit(build, small_faces):
    """A function that trains in a folder, two steps an epoch, or goes on there, and returns the model."""

    faces = small_faces.take(np.arange(16))

    def fit(folder, epochs, *more, done=0, **options):
        model = build(seed=5)
        model.fit(
            faces.dataset(8, seed=1, first_epoch=done),
            initial_epoch=done,
            epochs=epochs,
            verbose=0,
            callbacks=[*recorder.callbacks(folder, **options), *more],
        )
        return model

    return fit


def test_a_run_is_a_table_a_record_and_pictures(fit, tmp_path, capsys, eager):
    fit(tmp_path, 2, samples=np.int64(16))
    run = history.load(tmp_path)
    assert run.losses.index.tolist() == [1, 2]
    assert set(run.losses.columns) == {"d1", "d2", "g", "accuracy_real", "accuracy_fake", "variety"}
    assert np.isfinite(run.losses.to_numpy()).all()
    expected = {"samples": 16, "latent_dim": 4, "epochs": 2, "sheet": {"columns": 8, "gap": 2}}
    assert {name: run.about[name] for name in expected} == expected
    assert Image.open(run.sheets()[2]).size == (8 * 42 - 2, 4 * 42 - 2)
    assert "2/2" in capsys.readouterr().out


def test_a_second_run_replaces_the_first(fit, tmp_path, eager):
    fit(tmp_path, 2)
    (tmp_path / "generator.keras").write_bytes(b"of the first run")
    fit(tmp_path, 1)
    assert list(history.load(tmp_path).sheets()) == [1]
    assert len(history.load(tmp_path).losses) == 1 and not (tmp_path / "generator.keras").exists()


def test_a_training_that_is_interrupted_leaves_no_bar_open(build, small_faces, tmp_path, eager):
    recorders = recorder.callbacks(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        build().fit(small_faces.dataset(8), verbose=0, callbacks=[*recorders, Interrupt(0, 0)])
    assert recorders[0].bar.disable
    assert (tmp_path / "losses.csv").read_text().count("\n") == 1


def test_losses_that_are_no_numbers_stop_the_run(build, small_faces, tmp_path, eager):
    model = build()
    model.generator.set_weights([np.full_like(w, np.nan) for w in model.generator.get_weights()])
    message = "no longer a number in epoch 1: lower the learning rate"
    with pytest.raises(FloatingPointError, match=message):
        model.fit(small_faces.dataset(8), verbose=0, callbacks=recorder.callbacks(tmp_path))


def test_a_judge_measures_every_epoch_and_must_stay(fit, small_faces, tmp_path, eager):
    judge = (Means(), small_faces.images)
    model = fit(tmp_path, 2, judge=judge)
    points = np.random.default_rng(0).standard_normal((500, 4), np.float32)
    fakes = networks.generate(model.ema_generator, points)
    features = [Means().embed(images) for images in (small_faces.images, fakes)]
    expected = distances.kernel_distance(*features, subsets=20)
    measured = history.load(tmp_path).losses.loc[2, ["kernel_distance", "kernel_spread"]]
    assert measured.tolist() == pytest.approx(expected, rel=1e-3)
    told = "was measured after each epoch: go on with a descriptor .--measure."
    with pytest.raises(ValueError, match=told):
        fit(tmp_path, 3, done=2)

    class Network:
        def __init__(self, weights):
            self.get_weights = lambda: [np.float32(weights)]

    before = (tmp_path / "losses.csv").read_bytes()
    other = Means()
    other.network = Network([1, 2])
    message = "was measured by the descriptor Means, not [0-9a-f]{16}, .* go on with that"
    with pytest.raises(ValueError, match=message):
        fit(tmp_path, 3, done=2, judge=(other, small_faces.images))
    assert (tmp_path / "losses.csv").read_bytes() == before
    record = json.loads((tmp_path / "run.json").read_text())
    del record["descriptor"]  # as the first runs are
    (tmp_path / "run.json").write_text(json.dumps(record))
    fit(tmp_path, 3, done=2, judge=judge)
    assert len(history.load(tmp_path).losses) == 3


def test_a_run_that_was_not_measured_is_not_measured_later(fit, small_faces, tmp_path, eager):
    fit(tmp_path, 1)
    told = "was not measured after each epoch: go on without a descriptor .--measure."
    with pytest.raises(ValueError, match=told):
        fit(tmp_path, 2, done=1, judge=(Means(), small_faces.images))


def test_a_fingerprint_is_that_of_the_weights():
    from facekit.metrics import descriptor

    first, again = (descriptor.Descriptor(descriptor.build(1), ["Male"], {}) for _ in range(2))
    assert recorder.fingerprint(first) != recorder.fingerprint(again)
    again.network.set_weights(first.network.get_weights())
    assert recorder.fingerprint(first) == recorder.fingerprint(again)


def test_a_stopped_training_goes_on_as_if_nothing_had_happened(fit, build, tmp_path):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    model = fit(whole, 3)
    with pytest.raises(KeyboardInterrupt):
        fit(stopped, 3, Interrupt(1, 1))
    assert len(history.load(stopped).losses) == 1
    resumed = _go_on(build, fit, stopped, 3)
    assert (stopped / "losses.csv").read_text() == (whole / "losses.csv").read_text()
    point = np.ones((1, 4))
    images = [networks.generate(m.ema_generator, point) for m in (model, resumed)]
    assert np.array_equal(*images)
    assert [len(list((run / "sheets").iterdir())) for run in (whole, stopped)] == [3, 3]


def _go_on(build, fit, folder, epochs):
    """Train on as `fit` does, from the state in the folder."""
    done = states.resume(build(), folder)
    assert done

    class Resume(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            assert states.resume(self.model, folder) == done

    return fit(folder, epochs, Resume(), done=done)


def test_a_training_stopped_between_table_and_state_repeats_its_epoch(
    fit, build, tmp_path, monkeypatch, eager
):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    fit(whole, 2)
    save = states.save

    def killed(model, file, epochs):
        if epochs > 1:
            raise KeyboardInterrupt
        save(model, file, epochs)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(states, "save", killed)
        fit(stopped, 2)
    assert len((stopped / "losses.csv").read_text().splitlines()) == 3
    _go_on(build, fit, stopped, 2)
    assert (stopped / "losses.csv").read_text() == (whole / "losses.csv").read_text()
