"""Points of the latent space, and paths between them."""

import sys

import numpy as np
from tqdm import tqdm

from ..core.backend import keras, tf
from ..core.images import to_float
from .networks import check_latent_dim, generate

ops = keras.ops


def sample(n, dim, seed=0, truncation=1.0):
    """Draw n latent points from the standard normal distribution.

    Parameters
    ----------
    n, dim : int
        How many points, and of what length; both from 1 up.
    seed : int
        Equal seeds give equal points.
    truncation : float
        Factor on every point: 1 draws as in training, smaller values stay closer to the average face,
        0 gives the average face itself.

    Returns
    -------
    float32 array, shape (n, dim)
    """
    check_latent_dim(dim)
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n is {n!r}: ask for one latent point or more")
    return np.float32(truncation) * np.random.default_rng(seed).standard_normal(
        (n, dim), np.float32
    )


def interpolate(z0, z1, steps):
    """Return `steps` points on the great arc from z0 to z1, both included (spherical interpolation, Shoemake 1985).

    A straight line between two normal vectors passes closer to the origin than normal vectors ever lie;
    the arc keeps their length.

    Parameters
    ----------
    z0, z1 : array, shape (dim,)
    steps : int
        2 or more.

    Returns
    -------
    float32 array, shape (steps, dim)
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}: a path has at least its two ends")
    z0, z1 = np.asarray(z0, "float64"), np.asarray(z1, "float64")
    t = np.linspace(0, 1, steps)[:, None]
    lengths = np.linalg.norm(z0), np.linalg.norm(z1)
    angle = np.arccos(np.clip(z0 @ z1 / max(lengths[0] * lengths[1], 1e-12), -1, 1))
    if np.sin(angle) < 1e-6:
        return ((1 - t) * z0 + t * z1).astype("float32")
    return ((np.sin((1 - t) * angle) * z0 + np.sin(t * angle) * z1) / np.sin(angle)).astype(
        "float32"
    )


def attribute_direction(latent, probabilities, apart_from=()):
    """Return the direction of the latent space in which an attribute grows, as a vector of length 1.

    `latent + 3 * direction` makes faces that have more of it. The direction is that of the least-squares fit of the log odds to the points:

        z = latent.sample(1000, 100)
        described = descriptor.load("portraits").attributes(gan.generate(generator, z))
        smile = latent.attribute_direction(z, described["Smiling"])

    Parameters
    ----------
    latent : array, shape (n, dim)
        More points than dimensions.
    probabilities : array, shape (n,)
        The attribute of the faces at these points, in [0, 1].
    apart_from : list of vectors
        Directions that the result shall not touch: it is made orthogonal to each.

    Returns
    -------
    float32 array, shape (dim,)

    Raises
    ------
    ValueError
        If there are too few points, or the attribute is the same for all of them.
    """
    latent, p = (
        np.asarray(latent, "float64"),
        np.clip(np.asarray(probabilities, "float64"), 1e-4, 1 - 1e-4),
    )
    if latent.ndim != 2 or p.shape != (len(latent),) or len(latent) <= latent.shape[1]:
        raise ValueError(
            f"points of shape {latent.shape} and probabilities of shape {p.shape}: a probability for each of more points than dimensions is needed"
        )
    odds = np.log(p / (1 - p))
    if np.ptp(odds) < 1e-6:
        raise ValueError(
            "the attribute is the same for all of these faces: nothing says in which direction it grows"
        )
    direction = np.linalg.lstsq(np.column_stack([latent, np.ones(len(latent))]), odds, rcond=None)[
        0
    ][:-1]
    if len(apart_from):
        others = np.linalg.qr(np.asarray(apart_from, "float64").T)[0]
        direction = direction - others @ (others.T @ direction)
    return (direction / np.linalg.norm(direction)).astype("float32")


def directions(
    generator, descriptor, attributes=("Smiling", "Male", "Young", "Eyeglasses"), n=1000, seed=0
):
    """Return the `attribute_direction` of several attributes, from n faces that the generator makes and the descriptor describes.

    Parameters
    ----------
    generator : keras.Model
    descriptor : Descriptor
    attributes : sequence of str
        Those that the descriptor does not know, or says alike of all faces, raise a ValueError.

    Returns
    -------
    dict
        From attribute to vector.
    """
    unknown = [name for name in attributes if name not in descriptor.names]
    if unknown:
        raise ValueError(
            f"this descriptor knows no attribute {unknown[0]!r}; it knows {', '.join(descriptor.names)}"
        )
    latent = sample(n, generator.input_shape[-1], seed)
    described = descriptor.attributes(generate(generator, latent))
    return {name: attribute_direction(latent, described[name]) for name in attributes}


def project(generator, image, steps=300, starts=8, seed=0, learning_rate=0.05):
    """Return the latent point whose face comes closest to an image, found by gradient descent.

    The distance is the mean square over the pixels of the image and of a copy four times smaller, so that coarse shapes count as well
    as edges. The search starts at the best of 512 random points and keeps its points no longer than random ones are.

    Parameters
    ----------
    generator : keras.Model
    image : uint8 array, shape (80, 80, 3)
    steps, starts : int
        Steps of the descent, and how many points descend side by side; the best one wins.

    Returns
    -------
    float32 array, shape (dim,)
    """
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.shape != generator.output_shape[1:]:
        raise ValueError(
            f"an image of shape {image.shape} and type {image.dtype}: one face of shape {generator.output_shape[1:]} and type uint8 is expected"
        )
    target, dim = ops.convert_to_tensor(to_float(image)[None]), generator.input_shape[-1]

    def distances(points):
        made = generator(points, training=False)
        fine, coarse = made - target, ops.average_pool(made, 4) - ops.average_pool(target, 4)
        return ops.mean(fine**2, axis=(1, 2, 3)) + ops.mean(coarse**2, axis=(1, 2, 3))

    first = sample(512, dim, seed)
    points = tf.Variable(first[np.argsort(np.asarray(distances(first)))[:starts]])
    optimizer = keras.optimizers.Adam(learning_rate)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            each = distances(points)
            loss = ops.sum(each)
        optimizer.apply([tape.gradient(loss, points)], [points])
        points.assign(points * ops.minimum(1.0, dim**0.5 / ops.norm(points, axis=1, keepdims=True)))

    for _ in tqdm(range(steps), desc="project", unit="step", file=sys.stdout):
        step()
    return points.numpy()[np.argmin(np.asarray(distances(points)))]
