"""The figures of losses; `plots` hands them on."""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from ..core.images import montage
from ..gan import losses
from .style import BLUE, COLOURS, GREEN, LINES, MARKS, ORANGE


def loss_tables(histories, titles):
    """Draw the losses of several runs beside each other, on the same axes: the paper's Figure 4 for each."""
    figure, axes = plt.subplots(
        1,
        len(histories),
        figsize=(min(5 * len(histories), 11), 3.3),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )
    for ax, history, title in zip(axes[0], histories, titles):
        history.plot(ax, title)
    for ax in axes[0][1:]:
        ax.get_legend().remove()
        ax.set_ylabel("")
    return axes[0]


def losses_and_faces(runs, columns=("d1", "d2", "g"), epoch=None, smoothing=1, log=False):
    """Draw losses of several runs over the epochs, and beside them the faces of one epoch.

    Parameters
    ----------
    runs : dict of str to LossHistory
    columns : sequence of str
        Of their tables.
    epoch : int, optional
        Marked in the chart; of each run the faces of the last epoch up to it are shown. By default the last.
    smoothing : int
        Epochs of the trailing mean; 1 for none.
    log : bool
        Logarithmic scale.

    Returns
    -------
    list of Axes
        The chart's, then one for each run's faces.
    """
    last = max(run.losses.index.max() for run in runs.values())
    epoch = last if epoch is None else epoch
    figure = plt.figure(figsize=(11, 3.8), layout="constrained")
    grid = figure.add_gridspec(max(2, len(runs)), 2, width_ratios=(1, 1.15))
    chart = figure.add_subplot(grid[:, 0])
    for (name, run), style in zip(runs.items(), cycle(LINES)):
        for loss, colour in zip(columns, cycle(COLOURS)):
            values = run.losses[loss].rolling(smoothing, min_periods=1).mean()
            chart.plot(values.index, values, style, color=colour, lw=2, label=f"{loss}, {name}")
    chart.axvline(epoch, color="grey", lw=1)
    chart.set(
        xlabel="epoch",
        ylabel="mean square" if set(columns) <= {"d1", "d2", "g"} else "value",
        xlim=(0, last + 1),
    )
    if log:
        chart.set_yscale("log")
    else:
        chart.set_ylim(bottom=0)
    chart.xaxis.get_major_locator().set_params(integer=True)
    chart.spines[["top", "right"]].set_visible(False)
    chart.legend(frameon=False, fontsize=8)
    axes = [chart]
    for i, (name, run) in enumerate(runs.items()):
        ax = figure.add_subplot(grid[i, 1])
        ax.axis("off")
        shown = max((number for number in run.sheets() if number <= epoch), default=None)
        if shown:
            ax.imshow(montage(run.faces(shown)), interpolation="lanczos")
        ax.set_title(
            f"{name}, epoch {shown}" if shown else f"{name}: no faces were kept",
            fontsize=9,
            loc="left",
        )
        axes.append(ax)
    return axes


def bound(runs, ax=None):
    """Draw √d2 + √g of several runs, a dictionary from name to `LossHistory`, over their iterations, and the bound 1."""
    ax = ax or plt.subplots(figsize=(8, 3.4), layout="constrained")[1]
    for (name, run), colour, style in zip(runs.items(), cycle(COLOURS), cycle(LINES)):
        iterations = run.losses.index * run.about.get("iterations_an_epoch", 1)
        ax.plot(iterations, run.bound(), style, color=colour, lw=2, label=name)
    ax.axhspan(0, 1, color="lightgrey", alpha=0.5, zorder=0, label="impossible for one function")
    ax.set(
        xlabel="iterations"
        if all("iterations_an_epoch" in run.about for run in runs.values())
        else "epoch",
        ylabel="√d2 + √g",
    )
    ax.set_ylim(0, min(3, ax.get_ylim()[1]))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def generator_slopes(ax=None):
    """Draw how strongly three generator losses push at a fake, by what the discriminator says of it: the size of the loss's slope."""
    said = np.linspace(-6, 6, 241, dtype="float32")
    ax = ax or plt.subplots(figsize=(6.5, 3.4), layout="constrained")[1]
    for loss, name, colour, style in (
        (losses.lsgan_generator_loss, "least squares", BLUE, "-"),
        (losses.cross_entropy_generator_loss, "cross-entropy", ORANGE, "--"),
        (losses.minimax_generator_loss, "cross-entropy, minimax", GREEN, ":"),
    ):
        ax.plot(said, np.abs(losses.slope(loss, said)), style, color=colour, lw=2, label=name)
    ax.set(
        xlabel="what the discriminator says of the fake  (← fake · real →)",
        ylabel="push on the fake",
        ylim=(0, 4),
    )
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def quality(table, columns=("d1", "d2", "g")):
    """Draw a kernel distance against each loss, a mark an epoch, another one for each run; that of its last epoch is large.

    Parameters
    ----------
    table : DataFrame
        Columns `run`, `kernel_distance` and the losses: see `history.epochs`.
    """
    axes = plt.subplots(
        1,
        len(columns),
        figsize=(3.6 * len(columns), 3.4),
        sharey=True,
        layout="constrained",
        squeeze=False,
    )[1][0]
    for ax, loss in zip(axes, columns):
        for i, (name, run) in enumerate(table.groupby("run")):
            colour, mark = (
                COLOURS[i % 8],
                MARKS[(i + i // 8) % 8],
            )  # of sixty-four runs no two look alike
            x, y = run[loss].clip(lower=1e-3), run["kernel_distance"]
            ax.plot(x, y, mark, color=colour, ms=4, mew=0, alpha=0.4)
            ax.plot(x.iloc[-1:], y.iloc[-1:], mark, color=colour, ms=9, mec="white", label=name)
        ax.set(xscale="log", yscale="log", xlabel=loss)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_ylabel("kernel distance  (better ↓)")
    axes[0].set_yticks([0.5, 1, 2, 4, 8], ["0.5", "1", "2", "4", "8"])
    axes[0].minorticks_off()
    axes[-1].legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return axes
