"""How fast the networks train: our step, the stacked `train_on_batch` recipe and plain PyTorch, in turn, in one run.

    python tests/benchmarks/train.py speed
    python tests/benchmarks/train.py quality --source celeba --root CELEBA --minutes 20

`speed` prints images a second (the samples of an iteration, half of them real) as the median over rounds; the ways go round, so that a
slow minute of the machine hits all of them. PyTorch takes part where it is installed. `quality` trains `compact` and `paper` for
equally many minutes and prints the kernel distance to held-out faces against time. Run both on a machine that does nothing else.
"""

import argparse
import tempfile
import time

import benchmark
import numpy as np

from facekit.core import backend
from facekit.core.backend import keras, tf
from facekit.faces import extraction, photos
from facekit.gan import latent, lsgan, networks
from facekit.metrics import descriptor, distances

LATENT, SAMPLES = 100, 64


def stacked(architecture):
    """The usual recipe: the discriminator trained on a real and a fake half batch, then generator and frozen discriminator as one model."""
    generator, discriminator = (
        networks.build_generator(LATENT, architecture),
        networks.build_discriminator(architecture),
    )
    discriminator.compile(keras.optimizers.Adam(5e-4, beta_1=0.5), "mse", jit_compile=False)
    frozen = keras.models.clone_model(discriminator)
    frozen.trainable = False
    both = keras.Sequential([generator, frozen])
    both.compile(keras.optimizers.Adam(5e-4, beta_1=0.5), "mse", jit_compile=False)
    random, half = np.random.default_rng(0), SAMPLES // 2

    def iteration(real):
        fakes = generator.predict_on_batch(random.standard_normal((half, LATENT), np.float32))
        discriminator.train_on_batch(real, np.ones((half, 1)))
        discriminator.train_on_batch(fakes, np.zeros((half, 1)))
        frozen.set_weights(discriminator.get_weights())
        return both.train_on_batch(
            random.standard_normal((SAMPLES, LATENT), np.float32), np.ones((SAMPLES, 1))
        )

    return iteration


def pytorch(architecture):
    """The same networks and the same iteration (without augmentation) in a plain loop."""
    import torch
    from torch import nn

    def convolution(inside, outside, kernel, stride=2):
        # "same" padding as TensorFlow's: of a kernel of 5 at stride 2 it takes one pixel less on the left than on the right.
        layer = nn.Conv2d(inside, outside, kernel, stride, padding=0)
        total = kernel - stride
        return nn.Sequential(nn.ZeroPad2d((total // 2, total - total // 2) * 2), layer)

    paper = architecture == "paper"
    widths = networks._WIDTHS[architecture]
    parts = [nn.Linear(LATENT, 25 * widths[0]), nn.Unflatten(1, (widths[0], 5, 5))]
    for i, width in enumerate(widths):
        parts += [nn.BatchNorm2d(width)] * (not paper) + [nn.LeakyReLU(0.2)]
        following = width if paper else (*widths[1:], 3)[i]
        parts.append(nn.ConvTranspose2d(width, following, 4, 2, 1))
    if paper:
        parts += [nn.LeakyReLU(0.2), nn.Conv2d(128, 3, 5, padding=2)]
    parts.append(nn.Tanh())
    generator = nn.Sequential(*parts)
    rising, kernel = widths[::-1], 5 if paper else 4
    body = [convolution(3, 128, 5, 1), nn.LeakyReLU(0.2)] if paper else []
    for inside, outside in zip((128 if paper else 3, *rising), rising):
        body += [convolution(inside, outside, kernel), nn.LeakyReLU(0.2)]
    discriminator = nn.Sequential(*body, nn.Flatten(), nn.Linear(25 * widths[0], 1))
    for network in (generator, discriminator):
        network.to(memory_format=torch.channels_last)
    d_adam = torch.optim.Adam(discriminator.parameters(), 5e-4, (0.5, 0.999))
    g_adam = torch.optim.Adam(generator.parameters(), 5e-4, (0.5, 0.999))

    def iteration(real):
        real = torch.from_numpy(real.numpy()).permute(0, 3, 1, 2)
        with torch.no_grad():
            fakes = generator(torch.randn(len(real), LATENT))
        loss = (
            0.5 * ((discriminator(real) - 1) ** 2).mean() + 0.5 * (discriminator(fakes) ** 2).mean()
        )
        d_adam.zero_grad()
        loss.backward()
        d_adam.step()
        loss = (
            0.5 * ((discriminator(generator(torch.randn(2 * len(real), LATENT))) - 1) ** 2).mean()
        )
        g_adam.zero_grad()
        loss.backward()
        g_adam.step()
        return loss.item()

    return iteration


def speed(options):
    """Print the images a second of every way."""
    real = tf.random.uniform((SAMPLES // 2, 80, 80, 3), -1, 1)
    for architecture in networks.ARCHITECTURES:
        ways = {
            "facekit": benchmark.iteration(architecture),
            "facekit, no augmentation": benchmark.iteration(architecture, augmentation=0),
            "train_on_batch": stacked(architecture),
        }
        try:
            ways["PyTorch"] = pytorch(architecture)
        except ImportError:
            print("PyTorch is not installed: left out")
        keras.config.set_dtype_policy("mixed_bfloat16")
        ways["facekit, bfloat16"] = benchmark.iteration(architecture)
        ways["facekit, bfloat16, no augmentation"] = benchmark.iteration(
            architecture, augmentation=0
        )
        keras.config.set_dtype_policy("float32")
        rates = {name: [] for name in ways}
        for iteration in ways.values():
            iteration(real)
        for _ in range(options.rounds):
            for name, iteration in ways.items():
                start, count = time.perf_counter(), 0
                while time.perf_counter() - start < options.seconds or not count:
                    iteration(real)
                    count += 1
                rates[name].append(SAMPLES * count / (time.perf_counter() - start))
        for name, each in rates.items():
            print(
                f"{architecture:8} {name:36} {np.median(each):6.1f} images/s ({min(each):.1f} to {max(each):.1f})",
                flush=True,
            )


class _Clock(keras.callbacks.Callback):
    """Every minute of training the kernel distance of 1,000 fakes to held-out faces; the measuring does not count as training."""

    def __init__(self, judge, held_out, minutes):
        super().__init__()
        self.judge, self.reference, self.minutes = judge, judge.embed(held_out), minutes

    def on_train_begin(self, logs=None):
        self.spent, self.images, self.resumed, self.next = 0.0, 0, time.perf_counter(), 1.0

    def on_train_batch_end(self, batch, logs=None):
        self.images += SAMPLES
        minutes = (self.spent + time.perf_counter() - self.resumed) / 60
        if minutes >= self.next:
            self.spent, self.next = 60 * minutes, self.next + max(1.0, self.minutes / 10)
            fakes = networks.generate(self.model.ema_generator, latent.sample(1000, LATENT, seed=1))
            value, spread = distances.kernel_distance(self.reference, self.judge.embed(fakes))
            print(
                f"{self.model.generator.name:18} {minutes:5.1f} min {self.images:8,} images: kernel distance {value:.4f} ± {spread:.4f}",
                flush=True,
            )
            self.model.stop_training = minutes >= self.minutes
            self.resumed = time.perf_counter()


def quality(options):
    """Print the kernel distance of both architectures over equal times."""
    chosen = photos.load(options.source, options.root)
    with tempfile.TemporaryDirectory() as folder:
        found = extraction.extract(chosen, f"{folder}/faces.npz")
        train = found.select(partition="train")
        held_out = found.take(np.flatnonzero((found.attributes["partition"] != "train").to_numpy()))
        if options.bfloat16:
            backend.keras.config.set_dtype_policy("mixed_bfloat16")
        judge = descriptor.load(options.source)
        for architecture in networks.ARCHITECTURES:
            keras.utils.set_random_seed(0)
            model = lsgan.LSGAN(
                networks.build_generator(LATENT, architecture),
                networks.build_discriminator(architecture),
            )
            model.compile()
            clock = _Clock(judge, held_out.images[:1000], options.minutes)
            while not model.stop_training:
                model.fit(train.dataset(SAMPLES // 2), epochs=100_000, verbose=0, callbacks=[clock])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("speed")
    command.set_defaults(run=speed)
    command.add_argument("--rounds", type=int, default=5)
    command.add_argument("--seconds", type=float, default=4)
    command = commands.add_parser("quality")
    command.set_defaults(run=quality)
    command.add_argument("--source", default="portraits")
    command.add_argument("--root")
    command.add_argument("--minutes", type=float, default=20)
    command.add_argument("--bfloat16", action="store_true")
    options = parser.parse_args()
    options.run(options)
