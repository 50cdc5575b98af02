"""The least-squares GAN (Mao et al. 2017): its training step, for `fit` on one device."""

from typing import Any

from ..core import distribution
from ..core.augmentation import augment
from ..core.backend import keras, tf
from . import losses, recorder

ops = keras.ops


class LSGAN(keras.Model):
    """Generator and discriminator trained against each other.

    `fit` takes half batches of real images in [-1, 1]. For each, the discriminator is updated on it
    and on as many fakes, then the generator on twice as many: one iteration of one whole batch, as
    in the paper's section 2.2.

    Reported are plain mean squares without the ½ of the losses: d1 = E[(D(x) − b)²],
    d2 = E[(D(G(z)) − a)²], g = E[(D(G(z)) − c)²], and the discriminator's accuracy on real and on
    fake images.

    Parameters
    ----------
    generator, discriminator : keras.Model
        From latent points (n, latent_dim) to images (n, size, size, 3) in [-1, 1], and from such
        images to scores (n, 1).
    a, b, c : float
        Labels: of fakes, of real images, and the score that the generator wants for its fakes.
    augmentation : float
        How strongly the images that the discriminator sees are changed, 0 to 1: see `augment`.
    r1 : float
        Weight γ of the R1 penalty γ/2 · E[‖∇D(x)‖²] at real images (Mescheder et al. 2018). It is
        taken at every sixteenth step, sixteenfold (Karras et al. 2020).
    seed : int
        Of the latent points and augmentations.

    Attributes
    ----------
    ema_generator : keras.Model
        The generator to look at: an exponential moving average of `generator`.

    Examples
    --------
    >>> model = LSGAN(networks.build_generator(100), networks.build_discriminator())
    >>> model.compile()
    >>> model.fit(faces.dataset(16), epochs=20, callbacks=recorder.callbacks("build/run"))
    """

    random = keras.random  #: where latent points and augmentations are drawn
    replicas: int | None = 1  #: how many devices a batch may be shared by; None: any number

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        a: float = 0.0,
        b: float = 1.0,
        c: float = 1.0,
        augmentation: float = 1.0,
        r1: float = 0.0,
        seed: int = 0,
    ):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.ema_generator = keras.models.clone_model(generator)
        self.ema_generator.set_weights(generator.get_weights())
        self.ema_generator.trainable = False
        self.a, self.b, self.c, self.augmentation, self.r1 = a, b, c, augmentation, r1
        self.seeds = keras.random.SeedGenerator(seed)
        names = "d1", "d2", "g", "accuracy_real", "accuracy_fake"
        self.trackers = [keras.metrics.Mean(name=name) for name in names]
        self.built = True  # all weights are there: Keras need not call the model to make them

    def compile(
        self,
        d_learning_rate: float = 5e-4,
        g_learning_rate: float = 5e-4,
        ema_momentum: float = 0.998,
    ) -> None:
        """Give each network its Adam; both stand in `optimizer` too, for Keras' callbacks.

        Parameters
        ----------
        d_learning_rate, g_learning_rate : float
            Of the discriminator and of the generator.
        ema_momentum : float
            Share of `ema_generator` that a step keeps; less of it in the first steps.
        """
        self.d_optimizer = keras.optimizers.Adam(d_learning_rate, beta_1=0.5, name="discriminator")
        self.g_optimizer = keras.optimizers.Adam(g_learning_rate, beta_1=0.5, name="generator")
        self.ema_momentum = ema_momentum
        d_weights = self.discriminator.trainable_variables
        # `train_step` uses the two themselves. Together they are the model's `optimizer`, where
        # callbacks such as LearningRateScheduler look for a rate; `build` hands out the weights.
        own = {id(weight): self.d_optimizer for weight in d_weights}
        both = keras.optimizers.MultiOptimizer(lambda weight: own.get(id(weight), self.g_optimizer))
        both.build([*d_weights, *self.generator.trainable_variables])
        jit_compile = distribution.jit_compile(self.distribute_strategy)
        super().compile(both, jit_compile=jit_compile, auto_scale_loss=False)

    def train_step(self, real: Any) -> dict[str, Any]:
        """Update the discriminator, then the generator; return what `report` does."""
        half, dim = ops.shape(real)[0], self.generator.input_shape[-1]

        fakes = self.generator(self.random.normal((half, dim), seed=self.seeds), training=True)
        with tf.GradientTape() as tape:
            real_scores, fake_scores = self.discriminate(real), self.discriminate(fakes)
            loss = self.discriminator_loss(real_scores, fake_scores) + self.penalty(real)
        weights = self.discriminator.trainable_variables
        self.d_optimizer.apply(tape.gradient(loss, weights), weights)

        latent = self.random.normal((2 * half, dim), seed=self.seeds)
        with tf.GradientTape() as tape:
            scores = self.discriminate(self.generator(latent, training=True), for_generator=True)
            loss = self.generator_loss(scores)
        weights = self.generator.trainable_variables
        self.g_optimizer.apply(tape.gradient(loss, weights), weights)

        self.update_average()
        return self.report(real_scores, fake_scores, scores)

    # What makes it this GAN and not another: `analysis.experiments` overrides these four.
    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        """Return what the discriminator minimises, a scalar, of scores of real and fake images."""
        return losses.lsgan_discriminator_loss(real, fake, self.a, self.b)

    def generator_loss(self, fake: Any) -> Any:
        """Return what the generator minimises, a scalar, of scores of fake images."""
        return losses.lsgan_generator_loss(fake, self.c)

    def discriminate(self, images: Any, for_generator: bool = False) -> Any:
        """Return the scores (n, 1) of images, in its own step or while the generator learns."""
        if self.augmentation:
            images = augment(images, self.seeds, self.augmentation, self.random)
        return self.discriminator(images, training=True)

    def penalty(self, real: Any) -> Any:
        """Return the R1 penalty, a scalar; 0 at fifteen of sixteen steps."""

        def squared_gradient():
            with tf.GradientTape() as tape:
                tape.watch(real)
                scores = ops.sum(self.discriminate(real))
            return ops.mean(ops.sum(tape.gradient(scores, real) ** 2, axis=(1, 2, 3)))

        if not self.r1:
            return 0.0
        now = self.d_optimizer.iterations % 16 == 0
        return tf.cond(now, lambda: 16 * self.r1 / 2 * squared_gradient(), lambda: 0.0)

    def activation(self, scores: Any) -> Any:
        """Turn scores into the numbers that a, b and c are the labels of."""
        return scores

    def update_average(self) -> None:
        """Let `ema_generator` follow the generator.

        Early on it follows faster, or it would show the first random weights for hundreds of steps.
        """
        step = ops.cast(self.g_optimizer.iterations, "float32")
        keep = ops.minimum(self.ema_momentum, step / (step + 10))
        for mean, weight in zip(self.ema_generator.weights, self.generator.weights):
            mean.assign(keep * mean + (1 - keep) * weight)

    def report(self, real_scores: Any, fake_scores: Any, scores: Any) -> dict[str, Any]:
        """Return d1, d2, g, accuracy_real and accuracy_fake, means since the epoch began."""
        real, fake, wanted = (self.activation(s) for s in (real_scores, fake_scores, scores))
        labelled = (real, self.b), (fake, self.a), (wanted, self.c)
        values = [losses.mean_square(scores, label) for scores, label in labelled]
        values += losses.discriminator_accuracy(real, fake, self.a, self.b)
        for tracker, value in zip(self.trackers, values):
            tracker.update_state(value)
        return {tracker.name: tracker.result() for tracker in self.trackers}

    def fit(self, *args: Any, shuffle: bool = False, callbacks: Any = None, **kwargs: Any) -> Any:
        """Train as every Keras model does; a `tf.data.Dataset` shuffles itself."""
        if self.replicas and self.distribute_strategy.num_replicas_in_sync > self.replicas:
            advice = "build a gan.distributed.DistributedLSGAN in the strategy's scope"
            raise ValueError(f"an LSGAN learns on one device: to share batches, {advice}")
        try:
            return super().fit(*args, shuffle=shuffle, callbacks=callbacks, **kwargs)
        finally:
            recorder.close(callbacks)

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The means that `fit` resets before each epoch."""
        return self.trackers

    def call(self, latent: Any) -> Any:
        """Return the images of the averaged generator."""
        return self.ema_generator(latent)
