"""The training step, and how `fit` of Keras uses it."""

import numpy as np
import pytest

from facekit.core.backend import keras
from facekit.gan import recorder


def _half_batch(faces):
    return next(iter(faces.dataset(8)))


def _constant(value):
    inputs = keras.Input((40, 40, 3))
    bias = keras.initializers.Constant(value)
    score = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer=bias)
    return keras.Model(inputs, score(keras.layers.Flatten()(inputs)))


def test_reported_losses_are_the_mean_squares_of_the_scores(build, small_faces):
    """With a constant discriminator the three numbers can be worked out by hand, for any labels."""
    model = build(a=-1.0, b=2.0, c=3.0)
    model.discriminator = _constant(0.5)
    model.compile(d_learning_rate=0.0)
    reported = model.train_step(_half_batch(small_faces))
    expected = {"d1": 1.5**2, "d2": 1.5**2, "g": 2.5**2, "accuracy_real": 0.0, "accuracy_fake": 0.0}
    assert {name: float(value) for name, value in reported.items()} == pytest.approx(expected)


def test_the_penalty_is_that_of_the_gradient(build, small_faces):
    """A linear discriminator has the same gradient everywhere, its kernel."""
    model = build(augmentation=0, r1=0.5)
    inputs = keras.Input((40, 40, 3))
    model.discriminator = keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(inputs)))
    model.compile(d_learning_rate=1e-9)
    squared, real = (model.discriminator.get_weights()[0] ** 2).sum(), _half_batch(small_faces)
    assert float(model.penalty(real)) == pytest.approx(16 * 0.5 / 2 * squared, rel=1e-4)
    model.train_step(real)
    assert float(model.penalty(real)) == 0  # until the sixteenth step after it
    model.d_optimizer.iterations.assign(16)
    assert float(model.penalty(real)) > 0


@pytest.mark.parametrize("steps_before, kept", [(0, 1 / 11), (100_000, 0.998)])
def test_a_step_moves_all_three_networks_the_average_least(build, small_faces, steps_before, kept):
    model = build()
    model.g_optimizer.iterations.assign(steps_before)
    networks = model.generator, model.discriminator, model.ema_generator
    before = [network.get_weights()[0].copy() for network in networks]
    model.train_step(_half_batch(small_faces))
    moved = [network.get_weights()[0] - weights for network, weights in zip(networks, before)]
    assert all(np.abs(change).max() > 0 for change in moved)
    assert np.allclose(moved[2], (1 - kept) * moved[0], atol=1e-6)


def test_the_average_follows_as_closely_as_compile_says(build, small_faces):
    model = build()
    model.compile(ema_momentum=0.0)
    model.train_step(_half_batch(small_faces))
    pairs = zip(model.ema_generator.get_weights(), model.generator.get_weights())
    assert all(np.array_equal(mean, weights) for mean, weights in pairs)


def test_same_seed_same_losses(build, small_faces):
    runs = [
        build(seed=5).fit(small_faces.dataset(8, seed=1), epochs=1, verbose=0).history
        for _ in range(2)
    ]
    assert runs[0]["d1"] == pytest.approx(runs[1]["d1"], rel=1e-3)


def test_what_is_not_compiled_is_told_to_compile(small_faces, tmp_path):
    from facekit.gan import lsgan, networks

    pair = networks.build_generator(4, "small"), networks.build_discriminator("small")
    with pytest.raises(ValueError, match="call `compile"):
        lsgan.LSGAN(*pair).fit(
            small_faces.dataset(8), verbose=0, callbacks=recorder.callbacks(tmp_path)
        )


def _rates(model):
    return [float(o.learning_rate) for o in (model.d_optimizer, model.g_optimizer)]


def test_a_schedule_sets_the_rates_of_both_networks(build, small_faces, eager):
    model = build(rates=(4e-4, 1e-4))
    halve = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    history = model.fit(small_faces.dataset(8), epochs=2, verbose=0, callbacks=[halve]).history
    assert _rates(model) == pytest.approx([1e-4, 2.5e-5])
    assert history["learning_rate_generator"] == pytest.approx([5e-5, 2.5e-5])


def test_keras_callbacks_take_part(build, small_faces, tmp_path, eager):
    """After an epoch without improvement rates fall tenfold, and the training ends."""
    model, table = build(rates=(4e-4, 1e-4)), tmp_path / "log.csv"
    never = dict(monitor="d1", patience=1, min_delta=1e9, mode="min")
    callbacks = [
        keras.callbacks.ReduceLROnPlateau(factor=0.1, **never),
        keras.callbacks.CSVLogger(str(table)),
        keras.callbacks.EarlyStopping(**never),
    ]
    model.fit(small_faces.dataset(8), epochs=5, verbose=0, callbacks=callbacks)
    assert _rates(model) == pytest.approx([4e-5, 1e-5])
    header, *rows = table.read_text().splitlines()
    assert header.startswith("epoch,accuracy_fake,accuracy_real,d1,d2,g,") and len(rows) == 2
