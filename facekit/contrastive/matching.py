"""The nearest real faces of any face, how near they are, and the fake percentage.

The paper left both for later work.
"""

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist, pdist

from ..core.images import check_faces, in_batches
from ..faces.faceset import FaceSet
from ..metrics.descriptor import Descriptor
from .classifier import RealFakeClassifier

MOST_COMPARED = 2000  #: faces of which `pair_distances` compares each with each, at most


def nearest_real(
    fake: np.ndarray,
    faces: FaceSet,
    encoder: Descriptor,
    count: int = 3,
    points: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return the real faces that are closest to each face, by an encoder's features.

    Parameters
    ----------
    fake : uint8 array, shape (n, 80, 80, 3)
        Generated faces, or any others.
    faces : FaceSet
        The real ones to choose from.
    encoder : Descriptor
        Its features lie close together for one person.
    count : int
        How many of them, at most as many as there are.
    points : float array, optional
        `encoder.embed(faces.images)`, where it is at hand already.

    Returns
    -------
    DataFrame
        Index `face` (from 0) and `rank` (from 1); columns `row` (the position in `faces`), `name`
        (the photograph), `distance`. Of equally near faces the first comes first.

    Raises
    ------
    ValueError
        If there is no face on one of the sides, or `fake` has another shape or type.
    """
    if not len(faces):
        raise ValueError("there is no real face to compare with")
    known = encoder.embed(faces.images) if points is None else points
    count = min(count, len(faces))

    def nearest(images):
        distance = cdist(encoder.embed(images), known)
        rows = np.argsort(distance, axis=1, kind="stable")[:, :count]
        return rows, np.take_along_axis(distance, rows, axis=1)

    rows, distance = (array.ravel() for array in in_batches(nearest, check_faces(fake)))
    columns = {"row": rows, "name": np.asarray(faces.names)[rows], "distance": distance}
    index = [range(len(fake)), range(1, count + 1)]
    return pd.DataFrame(columns, pd.MultiIndex.from_product(index, names=["face", "rank"]))


def pair_distances(
    faces: FaceSet, encoder: Descriptor, pairs: int = 2000, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return distances between two photographs of one person, and between those of two people.

    They are the scale to read the distances of `nearest_real` on, if the encoder was trained on
    none of these people.

    Parameters
    ----------
    faces : FaceSet
        With the attribute `identity`; faces without one are left out.
    encoder : Descriptor
    pairs : int
        How many pairs of each kind are drawn, at most; of more than 2,000 faces those of some
        people, drawn at random.
    seed : int
        Of both draws.

    Returns
    -------
    (float array, float array)

    Raises
    ------
    ValueError
        If the people are not known, or nobody has two photographs.
    """
    if "identity" not in faces.attributes:
        raise ValueError("nobody is named on these photographs: the column identity is needed")
    photographs = faces.attributes["identity"].value_counts()
    if photographs.sum() > MOST_COMPARED:
        photographs = photographs.loc[np.random.default_rng(seed).permutation(photographs.index)]
        photographs = photographs[photographs.cumsum() <= MOST_COMPARED]
    faces = faces.take(faces.attributes["identity"].isin(photographs.index).to_numpy())
    person = faces.attributes["identity"].to_numpy()
    one, other = np.triu_indices(len(person), 1)  # the pairs in the order of `pdist`
    same = person[one] == person[other]
    if same.all() or not same.any():
        raise ValueError("two photographs of one person and two people are needed, at least")
    distance, random = pdist(encoder.embed(faces.images)), np.random.default_rng(seed)
    return random.permutation(distance[same])[:pairs], random.permutation(distance[~same])[:pairs]


def fake_percentage(images: np.ndarray, classifier: RealFakeClassifier) -> np.ndarray:
    """Return how likely each face is generated, in per cent: float64, shape (n,).

    It is the classifier's probability, if half of all faces were generated: use one that is
    `calibrated`, and look at its `calibration.reliability`.

    Parameters
    ----------
    images : uint8 array, shape (n, 80, 80, 3)
    classifier : RealFakeClassifier
    """
    return 100 * (1 - classifier.probability(images))


def report(
    images: np.ndarray,
    classifier: RealFakeClassifier,
    faces: FaceSet,
    encoder: Descriptor,
    strangers: np.ndarray | None = None,
    points: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return verdict, fake percentage and nearest real face: a table with one row a face.

    Parameters
    ----------
    images : uint8 array, shape (n, 80, 80, 3)
    classifier : RealFakeClassifier
    faces, encoder, points
        See `nearest_real`.
    strangers : float array, optional
        How far real faces of people who are not among `faces` are from their nearest one there;
        adds the column `nearer_than_strangers`.

    Returns
    -------
    DataFrame
        `label`, `confidence`, `fake_percentage`; `nearest`, the name of the closest real
        photograph, its `row` in `faces`, its `distance`, and `nearer_than_strangers`, how many per
        cent of the strangers are farther from their nearest: near 100 for whoever is on one of the
        photographs.
    """
    table = classifier.predict(images)
    sure, is_fake = table["confidence"], table["label"] == "fake"
    table["fake_percentage"] = 100 * sure.where(is_fake, 1 - sure)
    nearest = nearest_real(images, faces, encoder, 1, points).reset_index(drop=True)
    table[["nearest", "row", "distance"]] = nearest[["name", "row", "distance"]]
    if strangers is not None:
        farther = np.asarray(strangers) > nearest["distance"].to_numpy()[:, None]
        table["nearer_than_strangers"] = 100 * farther.mean(axis=1)
    return table
