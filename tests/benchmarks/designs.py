"""Which design of the compact networks makes the best faces in equal time: each trained for as many minutes of one core.

    python tests/benchmarks/designs.py --source celeba --root CELEBA --bfloat16 --out designs.csv
    python tests/benchmarks/designs.py "32 samples" --source celeba --root CELEBA --seed 1 --images 98272 --out designs.csv

Every design is a variation of one thing. A row of the table: design, seed, dtype, minutes of the processor, images seen, and on the
descriptor's features of 500 fakes and of all faces that are not in the training partition: kernel distance and its spread, precision
and recall. Rows that the table holds are not computed again. Another processor is faster or slower; `--images` repeats a row of it with
another seed, for as many images as it saw.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

DESIGNS = {
    "64 samples": {"samples": 64},
    "32 samples": {},
    "16 samples": {"samples": 16},
    "64 samples, no spectral normalisation": {"samples": 64, "spectral": False},
    "64 samples, no change of brightness": {"samples": 64, "photometric": False},
    "64 samples, both learning rates 0.0005": {"samples": 64, "rates": (5e-4, 5e-4)},
    "64 samples, learning rates 0.0004 and 0.0001": {"samples": 64, "rates": (4e-4, 1e-4)},
    "64 samples, grown 20, 40, 80": {"samples": 64, "stages": ((20, 0.25), (40, 0.35), (80, 0.4))},
    "64 samples, resize and convolve": {"samples": 64, "resize": True},
    "32 samples, resize and convolve": {"resize": True},
    "32 samples, resize, skip excitation": {"resize": True, "excitation": True},
    "32 samples, wide": {"generator": (384, 256, 128, 64), "discriminator": (64, 128, 256, 384)},
}


def build_generator(size, widths, resize=False, excitation=False):
    """Return a generator of `size` pixels; layers of one place and shape have one name, so that weights can be handed on."""
    inputs = keras.Input((100,))
    x = layers.Reshape((5, 5, widths[0]))(layers.Dense(25 * widths[0], name="start")(inputs))
    levels = (size // 5).bit_length() - 1
    for i in range(levels):
        x = layers.LeakyReLU(0.2)(layers.BatchNormalization(momentum=0.9, name=f"norm{i}")(x))
        if i == 0:
            small = x
        if (
            excitation and i == 2
        ):  # the smallest picture gates the channels of a larger one (Liu et al. 2021)
            gate = layers.LeakyReLU(0.2)(
                layers.Conv2D(widths[i], 4, strides=5, padding="same", name="squeeze")(small)
            )
            x = layers.Multiply()(
                [x, layers.Conv2D(widths[i], 1, activation="sigmoid", name="excite")(gate)]
            )
        if i == levels - 1:
            x = layers.Conv2DTranspose(
                3,
                4,
                strides=2,
                padding="same",
                activation="tanh",
                dtype="float32",
                name=f"rgb{size}",
            )(x)
        elif resize:
            x = layers.Conv2D(widths[i + 1], 3, padding="same", name=f"up{i}")(
                layers.UpSampling2D()(x)
            )
        else:
            x = layers.Conv2DTranspose(widths[i + 1], 4, strides=2, padding="same", name=f"up{i}")(
                x
            )
    return keras.Model(inputs, x)


def build_discriminator(size, widths, spectral=True):
    """Return a discriminator of `size` pixels, without the first layers where the pictures are small."""
    inputs = x = keras.Input((size, size, 3))
    widths = widths[-((size // 5).bit_length() - 1) :]
    for i, width in enumerate(widths):
        name = f"rgb{size}" if i == 0 else f"down{len(widths) - i}"
        layer = layers.Conv2D(width, 4, strides=2, padding="same", name=f"{name}-convolution")
        x = layers.LeakyReLU(0.2)(
            (layers.SpectralNormalization(layer, name=name) if spectral else layer)(x)
        )
    return keras.Model(inputs, layers.Dense(1, dtype="float32", name="score")(layers.Flatten()(x)))


def hand_on(old, new):
    """Copy the weights of layers that both networks have, in one shape."""
    known = {layer.name: layer.get_weights() for layer in old.layers}
    for layer in new.layers:
        weights = known.get(layer.name, [])
        if [w.shape for w in weights] == [w.shape for w in layer.get_weights()]:
            layer.set_weights(weights)


def train(
    images,
    minutes,
    total,
    seed,
    samples=32,
    rates=(2e-4, 2e-4),
    stages=((80, 1.0),),
    resize=False,
    excitation=False,
    spectral=True,
    photometric=True,
    generator=(256, 128, 64, 32),
    discriminator=(32, 64, 128, 256),
):
    """Train one design for so many minutes of the processor, or on `total` images; return the averaged generator, minutes and images."""
    keras.utils.set_random_seed(seed)
    random, seen, start, model = np.random.default_rng(seed), 0, time.process_time(), None
    lsgan.augment = augmentation.augment if photometric else geometric
    spent = 0.0
    for size, share in stages:
        small = (
            images
            if size == 80
            else np.stack(
                [
                    np.asarray(Image.fromarray(image).resize((size, size), Image.BOX))
                    for image in images
                ]
            )
        )
        pair = (
            build_generator(size, generator, resize, excitation),
            build_discriminator(size, discriminator, spectral),
        )
        if model is not None:
            hand_on(model.generator, pair[0])
            hand_on(model.discriminator, pair[1])
        model = lsgan.LSGAN(*pair, seed=seed)
        model.compile(*rates)
        step = tf.function(model.train_step)
        spent += share
        while (seen / total if total else (time.process_time() - start) / 60 / minutes) < spent:
            step(tf.constant(to_float(small[random.integers(len(small), size=samples // 2)])))
            seen += samples
    return model.ema_generator, (time.process_time() - start) / 60, seen


def geometric(images, seed, strength, random):
    """Shift and mirror as `augmentation.augment` does at full strength, and leave the colours as they are."""
    n, length = keras.ops.shape(images)[0], images.shape[1]
    mirrored = random.uniform((n, 1, 1, 1), seed=seed) < 0.5
    images = keras.ops.where(mirrored, keras.ops.flip(images, axis=2), images)
    for axis in (1, 2):
        shift = random.randint((n, 1), -(length // 8), length // 8 + 1, seed=seed)
        rows = keras.ops.clip(
            keras.ops.arange(length, dtype="int32")[None] + keras.ops.cast(shift, "int32"),
            0,
            length - 1,
        )
        images = tf.gather(images, rows, axis=axis, batch_dims=1)
    return images


def main(options):
    keras.config.set_dtype_policy("mixed_bfloat16" if options.bfloat16 else "float32")
    with tempfile.TemporaryDirectory() as folder:
        found = extraction.extract(
            photos.load(options.source, options.root), f"{folder}/faces.npz", workers=1
        )
        images = np.asarray(found.select(partition="train").images)
        judge = descriptor.load(options.source)
        held_out = judge.embed(
            found.images[np.flatnonzero((found.attributes["partition"] != "train").to_numpy())]
        )
    out = Path(options.out)
    for design in options.designs or DESIGNS:
        table = pd.read_csv(out) if out.is_file() else pd.DataFrame(columns=["design", "seed"])
        if ((table["design"] == design) & (table["seed"] == options.seed)).any():
            continue
        generator, minutes, seen = train(
            images, options.minutes, options.images, options.seed, **DESIGNS[design]
        )
        points = judge.embed(networks.generate(generator, latent.sample(500, 100, seed=5)))
        distance, spread = distances.kernel_distance(held_out, points)
        precision, recall = distances.precision_recall(held_out[:500], points)
        row = pd.DataFrame(
            [
                dict(
                    design=design,
                    seed=options.seed,
                    dtype=keras.config.dtype_policy().compute_dtype,
                    minutes=round(minutes, 1),
                    images=seen,
                    kernel_distance=round(distance, 4),
                    spread=round(spread, 4),
                    precision=round(precision, 3),
                    recall=round(recall, 3),
                )
            ]
        )
        row.to_csv(out, mode="a", header=not out.is_file(), index=False)
        print(row.to_string(index=False, header=False), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "designs",
        nargs="*",
        choices=[*DESIGNS, []],
        metavar="DESIGN",
        help="all of them by default",
    )
    parser.add_argument("--source", default="portraits")
    parser.add_argument("--root")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--images", type=int, help="train on so many instead")
    parser.add_argument(
        "--bfloat16", action="store_true", help="for processors with AVX512-BF16 or AMX"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--core",
        type=int,
        help="keep to this core, so that two processes do not disturb each other",
    )
    parser.add_argument("--out", default="designs.csv")
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
        os.environ |= {
            "OMP_NUM_THREADS": "1",
            "TF_NUM_INTRAOP_THREADS": "1",
            "TF_NUM_INTEROP_THREADS": "1",
        }

    import numpy as np
    import pandas as pd
    from PIL import Image

    from facekit.core import augmentation
    from facekit.core.backend import keras, tf
    from facekit.core.images import to_float
    from facekit.faces import extraction, photos
    from facekit.gan import latent, lsgan, networks
    from facekit.metrics import descriptor, distances

    layers = keras.layers
    sys.exit(main(options))
