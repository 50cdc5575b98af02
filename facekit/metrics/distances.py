"""Distances between two sets of features: how far fakes are from real faces."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel

from ..core.images import in_batches


def frechet_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """Return the Fréchet distance between two sets of features, as if both were Gaussian.

    |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), Dowson and Landau 1982; used on images since Heusel et
    al. 2017. It is biased: of two samples of one distribution it finds more than 0, the fewer rows
    the more. It is called FID only on features of one particular Inception network.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
        What some descriptor says of the images; at least two rows each.

    Raises
    ------
    ValueError
        If the shapes do not fit, there are fewer than two rows, or a feature is not a number.
    """
    x, y = _checked(real, fake)
    one, other = (np.atleast_2d(np.cov(rows, rowvar=False)) for rows in (x, y))
    # tr (Σ₁Σ₂)^½ is the sum of the singular values of Σ₁^½ Σ₂^½, and those roots are symmetric.
    cross = np.linalg.svd(_square_root(one) @ _square_root(other), compute_uv=False).sum()
    apart = ((x.mean(axis=0) - y.mean(axis=0)) ** 2).sum()
    return float(apart + np.trace(one) + np.trace(other) - 2 * cross)


def kernel_distance(
    real: ArrayLike, fake: ArrayLike, subsets: int = 50, subset_size: int = 200, seed: int = 0
) -> tuple[float, float]:
    """Return the kernel distance between two sets of features and its standard deviation.

    The squared maximum mean discrepancy with the kernel (x·y / features + 1)³, without bias: of two
    samples of one distribution it is 0 on average, and may be a little below (Gretton et al. 2012;
    on images Bińkowski et al. 2018).

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
    subsets : int
        How many pairs of subsets are drawn; the result is their mean and standard deviation.
    subset_size : int
        Rows of a subset. If there are not more of them, half of the rows there are, as subsets that
        are all alike would have no deviation. A single subset may be all.
    seed : int
        Of the draw of the subsets.

    Raises
    ------
    ValueError
        As `frechet_distance`.
    """
    x, y = _checked(real, fake)
    size = min(subset_size, len(x), len(y))
    if subsets > 1 and size == min(len(x), len(y)):
        size = max(2, size // 2)
    random = np.random.default_rng(seed)
    values = []
    for _ in range(subsets):
        one, other = (rows[random.choice(len(rows), size, replace=False)] for rows in (x, y))
        # By default scikit-learn's polynomial is the cube of x·y / features + 1.
        kernels = polynomial_kernel(one) + polynomial_kernel(other)
        within = (kernels.sum() - np.trace(kernels)) / (size * (size - 1))
        values.append(within - 2 * polynomial_kernel(one, other).mean())
    return float(np.mean(values)), float(np.std(values))


def precision_recall(real: ArrayLike, fake: ArrayLike, neighbours: int = 3) -> tuple[float, float]:
    """Return precision (the share of fakes among real faces) and recall (of real among fakes).

    A point lies among others if it is within the distance of one of them to its `neighbours`-th
    nearest (Kynkäänniemi et al. 2019). Precision is about quality, recall about variety; both need
    equally many rows to be compared.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
    neighbours : int
        Each set needs more rows than that.

    Returns
    -------
    (float, float)
        Precision and recall, in [0, 1].

    Raises
    ------
    ValueError
        As `frechet_distance`, and if there are too few rows.
    """
    x, y = _checked(real, fake)
    if min(len(x), len(y)) <= neighbours:
        rows = f"{len(x)} real and {len(y)} fake rows"
        raise ValueError(f"{rows}: each needs more than the {neighbours} neighbours")

    def share_among(points, others):
        def radii(rows):  # a row's nearest is the row itself
            return np.partition(cdist(rows, others), neighbours, axis=1)[:, neighbours]

        radius = in_batches(radii, others)
        inside = in_batches(lambda rows: (cdist(rows, others) <= radius).any(axis=1), points)
        return float(inside.mean())

    return share_among(y, x), share_among(x, y)


def memorisation(
    fake: ArrayLike, trained_on: ArrayLike, held_out: ArrayLike, seed: int = 0
) -> float:
    """Return the share of fakes whose nearest real face was trained on, not held out: in [0, 1].

    Equally many faces of both kinds are compared, so a generator that copies nothing has a share of
    about ½, and one that copies has 1 if `trained_on` holds everybody whom it may copy. If it holds
    a part of them, give faces of the whole in place of the fakes to see what copies would come to.
    It measures copies of whole faces as the features see them, nothing finer. No interval stands
    beside it: all fakes are compared with the same few faces, so they are not independent, and the
    interval of a proportion would be too narrow. Draw other people, and see how far it moves.

    Parameters
    ----------
    fake, trained_on, held_out : array of float, shape (n, features)
        Held-out faces should differ from the others in nothing but having been held out.
    seed : int
        Of the draw from the larger set.

    Raises
    ------
    ValueError
        As `frechet_distance`.
    """
    points, seen = _checked(fake, trained_on)
    points, unseen = _checked(fake, held_out)
    size, random = min(len(seen), len(unseen)), np.random.default_rng(seed)

    def nearest(real):
        drawn = real[random.choice(len(real), size, replace=False)]
        return in_batches(lambda rows: cdist(rows, drawn).min(axis=1), points)

    return float((nearest(seen) < nearest(unseen)).mean())


def _checked(real, fake):
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    two_tables = real.ndim == fake.ndim == 2 and real.shape[1] == fake.shape[1]
    if not two_tables or min(len(real), len(fake)) < 2:
        found = f"features of shapes {real.shape} and {fake.shape}"
        raise ValueError(f"{found}: two arrays (n, features) with two rows or more are expected")
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("some features are no numbers: nothing can be measured with them")
    return real, fake


def _square_root(covariance):
    """Return the root of a symmetric matrix; unlike `scipy.linalg.sqrtm` also of a singular one."""
    values, vectors = np.linalg.eigh(covariance)
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
