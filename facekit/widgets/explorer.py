"""A widget to look at losses and faces of runs."""

import ipywidgets as ui
import matplotlib.pyplot as plt
import pandas as pd

from ..plots import curves
from .controls import WIDE, Pictured


class LossExplorer(Pictured):
    """Choose runs and losses, slide to an epoch, and see the faces of that epoch beside its losses.

    Parameters
    ----------
    runs : dict of str to LossHistory

    Attributes
    ----------
    chosen, losses, epoch, smoothing, logarithmic : ipywidgets controls
        See `plots.losses_and_faces`, which draws the picture.
    table : DataFrame
        The losses of the chosen runs at the epoch, a column a run; empty where a run has no such epoch.
    """

    def __init__(self, runs):
        self.runs = runs
        columns = [
            name
            for name in next(iter(runs.values())).losses
            if all(name in run.losses for run in runs.values())
        ]
        last = int(max(run.losses.index.max() for run in runs.values()))
        self.chosen = ui.SelectMultiple(
            options=list(runs),
            value=list(runs)[:2],
            rows=min(4, len(runs)),
            description="runs",
            **WIDE,
        )
        self.losses = ui.SelectMultiple(
            options=columns, value=columns[:3], rows=4, description="losses", **WIDE
        )
        self.epoch = ui.IntSlider(last, 1, last, description="epoch", **WIDE)
        self.smoothing = ui.IntSlider(1, 1, max(2, last // 4), description="mean over", **WIDE)
        self.logarithmic = ui.Checkbox(False, description="logarithmic")
        controls = [self.chosen, self.losses, self.epoch, self.smoothing, self.logarithmic]
        for control in controls:
            control.observe(self._show, "value")
        super().__init__(controls)
        self._show()

    def _show(self, change=None):
        runs = {name: self.runs[name] for name in self.chosen.value}
        if not runs or not self.losses.value:
            return  # nothing chosen: the last picture stays
        self.table = pd.DataFrame(
            {
                name: run.losses[list(self.losses.value)].reindex([self.epoch.value]).iloc[0]
                for name, run in runs.items()
            }
        )
        with plt.ioff():
            axes = curves.losses_and_faces(
                runs,
                self.losses.value,
                self.epoch.value,
                self.smoothing.value,
                self.logarithmic.value,
            )
        self._paint_figure(axes)
