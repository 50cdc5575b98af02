"""Distances between two sets of features: how far fakes are from real faces."""

import numpy as np


def frechet_distance(real, fake):
    """Return the Fréchet distance between two sets of features, as if both were normally distributed.

    |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½), Dowson and Landau 1982; used on images since Heusel et al. 2017. It is biased: of two
    samples of one distribution it finds more than 0, the fewer rows the more. It is called FID only
    on features of one particular Inception network.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
        What some descriptor says of the images; at least two rows each.

    Raises
    ------
    ValueError
        If the shapes do not fit, or there are fewer than two rows.
    """
    real, fake = _features(real, fake)
    one, other = np.cov(real, rowvar=False, ddof=1), np.cov(fake, rowvar=False, ddof=1)
    # tr (Σ₁Σ₂)^½ is the sum of the singular values of Σ₁^½ Σ₂^½, and those roots are symmetric.
    cross = np.linalg.svd(_root(one) @ _root(other), compute_uv=False).sum()
    return float(
        ((real.mean(0) - fake.mean(0)) ** 2).sum()
        + np.trace(np.atleast_2d(one))
        + np.trace(np.atleast_2d(other))
        - 2 * cross
    )


def kernel_distance(real, fake, subsets=50, subset_size=200, seed=0):
    """Return the kernel distance between two sets of features and its spread over random subsets: (mean, standard deviation).

    The squared maximum mean discrepancy with the kernel (x·y / features + 1)³, without bias: of two samples of one distribution it
    is 0 on average, and may be a little below (Gretton et al. 2012; on images Bińkowski et al. 2018).

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
    subsets : int
        How many pairs of subsets are drawn.
    subset_size : int
        Rows of a subset; if there are not more of them, half of the rows there are, as subsets that are all alike would have no spread.
        A single subset may be all.
    """
    real, fake = _features(real, fake)
    size = min(subset_size, len(real), len(fake))
    if subsets > 1 and size == min(len(real), len(fake)):
        size = max(2, size // 2)
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(subsets):
        one, other = (
            features[rng.choice(len(features), size, replace=False)] for features in (real, fake)
        )
        within = sum(k.sum() - np.trace(k) for k in (_cubic(one, one), _cubic(other, other))) / (
            size * (size - 1)
        )
        values.append(within - 2 * _cubic(one, other).mean())
    return float(np.mean(values)), float(np.std(values))


def precision_recall(real, fake, neighbours=3):
    """Return the share of fakes that lie among the real ones and the share of real ones that lie among the fakes.

    A point lies among others if it is within the distance of one of them to its `neighbours`-th nearest (Kynkäänniemi et al. 2019).
    Precision is about quality, recall about variety; both need equally many rows to be compared.

    Parameters
    ----------
    real, fake : array of float, shape (n, features)
        More than `neighbours` rows each.

    Returns
    -------
    (float, float)
        Precision and recall.
    """
    real, fake = _features(real, fake)
    if min(len(real), len(fake)) <= neighbours:
        raise ValueError(
            f"{len(real)} real and {len(fake)} fake rows: each needs more than the {neighbours} neighbours"
        )

    def among(points, others):
        radius = np.partition(_squared_distances(others, others), neighbours, axis=1)[
            :, neighbours
        ]  # the nearest is the point itself
        return float((_squared_distances(points, others) <= radius).any(axis=1).mean())

    return among(fake, real), among(real, fake)


def memorisation(fake, trained_on, held_out, seed=0):
    """Return the share of fakes whose nearest real face was trained on, not held out: a float in [0, 1].

    Equally many faces of both kinds are compared, so a generator that copies nothing has a share of about ½, and one that copies has 1
    if `trained_on` holds everybody whom it may copy. If it holds a part of them, give faces of the whole in place of the fakes to see what
    copies would come to. It measures copies of whole faces as the features see them, nothing finer. No interval
    stands beside it: all fakes are compared with the same few faces, so they are not independent, and the interval of a proportion would
    hold the truth half as often as it says. Draw other people, and see how far it moves.

    Parameters
    ----------
    fake, trained_on, held_out : array of float, shape (n, features)
        Held-out faces should differ from the others in nothing but having been held out.
    seed : int
        Of the draw from the larger set.
    """
    fake, trained_on = _features(fake, trained_on)
    fake, held_out = _features(fake, held_out)
    size, random = min(len(trained_on), len(held_out)), np.random.default_rng(seed)
    nearest = [
        _squared_distances(fake, real[random.choice(len(real), size, replace=False)]).min(axis=1)
        for real in (trained_on, held_out)
    ]
    return float((nearest[0] < nearest[1]).mean())


def _features(real, fake):
    real, fake = np.asarray(real, "float64"), np.asarray(fake, "float64")
    if (
        real.ndim != 2
        or fake.ndim != 2
        or real.shape[1] != fake.shape[1]
        or min(len(real), len(fake)) < 2
    ):
        raise ValueError(
            f"features of shapes {real.shape} and {fake.shape}: two arrays (n, features) with two rows or more are expected"
        )
    if not (np.isfinite(real).all() and np.isfinite(fake).all()):
        raise ValueError("some features are no numbers: nothing can be measured with them")
    return real, fake


def _cubic(one, other):
    return (one @ other.T / one.shape[1] + 1) ** 3


def _root(covariance):
    values, vectors = np.linalg.eigh(np.atleast_2d(covariance))
    return vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T


def _squared_distances(one, other):
    return np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T, 0)
