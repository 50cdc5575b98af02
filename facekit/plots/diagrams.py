"""Diagrams: how the networks of the course are built, and what moves when they learn."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

from ..core.figures import BLUE, GREEN, ORANGE, RED, new_axes, new_grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.backend import keras


def cascade() -> Axes:
    """Draw the way of a photograph through the three networks of MTCNN."""
    ax = _canvas(11, 2.1, (0, 22), (-1.7, 2.7))
    for size, x in ((1.6, 0.1), (1.1, 1.8), (0.75, 3.0), (0.5, 3.85)):
        ax.add_patch(Rectangle((x, 1.3 - size / 2), size, size, fc=_pale("grey"), ec="grey"))
    ax.text(2.2, -0.3, "image pyramid", ha="center", va="top")
    seen = "every window", "what is left", "what is left"
    for name, pixels, what, x in zip("PRO", (12, 24, 48), seen, (5.6, 11.1, 16.6)):
        _arrow(ax, (x - 1.0, 1.3), (x, 1.3))
        _box(ax, x, 0.6, 2.3, 1.4, f"{name}-Net", BLUE)
        ax.text(x + 1.15, -0.3, f"{what},\n{pixels} × {pixels} pixels", ha="center", va="top")
    for x in (7.9, 13.4):
        _arrow(ax, (x, 1.3), (x + 0.7, 1.3))
        _box(ax, x + 0.7, 0.75, 1.5, 1.1, "NMS", "grey")
        ax.text(x + 1.45, 2.1, "fewer windows", ha="center")
    _arrow(ax, (18.9, 1.3), (19.9, 1.3))
    ax.add_patch(Rectangle((20, 0.2), 1.8, 2.2, fill=False, ec=ORANGE, lw=2))
    points = np.array([(20.5, 1.7), (21.3, 1.7), (20.9, 1.25), (20.6, 0.75), (21.2, 0.75)])
    ax.plot(*points.T, "o", ms=4, color=BLUE)
    ax.text(20.9, -0.3, "box and\nfive points", ha="center", va="top")
    return ax


def gan_loop() -> np.ndarray:
    """Draw the two turns of a GAN: what flows forward, and where the gradient goes back."""
    axes = new_grid(2, 1, 9.5, 4.2, height_ratios=(4.9, 2.7))[:, 0]
    titles = "D's turn: only D's weights move", "G's turn: only G's weights move"
    for ax, title, fake in zip(axes, titles, "ac"):
        d_learns = fake == "a"
        _clear(ax, (0, 19), (-0.5, 4.4 if d_learns else 2.0))
        ax.set_title(title, loc="left", fontsize=11)
        ax.text(0.3, 0.7, "$z$", ha="center", va="center", fontsize=14)
        _arrow(ax, (0.8, 0.7), (2.2, 0.7))
        _box(ax, 2.2, 0, 2.2, 1.4, "G", "grey" if d_learns else ORANGE)
        _arrow(ax, (4.4, 1.0), (8.6, 1.0))
        ax.text(6.5, 1.2, "fake $G(z)$", ha="center")
        _score(ax, 8.6, 0, "$D(G(z))$", fake, d_learns)
        if d_learns:
            ax.text(6.0, 3.4, "real $x$", ha="center", va="center", fontsize=12)
            _arrow(ax, (7.0, 3.4), (8.6, 3.4))
            _score(ax, 8.6, 2.7, "$D(x)$", "b", d_learns)
        else:
            ax.plot([10.8, 8.6], [0.4, 0.4], color=RED, lw=1.8, ls="--")
            _arrow(ax, (8.6, 0.4), (4.4, 0.4), RED)
        ax.text(11.8, -0.25, "gradient", ha="center", color=RED)
    return axes


def networks(models: Mapping[str, keras.Model]) -> np.ndarray:
    """Draw networks as their layers with weights, each as high as what it gives is wide.

    Parameters
    ----------
    models : dict of str to keras.Model
        One row each. What has no weights of its own stands below the layer that it follows.

    Returns
    -------
    array of Axes, shape (models,)
    """
    axes = new_grid(len(models), 1, 11, 2.2 * len(models))[:, 0]
    for ax, (name, model) in zip(axes, models.items()):
        blocks, edges = _blocks(model), []
        _clear(ax, (-0.7, 2 * len(blocks) - 0.6), (-2.0, 2.4))
        ax.set_title(f"{name}: {model.count_params():,} weights", loc="left", fontsize=11)
        for i, (kind, shape, below) in enumerate(blocks):
            is_picture = len(shape) == 3
            high, wide = (shape[0] / 40, max(shape[2] / 160, 0.06)) if is_picture else (0.2, 0.2)
            colour = {"transposed": ORANGE, "conv": BLUE}.get(kind.split()[0], "grey")
            corner, face = (2 * i - wide / 2, 1 - high / 2), _pale(colour)
            ax.add_patch(Rectangle(corner, wide, high, fc=face, ec=colour))
            ax.text(2 * i, 2.15, "×".join(map(str, shape)), ha="center", fontsize=9)
            ax.text(2 * i, -0.15, "\n".join([kind, *below]), ha="center", va="top", fontsize=9)
            edges.append((2 * i - wide / 2 - 0.12, 2 * i + wide / 2 + 0.12))
        for (_, start), (end, _) in itertools.pairwise(edges):
            _arrow(ax, (start, 1), (end, 1))
    return axes


def pull_and_push() -> Axes:
    """Draw what SupCon does to an anchor: positives pull it, negatives push it.

    Arrows at the others show the gradient of the anchor's loss with respect to each of them, along
    the circle on which all embeddings lie.
    """
    ax = _canvas(5.2, 4.6, (-1.5, 1.75), (-1.35, 1.35))
    ax.set_aspect("equal")
    ax.add_patch(Circle((0, 0), 1, fill=False, ec="lightgrey"))
    angles = np.radians([90, 150, 20, 60, 200, 300])
    positive = np.array([0, 1, 1, 0, 0, 0], bool)
    around, others = np.stack([np.cos(angles), np.sin(angles)], axis=1), np.arange(6) > 0
    shares = np.where(others, np.exp(around @ around[0] / 0.5), 0)
    weights = shares / shares.sum() - positive / positive.sum()  # of each in the gradient
    along = np.stack([-np.sin(angles), np.cos(angles)], axis=1)
    for i in range(1, 6):
        step = -weights[i] * (along[i] @ around[0]) * along[i] * 1.3
        ax.plot(
            *around[i], "os"[int(not positive[i])], ms=11, color=BLUE if positive[i] else ORANGE
        )
        _arrow(ax, around[i], around[i] + step, GREEN if positive[i] else RED)
    ax.plot(0, 1, "*", ms=19, color=mpl.rcParams["text.color"])
    ax.text(0.1, 1.13, "anchor")
    ax.plot([], [], "o", color=BLUE, ms=9, label="positive: is pulled")
    ax.plot([], [], "s", color=ORANGE, ms=9, label="negative: is pushed")
    ax.legend(frameon=False, loc="center", fontsize=10)
    return ax


def _blocks(model):
    """Return for each layer with a kernel what it does, its output's shape, and what follows it."""
    blocks: list[tuple[str, tuple[int, ...], list[str]]]
    blocks = [("input", model.input_shape[1:], [])]
    follows = {"LeakyReLU": "LeakyReLU", "BatchNormalization": "batch norm", "Flatten": "flatten"}
    for layer in model.layers:
        kind, shape = type(layer).__name__, tuple(layer.output.shape[1:])
        if kind == "Dense":
            blocks.append(("dense", shape, []))
        elif kind in ("Conv2D", "Conv2DTranspose"):
            word = "conv" if kind == "Conv2D" else "transposed"
            name = f"{word} {layer.kernel_size[0]}×{layer.kernel_size[1]}"
            last = layer.activation.__name__
            below = [f"stride {layer.strides[0]}"] + [last] * (last != "linear")
            blocks.append((name, shape, below))
        elif kind == "Reshape":
            blocks[-1] = (f"{blocks[-1][0]}, reshape", shape, blocks[-1][2])
        elif kind in follows:
            blocks[-1][2].append(follows[kind])
    return blocks


def _score(ax, x, y, score, label, learns):
    """Draw the discriminator, its score, and the label that the score should have."""
    _box(ax, x, y, 2.2, 1.4, "D", BLUE if learns else "grey")
    _arrow(ax, (x + 2.2, y + 1.0), (x + 4.2, y + 1.0))
    _arrow(ax, (x + 4.2, y + 0.4), (x + 2.2, y + 0.4), RED)
    ax.text(x + 4.4, y + 0.7, f"{score}  should be  ${label}$", va="center", fontsize=12)


def _canvas(width, height, x, y):
    ax = new_axes(width, height)
    _clear(ax, x, y)
    return ax


def _clear(ax, x, y):
    ax.set(xlim=x, ylim=y)
    ax.axis("off")


def _box(ax, x, y, width, height, name, colour):
    style = "round,pad=0,rounding_size=0.2"
    ax.add_patch(FancyBboxPatch((x, y), width, height, style, fc=_pale(colour), ec=colour, lw=1.5))
    ax.text(x + width / 2, y + height / 2, name, ha="center", va="center", fontsize=12)


def _arrow(ax, start, end, colour=None):
    colour = colour or mpl.rcParams["text.color"]
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.5})


def _pale(colour):
    """Return a colour that lies lightly on any background, a dark theme's too."""
    return mpl.colors.to_rgba(colour, 0.18)
