"""The least-squares GAN (Mao et al. 2017): the training step, and generators on disk."""

import json
import zipfile
from pathlib import Path

import h5py
import numpy as np

from . import paths, reading, weights
from .backend import keras, tf
from .losses import lsgan_discriminator_loss, lsgan_generator_loss, mean_square
from .networks import ARCHITECTURES, augment, build_discriminator, build_generator, generate
from .recording import callbacks, resume, save_generator

ops = keras.ops
__all__ = ["ARCHITECTURES", "LSGAN", "augment", "build_discriminator", "build_generator", "callbacks", "export", "generate", "load", "pretrained", "resume", "train"]


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
        `ema_generator`, the one to look at, follows the generator as an exponential moving average with this factor
        (with a smaller one in the first steps).
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
        self.built = True  # all weights are there; under tf.distribute Keras would call the model on photographs to make them

    def compile(self, d_learning_rate=2e-4, g_learning_rate=2e-4):
        # XLA on a processor halves the speed of these networks, and Keras would turn it on by itself.
        super().compile(jit_compile=False if not tf.config.list_physical_devices("GPU") else "auto")
        self.d_optimizer = keras.optimizers.Adam(d_learning_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_learning_rate, beta_1=0.5)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)

    def fit(self, *args, shuffle=False, **kwargs):
        """Train as every Keras model does; a `tf.data.Dataset` shuffles itself."""
        return super().fit(*args, shuffle=shuffle, **kwargs)

    @property
    def metrics(self):
        return self.trackers

    def call(self, latent):
        return self.ema_generator(latent)

    # What makes it this GAN and not another; `experiments` has others.
    def discriminator_loss(self, real_scores, fake_scores):
        return lsgan_discriminator_loss(real_scores, fake_scores, self.a, self.b)

    def generator_loss(self, scores):
        return lsgan_generator_loss(scores, self.c)

    def look(self, images, for_generator=False):
        """What the discriminator says of images, in its own step or while the generator learns."""
        return self.discriminator(augment(images, self.seeds) if self.augmented else images, training=True)

    def readings(self, scores):
        """Turn scores into the numbers that a, b and c are the labels of."""
        return scores

    def train_step(self, real):
        half, dim = ops.shape(real)[0], self.generator.input_shape[-1]
        fakes = self.generator(keras.random.normal((half, dim), seed=self.seeds), training=True)
        with tf.GradientTape() as tape:
            real_scores, fake_scores = self.look(real), self.look(fakes)
            loss = self.discriminator_loss(real_scores, fake_scores)
        trained = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, trained), trained)

        with tf.GradientTape() as tape:
            scores = self.look(self.generator(keras.random.normal((2 * half, dim), seed=self.seeds), training=True), for_generator=True)
            loss = self.generator_loss(scores)
        trained = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, trained), trained)
        # Early on the average follows faster, or it would show the first random weights for hundreds of steps.
        step = ops.cast(self.g_optimizer.iterations, "float32")
        keep = ops.minimum(self.average, step / (step + 10))
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights):
            mean.assign(keep * mean + (1 - keep) * weight)

        real_scores, fake_scores, scores = (self.readings(each) for each in (real_scores, fake_scores, scores))
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


def train(faces, run_dir, latent_dim=100, samples=32, epochs=20, architecture="compact", seed=0, descriptor=None, start=None, **about):
    """Train an `LSGAN` from the beginning, or go on with one that was stopped, and keep all of it in a folder.

    The folder receives what `callbacks` writes, and `generator.keras`, the moving average of the generator. If it holds this training
    with as many epochs already, nothing is trained.

    Parameters
    ----------
    faces : FaceSet
    run_dir : path
    latent_dim, architecture
        See `build_generator`.
    samples : int
        Images of one iteration, half of them real: the paper's "samples". At least 2.
    epochs : int
        In all, those of earlier calls included.
    seed : int
        Of the weights, the latent points and the order of the faces.
    descriptor : Descriptor, optional
        Measures the kernel distance of the fakes to 500 of the faces after each epoch: see `callbacks`.
    start : path or str, optional
        The folder of another training of the same networks, or the name of a generator that ships with its discriminator: begin with
        what they have learned, instead of by chance.
    about
        Whatever else should stand in `run.json`.

    Returns
    -------
    LSGAN

    Raises
    ------
    ValueError
        If the folder holds a training with other settings, there are fewer faces than half of `samples`, or nothing to begin with is in
        `start`.
    OSError
        If another training is at work in the folder, the disk is full or the folder cannot be written. What is done stays.
    """
    run = Path(run_dir)
    settings = dict(faces=len(faces), samples=samples, seed=seed, precision=keras.config.dtype_policy().name, **about)
    if start:
        settings["start"] = Path(start).name
    some = np.sort(np.random.default_rng(seed).permutation(len(faces))[:500])
    judge = (descriptor, faces.images[some]) if descriptor else None
    keras.utils.set_random_seed(seed)
    model = LSGAN(build_generator(latent_dim, architecture), build_discriminator(architecture), seed=seed)
    model.compile()
    try:
        with paths.alone(run, "training"):
            _go_on(model, faces, run, samples, epochs, seed, judge, start, settings)
    except OSError as error:
        if not error.errno:  # a sentence already
            raise
        raise OSError(f"cannot write {paths.display(run)}: {error.strerror}; the epochs that are done are kept, and the same call goes on from there") from None
    return model


def _go_on(model, faces, run, samples, epochs, seed, judge, start, settings):
    if (run / "state.npz").is_file() and (run / "run.json").is_file():
        found = reading.record(run / "run.json", "choose another folder, or delete this one")
        wanted = settings | dict(latent_dim=model.generator.input_shape[-1], generator=model.generator.name)
        other = [f"{name} {found.get(name)}, not {value}" for name, value in wanted.items() if found.get(name) != value]
        if other:
            raise ValueError(f"{paths.display(run)} holds another training ({'; '.join(other)}): choose another folder, or delete it")
    done = resume(model, run)
    if start and not done and not resume(model, start):
        _begin_with(model, str(start))
    if done >= epochs:
        print(f"{paths.display(run)} holds {done} epochs already: nothing is left to train")
    try:
        if done < epochs:
            dataset = faces.dataset(samples // 2, seed, first_epoch=done)
            model.fit(dataset, initial_epoch=done, epochs=epochs, verbose=0, callbacks=callbacks(run, judge, **settings))
    except KeyboardInterrupt:
        save_generator(model.ema_generator, run)
        raise
    save_generator(model.ema_generator, run)


def _begin_with(model, name):
    """Give a model the generator and the discriminator that ship under a name."""
    if name not in weights.names("generator"):
        raise ValueError(f"{paths.display(Path(name))} holds no training to begin with: its folder needs state.npz, losses.csv and run.json; "
                         f"or name weights that ship: {', '.join(name.removesuffix('-discriminator') for name in weights.names('discriminator'))}")
    record, learned = weights.read(name, "generator")
    found, wanted = (record["architecture"], record["latent_dim"]), (model.generator.name.removesuffix("_generator"), model.generator.input_shape[-1])
    if found != wanted:
        raise ValueError(f"{name} is a {found[0]} generator of latent dimension {found[1]}, this training one that is {wanted[0]} and {wanted[1]}: choose those")
    for network in (model.generator, model.ema_generator):
        weights.assign(lambda: network, learned, name)
    weights.assign(lambda: model.discriminator, weights.read(f"{name}-discriminator", "discriminator")[1], name)


def export(generator, path, discriminator=None, **about):
    """Write a generator as weights that ship, and beside it the discriminator to go on with: see `weights.save`."""
    architecture, dim = generator.name.removesuffix("_generator"), generator.input_shape[-1]
    weights.save(generator.get_weights(), path, kind="generator", architecture=architecture, latent_dim=dim, **about)
    if discriminator:
        weights.save(discriminator.get_weights(), f"{path}-discriminator", kind="discriminator", architecture=architecture, generator=Path(path).name)


def load(path):
    """Return the generator in a `.keras` file that `train` wrote, or the shipped one of that name.

    Of the file only numbers are taken: the network is built here, by the name and the latent dimension in the file, since a
    network out of a stranger's file may run code or fill the memory.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is neither, or the file is not a saved generator.
    """
    if Path(path).suffix != ".keras":
        return pretrained(str(path))
    with reading.refusing(path, "a saved generator", "train first, and name the generator.keras of the run"), zipfile.ZipFile(path) as saved:
        size = Path(path).stat().st_size
        if {*saved.namelist()} != {"metadata.json", "config.json", "model.weights.h5"} or sum(entry.file_size for entry in saved.infolist()) > size or saved.testzip():
            raise ValueError("its parts are not those of a saved network")
        config = json.loads(saved.read("config.json"))["config"]
        architecture, dim = config["name"].removesuffix("_generator"), config["layers"][0]["config"]["batch_shape"][1]
        if architecture not in ARCHITECTURES:
            raise ValueError(f"a network {architecture!r}, not a generator of faces of 80×80 pixels")
        with h5py.File(saved.open("model.weights.h5")) as stored:
            sizes = []
            stored.visititems(lambda _, each: sizes.append(each.nbytes) if isinstance(each, h5py.Dataset) else None)
        if max(10_000 * dim, sum(sizes)) > size:  # each latent dimension has 3200 weights or more
            raise ValueError("it claims to hold more than a file of this size does")
        generator = build_generator(dim, architecture)
        generator.load_weights(path)
        return generator


def pretrained(name="portraits"):
    """Return a generator that ships, from latent vectors (n, latent_dim) to images (n, 80, 80, 3) in [-1, 1].

    Raises
    ------
    FileNotFoundError, ValueError
        If no weights of that name are there, or they are damaged.
    """
    record, values = weights.read(name, "generator")
    return weights.assign(lambda: build_generator(len(values[0]), record["architecture"]), values, name)
