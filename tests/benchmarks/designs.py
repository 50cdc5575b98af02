"""Designs of the two networks, each trained on as many faces: with Keras on JAX, and no TensorFlow.

    KERAS_BACKEND=jax python tests/benchmarks/designs.py FACES.npz OUT "no batch normalisation" --images 100000 --seed 1

It is made for a GPU that one has for a quarter of an hour; on a processor, where XLA is slow at loops, a step takes most of a minute.
FACES.npz is a file of `faces.extract` or any npz whose `images` are uint8 (n, 80, 80, 3). OUT receives `state.npz`, from which the
same command goes on, `weights.npz`, a sheet of 96 faces, and with `--every N` a copy of all three after each N images. `score.py`
beside this file measures what came out.
"""

import argparse
import json
import os
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax
import jax.numpy as jnp
import keras
import numpy as np
from PIL import Image

layers = keras.layers
LATENT = 100  # numbers of a latent point
CHUNK = int(os.environ.get("CHUNK", 50))  # steps that are compiled as one


@dataclass(frozen=True)
class Design:
    """What a training is made of; the defaults are those of `compact`."""

    spectral: bool = False  # spectral normalisation of the discriminator
    normalised: bool = True  # batch normalisation in the generator
    modulated: bool = False  # a mapping of two layers, and each level scaled and shifted by it
    bilinear: bool = False  # upsampling and a convolution of 3×3, not a transposed one
    residual: bool = False  # a block of 3×3 more at each level of both networks
    wide: int = 1  # the discriminator's widths are so many times the generator's
    relativistic: bool = False  # a score counts by how far it is from the other kind's mean
    r1: float = 0.0  # weight of the squared gradient at real images, every sixteenth step
    ramped: bool = False  # the average grows longer, and the learning rates fall to nothing
    real: int = 32  # real images of a step
    fakes: int = 2  # fakes of the generator's step, for each real image
    rate: float = 5e-4  # Adam's, of both networks
    augmented: float = 1.0  # how probable it is that an image is changed
    widths: tuple[int, ...] = (256, 128, 64, 32)


PLAIN = Design()
STEADY = {"r1": 0.2, "ramped": True, "augmented": 0.3}
DEEP = Design(residual=True, widths=(192, 128, 64, 32))
DESIGNS = {
    "plain": PLAIN,
    "first edition": replace(PLAIN, spectral=True, real=16, rate=2e-4),
    "no batch normalisation": replace(PLAIN, normalised=False),
    "R1 0.02": replace(PLAIN, r1=0.02),
    "R1 0.2": replace(PLAIN, r1=0.2),
    "R1 2": replace(PLAIN, r1=2.0),
    "relativistic": replace(PLAIN, relativistic=True),
    "bilinear": replace(PLAIN, bilinear=True),
    "residual": DEEP,
    "modulated": replace(PLAIN, modulated=True, widths=(240, 128, 64, 32)),
    "ramped": replace(PLAIN, ramped=True),
    "64 real": replace(PLAIN, real=64),
    "as many fakes": replace(PLAIN, fakes=1),
    "augmented 0.8": replace(PLAIN, augmented=0.8),
    "augmented 0.3": replace(PLAIN, augmented=0.3),
    "wide discriminator": replace(PLAIN, wide=2),
    "R1 0.2, ramped": replace(PLAIN, r1=0.2, ramped=True),
    "R1 0.2, ramped, augmented 0.3": replace(PLAIN, **STEADY),
    "residual, R1 0.2, ramped, augmented 0.3": replace(DEEP, **STEADY),
    "bilinear, residual, R1 0.2, ramped, augmented 0.3": replace(DEEP, bilinear=True, **STEADY),
    "wide, residual, R1 0.2, ramped, augmented 0.3": replace(DEEP, wide=2, **STEADY),
}


def build_generator(design):
    """Return a generator from latent points to images of 80×80 pixels."""
    latent = style = keras.Input((LATENT,), name="latent")
    if design.modulated:
        for _ in range(2):
            style = layers.LeakyReLU(0.2)(layers.Dense(LATENT)(style))

    def activated(x):
        if design.normalised:
            own = not design.modulated
            x = layers.BatchNormalization(momentum=0.9, center=own, scale=own)(x)
        if design.modulated:
            shape = (1, 1, x.shape[-1])
            gain, lift = (layers.Reshape(shape)(layers.Dense(shape[-1])(style)) for _ in range(2))
            x = x * (1 + gain) + lift
        return layers.LeakyReLU(0.2)(x)

    start = design.widths[0]
    x = layers.Reshape((5, 5, start))(layers.Dense(25 * start)(style))
    for width in (*design.widths[1:], 3):
        last = {"activation": "tanh"} if width == 3 else {}
        x = activated(x)
        if design.bilinear:
            x = layers.UpSampling2D(interpolation="bilinear")(x)
            x = layers.Conv2D(width, 3, padding="same", **last)(x)
        else:
            x = layers.Conv2DTranspose(width, 4, 2, padding="same", **last)(x)
        if design.residual and not last:
            x = x + layers.Conv2D(width, 3, padding="same")(activated(x))
    return keras.Model(latent, x)


def build_discriminator(design):
    """Return a discriminator from images of 80×80 pixels to a score."""
    image = x = keras.Input((80, 80, 3), name="image")
    for width in design.widths[::-1]:
        width *= design.wide
        layer = layers.Conv2D(width, 4, 2, padding="same")
        x = (layers.SpectralNormalization(layer) if design.spectral else layer)(x)
        if design.residual:
            x = x + layers.Conv2D(width, 3, padding="same")(layers.LeakyReLU(0.2)(x))
        x = layers.LeakyReLU(0.2)(x)
    return keras.Model(image, layers.Dense(1)(layers.Flatten()(x)))


def augment(images, key, share):
    """Return images shifted, mirrored, brighter or darker, as `core.augmentation` does, a share of them."""
    n, keys = len(images), jax.random.split(key, 6)
    gain = jax.random.uniform(keys[0], (n, 1, 1, 1), minval=0.7, maxval=1.3)
    lift = jax.random.uniform(keys[1], (n, 1, 1, 1), minval=-0.3, maxval=0.3)
    mean = images.mean((1, 2, 3), keepdims=True)
    changed = (images - mean) * gain + mean + lift
    mirrored = jax.random.bernoulli(keys[2], shape=(n, 1, 1, 1))
    changed = jnp.where(mirrored, changed[:, :, ::-1], changed)
    for axis, each in ((1, keys[3]), (2, keys[4])):
        farthest = images.shape[axis] // 8
        shift = jax.random.randint(each, (n, 1), -farthest, farthest + 1)
        places = jnp.clip(jnp.arange(images.shape[axis]) + shift, 0, images.shape[axis] - 1)
        take = partial(jnp.take, axis=axis - 1)
        changed = jax.vmap(take)(changed, places)
    chosen = jax.random.bernoulli(keys[5], share, (n, 1, 1, 1))
    return jnp.where(chosen, changed, images)


def losses(real, fake, relativistic):
    """Return the least-squares losses of discriminator and generator, of scores."""
    if relativistic:
        over, under = real - fake.mean(), fake - real.mean()
        towards, away = over - 1, under + 1
        return (
            0.5 * ((towards**2).mean() + (away**2).mean()),
            0.5 * (((over + 1) ** 2).mean() + ((under - 1) ** 2).mean()),
        )
    return 0.5 * (((real - 1) ** 2).mean() + (fake**2).mean()), 0.5 * ((fake - 1) ** 2).mean()


class Training:
    """Two networks, their optimisers and the generator's average, as arrays that JAX passes on."""

    def __init__(self, design, seed, steps):
        keras.utils.set_random_seed(seed)
        self.design, self.steps = design, steps
        self.generator, self.discriminator = build_generator(design), build_discriminator(design)
        rate = design.rate
        if design.ramped:
            rate = keras.optimizers.schedules.CosineDecay(rate, steps)
        networks = {"g": self.generator, "d": self.discriminator}
        self.optimizers = {name: keras.optimizers.Adam(rate, beta_1=0.5) for name in networks}
        for name, network in networks.items():
            self.optimizers[name].build(network.trainable_variables)
        self.begin(seed)

    def begin(self, seed):
        """Set the state to what the networks have now."""
        self.state = {"key": jax.random.key_data(jax.random.key(seed)), "step": jnp.zeros((), int)}
        for name, network in (("g", self.generator), ("d", self.discriminator)):
            self.state[name] = [v.value for v in network.trainable_variables]
            self.state[f"{name} fixed"] = [v.value for v in network.non_trainable_variables]
            self.state[f"{name} Adam"] = [v.value for v in self.optimizers[name].variables]
        self.state["average"] = self.state["g"] + self.state["g fixed"]
        self.state = jax.tree.map(jnp.copy, self.state)  # the average shares no memory with them

    def load(self, folder, optimizers=True):
        """Go on from the state of a folder, or begin with its networks alone."""
        flat, shape = jax.tree.flatten(self.state)
        with np.load(folder / "state.npz") as file:
            state = jax.tree.unflatten(shape, [jnp.asarray(file[name]) for name in file.files])
        names = self.state if optimizers else ("g", "d", "g fixed", "d fixed", "average")
        self.state |= {name: state[name] for name in names}

    def gradient_step(self, name, state, loss):
        """Return a state after one step of a network's optimiser, and what else the loss gives."""
        (_, more), slopes = jax.value_and_grad(loss, has_aux=True)(state[name])
        values, adam = self.optimizers[name].stateless_apply(
            state[f"{name} Adam"], slopes, state[name]
        )
        return state | {name: values, f"{name} Adam": adam}, more

    def step(self, state, real):
        """Return the state after one step on real images in [-1, 1], and d1, d2 and g."""
        design, n = self.design, len(real)
        key, *keys = jax.random.split(jax.random.wrap_key_data(state["key"]), 7)
        score = partial(self.discriminator.stateless_call, training=True)
        generate = partial(self.generator.stateless_call, training=True)
        latent = jax.random.normal(keys[0], (n, LATENT))
        fakes, fixed = generate(state["g"], state["g fixed"], latent)
        seen, seen_fakes = (
            augment(x, k, design.augmented) for x, k in zip((real, fakes), keys[1:])
        )
        state = state | {"g fixed": fixed}

        def discriminator_loss(weights):
            of_real, fixed = score(weights, state["d fixed"], seen)
            of_fake, fixed = score(weights, fixed, seen_fakes)
            loss = losses(of_real, of_fake, design.relativistic)[0]
            if design.r1:
                slopes = jax.grad(lambda x: score(weights, fixed, x)[0].sum())

                def penalty():
                    return 16 * design.r1 / 2 * (slopes(seen) ** 2).sum((1, 2, 3)).mean()

                loss += jax.lax.cond(state["step"] % 16 == 0, penalty, lambda: 0.0)
            return loss, (of_real, of_fake, fixed)

        state, (of_real, of_fake, fixed) = self.gradient_step("d", state, discriminator_loss)
        state = state | {"d fixed": fixed}
        latent = jax.random.normal(keys[3], (design.fakes * n, LATENT))

        def generator_loss(weights):
            fakes, fixed = generate(weights, state["g fixed"], latent)
            changed = augment(fakes, keys[4], design.augmented)
            scores = score(state["d"], state["d fixed"], changed)[0]
            other = score(state["d"], state["d fixed"], seen)[0] if design.relativistic else None
            return losses(other, scores, True)[1] if design.relativistic else (
                0.5 * ((scores - 1) ** 2).mean()
            ), (scores, fixed)

        state, (scores, fixed) = self.gradient_step("g", state, generator_loss)
        step = state["step"] + 1
        keep = jnp.minimum(self.momentum(step, n), step / (step + 10))
        now = state["g"] + fixed
        average = [keep * old + (1 - keep) * new for old, new in zip(state["average"], now)]
        more = {"g fixed": fixed, "average": average, "step": step, "key": jax.random.key_data(key)}
        told = [((s - label) ** 2).mean() for s, label in ((of_real, 1), (of_fake, 0), (scores, 1))]
        return state | more, jnp.stack(told)

    def momentum(self, step, n):
        """Return the share of the average that a step keeps."""
        if not self.design.ramped:
            return 0.999
        half_life = jnp.minimum(500_000, 0.05 * step * n)
        return 0.5 ** (n / jnp.maximum(half_life, 1))

    def run(self, faces, chunks, seed):
        """Train on shuffled faces (uint8); yield the number of images and the losses after each chunk of steps."""
        faces, n = jnp.asarray(faces), self.design.real

        @partial(jax.jit, donate_argnums=0)
        def chunk(state, images):
            return jax.lax.scan(lambda s, x: self.step(s, x / 127.5 - 1.0), state, images)

        before = None
        for number in range(int(self.state["step"]) // CHUNK, chunks):
            random = np.random.default_rng([seed, number])
            orders = [random.permutation(len(faces)) for _ in range(CHUNK * n // len(faces) + 1)]
            rows = np.concatenate(orders)[: CHUNK * n].reshape(CHUNK, n)
            self.state, losses = chunk(self.state, faces[rows])
            if before is not None:  # while this chunk is at work
                yield number * CHUNK * n, np.asarray(before).mean(axis=0)
            before = losses
        if before is not None:
            yield chunks * CHUNK * n, np.asarray(before).mean(axis=0)

    def weights(self, name="average"):
        """Return a network's weights as its `get_weights` would."""
        network = self.discriminator if name == "d" else self.generator
        trained, fixed = network.trainable_variables, network.non_trainable_variables
        values = (
            self.state[name]
            if name == "average"
            else self.state[name] + self.state[f"{name} fixed"]
        )
        by_variable = {id(v): value for v, value in zip((*trained, *fixed), values)}
        return [np.asarray(by_variable[id(v)]) for v in network.weights]


def to_uint8(images):
    """Return images in [-1, 1] as uint8."""
    return ((np.asarray(images) + 1) * 127.5).round().clip(0, 255).astype(np.uint8)


def save(training, folder, losses, **record):
    """Write state, weights, losses, a sheet of 96 faces, and what is to be known of them."""
    folder.mkdir(parents=True, exist_ok=True)
    flat, _ = jax.tree.flatten(training.state)
    np.savez(folder / "state.npz", **{f"s{i:03d}": np.asarray(v) for i, v in enumerate(flat)})
    kinds = {"generator": training.weights(), "discriminator": training.weights("d")}
    half = {
        f"{kind}{i:03d}": w.astype("float16")
        for kind, ws in kinds.items()
        for i, w in enumerate(ws)
    }
    np.savez_compressed(folder / "weights.npz", **half)
    np.savetxt(folder / "losses.csv", losses, "%.5g", ",", header="images,d1,d2,g", comments="")
    record["images"] = int(training.state["step"]) * training.design.real
    (folder / "run.json").write_text(json.dumps(record, indent=1))
    training.generator.set_weights(kinds["generator"])
    latent = np.random.default_rng(1).standard_normal((96, LATENT), np.float32)
    faces = to_uint8(training.generator(latent, training=False)).reshape(8, 12, 80, 80, 3)
    Image.fromarray(faces.swapaxes(1, 2).reshape(640, 960, 3)).save(folder / "sheet.png")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("faces")
    parser.add_argument("out", type=Path)
    parser.add_argument("design", choices=DESIGNS, metavar="DESIGN")
    parser.add_argument("--images", type=float, default=1e5, help="real ones")
    parser.add_argument("--every", type=float, help="keep a copy after so many")
    parser.add_argument("--minutes", type=float, help="stop after so many")
    parser.add_argument("--start", type=Path, help="begin with the networks of that folder")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begun = time.time()
    with np.load(options.faces) as file:
        faces = file["images"]
    design = DESIGNS[options.design]
    size = design.real * CHUNK
    chunks = round(options.images / size)
    training = Training(design, options.seed, chunks * CHUNK)
    losses = []
    if (options.out / "state.npz").is_file():
        training.load(options.out)
        losses = [*np.loadtxt(options.out / "losses.csv", delimiter=",", skiprows=1, ndmin=2)]
    elif options.start:
        training.load(options.start, optimizers=False)
    networks = training.generator, training.discriminator
    record = {"design": options.design, "seed": options.seed, "faces": len(faces)}
    record |= {"weights": networks[0].count_params(), "of D": networks[1].count_params()}
    print(record, flush=True)
    for images, values in training.run(faces, chunks, options.seed):
        losses.append([images, *values])
        minutes = (time.time() - begun) / 60
        if len(losses) < 3 or len(losses) % 50 == 0:
            print(f"{images} images, {minutes:.2f} min: {values.round(3)}", flush=True)
        if options.minutes and minutes > options.minutes:
            break
        if options.every and images // options.every > (images - size) // options.every:
            save(training, options.out / f"{images // 1000:05d}k", losses, **record)
    save(training, options.out, losses, **record)


if __name__ == "__main__":
    main()
