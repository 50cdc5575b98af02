"""A widget to look at the losses and faces of runs."""

from collections.abc import Mapping

import ipywidgets as ui
import pandas as pd

from ..analysis.history import LossHistory
from ..plots import curves
from .controls import PictureBox, labelled, observe, slider


class LossExplorer(PictureBox):
    """Choose runs and losses, slide to an epoch, and see its faces beside the losses.

    Parameters
    ----------
    runs : dict of str to LossHistory
        At least one run.

    Attributes
    ----------
    chosen, losses, epoch, smoothing, logarithmic : ipywidgets controls
        See `plots.losses_and_faces`, which draws the picture.
    table : DataFrame
        The losses of the chosen runs at the epoch, a column per run; NaN where a run has no such
        epoch.

    Raises
    ------
    ValueError
        If there is no run.
    """

    def __init__(self, runs: Mapping[str, LossHistory]):
        if not runs:
            raise ValueError('no run is given: try {"mine": fk.analysis.history.load(folder)}')
        self.runs = runs
        names, tables = list(runs), [run.losses for run in runs.values()]
        shared = [name for name in tables[0] if all(name in table for table in tables)]
        last = int(max(table.index.max() for table in tables))
        self.chosen = labelled(ui.SelectMultiple, "runs", options=names, value=names[:2])
        self.losses = labelled(ui.SelectMultiple, "losses", options=shared, value=shared[:3])
        self.epoch = slider("epoch", last, 1, last)
        self.smoothing = slider("mean over", 1, 1, max(2, last // 4))
        self.logarithmic = ui.Checkbox(False, description="logarithmic")
        controls = [self.chosen, self.losses, self.epoch, self.smoothing, self.logarithmic]
        super().__init__(controls)
        observe(controls, self._draw)
        self._draw()

    def _draw(self, change: dict | None = None) -> None:
        runs = {name: self.runs[name] for name in self.chosen.value}
        losses, epoch = list(self.losses.value), self.epoch.value
        if not runs or not losses:
            return  # nothing is chosen: the last picture stays
        at_epoch = {name: run.losses[losses].reindex([epoch]).iloc[0] for name, run in runs.items()}
        self.table = pd.DataFrame(at_epoch)
        smoothing, logarithmic = self.smoothing.value, self.logarithmic.value
        words = f"losses of {', '.join(runs)}, and their faces at epoch {epoch}"
        self._show_figure(
            words, curves.losses_and_faces, runs, losses, epoch, smoothing, logarithmic
        )
