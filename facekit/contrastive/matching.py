"""Who is it like? The nearest real faces of any face, how near that is, and the fake percentage: what the paper left for later."""

import numpy as np
import pandas as pd

_COMPARED = 2000  # faces, each with each


def nearest_real(fake, faces, encoder, count=3, points=None):
    """Return the real faces that are closest to each face, by the points that an encoder gives them.

    Parameters
    ----------
    fake : uint8 array, shape (n, 80, 80, 3)
        Generated faces, or any others.
    faces : FaceSet
        The real ones to choose from.
    encoder : Descriptor
        Its `embed` gives points; those of `descriptor` lie close together for one person.
    count : int
        How many of them, at most as many as there are.
    points : float array, optional
        `encoder.embed(faces.images)`, where it is at hand already.

    Returns
    -------
    DataFrame
        Index `face` (from 0) and `rank` (from 1); columns `row` (the position in `faces`), `name` (the photograph), `distance`.
    """
    if not len(faces):
        raise ValueError("there is no real face to compare with")
    count, known, tables = (
        min(count, len(faces)),
        encoder.embed(faces.images) if points is None else points,
        [],
    )
    for start in range(0, len(fake), 256):
        distance = _distances(encoder.embed(fake[start : start + 256]), known)
        rows = np.argsort(distance, axis=1, kind="stable")[:, :count]
        index = pd.MultiIndex.from_product(
            [range(start, start + len(rows)), range(1, count + 1)], names=["face", "rank"]
        )
        columns = {
            "row": rows.ravel(),
            "name": np.asarray(faces.names)[rows.ravel()],
            "distance": np.take_along_axis(distance, rows, axis=1).ravel(),
        }
        tables.append(pd.DataFrame(columns, index=index))
    return pd.concat(tables)


def pair_distances(faces, encoder, pairs=2000, seed=0):
    """Return distances between two photographs of one person, and between those of two people: two float arrays.

    They are the scale to read the distances of `nearest_real` on, if the encoder was trained on none of these people.

    Parameters
    ----------
    faces : FaceSet
        With the attribute `identity`.
    encoder : Descriptor
    pairs : int
        How many pairs of each kind are drawn, at most; of more than 2,000 faces those of some people, drawn at random.

    Raises
    ------
    ValueError
        If the people are not known, or nobody has two photographs.
    """
    if "identity" not in faces.attributes:
        raise ValueError(
            "it is not known who is on these photographs: the column identity is needed"
        )
    random, sizes = (
        np.random.default_rng(seed),
        faces.attributes["identity"].value_counts(),
    )  # without those who are not known
    if sizes.sum() > _COMPARED:
        sizes = sizes.loc[np.random.default_rng(seed).permutation(sizes.index)]
        sizes = sizes[sizes.cumsum() <= _COMPARED]
    faces = faces.take(faces.attributes["identity"].isin(sizes.index).to_numpy())
    who, distance = (
        faces.attributes["identity"].to_numpy(),
        _distances(*[encoder.embed(faces.images)] * 2),
    )
    above = np.triu(np.ones(distance.shape, bool), 1)
    same = who[:, None] == who
    kinds = [distance[above & same], distance[above & ~same]]
    if not min(len(kind) for kind in kinds):
        raise ValueError("two photographs of one person and two people are needed, at least")
    return tuple(random.permutation(kind)[:pairs] for kind in kinds)


def fake_percentage(images, classifier):
    """Return for each of the uint8 faces (n, 80, 80, 3) how likely it is generated, in per cent: float64, shape (n,).

    It is what the classifier says, if half of all faces were generated: use one that is `calibrated`, and look at its `calibration.reliability`.
    """
    return 100 * (1 - classifier.probability(images))


def report(images, classifier, faces, encoder, strangers=None, points=None):
    """Return all that is said of some faces: a table with one row a face.

    Parameters
    ----------
    images : uint8 array, shape (n, 80, 80, 3)
    classifier : RealFakeClassifier
    faces, encoder, points
        See `nearest_real`.
    strangers : float array, optional
        How far real faces of people who are not among `faces` are from their nearest one there; adds the column `nearer_than_strangers`.

    Returns
    -------
    DataFrame
        `label`, `confidence`, `fake_percentage`; `nearest`, the name of the closest real photograph, its `row` in `faces`, its `distance`, and
        `nearer_than_strangers`, how many per cent of the strangers are farther from their nearest: near 100 for whoever is on one of the photographs.
    """
    table = classifier.predict(images)
    table["fake_percentage"] = fake_percentage(images, classifier)
    nearest = nearest_real(images, faces, encoder, 1, points)
    table[["nearest", "row", "distance"]] = nearest[["name", "row", "distance"]].to_numpy()
    if strangers is not None:
        table["nearer_than_strangers"] = [
            100 * float((np.asarray(strangers) > distance).mean())
            for distance in nearest["distance"]
        ]
    return table.astype({"row": int, "distance": float})


def _distances(one, other):
    """Return all Euclidean distances of points (n, d) to points (m, d): float64, shape (n, m)."""
    one, other = np.asarray(one, "float64"), np.asarray(other, "float64")
    return np.sqrt(np.maximum((one**2).sum(1)[:, None] + (other**2).sum(1) - 2 * one @ other.T, 0))
