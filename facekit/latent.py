"""Points of the latent space, and paths between them."""

import numpy as np

from .networks import check_latent_dim


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
    return np.float32(truncation) * np.random.default_rng(seed).standard_normal((n, dim), np.float32)


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
    return ((np.sin((1 - t) * angle) * z0 + np.sin(t * angle) * z1) / np.sin(angle)).astype("float32")
