"""Figures of losses over the epochs, and of what they are worth."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.axes import Axes

from ..analysis.history import LossHistory
from ..core.figures import COLOURS, LINES, new_axes, new_figure, new_grid
from ..core.images import montage


def loss_tables(histories: Sequence[LossHistory], titles: Sequence[str]) -> np.ndarray:
    """Draw the losses of several runs side by side: the paper's Figure 4 for each, on equal axes.

    Returns an array of Axes, one a run.
    """
    axes = new_grid(1, len(histories), min(5 * len(histories), 11), 3.3, sharey=True)[0]
    for ax, history, title in zip(axes, histories, titles):
        history.plot(ax, title)
    for ax in axes[1:]:
        ax.get_legend().remove()
        ax.set_ylabel("")
    return axes


def losses_and_faces(
    runs: Mapping[str, LossHistory],
    columns: Sequence[str] = ("d1", "d2", "g"),
    epoch: int | None = None,
    smoothing: int = 1,
    log: bool = False,
) -> list[Axes]:
    """Draw losses of several runs over the epochs, and beside them the faces of one epoch.

    Parameters
    ----------
    runs : dict of str to LossHistory
    columns : sequence of str
        Of their tables.
    epoch : int, optional
        Marked in the chart; of each run the faces of the last epoch up to it are shown. By default
        the last epoch.
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
    figure = new_figure(11, 3.8)
    grid = figure.add_gridspec(max(2, len(runs)), 2, width_ratios=(1, 1.15))
    chart = figure.add_subplot(grid[:, 0])
    for (name, run), line in zip(runs.items(), cycle(LINES)):
        for loss, colour in zip(columns, cycle(COLOURS)):
            values = run.losses[loss].rolling(smoothing, min_periods=1).mean()
            chart.plot(values.index, values, line, color=colour, lw=2, label=f"{loss}, {name}")
    chart.axvline(epoch, color="grey", lw=1)
    squares = set(columns) <= {"d1", "d2", "g"}
    chart.set(xlabel="epoch", ylabel="mean square" if squares else "value", xlim=(0, last + 1))
    if log:
        chart.set_yscale("log")
    else:
        chart.set_ylim(bottom=0)
    chart.locator_params("x", integer=True)
    chart.legend(frameon=False, fontsize=8)
    pictures = [figure.add_subplot(grid[row, 1]) for row in range(len(runs))]
    for ax, (name, run) in zip(pictures, runs.items()):
        _draw_faces(ax, name, run, epoch)
    return [chart, *pictures]


def bound(runs: Mapping[str, LossHistory]) -> Axes:
    """Draw √d2 + √g of several runs over their iterations, and the bound 1.

    Where a run does not say how many iterations an epoch has, all are drawn over their epochs.

    Parameters
    ----------
    runs : dict of str to LossHistory
    """
    counted = all("iterations_an_epoch" in run.about for run in runs.values())
    ax = new_axes(8, 3.4)
    for (name, run), colour, line in zip(runs.items(), cycle(COLOURS), cycle(LINES)):
        iterations = run.losses.index * (run.about["iterations_an_epoch"] if counted else 1)
        ax.plot(iterations, run.bound(), line, color=colour, lw=2, label=name)
    ax.axhspan(0, 1, color="lightgrey", alpha=0.5, zorder=0, label="impossible for one function")
    ax.set(xlabel="iterations" if counted else "epoch", ylabel="√d2 + √g")
    ax.set_ylim(0, min(3, ax.get_ylim()[1]))
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1, 0.5))
    return ax


def _draw_faces(ax, name, run, epoch):
    """Draw the faces of the last epoch up to `epoch` of which the run has kept some."""
    ax.axis("off")
    shown = max((number for number in run.sheets() if number <= epoch), default=None)
    title = f"{name}: no faces were kept" if shown is None else f"{name}, epoch {shown}"
    ax.set_title(title, fontsize=9, loc="left")
    if shown is not None:
        ax.imshow(montage(run.faces(shown)), interpolation="lanczos")
