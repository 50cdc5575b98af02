"""Which real faces are nearest, by setting the widget's controls and reading what it shows."""

import numpy as np
import pytest

from facekit.gan import latent, networks
from facekit.widgets import NearestFaces


@pytest.fixture
def widget(generator, faces, colours):
    return NearestFaces(generator, faces, colours)


def test_the_nearest_of_generated_faces_are_found(widget, faces):
    before = widget.picture.value
    widget.seed.value = 9
    expected = networks.generate(widget.generator, latent.sample(4, 16, 9, 0.8))
    assert np.array_equal(widget.images, expected) and widget.picture.value != before
    colour = [images.mean(axis=(1, 2)).astype("float64") for images in (expected, faces.images)]
    nearest = ((colour[0][:, None] - colour[1]) ** 2).sum(axis=-1).argsort(axis=1)[:, :3]
    assert widget.nearest["row"].tolist() == nearest.ravel().tolist()


def test_without_a_picture_of_yours_nothing_is_shown(widget):
    widget.source.value = "your picture"
    assert widget.nearest is None and "stored nowhere" in widget.message.value
    assert widget.picture.value == b"" and widget.seed.layout.display == "none"
    widget.source.value = "generated"
    assert len(widget.nearest) == 12 and widget.picture.value


def test_a_small_gallery_is_shown_whole(generator, faces, colours):
    widget = NearestFaces(generator, faces.take(np.arange(2)), colours)
    assert len(widget.nearest) == 8 and widget.picture.value
