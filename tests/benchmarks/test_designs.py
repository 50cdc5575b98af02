"""The training on JAX is the training of the package."""

from pathlib import Path

import numpy as np

from facekit.core.backend import keras, tf
from facekit.gan import networks
from facekit.gan.lsgan import LSGAN

STEPS = 3

ON_JAX = """
import json, os, sys
from dataclasses import replace
os.environ["KERAS_BACKEND"] = "jax"
import jax, jax.numpy as jnp, numpy as np
sys.path.insert(0, json.loads(sys.argv[1]))
import designs

training = designs.Training(replace(designs.PLAIN, augmented=0.0), 0, 100)
random = np.random.default_rng(0)
for network in (training.generator, training.discriminator):
    network.set_weights([abs(random.normal(0, 0.05, w.shape)) for w in network.get_weights()])
training.begin(0)
real, latent = (jnp.asarray(random.normal(0, 0.3, s), "float32") for s in ((2, 80, 80, 3), (4, 100)))
designs.jax.random.normal = lambda key, shape: latent[: shape[0]]
step = jax.jit(training.step)
told = []
for _ in range(%d):
    training.state, values = step(training.state, real)
    told.append(values.tolist())
training.generator.set_weights(training.weights())
told.append(np.asarray(training.generator(latent, training=False))[0, ::20, ::20].ravel().tolist())
print(json.dumps(told))
"""


def test_the_steps_of_both_have_the_same_losses(elsewhere):
    layers = keras.layers
    image = x = keras.Input((80, 80, 3))
    for width in (32, 64, 128, 256):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(width, 4, strides=2, padding="same")(x))
    discriminator = keras.Model(image, layers.Dense(1)(layers.Flatten()(x)))
    generator = networks.build_generator(100)
    random = np.random.default_rng(0)
    for network in (generator, discriminator):
        network.set_weights([abs(random.normal(0, 0.05, w.shape)) for w in network.get_weights()])
    real, latent = (
        random.normal(0, 0.3, shape).astype("float32") for shape in ((2, 80, 80, 3), (4, 100))
    )
    model = LSGAN(generator, discriminator, augmentation=0)
    model.compile(5e-4, 5e-4, 0.999)

    class fixed:
        normal = staticmethod(lambda shape, seed: tf.constant(latent)[: shape[0]])

    model.random = fixed
    losses = []
    for _ in range(STEPS):
        for metric in model.metrics:
            metric.reset_state()
        told = model.train_step(tf.constant(real))
        losses.append([float(told[name]) for name in ("d1", "d2", "g")])
    picture = keras.ops.convert_to_numpy(model.ema_generator(latent, training=False))
    *on_jax, pixels = elsewhere(ON_JAX % STEPS, ["jax"], np.array(str(Path(__file__).parent)))
    assert np.allclose(on_jax, losses, rtol=1e-3)
    assert np.allclose(pixels, picture[0, ::20, ::20].ravel(), atol=1e-3)
