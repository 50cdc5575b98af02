"""The diagrams: what they say of networks and of a loss is what those do."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from facekit.core.backend import tf
from facekit.gan import networks
from facekit.plots import diagrams


def _texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_layer_with_weights_is_drawn_with_its_shape_and_what_follows():
    models = {"G": networks.build_generator(7), "D": networks.build_discriminator("paper")}
    first, second = diagrams.networks(models)
    assert first.get_title("left") == f"G: {models['G'].count_params():,} weights"
    words = _texts(first)
    assert words[0] == "7" and "5×5×256" in words and "80×80×3" in words
    assert words.count("transposed 4×4\nstride 2\nbatch norm\nLeakyReLU") == 3
    assert "transposed 4×4\nstride 2\ntanh" in words
    assert "conv 5×5\nstride 1\nLeakyReLU" in _texts(second) and "dense" in _texts(second)


def test_a_block_is_as_high_as_its_layer_has_pixels():
    (ax,) = diagrams.networks({"G": networks.build_generator(7)})
    heights = [patch.get_height() for patch in ax.patches[:6]]
    assert np.allclose(np.array(heights[1:]) / heights[-1], np.array([5, 10, 20, 40, 80]) / 80)


@pytest.mark.parametrize("turn, label", [(0, "a"), (1, "c")])
def test_in_each_turn_one_network_learns(turn, label):
    ax = diagrams.gan_loop()[turn]
    colours = {
        tuple(patch.get_edgecolor()) for patch in ax.patches if hasattr(patch, "get_boxstyle")
    }
    assert len(colours) == 2 and f"$D(G(z))$  should be  ${label}$" in _texts(ax)


def test_the_cascade_names_its_networks_in_order():
    words = _texts(diagrams.cascade())
    order = [words.index(name) for name in ("P-Net", "R-Net", "O-Net")]
    assert order == sorted(order) and words.count("NMS") == 2


def test_the_arrows_at_positives_and_negatives_are_those_of_the_loss():
    """The gradient of one anchor's loss, by the loss function itself."""
    ax = diagrams.pull_and_push()
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    at = np.array([arrow.xyann for arrow in arrows])
    drawn = np.array([arrow.xy for arrow in arrows]) - at
    z = tf.Variable(np.concatenate([[[0, 1]], at]).astype("float32"))
    positive = np.array([line.get_marker() == "o" for line in ax.lines[:5]])
    with tf.GradientTape() as tape:
        shares = tf.nn.log_softmax(tf.linalg.matvec(z[1:], z[0]) / 0.5)
        loss = -tf.reduce_mean(tf.boolean_mask(shares, positive))
    gradient = tape.gradient(loss, z)[1:].numpy()
    along = np.stack([-at[:, 1], at[:, 0]], axis=1)
    wanted = -(gradient * along).sum(1, keepdims=True) * along
    ratio = np.linalg.norm(drawn, axis=1) / np.linalg.norm(wanted, axis=1)
    assert (np.sum(drawn * wanted, axis=1) > 0).all() and np.ptp(ratio) < 1e-3 * ratio.max()


def test_diagrams_follow_a_dark_style():
    models = {"G": networks.build_generator(7)}
    with plt.style.context("dark_background"):
        drawn = [diagrams.cascade(), diagrams.pull_and_push(), *diagrams.gan_loop()]
        drawn += [*diagrams.networks(models)]
    for ax in drawn:
        words = [text for text in ax.texts if text.get_text()]
        arrows = [text.arrow_patch for text in ax.texts if not text.get_text()]
        colours = [word.get_color() for word in words]
        colours += [arrow.get_edgecolor() for arrow in arrows]
        colours += [line.get_color() for line in ax.lines if len(line.get_xdata())]
        assert all(max(to_rgb(colour)) > 0.4 for colour in colours)
        assert all(patch.get_facecolor()[3] < 0.3 for patch in ax.patches)  # nothing covers words
