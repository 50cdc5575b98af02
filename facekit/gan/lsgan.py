"""The least-squares GAN (Mao et al. 2017): the training step."""

import numpy as np

from ..core import distribution
from ..core.augmentation import augment
from ..core.backend import keras, tf
from .losses import lsgan_discriminator_loss, lsgan_generator_loss, mean_square
from .recorder import closed

ops = keras.ops

LEARNING_RATES = (2e-4, 2e-4)  # of the discriminator and of the generator


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
    augmentation : float
        How strongly the images that the discriminator sees are changed, 0 to 1: see `augment`.
    seed : int
        Of the latent points and augmentations.
    """

    def __init__(
        self, generator, discriminator, a=0.0, b=1.0, c=1.0, average=0.998, augmentation=1.0, seed=0
    ):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.ema_generator = keras.models.clone_model(generator)
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        self.a, self.b, self.c, self.average, self.augmentation = a, b, c, average, augmentation
        self.seeds = keras.random.SeedGenerator(seed)
        self.trackers = [
            keras.metrics.Mean(name=name)
            for name in ("d1", "d2", "g", "accuracy_real", "accuracy_fake")
        ]
        self.built = True  # all weights are there; under tf.distribute Keras would call the model on photographs to make them

    def compile(self, d_learning_rate=LEARNING_RATES[0], g_learning_rate=LEARNING_RATES[1]):
        # XLA on a processor halves the speed of these networks, and Keras would turn it on by itself; several devices cannot train under it.
        alone_on_gpu = (
            tf.config.list_physical_devices("GPU")
            and self.distribute_strategy.num_replicas_in_sync == 1
        )
        super().compile(jit_compile="auto" if alone_on_gpu else False)
        self.d_optimizer = keras.optimizers.Adam(d_learning_rate, beta_1=0.5)
        self.g_optimizer = keras.optimizers.Adam(g_learning_rate, beta_1=0.5)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.g_optimizer.build(self.generator.trainable_variables)

    def fit(self, *args, shuffle=False, callbacks=None, **kwargs):
        """Train as every Keras model does; a `tf.data.Dataset` shuffles itself."""
        with closed(callbacks):
            return super().fit(*args, shuffle=shuffle, callbacks=callbacks, **kwargs)

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

    def discriminate(self, images, for_generator=False):
        """What the discriminator says of images, in its own step or while the generator learns."""
        return self.discriminator(
            augment(images, self.seeds, self.augmentation) if self.augmentation else images,
            training=True,
        )

    def activation(self, scores):
        """Turn scores into the numbers that a, b and c are the labels of."""
        return scores

    def train_step(self, real):
        half, dim = ops.shape(real)[0], self.generator.input_shape[-1]
        fakes = self.generator(
            distribution.draw(keras.random.normal, (half, dim), seed=self.seeds), training=True
        )
        with tf.GradientTape() as tape:
            real_scores, fake_scores = self.discriminate(real), self.discriminate(fakes)
            loss = distribution.mean_over_replicas(
                self.discriminator_loss(real_scores, fake_scores)
            )
        trained = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, trained), trained)

        with tf.GradientTape() as tape:
            fakes = self.generator(
                distribution.draw(keras.random.normal, (2 * half, dim), seed=self.seeds),
                training=True,
            )
            scores = self.discriminate(fakes, for_generator=True)
            loss = distribution.mean_over_replicas(self.generator_loss(scores))
        trained = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, trained), trained)
        # Early on the average follows faster, or it would show the first random weights for hundreds of steps.
        step = ops.cast(self.g_optimizer.iterations, "float32")
        keep = ops.minimum(self.average, step / (step + 10))
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights):
            mean.assign(keep * mean + (1 - keep) * weight)

        real_scores, fake_scores, scores = (
            self.activation(each) for each in (real_scores, fake_scores, scores)
        )
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
        return distribution.reported({tracker.name: tracker.result() for tracker in self.trackers})
