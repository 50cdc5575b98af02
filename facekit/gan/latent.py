"""Points of the latent space, paths between them, and directions in it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit

from ..core.backend import keras
from ..metrics.descriptor import Descriptor
from .networks import check_latent_dim, generate

ops = keras.ops


def sample(n: int, dim: int, seed: int = 0, truncation: float = 1.0) -> np.ndarray:
    """Draw n latent points from the standard normal distribution.

    Parameters
    ----------
    n, dim : int
        How many points, and of what length; both from 1 up.
    seed : int
        Equal seeds give equal points.
    truncation : float
        Factor on every point: 1 draws as in training, smaller values stay closer to the average
        face, 0 gives the average face itself.

    Returns
    -------
    float32 array, shape (n, dim)

    Examples
    --------
    >>> sample(4, 100, seed=7).shape
    (4, 100)
    """
    check_latent_dim(dim)
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"n is {n!r}: ask for one latent point or more")
    random = np.random.default_rng(seed)
    return np.float32(truncation) * random.standard_normal((n, dim), np.float32)


def interpolate(z0: ArrayLike, z1: ArrayLike, steps: int) -> np.ndarray:
    """Return points on the great arc from z0 to z1, both included.

    That is spherical interpolation (Shoemake 1985). A straight line between two normal vectors
    passes closer to the origin than normal vectors ever lie; the arc keeps their length.

    Parameters
    ----------
    z0, z1 : array, shape (dim,)
    steps : int
        How many points, 2 or more.

    Returns
    -------
    float32 array, shape (steps, dim)
    """
    if steps < 2:
        raise ValueError(f"steps is {steps}: a path has at least its two ends")
    start, end = np.asarray(z0, "float64"), np.asarray(z1, "float64")
    t = np.linspace(0, 1, steps)[:, None]
    lengths = max(np.linalg.norm(start) * np.linalg.norm(end), 1e-12)
    angle = np.arccos(np.clip(start @ end / lengths, -1, 1))
    if np.sin(angle) < 1e-6:
        path = (1 - t) * start + t * end
    else:
        path = (np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle)
    return path.astype("float32")


def attribute_direction(
    latent: ArrayLike, probabilities: ArrayLike, apart_from: Sequence[ArrayLike] = ()
) -> np.ndarray:
    """Return the direction of the latent space in which an attribute grows.

    `latent + 3 * direction` makes faces that have more of it. The direction is that of the
    least-squares fit of the log odds to the points.

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
    float32 array, shape (dim,), of length 1

    Raises
    ------
    ValueError
        If there are too few points, or the attribute is the same for all of them.

    Examples
    --------
    >>> z = latent.sample(1000, 100)
    >>> described = descriptor.load("portraits").attributes(networks.generate(generator, z))
    >>> smile = latent.attribute_direction(z, described["Smiling"])
    """
    points = np.asarray(latent, "float64")
    odds = logit(np.clip(np.asarray(probabilities, "float64"), 1e-4, 1 - 1e-4))
    if points.ndim != 2 or odds.shape != (len(points),) or len(points) <= points.shape[1]:
        given = f"{odds.shape} probabilities at {points.shape} points"
        raise ValueError(f"{given}: one for each of more points than dimensions is needed")
    if np.ptp(odds) < 1e-6:
        raise ValueError("the attribute is the same for all of these faces: it has no direction")
    with_constant = np.column_stack([points, np.ones(len(points))])
    direction = np.linalg.lstsq(with_constant, odds, rcond=None)[0][:-1]
    if len(apart_from):
        others = np.linalg.qr(np.asarray(apart_from, "float64").T)[0]
        direction = direction - others @ (others.T @ direction)
    return (direction / np.linalg.norm(direction)).astype("float32")


def directions(
    generator: keras.Model,
    descriptor: Descriptor,
    attributes: Sequence[str] = ("Smiling", "Male", "Young", "Eyeglasses"),
    n: int = 1000,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Return the `attribute_direction` of several attributes.

    They come from n faces that the generator makes and the descriptor describes.

    Returns
    -------
    dict
        From attribute to float32 array, shape (dim,).

    Raises
    ------
    ValueError
        If the descriptor does not know an attribute, or says it alike of all faces.
    """
    for name in attributes:
        if name not in descriptor.names:
            known = ", ".join(descriptor.names)
            raise ValueError(f"this descriptor knows no attribute {name!r}; it knows {known}")
    points = sample(n, generator.input_shape[-1], seed)
    described = descriptor.attributes(generate(generator, points))
    return {name: attribute_direction(points, described[name]) for name in attributes}
