"""Networks, the training step, the run's folder, weights on disk."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from facekit.analysis import history
from facekit.core import augmentation, paths, writing
from facekit.core.backend import keras, tf
from facekit.faces import npz
from facekit.gan import checkpoints, latent, lsgan, networks, recorder, training
from facekit.metrics import distances


@pytest.mark.parametrize(
    "architecture, generator_weights, discriminator_weights",
    [("compact", 1_338_211, 697_025), ("paper", 1_381_891, 1_651_841)],
)
def test_networks_have_the_documented_shape_and_size(
    architecture, generator_weights, discriminator_weights
):
    generator, discriminator = (
        networks.build_generator(100, architecture),
        networks.build_discriminator(architecture),
    )
    assert generator.output_shape == (None, 80, 80, 3) and discriminator.output_shape == (None, 1)
    assert (generator.count_params(), discriminator.count_params()) == (
        generator_weights,
        discriminator_weights,
    )
    images = generator(latent.sample(2, 100))
    assert np.abs(images).max() <= 1


@pytest.mark.parametrize("latent_dim", [1, 7, 400])
def test_any_latent_dimension(latent_dim):
    assert networks.build_generator(latent_dim)(latent.sample(1, latent_dim)).shape == (
        1,
        80,
        80,
        3,
    )


@pytest.mark.parametrize("latent_dim", [0, -3, "hundred", None])
def test_impossible_latent_dimension(latent_dim):
    with pytest.raises(
        ValueError, match=f"latent dimension {latent_dim!r}: it must be a whole number from 1 up"
    ):
        networks.build_generator(latent_dim)


def test_unknown_parts():
    with pytest.raises(ValueError, match="unknown architecture 'huge': choose compact or paper"):
        networks.build_discriminator("huge")
    with pytest.raises(ValueError, match="unknown normalization 'layer'"):
        networks.build_discriminator(normalization="layer")


def test_batch_normalisation_only_where_asked():
    kinds = {None: 0, "batch": 4}
    for normalization, count in kinds.items():
        layers = networks.build_discriminator("paper", normalization).layers
        assert sum(isinstance(layer, keras.layers.BatchNormalization) for layer in layers) == count


def test_augment_moves_and_mirrors_but_keeps_shape_and_gradient():
    images = tf.Variable(np.random.default_rng(0).uniform(-1, 1, (8, 80, 80, 3)).astype("float32"))
    with tf.GradientTape() as tape:
        seen = augmentation.augment(images, keras.random.SeedGenerator(1))
        total = tf.reduce_sum(seen)
    assert seen.shape == images.shape
    assert not np.allclose(seen, images)
    assert np.abs(tape.gradient(total, images)).sum() > 0


def test_augment_shifts_by_copying_the_edge():
    """With one colour for each row and no change of brightness, every shifted row is one of the old rows."""
    rows = np.broadcast_to(
        np.linspace(-1, 1, 80, dtype="float32")[None, :, None, None], (16, 80, 80, 3)
    )
    seen = augmentation.augment(tf.constant(rows), keras.random.SeedGenerator(3)).numpy()
    assert np.ptp(seen, axis=2).max() < 1e-6
    assert (np.diff(seen[:, :, 0, 0], axis=1) >= -1e-6).all()


def test_augment_changes_less_with_less_strength():
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (64, 80, 80, 3)).astype("float32"))
    lifted = {
        s: np.abs(
            np.mean(
                augmentation.augment(images, keras.random.SeedGenerator(1), s) - images,
                axis=(1, 2, 3),
            )
        )
        for s in (1.0, 0.3, 0.0)
    }
    assert (
        lifted[1.0].max() == pytest.approx(lifted[0.3].max() / 0.3, rel=0.1)
        and lifted[1.0].max() > 0.25
    )
    assert lifted[0.0].max() < 1e-6
    edges = tf.constant(
        np.broadcast_to(np.arange(80, dtype="float32")[None, :, None, None], (64, 80, 80, 3)) / 80
    )
    for strength, farthest in ((1.0, 10), (0.3, 3), (0.0, 0)):
        seen = augmentation.augment(edges, keras.random.SeedGenerator(2), strength).numpy()
        moved = [(np.abs(np.diff(rows)) < 1e-6).sum() for rows in seen[:, :, 0, 0]]
        assert max(moved) == farthest


def test_augmentation_is_part_of_a_training(faces, tmp_path):
    training.train(faces, tmp_path, latent_dim=2, samples=8, epochs=1, augmentation=0.3)
    assert json.loads((tmp_path / "run.json").read_text())["augmentation"] == 0.3
    with pytest.raises(ValueError, match=r"holds another training \(augmentation 0.3, not 1.0\)"):
        training.train(faces, tmp_path, latent_dim=2, samples=8, epochs=1)
    with pytest.raises(
        ValueError, match="augmentation 3, .*: a number from 0 to 1 and two above 0 are expected"
    ):
        training.train(faces, tmp_path / "other", latent_dim=2, samples=8, augmentation=3)


def _model(faces, **options):
    keras.utils.set_random_seed(0)
    model = lsgan.LSGAN(networks.build_generator(16), networks.build_discriminator(), **options)
    model.compile()
    return model


def test_reported_losses_are_the_mean_squares_of_the_scores(faces):
    """With a constant discriminator the three numbers can be worked out by hand, for any labels."""
    model = _model(faces, a=-1.0, b=2.0, c=3.0)
    model.discriminator = _constant(0.5)
    model.compile(d_learning_rate=0.0)
    values = {
        name: float(value) for name, value in model.train_step(next(iter(faces.dataset(8)))).items()
    }
    assert values == pytest.approx(
        {"d1": 1.5**2, "d2": 1.5**2, "g": 2.5**2, "accuracy_real": 0.0, "accuracy_fake": 0.0}
    )


def _constant(value):
    inputs = keras.Input((80, 80, 3))
    score = keras.layers.Dense(
        1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(value)
    )
    return keras.Model(inputs, score(keras.layers.Flatten()(inputs)))


@pytest.mark.parametrize("steps_before, kept", [(0, 1 / 11), (100_000, 0.998)])
def test_a_step_moves_all_three_networks_the_average_least(faces, steps_before, kept):
    model = _model(faces)
    model.g_optimizer.iterations.assign(steps_before)
    networks = model.generator, model.discriminator, model.ema_generator
    before = [network.get_weights()[0].copy() for network in networks]
    model.train_step(next(iter(faces.dataset(8))))
    moved = [network.get_weights()[0] - weights for network, weights in zip(networks, before)]
    assert all(np.abs(change).max() > 0 for change in moved)
    assert np.allclose(moved[2], (1 - kept) * moved[0], atol=1e-6)


def test_fit_writes_the_run(faces, tmp_path, capsys):
    model = _model(faces)
    model.fit(
        faces.dataset(8),
        epochs=2,
        verbose=0,
        callbacks=recorder.callbacks(tmp_path / "run", samples=16),
    )
    run = history.load(tmp_path / "run")
    assert run.losses.index.tolist() == [1, 2]
    assert set(run.losses.columns) == {"d1", "d2", "g", "accuracy_real", "accuracy_fake", "variety"}
    assert np.isfinite(run.losses.to_numpy()).all()
    assert run.about["samples"] == 16 and run.about["latent_dim"] == 16 and run.about["epochs"] == 2
    assert Image.open(run.sheets()[2]).size == (8 * 82 - 2, 4 * 82 - 2)
    assert "2/2" in capsys.readouterr().out


def test_a_second_run_replaces_the_first(faces, tmp_path):
    for epochs in (2, 1):
        training.save_generator(_model(faces).ema_generator, tmp_path)
        _model(faces).fit(
            faces.dataset(8), epochs=epochs, verbose=0, callbacks=recorder.callbacks(tmp_path)
        )
    assert list(history.load(tmp_path).sheets()) == [1]
    assert len(history.load(tmp_path).losses) == 1 and not (tmp_path / "generator.keras").exists()


def test_a_training_that_ends_with_an_error_leaves_no_table_and_no_bar_open(faces, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    recorders = recorder.callbacks(tmp_path, samples=np.int64(16))
    with pytest.raises(KeyboardInterrupt):
        _model(faces).fit(faces.dataset(8), epochs=1, verbose=0, callbacks=[*recorders, Stop()])
    assert recorders[0].table.closed and recorders[0].bar.disable
    writing.write_json(
        tmp_path / "numbers.json", {"samples": np.int64(16), "share": np.float32(0.5)}
    )
    assert json.loads((tmp_path / "numbers.json").read_text()) == {"samples": 16, "share": 0.5}


def test_same_seed_same_losses(faces):
    runs = [
        _model(faces, seed=5).fit(faces.dataset(8, seed=1), epochs=1, verbose=0).history
        for _ in range(2)
    ]
    assert runs[0]["d1"] == pytest.approx(runs[1]["d1"], rel=1e-3)


def _watched(rows):
    """What the alarm says after each of some epochs, given as (accuracy on both, g, variety)."""
    alarm = recorder.Alarm(bound=1.0)
    return [
        alarm(dict(accuracy_real=accuracy, accuracy_fake=accuracy, g=g, variety=variety))
        for accuracy, g, variety in rows
    ]


def test_alarm_when_the_discriminator_has_won():
    said = _watched([(1.0, 0.95, 30)] * 5)
    assert said[:2] == [None, None] and "the discriminator is right about every image" in said[2]
    assert said[3:] == [None, None]  # once is enough
    assert (
        _watched([(1.0, 0.95, 30), (1.0, 0.95, 30), (0.8, 0.95, 30), (1.0, 0.95, 30)]) == [None] * 4
    )
    assert _watched([(1.0, 0.30, 30)] * 5) == [None] * 5


def test_alarm_when_the_discriminator_is_fooled():
    assert [
        said and "taken nearly every fake for real" in said
        for said in _watched([(0.0, 0.01, 30)] * 4)
    ] == [None, None, True, None]
    assert (
        _watched([(0.0, 0.01, 30), (0.0, 0.01, 30), (0.1, 0.01, 30), (0.0, 0.01, 30)]) == [None] * 4
    )


def test_alarm_when_the_faces_become_one():
    assert (
        "the faces have become nearly the same"
        in _watched([(0.7, 0.4, 25), (0.7, 0.4, 31), (0.7, 0.4, 6)])[2]
    )
    assert (
        _watched([(0.7, 0.4, 1), (0.7, 0.4, 8), (0.7, 0.4, 1.5)]) == [None] * 3
    )  # grey squares at the start are no collapse


def test_variety_by_hand():
    faces = np.zeros((3, 2, 2, 3), np.uint8)
    faces[1] += 30
    assert recorder.variety(faces) == pytest.approx((30 + 30 + 0) / 3)


class Stop(keras.callbacks.Callback):
    """Ends a training in the middle of an epoch."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.where = epoch, batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == self.where:
            raise KeyboardInterrupt


def _train(faces, folder, epochs, *more, **settings):
    model = _model(faces, seed=5)
    done = recorder.resume(model, folder)
    model.fit(
        faces.dataset(4, seed=1, first_epoch=done),
        initial_epoch=done,
        epochs=epochs,
        verbose=0,
        callbacks=[*recorder.callbacks(folder, **settings), *more],
    )
    return done, networks.generate(model.ema_generator, np.ones((1, 16)))


def test_a_stopped_training_goes_on_as_if_nothing_had_happened(faces, tmp_path):
    _, expected = _train(faces, tmp_path / "whole", 4)
    with pytest.raises(KeyboardInterrupt):
        _train(faces, tmp_path / "stopped", 4, Stop(2, 1))
    assert len(history.load(tmp_path / "stopped").losses) == 2
    done, seen = _train(faces, tmp_path / "stopped", 4)
    assert done == 2
    assert (tmp_path / "stopped" / "losses.csv").read_text() == (
        tmp_path / "whole" / "losses.csv"
    ).read_text()
    assert np.array_equal(seen, expected)
    assert [len(list((tmp_path / run / "sheets").iterdir())) for run in ("whole", "stopped")] == [
        4,
        4,
    ]


def test_a_training_stopped_between_table_and_state_repeats_its_epoch(faces, tmp_path, monkeypatch):
    _train(faces, tmp_path / "whole", 2)
    with monkeypatch.context() as patch:
        real = recorder._save_state
        patch.setattr(
            recorder,
            "_save_state",
            lambda model, file, epochs: (
                real(model, file, epochs) if epochs == 1 else pytest.fail("killed here")
            ),
        )
        with pytest.raises(pytest.fail.Exception):
            _train(faces, tmp_path / "stopped", 2)
    assert len((tmp_path / "stopped" / "losses.csv").read_text().splitlines()) == 3
    assert _train(faces, tmp_path / "stopped", 2)[0] == 1
    assert (tmp_path / "stopped" / "losses.csv").read_text() == (
        tmp_path / "whole" / "losses.csv"
    ).read_text()


def test_a_training_can_begin_with_what_another_has_learned(faces, tmp_path):
    all_faces = training.train(faces, tmp_path / "all", latent_dim=16, samples=8, epochs=2)
    some, settings = (
        faces.take(np.arange(8)),
        dict(
            latent_dim=16, samples=8, epochs=1, start=tmp_path / "all", learning_rates=(1e-4, 5e-4)
        ),
    )
    tuned = training.train(some, tmp_path / "some", **settings)
    untrained = training.train(some, tmp_path / "chance", **settings | {"start": None})
    point = np.ones((1, 16), "float32")
    near, far = (
        np.abs(
            networks.generate(other.ema_generator, point).astype(int)
            - networks.generate(all_faces.ema_generator, point)
        ).mean()
        for other in (tuned, untrained)
    )
    assert near < far
    assert (
        history.load(tmp_path / "some").losses.index.tolist() == [1]
        and history.load(tmp_path / "some").about["start"] == "all"
    )
    assert tuned.g_optimizer.iterations > untrained.g_optimizer.iterations and float(
        tuned.g_optimizer.learning_rate
    ) == pytest.approx(5e-4)
    with pytest.raises(ValueError, match="chance holds another training .*start None, not all"):
        training.train(some, tmp_path / "chance", **settings)
    training.train(
        some, tmp_path / "some", **settings | {"start": None, "epochs": 2}
    )  # it goes on, and its record still says how it began
    assert history.load(tmp_path / "some").about["start"] == "all" and history.load(
        tmp_path / "some"
    ).losses.index.tolist() == [1, 2]


def test_a_training_goes_on_with_its_own_faces_alone(faces, tmp_path):
    some, others = (faces.take(np.arange(first, first + 8)) for first in (0, 8))
    assert some.digest() == faces.take(np.arange(8)).digest() != others.digest()
    training.train(some, tmp_path, latent_dim=2, samples=8, epochs=1)
    with pytest.raises(
        ValueError, match=f"holds another training .digest {some.digest()}, not {others.digest()}"
    ):
        training.train(others, tmp_path, latent_dim=2, samples=8, epochs=2)
    record = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(
        json.dumps({name: value for name, value in record.items() if name != "digest"})
    )  # as older runs are
    training.train(others, tmp_path, latent_dim=2, samples=8, epochs=1)


def test_an_iteration_has_a_real_and_a_fake_face(faces, tmp_path):
    with pytest.raises(ValueError, match="1 samples: an iteration needs at least 2"):
        training.train(faces, tmp_path, samples=1)


def test_a_training_can_begin_with_weights_that_ship(faces, tmp_path, monkeypatch):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    shipped = _model(faces, seed=3)
    checkpoints.export(
        shipped.generator, tmp_path / "models" / "mine" / "small", shipped.discriminator
    )
    learned = []
    monkeypatch.setattr(
        lsgan.LSGAN,
        "fit",
        lambda model, *args, **kwargs: learned.append(
            [
                model.generator.get_weights(),
                model.ema_generator.get_weights(),
                model.discriminator.get_weights(),
            ]
        ),
    )
    settings = dict(samples=8, epochs=1, start="small")
    training.train(faces, tmp_path / "run", latent_dim=16, **settings)
    expected = [shipped.generator.get_weights()] * 2 + [shipped.discriminator.get_weights()]
    for found, weights in zip(learned[0], expected):
        assert all(
            np.allclose(a, b, atol=1e-3) for a, b in zip(found, weights, strict=True)
        )  # float16 on disk
    with pytest.raises(
        ValueError,
        match="small is a compact generator of latent dimension 16, this training one that is compact and 7",
    ):
        training.train(faces, tmp_path / "other", latent_dim=7, **settings)
    with pytest.raises(
        ValueError,
        match="nowhere holds no training to begin with.* or name weights that ship: small",
    ):
        training.train(faces, tmp_path / "other", latent_dim=16, **settings | {"start": "nowhere"})


def test_resume_refuses_what_it_cannot_read(faces, tmp_path):
    model = _model(faces)
    assert recorder.resume(model, tmp_path) == 0
    _train(faces, tmp_path, 1)
    other = lsgan.LSGAN(networks.build_generator(17), networks.build_discriminator())
    other.compile()
    with pytest.raises(ValueError, match="state.npz is of a training with other networks"):
        recorder.resume(other, tmp_path)
    whole = (tmp_path / "state.npz").read_bytes()
    for content in (b"", b"nonsense", whole[:1000], whole[:-50]):
        (tmp_path / "state.npz").write_bytes(content)
        with pytest.raises(
            ValueError, match="state.npz is not the state of a training, or damaged"
        ):
            recorder.resume(model, tmp_path)


def test_losses_that_are_no_numbers_stop_the_run(faces, tmp_path):
    model = _model(faces)
    model.generator.set_weights([np.full_like(w, np.nan) for w in model.generator.get_weights()])
    with pytest.raises(
        FloatingPointError, match="no longer a number in epoch 1: lower the learning rate"
    ):
        model.fit(faces.dataset(8), epochs=1, verbose=0, callbacks=recorder.callbacks(tmp_path))


class _Means:
    """A descriptor whose features are the mean colours."""

    def embed(self, images):
        return images.mean(axis=(1, 2)) / 255


def test_a_judge_measures_every_epoch_and_must_stay(faces, tmp_path):
    model = _model(faces)
    model.fit(
        faces.dataset(8),
        epochs=2,
        verbose=0,
        callbacks=recorder.callbacks(tmp_path, judge=(_Means(), faces.images)),
    )
    table = history.load(tmp_path).losses
    made = networks.generate(
        model.ema_generator, np.random.default_rng(0).standard_normal((500, 16), np.float32)
    )
    expected = distances.kernel_distance(
        _Means().embed(faces.images), _Means().embed(made), subsets=20
    )
    assert table.loc[2, ["kernel_distance", "kernel_spread"]].tolist() == pytest.approx(
        expected, rel=1e-3
    )
    with pytest.raises(ValueError, match="go on with the same judge"):
        model.fit(
            faces.dataset(8),
            initial_epoch=2,
            epochs=3,
            verbose=0,
            callbacks=recorder.callbacks(tmp_path),
        )


_TWO_DEVICES = """
import sys
import numpy as np
from facekit.core.backend import keras, tf
from facekit.faces import faceset
from facekit.gan import lsgan, networks, recorder

processor = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(processor, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["/cpu:0", "/cpu:1"])
found = faceset.load(sys.argv[1])
keras.utils.set_random_seed(0)
with strategy.scope():
    model = lsgan.LSGAN(networks.build_generator(16), networks.build_discriminator())
    model.compile()
before = model.generator.get_weights()[0]
model.fit(found.dataset(8, endless=True), epochs=2, steps_per_epoch=3, verbose=0, callbacks=recorder.callbacks(sys.argv[2]))
for network in (model.generator, model.discriminator, model.ema_generator):
    for weight in network.trainable_variables or network.variables:
        one, other = (copy.numpy() for copy in strategy.experimental_local_results(weight.value))
        assert np.array_equal(one, other), weight.path
assert np.abs(model.generator.get_weights()[0] - before).max() > 0
print("replicas agree")
"""


def test_trains_on_two_devices_that_stay_alike_and_has_the_losses_of_one(faces, tmp_path):
    faces_file = tmp_path / "faces.npz"
    npz.write(
        faces_file,
        [faces.images],
        faces.images.shape,
        names=faces.names,
        boxes=faces.boxes,
        confidence=faces.confidence,
        keypoints=faces.keypoints,
        reject_names=np.array([], "U1"),
        reject_reasons=np.array([], "U1"),
        settings="",
    )
    done = subprocess.run(
        [sys.executable, "-c", _TWO_DEVICES, str(faces_file), str(tmp_path / "run")],
        capture_output=True,
        text=True,
    )
    assert "replicas agree" in done.stdout, done.stderr[-2000:]
    _model(faces).fit(
        faces.dataset(8), epochs=2, verbose=0, callbacks=recorder.callbacks(tmp_path / "one")
    )
    two, one = (
        history.load(tmp_path / run).losses[["d1", "d2", "g"]].to_numpy() for run in ("run", "one")
    )
    assert np.abs(two - one).max() < 1e-3 and np.ptp(one) > 0.1


def test_keras_callbacks_take_part(faces, tmp_path):
    model = _model(faces)
    log, stop = (
        keras.callbacks.CSVLogger(str(tmp_path / "log.csv")),
        keras.callbacks.EarlyStopping("d1", patience=0, min_delta=1e9, mode="min"),
    )
    model.fit(faces.dataset(8), epochs=5, verbose=0, callbacks=[log, stop])
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert (
        lines[0].startswith("epoch,accuracy_fake,accuracy_real,d1,d2,g,") and len(lines) == 3
    )  # the header, an epoch, and one without improvement


def test_generate_checks_the_length_of_latent_points():
    generator = networks.build_generator(16)
    assert networks.generate(generator, latent.sample(300, 16)).shape == (300, 80, 80, 3)
    with pytest.raises(
        ValueError, match=r"latent points of shape \(2, 10\): this generator takes \(n, 16\)"
    ):
        networks.generate(generator, latent.sample(2, 10))


def test_saved_generator_comes_back(tmp_path):
    generator, z = networks.build_generator(16), latent.sample(2, 16)
    generator.save(tmp_path / "generator.keras")
    assert np.array_equal(
        networks.generate(checkpoints.load(tmp_path / "generator.keras"), z),
        networks.generate(generator, z),
    )
    whole = (tmp_path / "generator.keras").read_bytes()
    (tmp_path / "short.keras").write_bytes(whole[: len(whole) // 2])
    networks.build_discriminator().save(tmp_path / "other.keras")
    for name, message in (
        ("none", "there is no file"),
        ("short", "is not a saved generator"),
        ("other", "not a generator of faces"),
    ):
        with pytest.raises((FileNotFoundError, ValueError), match=message):
            checkpoints.load(tmp_path / f"{name}.keras")


def test_shipped_weights(monkeypatch, tmp_path):
    generator = checkpoints.pretrained("portraits")
    images = networks.generate(generator, latent.sample(64, generator.input_shape[-1]))
    assert images.std(axis=0).mean() > 20  # different faces, not one
    with pytest.raises(
        FileNotFoundError, match="no generator 'nobody' in data/models; there are .*portraits"
    ):
        checkpoints.pretrained("nobody")


def test_export_and_damage(monkeypatch, tmp_path):
    generator, z = networks.build_generator(16), latent.sample(4, 16)
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    checkpoints.export(generator, tmp_path / "models" / "mine" / "small", faces=240)
    assert (
        np.abs(
            networks.generate(checkpoints.pretrained("small"), z).astype(int)
            - networks.generate(generator, z)
        ).max()
        <= 2
    )  # float16 on disk
    assert json.loads((tmp_path / "models" / "mine" / "small.json").read_text())["faces"] == 240
    file = tmp_path / "models" / "mine" / "small.npz"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="small.npz is missing or damaged"):
        checkpoints.pretrained("small")


def test_real_celeba_trains(celeba, tmp_path):
    from facekit.faces import extraction

    found = extraction.extract(celeba.sample(64, seed=1), tmp_path / "faces.npz")
    run = _model(found).fit(found.dataset(16), epochs=1, verbose=0).history
    assert np.isfinite([run[name][0] for name in history.LOSSES]).all()


def test_data_folder_without_weights(monkeypatch, tmp_path):
    monkeypatch.setenv("FACEKIT_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="there are none"):
        checkpoints.pretrained()
    assert paths.data() == tmp_path
