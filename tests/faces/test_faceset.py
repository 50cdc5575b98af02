"""The set of faces: its rows, its batches, and the file it is loaded from."""

from dataclasses import replace

import numpy as np
import pytest

from facekit.core import images
from facekit.faces import extraction, faceset


def test_dataset_is_scaled_shuffled_and_repeatable(faces):
    first = [batch.numpy() for batch in faces.dataset(8, seed=1)]
    assert [batch.shape for batch in first] == [(8, 80, 80, 3)] * (len(faces) // 8)
    assert first[0].dtype == np.float32 and -1 <= first[0].min() < first[0].max() <= 1
    assert np.array_equal(first[0], next(iter(faces.dataset(8, seed=1))))
    assert not np.array_equal(first[0], next(iter(faces.dataset(8, seed=2))))
    assert not np.array_equal(first[0], images.to_float(faces.images[:8]))


def test_every_epoch_has_an_order_of_its_own_that_does_not_depend_on_the_past(faces):
    whole = faces.dataset(8, seed=1)
    epochs = [[batch.numpy() for batch in whole] for _ in range(3)]
    assert not np.array_equal(epochs[0], epochs[1])
    assert np.array_equal(
        epochs[2], [batch.numpy() for batch in faces.dataset(8, seed=1, first_epoch=2)]
    )
    assert len(whole) == len(faces) // 8 == len(epochs[0])


def test_an_endless_dataset_has_the_same_epochs_one_after_the_other_at_every_pass(faces):
    whole, endless = (
        faces.dataset(7, seed=1, first_epoch=1),
        faces.dataset(7, seed=1, first_epoch=1, endless=True),
    )
    epochs = [batch.numpy() for _ in range(2) for batch in whole]
    assert len(epochs) == 2 * (len(faces) // 7)
    for _ in range(2):
        assert np.array_equal(epochs, [batch.numpy() for batch in endless.take(len(epochs))])


def with_identities(faces, identities):
    return replace(faces, attributes=faces.attributes.assign(identity=identities))


def test_split_keeps_people_apart(faces):
    people = faces.attributes["identity"] % 5  # as if every fifth portrait were of one person
    train, test = with_identities(faces, people).split(share=0.6, seed=0)
    assert len(train) + len(test) == len(faces)
    assert set(train.attributes["identity"]).isdisjoint(test.attributes["identity"])
    assert train.attributes["identity"].nunique() == 3


def test_who_is_not_known_is_not_one_person(faces):
    identities = np.full(len(faces), np.nan)
    identities[:6] = [7, 7, 3, 3, 7, 3]
    people = with_identities(faces, identities).people()
    assert people[:6].tolist() == [1, 1, 0, 0, 1, 0]
    assert len(set(people)) == 2 + len(faces) - 6
    train, test = with_identities(faces, identities).split(share=0.5, seed=0)
    unknown = [part.attributes["identity"].isna().sum() for part in (train, test)]
    assert min(unknown) >= 4 and len(train) + len(test) == len(faces)


def test_without_identities_a_photograph_is_a_person(faces):
    unlabelled = replace(faces, attributes=faces.attributes[[]])
    assert unlabelled.people().tolist() == list(range(len(faces)))
    twice = unlabelled.take(np.repeat(np.arange(len(faces)), 2))
    train, test = twice.split(share=0.5, seed=0)
    assert len(train) + len(test) == 2 * len(faces)
    assert set(train.names).isdisjoint(test.names)


def test_split_draws_the_same_people_as_ever(faces):
    people = np.arange(len(faces)) // 2 * 10
    train, _ = with_identities(faces, people).split(share=0.5, seed=3)
    order = np.random.default_rng(3).permutation(np.unique(people))
    assert set(train.attributes["identity"]) == set(order[: round(len(order) / 2)])


def test_select_keeps_rows_together(faces):
    men = faces.select(Male=True)
    assert 0 < len(men) < len(faces) and men.attributes["Male"].all()
    assert np.array_equal(men.images[0], faces.images[list(faces.names).index(men.names[0])])


def test_load_says_what_is_wrong(faces, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file .*: make it with faces.extract"):
        faceset.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("not an archive")
    np.savez(tmp_path / "other.npz", images=np.zeros((2, 80, 80, 3), np.uint8))
    np.save(tmp_path / "single.npz.npy", np.zeros(3))
    (tmp_path / "single.npz.npy").rename(tmp_path / "single.npz")
    for name, message in (
        ("text.npz", "not an npz file"),
        ("single.npz", "not an npz file"),
        ("other.npz", "other.npz has no names, boxes"),
    ):
        with pytest.raises(ValueError, match=message):
            faceset.load(tmp_path / name)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((2, 80, 80), np.uint8),
        np.zeros((2, 80, 80, 3), np.float32),
        np.zeros((5, 80, 80, 3), np.uint8),
    ],
)
def test_load_refuses_the_wrong_shape(portraits, tmp_path, images):
    good = extraction.extract(portraits.sample(2, seed=0), tmp_path / "good.npz")
    members = dict(np.load(tmp_path / "good.npz"))
    np.savez(tmp_path / "bad.npz", **(members | {"images": images}))
    assert len(good) == 2
    sentence = "bad.npz holds images of shape .* and type .*, which 2 faces do not have: make it"
    with pytest.raises(ValueError, match=sentence):
        faceset.load(tmp_path / "bad.npz")
