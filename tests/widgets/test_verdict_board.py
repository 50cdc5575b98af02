"""The board, by setting its values and reading what it shows."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from facekit.contrastive import examination, matching
from facekit.gan import latent, networks
from facekit.metrics.intervals import wilson_interval
from facekit.widgets import VerdictBoard, verdict_board


@pytest.fixture(scope="module")
def board(generator, faces, colours, blue_classifier):
    return VerdictBoard(blue_classifier, generator, faces, faces, colours)


def _pixels(images):
    return {image.tobytes() for image in images}


def _upload(board, content):
    board.source.value = "your picture"
    file = {"name": "picture", "type": "image/png", "last_modified": datetime.now(UTC)}
    board.upload.value = (file | {"size": len(content), "content": memoryview(content)},)


def test_shows_generated_faces_and_their_report(board):
    board.source.value, board.seed.value, board.count.value = "generated", 5, 3
    expected = networks.generate(board.generator, latent.sample(3, 16, 1005))
    assert _pixels(board.images) == _pixels(expected) and board.truth == ["fake"] * 3
    labels = board.classifier.predict(board.images)["label"]
    assert board.table["label"].tolist() == labels.tolist()
    assert {"confidence", "fake_percentage", "nearest", "row", "distance"} < set(board.table)
    picture = Image.open(io.BytesIO(board.picture.value))
    assert picture.width > 250 and board.names.picture.count("% fake") == 3


def test_shows_real_faces(board, faces):
    board.source.value, board.count.value = "real", 4
    assert board.truth == ["real"] * 4 and _pixels(board.images) <= _pixels(faces.images)
    # Here the gallery holds these very faces.
    assert board.table["distance"].tolist() == pytest.approx([0] * 4, abs=1e-2)


def test_no_fake_that_is_drawn_was_trained_on_or_shown_before(generator, faces):
    trained, asked, shown = set(), set(), set()
    for seed in range(6):
        trained |= _pixels(examination.fakes(generator, 200, seed))
        shown |= _pixels(verdict_board.draw(generator, faces, "generated", seed, 8)[0])
        images, truth = verdict_board.draw(generator, faces, "guess first", seed, 8)
        fakes = images[np.array(truth) == "fake"]
        assert len(images) == 8 and 2 <= len(fakes) <= 6
        asked |= _pixels(fakes)
    assert len(shown) == 48 and len(asked) >= 12
    assert not trained & shown and not trained & asked and not shown & asked


def test_more_real_faces_than_there_are_come_twice(generator, faces):
    images, _ = verdict_board.draw(generator, faces.take(np.arange(2)), "real", 0, 8)
    assert len(images) == 8 and len(_pixels(images)) == 2


def test_each_picture_is_made_once(board, monkeypatch):
    board.source.value = "guess first"
    report, made = matching.report, []

    def counted(images, *settings):
        made.append(len(images))
        return report(images, *settings)

    monkeypatch.setattr(matching, "report", counted)
    board.source.value = "generated"
    board.count.value = 8
    made.clear()
    board.source.value = "real"
    assert made == [8]
    made.clear()
    board.source.value = "guess first"
    board.guesses[0].value = "fake"
    assert made == [8]


def test_a_guess_is_answered_at_once_and_the_first_counts(
    generator, faces, colours, blue_classifier
):
    board = VerdictBoard(blue_classifier, generator, faces, faces, colours)
    board.source.value, board.seed.value = "guess first", 3
    assert set(board.truth) == {"real", "fake"} and board.score is None
    assert board.message.value == "" and board.picture.value == b""
    wrong = "fake" if board.truth[0] == "real" else "real"
    board.guesses[0].value = wrong
    for guess, truth in zip(board.guesses[1:4], board.truth[1:4]):
        guess.value = truth
    verdicts = board.table["label"]
    assert board.marks[0].value == f"✗ wrong: {board.truth[0]}<br>classifier: {verdicts[0]}"
    assert board.marks[1].value == f"✓ right: {board.truth[1]}<br>classifier: {verdicts[1]}"
    assert [guess.disabled for guess in board.guesses] == [True] * 4 + [False] * 4
    board.guesses[0].value = board.truth[0]  # too late
    assert board.score.loc["you", ["right", "faces"]].tolist() == [3, 4]
    assert "you: 3 of 4 right" in board.message.value


def test_other_faces_are_asked_for_another_seed_and_the_score_goes_on(
    generator, faces, colours, blue_classifier
):
    board = VerdictBoard(blue_classifier, generator, faces, faces, colours)
    board.source.value = "guess first"
    first, board.guesses[2].value = board.images, "fake"
    board.seed.value = 9
    assert not np.array_equal(first, board.images)
    assert all(guess.value is None and not guess.disabled for guess in board.guesses)
    board.guesses[5].value = "real"
    assert board.score["faces"].tolist() == [2, 2]
    board.seed.value = 1
    assert board.guesses[2].value == "fake" and board.guesses[2].disabled
    assert board.guesses[5].value is None and board.score["faces"].tolist() == [2, 2]


def test_the_score_counts_what_was_guessed():
    truth, verdicts = ["real", "fake", "fake"], ["real", "fake", "fake"]
    table = verdict_board.score(truth, ["real", "real", "fake"], verdicts)
    assert table["right"].to_dict() == {"you": 2, "the classifier": 3}
    assert table["faces"].tolist() == [3, 3] and table["accuracy"].tolist() == [2 / 3, 1]
    assert tuple(table.loc["you", ["low", "high"]]) == wilson_interval(2, 3)


def test_a_picture_of_yours_gets_a_verdict_without_a_truth(board, portraits):
    _upload(board, portraits.sample(1, seed=2).paths[0].read_bytes())
    assert len(board.images) == len(board.table) == 1 and board.truth is None
    assert board.picture.value and board.message.value == "1 face found."
    _upload(board, b"no picture at all")
    assert len(board.images) == 0 and board.table is None and board.picture.value == b""
    assert "Not a picture" in board.message.value


def test_a_picture_of_yours_is_not_kept_in_the_notebook(board, portraits):
    board.source.value = "generated"
    before = board._bundle()
    _upload(board, portraits.sample(1, seed=2).paths[0].read_bytes())
    assert board.picture.value and board._bundle() == before
    board.source.value = "real"
    assert board._bundle() != before
