"""The board, by setting its values and reading what it shows."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from facekit.contrastive import classifier, examination, matching
from facekit.core import images
from facekit.faces import crops
from facekit.gan import latent, networks
from facekit.metrics.intervals import wilson_interval
from facekit.widgets import verdict_board


class _Grey:
    def embed(self, images):
        return images.mean(axis=(1, 2)).astype("float32")


@pytest.fixture(scope="module")
def board(faces):
    judge = classifier.RealFakeClassifier(
        classifier.build_encoder(), np.ones(classifier.FEATURES), 0.0
    )
    return verdict_board.VerdictBoard(judge, networks.build_generator(8), faces, faces, _Grey())


def _upload(board, content):
    board.source.value = "your picture"
    board.upload.value = (
        {
            "name": "picture",
            "type": "image/png",
            "size": len(content),
            "content": memoryview(content),
            "last_modified": datetime.now(UTC),
        },
    )


def _huge():
    """More pixels than are opened safely, in a small file."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(buffer, "PNG")
    return buffer.getvalue()


def _png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def test_shows_generated_faces_and_their_report(board):
    board.source.value, board.seed.value, board.count.value = "generated", 5, 3
    assert {face.tobytes() for face in board.images} == {
        face.tobytes() for face in networks.generate(board.generator, latent.sample(3, 8, 1005))
    }
    assert board.truth == ["fake"] * 3
    assert board.table["label"].tolist() == board.classifier.predict(board.images)["label"].tolist()
    assert set(board.table) == {
        "label",
        "confidence",
        "fake_percentage",
        "nearest",
        "row",
        "distance",
        "nearer_than_strangers",
    }


def test_no_fake_that_is_shown_was_trained_on(board):
    trained = {
        face.tobytes()
        for seed in range(6)
        for face in examination.fakes(board.generator, 200, seed)
    }
    board.count.value = 8
    for board.source.value, number in (("generated", 8), ("guess first", 20)):
        for board.seed.value in range(6):
            made = [face for face, truth in zip(board.images, board.truth) if truth == "fake"]
            assert 7 <= len(made) <= number and not trained & {face.tobytes() for face in made}


def test_no_quiz_asks_for_what_was_shown_and_each_picture_is_made_once(board, monkeypatch):
    board.source.value, board.seed.value, board.count.value = "generated", 1, 8
    shown, made = {face.tobytes() for face in board.images}, []
    board.source.value = "guess first"
    assert not shown & {face.tobytes() for face in board.images}
    board.guesses[0].value = "fake"
    board.reveal.value = True
    assert board.score is not None and all(guess.disabled for guess in board.guesses)
    report = matching.report
    monkeypatch.setattr(
        matching, "report", lambda images, *rest: made.append(len(images)) or report(images, *rest)
    )
    board.source.value = "generated"
    assert (
        made == [8]
        and not board.guesses[0].disabled
        and board.guesses[0].value == "?"
        and board.score is None
    )


def test_a_guess_that_is_taken_back_has_no_score(board):
    board.source.value, board.guesses[0].value, board.reveal.value = "guess first", "real", True
    assert board.score.loc["you", "faces"] == 1
    board.guesses[0].value = "?"
    assert board.score is None and "Say real or fake" in board.message.value


def test_shows_real_faces(board, faces):
    board.source.value, board.count.value = "real", 4
    assert board.truth == ["real"] * 4
    assert all(any(np.array_equal(image, face) for face in faces.images) for image in board.images)
    assert board.table["distance"].tolist() == pytest.approx(
        [0] * 4, abs=1e-2
    )  # here the gallery holds these very faces


def test_asks_first_and_scores_after(board):
    board.source.value, board.seed.value = "generated", 3
    board.source.value = "guess first"
    assert len(board.images) == 20 and set(board.truth) == {"real", "fake"} and board.score is None
    hidden = board.picture.value
    for guess, truth in list(zip(board.guesses, board.truth))[:12]:
        guess.value = truth
    assert board.score is None and board.picture.value == hidden
    board.guesses[0].value = "fake" if board.truth[0] == "real" else "real"
    board.reveal.value = True
    right = sum(said == truth for said, truth in list(zip(board.table["label"], board.truth))[:12])
    assert board.score["right"].tolist() == [11, right] and board.score["faces"].tolist() == [
        12,
        12,
    ]
    assert tuple(board.score.loc["you", ["low", "high"]]) == wilson_interval(11, 12)
    assert "you: 11 of 12 right" in board.message.value and board.picture.value != hidden
    board.reveal.value = False
    assert board.score is None and board.message.value == "" and board.picture.value == hidden


def test_nothing_is_scored_that_was_not_answered(board):
    board.source.value = "real"
    board.source.value = "guess first"
    board.reveal.value = True
    assert board.score is None and "one face at least" in board.message.value


def test_a_picture_of_yours_is_cut_out_as_in_training(board, portraits):
    path = portraits.sample(1, seed=2).paths[0]
    _upload(board, path.read_bytes())
    expected, _ = crops.cut_out(images.read(path))
    assert np.array_equal(board.images, expected[:8]) and board.truth is None
    assert len(board.table) == len(board.images)


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"no picture at all", "Not a picture"),
        (b"", "Not a picture"),
        (
            _png(np.full((90, 120, 3), 200, np.uint8)),
            "No face was found in this picture of 120 × 90 pixels",
        ),
        (
            _png(np.random.default_rng(0).integers(0, 255, (20, 20, 3)).astype(np.uint8))[:300],
            "Damaged",
        ),
        (bytes(20_000_001), "20 MB are read at most"),
        (_huge(), "Too many pixels to open safely"),
    ],
    ids=["text", "empty", "no face", "cut short", "too large", "huge"],
)
def test_what_is_no_face_gets_a_sentence(board, content, sentence):
    _upload(board, content)
    assert sentence in board.message.value and board.message.value.endswith(".")
    assert len(board.images) == 0 and board.table is None


def test_a_small_face_is_called_blurred(board, portraits):
    with Image.open(portraits.sample(1, seed=2).paths[0]) as photo:
        _upload(
            board,
            _png(np.asarray(photo.convert("RGB").resize((photo.width // 4, photo.height // 4)))),
        )
    assert "1 of them narrower than 60 pixels" in board.message.value and len(board.images) == 1


def test_static_form_is_the_picture(board):
    board.source.value = "generated"
    picture = Image.open(io.BytesIO(board.picture.value))
    assert picture.width > 300 and "image/png" in board._repr_mimebundle_()
