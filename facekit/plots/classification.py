"""Figures of the classifier; `plots` hands them on."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from .style import BLUE, GREEN, ORANGE, RED


def verdicts(images, expectation, table):
    """Draw faces with what they are, what the classifier says and how sure it is; a wrong verdict stands in red."""
    columns = -(-len(images) // 2)
    axes = plt.subplots(
        2, columns, figsize=(1.6 * columns, 4.2), layout="constrained", squeeze=False
    )[1].ravel()
    for ax in axes:
        ax.axis("off")
    for ax, image, truth, verdict in zip(axes, images, expectation, table.itertuples()):
        ax.imshow(image)
        right = verdict.label == truth
        ax.set_title(
            f"{truth} → {verdict.label}{'' if right else ' ✗'}\n{verdict.confidence:.4f}",
            fontsize=9,
            color="black" if right else RED,
        )
    return axes


def heat(table, ax=None):
    """Draw a table of `examination.transfer`: the balanced accuracy in per cent, dark where the classifier guesses or does worse."""
    shares = 100 * table["balanced"].unstack(sort=False)
    ax = (
        ax
        or plt.subplots(
            figsize=(1.6 + 0.62 * shares.shape[1], 1.9 + 0.42 * shares.shape[0]),
            layout="constrained",
        )[1]
    )
    ax.imshow(shares, vmin=40, vmax=100, cmap="cividis", aspect="auto")
    for (i, j), value in np.ndenumerate(shares.to_numpy()):
        ax.text(
            j,
            i,
            f"{value:.0f}",
            ha="center",
            va="center",
            color="black" if value > 70 else "white",
            fontsize=9,
        )
    ax.set_xticks(
        range(shares.shape[1]), shares.columns, rotation=40, ha="right", rotation_mode="anchor"
    )
    ax.set_yticks(range(shares.shape[0]), shares.index)
    ax.set(
        xlabel="tested on",
        ylabel="trained on",
        title="Balanced accuracy in per cent; 50 is guessing",
    )
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def reliability(tables, ax=None):
    """Draw tables of `calibration.reliability`, a dictionary from name, against the diagonal of a forecaster who means what he says.

    A larger mark stands for more faces, a line for the 95 % interval.
    """
    ax = ax or plt.subplots(figsize=(4.4, 4.6), layout="constrained")[1]
    ax.plot([0, 100], [0, 100], color="grey", lw=1, ls=":")
    for (name, table), colour, mark in zip(tables.items(), (BLUE, ORANGE, RED, GREEN), "osD^"):
        ax.vlines(100 * table.said, 100 * table.low, 100 * table.high, color=colour, lw=1)
        ax.scatter(
            100 * table.said,
            100 * table.happened,
            s=8 + 3 * table.faces**0.5,
            color=colour,
            marker=mark,
        )
        ax.plot([], [], mark, color=colour, ms=6, label=name)
    ax.set(
        xlabel="fake percentage that was said",
        ylabel="per cent that were fakes",
        xlim=(-4, 104),
        ylim=(-4, 104),
        aspect="equal",
    )
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def saliencies(images, saliency, shown=7):
    """Draw some faces above what their verdicts are sensitive to, the brighter the more, and last the mean of all of them."""
    pairs = [
        *zip(images[:shown], saliency[:shown]),
        (np.mean(images, axis=0) / 255, np.mean(saliency, axis=0)),
    ]
    axes = plt.subplots(
        2, len(pairs), figsize=(1.1 * len(pairs), 2.5), layout="constrained", squeeze=False
    )[1]
    for column, (image, map_) in zip(axes.T, pairs):
        column[0].imshow(image)
        column[1].imshow(map_, cmap="cividis")
    axes[0, -1].set_title(f"mean of {len(images)}", fontsize=9)
    for ax in axes.ravel():
        ax.axis("off")
    return axes


def face_map(features, kinds, images=None, ax=None):
    """Draw points of an embedding on the plane of their two main axes (principal components), some of them as the faces themselves.

    Parameters
    ----------
    features : float array, shape (n, features)
    kinds : sequence of str, length n
        What each point is; one colour and one mark a kind, four at most.
    images : uint8 array, shape (n, h, w, 3), optional
        Faces of the points: four of each kind are drawn small, framed in its colour.
    """
    kinds, centred = np.asarray(kinds), np.asarray(features, "float64") - np.mean(features, axis=0)
    place = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    ax = ax or plt.subplots(figsize=(7, 4.6), layout="constrained")[1]
    for name, colour, mark in zip(dict.fromkeys(kinds), (BLUE, ORANGE, GREEN, RED), "os^D"):
        members = np.flatnonzero(kinds == name)
        ax.scatter(*place[members].T, s=16, color=colour, marker=mark, alpha=0.6, lw=0, label=name)
        for i in (
            members[np.linspace(0, len(members) - 1, 4).astype(int)] if images is not None else ()
        ):
            frame = {"edgecolor": colour, "linewidth": 1.5, "boxstyle": "square,pad=0"}
            ax.add_artist(
                AnnotationBbox(
                    OffsetImage(images[i], zoom=0.3), place[i], frameon=True, pad=0, bboxprops=frame
                )
            )
    ax.set(xlabel="first principal axis", ylabel="second", xticks=[], yticks=[])
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, markerscale=2)
    return ax


def distances(kinds, ax=None):
    """Draw how far apart the two faces of pairs are: a dictionary from what the pairs are to their distances, four kinds at most."""
    ax = ax or plt.subplots(figsize=(6, 3.6), layout="constrained")[1]
    edges = np.linspace(0, max(np.max(values) for values in kinds.values()), 41)
    for (name, values), colour, style in zip(
        kinds.items(), (BLUE, ORANGE, RED, GREEN), ("-", "--", ":", "-.")
    ):
        ax.stairs(
            np.histogram(values, edges)[0] / len(values),
            edges,
            color=colour,
            lw=2,
            ls=style,
            label=name,
        )
    ax.set(xlabel="distance of the two points", ylabel="share of the pairs")
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def board(images, table, saliency, nearest, truth=None):
    """Draw what is said of some faces, one column a face: the face and its verdict, what that is sensitive to, and the nearest real face.

    Parameters
    ----------
    images, nearest : uint8 arrays, shape (n, h, w, 3)
    table : DataFrame
        What `matching.report` returned.
    saliency : float array, shape (n, h, w)
    truth : list of str, optional
        "real" or "fake"; a wrong verdict stands in red.
    """
    axes = plt.subplots(
        3,
        len(images),
        figsize=(max(3.2, 1.25 * len(images) + 0.4), 4.45),
        layout="constrained",
        squeeze=False,
    )[1]
    for i, row in enumerate(table.itertuples()):
        axes[0, i].imshow(images[i])
        wrong = truth is not None and row.label != truth[i]
        axes[0, i].set_title(
            f"{row.label}{' ✗' if wrong else ''}\n{row.fake_percentage:.1f} % fake",
            fontsize=9,
            color=RED if wrong else "black",
        )
        axes[1, i].imshow(saliency[i], cmap="cividis", vmin=0, vmax=1)
        axes[2, i].imshow(nearest[i])
        axes[2, i].set_xlabel(f"distance {row.distance:.1f}", fontsize=9)
    for ax, label in zip(axes[:, 0], ("the face", "sensitive to", "nearest real")):
        ax.set_ylabel(label, fontsize=9)
    for ax in axes.ravel():
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
    return axes
