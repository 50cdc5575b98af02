"""What the widgets share, above all the faces of a picture that somebody chooses."""

import asyncio
import base64
import io
from concurrent.futures import ThreadPoolExecutor

import ipywidgets as ui
import numpy as np
import pytest
from PIL import Image

from facekit.core import images
from facekit.faces import crops
from facekit.widgets import controls


def _png(image):
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


def _huge():
    """More pixels than are opened safely, in a small file."""
    buffer = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(buffer, "PNG")
    return buffer.getvalue()


def _faces(content):
    return controls.faces_in_upload([{"content": memoryview(content)}])


def test_a_picture_is_cut_out_as_in_training(portraits):
    path = portraits.sample(1, seed=2).paths[0]
    expected, _ = crops.cut_out(images.read(path))
    found, sentence = _faces(path.read_bytes())
    assert np.array_equal(found, expected) and sentence == "1 face found."


def test_of_many_faces_the_eight_largest_are_taken(monkeypatch):
    many = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 80, 80, 3), np.uint8)
    boxes = {"width": np.arange(69, 59, -1)}
    monkeypatch.setattr(crops, "cut_out", lambda image: (many, boxes))
    found, sentence = _faces(_png(many[0]))
    assert np.array_equal(found, many[:8]) and sentence == "10 faces found, the 8 largest shown."


def test_a_small_face_is_called_blurred(portraits):
    with Image.open(portraits.sample(1, seed=2).paths[0]) as photo:
        small = photo.convert("RGB").resize((photo.width // 4, photo.height // 4))
    found, sentence = _faces(_png(np.asarray(small)))
    assert len(found) == 1 and "1 of them narrower than 60 pixels" in sentence


@pytest.mark.parametrize(
    "content, sentence",
    [
        (b"no picture at all", "Not a picture"),
        (b"", "The file is empty"),
        (
            _png(np.full((90, 120, 3), 200, np.uint8)),
            "No face was found in this picture of 120 × 90",
        ),
        (_png(np.random.default_rng(0).integers(0, 255, (20, 20, 3), np.uint8))[:300], "Damaged"),
        (bytes(20_000_001), "The file has 20 MB: 20 MB are read at most"),
        (_huge(), "Too many pixels to open safely"),
    ],
    ids=["text", "empty", "no face", "cut short", "too large", "huge"],
)
def test_what_is_no_face_gets_a_sentence(content, sentence):
    found, said = _faces(content)
    assert found.shape == (0, 80, 80, 3) and said.startswith(sentence) and said.endswith(".")


def test_nothing_is_stored_of_a_picture_and_none_is_needed():
    found, said = controls.faces_in_upload(())
    assert len(found) == 0 and "stored nowhere" in said


def test_a_slider_takes_whole_numbers_or_parts_of_them():
    whole, parts = controls.slider("a", 1, 0, 9), controls.slider("b", 0.5, 0, 1, 0.25)
    assert isinstance(whole, ui.IntSlider) and isinstance(parts, ui.FloatSlider)
    assert (whole.description, whole.value, whole.max, whole.step) == ("a", 1, 9, 1)
    assert (parts.value, parts.max, parts.step) == (0.5, 1, 0.25)


def test_a_picture_is_shown_and_taken_away():
    box, face = controls.PictureBox([]), np.full((5, 6, 3), 99, np.uint8)
    box._show_image(face, "a grey face")
    assert np.array_equal(Image.open(io.BytesIO(box.picture.value)), face)
    assert box.names.picture == "a grey face"
    box._show_png(b"")
    assert box.picture.layout.display == "none" and box.names.picture == ""
    box._show_image(face, "a grey face")
    assert box.picture.layout.display == ""


def _kept(bundle):
    """The picture that a notebook keeps of a widget."""
    data = bundle["text/html"].partition("base64,")[2].partition('"')[0]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


@pytest.fixture
def notebook(monkeypatch):
    """What a notebook would show, and the updates of what it keeps."""
    shown, updates = [], []

    class Handle:
        def update(self, data, raw):
            updates.append(data)

    def display(data, raw, display_id=False):
        shown.append(data)
        return Handle() if display_id else None

    monkeypatch.setattr(controls, "display", display)
    return shown, updates


def _grey(box, level):
    box._show_image(np.full((50, 60, 3), level, np.uint8), "grey <face>")


def test_what_is_displayed_is_kept_as_a_picture(notebook):
    """First the controls, then their picture."""
    shown, updates = notebook
    box = controls.PictureBox([controls.slider("seed", 1, 0, 9)])
    _grey(box, 99)
    assert not shown
    box._ipython_display_()
    view, still = shown
    assert list(view) == ["application/vnd.jupyter.widget-view+json"]
    assert 'alt="grey &lt;face&gt;"' in still["text/html"] and not updates
    assert (_kept(still) == 99).sum() >= 50 * 60 * 3


def test_the_kept_picture_follows_a_second_after_the_last_change(notebook):
    _, updates = notebook

    async def change():
        box = controls.PictureBox([])
        _grey(box, 99)
        box._ipython_display_()
        for level in (100, 110, 120):
            _grey(box, level)
        assert not updates
        await asyncio.sleep(1.3)

    with ThreadPoolExecutor(1) as pool:  # where no loop runs yet
        pool.submit(asyncio.run, change()).result()
    (update,) = updates
    assert (_kept(update) == 120).sum() >= 50 * 60 * 3


def test_without_a_loop_the_kept_picture_follows_at_once(notebook):
    _, updates = notebook

    def change():
        box = controls.PictureBox([])
        box._ipython_display_()
        _grey(box, 120)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(change).result()
    (update,) = updates
    assert (_kept(update) == 120).sum() >= 50 * 60 * 3


def test_a_picture_of_controls_shows_their_values():
    def ink(control):
        return np.asarray(controls.stills.draw(ui.VBox([control])))

    at = [ink(controls.slider("seed", value, 0, 100)) for value in (0, 50, 100)]
    middles = []
    for picture in at:
        knob = (picture[15] == 255).all(axis=1) & (np.arange(picture.shape[1]) > 125)
        line = (picture[15] == 0xDD).all(axis=1)
        middles.append(line[:275].sum())
        assert picture.shape[0] >= 30 and knob.any()
    assert middles[0] < middles[1] < middles[2]
    assert not np.array_equal(ink(ui.Checkbox(False)), ink(ui.Checkbox(True)))
    menu = [ui.Dropdown(options=["one", "two"], value=value) for value in ("one", "two")]
    assert not np.array_equal(*map(ink, menu))
    pair = [ui.ToggleButtons(options=["real", "fake"], value=value) for value in ("real", None)]
    assert not np.array_equal(*map(ink, pair))


def test_a_hidden_control_is_not_in_the_picture():
    hidden = controls.slider("seed", 1, 0, 9)
    both = ui.VBox([controls.slider("faces", 1, 0, 9), hidden])
    high = controls.stills.draw(both).height
    hidden.layout.display = "none"
    assert controls.stills.draw(both).height < high
