"""The least-squares GAN (Mao et al. 2017): two networks, the training step, callbacks, and weights on disk."""

import hashlib
import json
import platform
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from . import __version__, paths
from .backend import keras, tf
from .faces import montage, to_uint8
from .losses import lsgan_discriminator_loss, lsgan_generator_loss, mean_square

layers, ops = keras.layers, keras.ops

ARCHITECTURES = ("compact", "paper")


def build_generator(latent_dim, architecture="compact"):
    """Return a generator from latent vectors (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Parameters
    ----------
    latent_dim : int
        From 1 up.
    architecture : {"compact", "paper"}
        `paper` is a reconstruction, since the paper's Figure 2 is not in its text: 5×5×128, four upsampling
        blocks of 128 filters, tanh. `compact` narrows from 256 to 32 filters on the way up and uses batch
        normalisation; it is about 14 times cheaper.

    Raises
    ------
    ValueError
        If the latent dimension is not a whole number from 1 up, or the architecture is unknown.
    """
    check_latent_dim(latent_dim)
    widths = {"compact": (256, 128, 64, 32), "paper": (128, 128, 128, 128)}[_known(architecture)]
    inputs = keras.Input((latent_dim,), name="latent")
    x = layers.Reshape((5, 5, widths[0]))(layers.Dense(5 * 5 * widths[0])(inputs))
    for i, width in enumerate(widths):
        if architecture == "compact":
            x = layers.BatchNormalization(momentum=0.9)(x)
        x = layers.LeakyReLU(0.2)(x)
        last = architecture == "compact" and i == 3
        if not last:
            following = widths[i + 1] if architecture == "compact" else width
            # A kernel of 4 at stride 2 covers every pixel equally often, so no checkerboard appears.
            x = layers.Conv2DTranspose(following, 4, strides=2, padding="same")(x)
    if architecture == "compact":
        outputs = layers.Conv2DTranspose(3, 4, strides=2, padding="same", activation="tanh")(x)
    else:
        outputs = layers.Conv2D(3, 5, padding="same", activation="tanh")(layers.LeakyReLU(0.2)(x))
    return keras.Model(inputs, outputs, name=f"{architecture}_generator")


def build_discriminator(architecture="compact", normalization=None):
    """Return a discriminator from images (n, 80, 80, 3) in [-1, 1] to one linear score each (n, 1).

    Parameters
    ----------
    architecture : {"compact", "paper"}
        `paper`, a reconstruction: 128 filters of 5×5, four times at stride 2, flatten, one linear unit.
        `compact`: 32, 64, 128, 256 filters of 4×4 at stride 2, each with spectral normalisation (Miyato et al. 2018).
    normalization : None or "batch"
        "batch" puts batch normalisation behind every convolution: an experiment, not advice.
    """
    if normalization not in (None, "batch"):
        raise ValueError(f"unknown normalization {normalization!r}: choose None or 'batch'")
    inputs = x = keras.Input((80, 80, 3), name="image")
    if _known(architecture) == "paper":
        x = layers.LeakyReLU(0.2)(layers.Conv2D(128, 5, padding="same")(x))
    for width in (32, 64, 128, 256) if architecture == "compact" else (128,) * 4:
        if architecture == "compact":
            x = layers.SpectralNormalization(layers.Conv2D(width, 4, strides=2, padding="same"))(x)
        else:
            x = layers.Conv2D(width, 5, strides=2, padding="same")(x)
        if normalization == "batch":
            x = layers.BatchNormalization()(x)
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)), name=f"{architecture}_discriminator")


def augment(images, seed):
    """Return images shifted by up to an eighth, mirrored, and changed in brightness and contrast, each by chance.

    The discriminator sees real and fake images only like this, so that it cannot learn a small data set by heart
    (differentiable augmentation, Zhao et al. 2020). Gradients pass through to the generator.
    """
    n, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    gain = keras.random.uniform((n, 1, 1, 1), 0.7, 1.3, seed=seed)
    lift = keras.random.uniform((n, 1, 1, 1), -0.3, 0.3, seed=seed)
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    images = (images - mean) * gain + mean + lift
    mirrored = keras.random.uniform((n, 1, 1, 1), seed=seed) < 0.5
    images = ops.where(mirrored, ops.flip(images, axis=2), images)
    for axis, length in ((1, height), (2, width)):
        shift = keras.random.randint((n, 1), -(length // 8), length // 8 + 1, seed=seed)
        rows = ops.clip(ops.arange(length, dtype="int32")[None] + ops.cast(shift, "int32"), 0, length - 1)
        images = tf.gather(images, rows, axis=axis, batch_dims=1)
    return images


class LSGAN(keras.Model):
    """Generator and discriminator trained against each other.

    `fit` takes half batches of real images in [-1, 1]. For each, the discriminator is updated on it and on as many
    fakes, then the generator on twice as many: one iteration of one whole batch, as in the paper's section 2.2.

    Reported are plain mean squares without the ½ of the losses: d1 = E[(D(x) − b)²], d2 = E[(D(G(z)) − a)²],
    g = E[(D(G(z)) − c)²], and the discriminator's accuracy on real and on fake images.

    Parameters
    ----------
    generator, discriminator : keras.Model
    a, b, c : float
        Labels: of fakes, of real images, and the value the generator wants.
    average : float
        `ema_generator`, the one to look at, follows the generator as an exponential moving average with this factor.
    augmented : bool
        Whether the discriminator sees augmented images.
    seed : int
        Of the latent points and augmentations.
    """

    def __init__(self, generator, discriminator, a=0.0, b=1.0, c=1.0, average=0.998, augmented=True, seed=0):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.ema_generator = keras.models.clone_model(generator)
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        self.a, self.b, self.c, self.average, self.augmented = a, b, c, average, augmented
        self.seeds = keras.random.SeedGenerator(seed)
        self.trackers = [keras.metrics.Mean(name=name) for name in ("d1", "d2", "g", "accuracy_real", "accuracy_fake")]

    def compile(self, d_learning_rate=2e-4, g_learning_rate=2e-4):
        # XLA on a processor halves the speed of these networks, and Keras would turn it on by itself.
        super().compile(jit_compile=False if not tf.config.list_physical_devices("GPU") else "auto")
        self.d_optimizer = keras.optimizers.Adam(d_learning_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_learning_rate, beta_1=0.5)

    def fit(self, *args, shuffle=False, **kwargs):
        """Train as every Keras model does; a `tf.data.Dataset` shuffles itself."""
        return super().fit(*args, shuffle=shuffle, **kwargs)

    @property
    def metrics(self):
        return self.trackers

    def call(self, latent):
        return self.ema_generator(latent)

    def look(self, images):
        """What the discriminator says of images while it learns."""
        return self.discriminator(augment(images, self.seeds) if self.augmented else images, training=True)

    def train_step(self, real):
        half, dim = ops.shape(real)[0], self.generator.input_shape[-1]
        fakes = self.generator(keras.random.normal((half, dim), seed=self.seeds), training=True)
        with tf.GradientTape() as tape:
            real_scores, fake_scores = self.look(real), self.look(fakes)
            loss = lsgan_discriminator_loss(real_scores, fake_scores, self.a, self.b)
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, weights), weights)

        with tf.GradientTape() as tape:
            scores = self.look(self.generator(keras.random.normal((2 * half, dim), seed=self.seeds), training=True))
            loss = lsgan_generator_loss(scores, self.c)
        weights = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, weights), weights)
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights):
            mean.assign(self.average * mean + (1 - self.average) * weight)

        toward_real, middle = np.sign(self.b - self.a), (self.a + self.b) / 2
        values = (
            mean_square(real_scores, self.b),
            mean_square(fake_scores, self.a),
            mean_square(scores, self.c),
            ops.mean(ops.cast(toward_real * (real_scores - middle) > 0, "float32")),
            ops.mean(ops.cast(toward_real * (fake_scores - middle) < 0, "float32")),
        )
        for tracker, value in zip(self.trackers, values):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}


class Recorder(keras.callbacks.Callback):
    """Shows one bar over the epochs and writes the run's folder: see `history`."""

    def __init__(self, run_dir, settings):
        super().__init__()
        self.folder, self.settings = Path(run_dir), settings

    def on_train_begin(self, logs=None):
        (self.folder / "sheets").mkdir(parents=True, exist_ok=True)
        for old in (self.folder / "sheets").glob("epoch_*.png"):
            old.unlink()
        dim = self.model.generator.input_shape[-1]
        self.table = open(self.folder / "losses.csv", "w", newline="", encoding="utf-8")
        self.table.write("epoch," + ",".join(metric.name for metric in self.model.metrics) + "\n")
        self.fixed = np.random.default_rng(0).standard_normal((32, dim), np.float32)
        self.started = time.time()
        self.bar = tqdm(total=self.params["epochs"], unit="epoch", desc="LSGAN", file=sys.stdout)

    def on_epoch_end(self, epoch, logs=None):
        if not all(np.isfinite(value) for value in logs.values()):
            raise FloatingPointError(f"a loss is no longer a number in epoch {epoch + 1}: lower the learning rate and start again")
        self.table.write(f"{epoch + 1}," + ",".join(f"{logs[metric.name]:.6f}" for metric in self.model.metrics) + "\n")
        self.table.flush()
        faces = generate(self.model.ema_generator, self.fixed)
        Image.fromarray(montage(faces)).save(self.folder / "sheets" / f"epoch_{epoch + 1:04d}.png")
        self.bar.set_postfix({name: f"{logs[name]:.3f}" for name in ("d1", "d2", "g")}, refresh=False)
        self.bar.update()
        record = {
            **self.settings,
            "latent_dim": self.model.generator.input_shape[-1],
            "generator": self.model.generator.name,
            "epochs": epoch + 1,
            "minutes": round((time.time() - self.started) / 60, 2),
            "date": date.today().isoformat(),
            "machine": f"{platform.machine()}, {len(tf.config.list_physical_devices('GPU'))} GPU",
            "versions": {"facekit": __version__, "python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
        }
        (self.folder / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")

    def on_train_end(self, logs=None):
        self.table.close()
        self.bar.close()


def callbacks(run_dir, **settings):
    """Return the callbacks that make a run's folder: `losses.csv`, `run.json` and `sheets/epoch_0001.png` ….

    Parameters
    ----------
    run_dir : path
        A run that is already there is replaced.
    settings
        Whatever should stand in `run.json`, such as `source="portraits", samples=64`.
    """
    return [Recorder(run_dir, settings)]


def generate(generator, latent):
    """Return the faces at latent points (n, latent_dim), as uint8 images (n, 80, 80, 3).

    Raises
    ------
    ValueError
        If the points are not as long as the generator's latent vectors.
    """
    latent, dim = np.asarray(latent, "float32"), generator.input_shape[-1]
    if latent.ndim != 2 or latent.shape[1] != dim:
        raise ValueError(f"latent points of shape {latent.shape}: this generator takes (n, {dim})")
    batches = [latent[start : start + 256] for start in range(0, len(latent), 256)]
    return np.concatenate([to_uint8(generator(batch, training=False)) for batch in batches])


def export(generator, path, **about):
    """Write a generator as `<path>.npz` (float16 weights) and `<path>.json` (how to build it, sha256, `about`)."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path.with_suffix(".npz"), **{f"w{i:03d}": w.astype("float16") for i, w in enumerate(generator.get_weights())})
    record = {
        "architecture": generator.name.removesuffix("_generator"),
        "latent_dim": generator.input_shape[-1],
        "sha256": hashlib.sha256(path.with_suffix(".npz").read_bytes()).hexdigest(),
        **about,
    }
    path.with_suffix(".json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def load(path):
    """Return the generator in a `.keras` file, or the shipped one of that name.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is neither, or the file is not a saved generator.
    """
    if Path(path).suffix != ".keras":
        return pretrained(str(path))
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}: train first, and save the generator")
    try:
        generator = keras.models.load_model(path)
    except (ValueError, OSError, TypeError, KeyError) as error:
        raise ValueError(f"{Path(path).name} is not a saved generator, or was cut short ({str(error).splitlines()[0]})") from None
    if generator.output_shape[1:] != (80, 80, 3):
        raise ValueError(f"{Path(path).name} makes {generator.output_shape[1:]}, not faces of (80, 80, 3)")
    return generator


def pretrained(name="portraits"):
    """Return a generator that ships, from latent vectors (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Raises
    ------
    FileNotFoundError
        If no weights of that name are there.
    ValueError
        If the file is damaged: its sha256 is not the recorded one.
    """
    folder = paths.data() / "models"
    known = {file.stem: file for file in sorted(folder.glob("*/*.json"))}
    if name not in known:
        raise FileNotFoundError(f"no weights {name!r} in {folder.name}/; there are {', '.join(known) or 'none'}")
    record = json.loads(known[name].read_text(encoding="utf-8"))
    file = known[name].with_suffix(".npz")
    if hashlib.sha256(file.read_bytes()).hexdigest() != record["sha256"]:
        raise ValueError(f"{paths.display(file)} is damaged (its sha256 is not the recorded one): check it out again")
    generator = build_generator(record["latent_dim"], record["architecture"])
    with np.load(file, allow_pickle=False) as npz:
        generator.set_weights([npz[key].astype("float32") for key in sorted(npz.files)])
    return generator


def check_latent_dim(dim):
    """Raise a ValueError unless dim can be the length of a latent vector."""
    if isinstance(dim, bool) or not isinstance(dim, (int, np.integer)) or dim < 1:
        raise ValueError(f"latent dimension {dim!r}: it must be a whole number from 1 up, such as 100")


def _known(architecture):
    if architecture not in ARCHITECTURES:
        raise ValueError(f"unknown architecture {architecture!r}: choose {' or '.join(ARCHITECTURES)}")
    return architecture
