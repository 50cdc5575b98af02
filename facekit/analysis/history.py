"""Loss histories: what a training run has recorded, read back, averaged and drawn.

A run is a folder: `losses.csv` (one row an epoch), `run.json` (settings, machine, versions, time)
and `sheets/epoch_0001.png` … (the same latent points after each epoch; of the recorded runs eight
of them, as `.jpg`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..core import images, paths, reading

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOSSES = ("d1", "d2", "g")
_LABELS = ("d1, discriminator on real", "d2, discriminator on fakes", "g, generator")
_ADVICE = "train with callbacks=gan.recorder.callbacks(folder)"


@dataclass
class LossHistory:
    """The losses of one run.

    Attributes
    ----------
    losses : DataFrame
        Index `epoch` from 1; columns d1, d2, g (mean squares) and what else was recorded.
    about : dict
        Settings, machine, versions and time of the run.
    folder : Path or None
        Where it was read from.

    Examples
    --------
    >>> LossHistory(paper.TABLE_2).averages()["g"]
    0.0575
    """

    losses: pd.DataFrame
    about: dict[str, Any] = field(default_factory=dict)
    folder: Path | None = None

    def table(self, digits: int = 3) -> pd.DataFrame:
        """Return the losses as the paper's Table 2 prints them, rounded to `digits`."""
        return self.losses[list(LOSSES)].round(digits)

    def averages(self, digits: int = 4) -> pd.Series:
        """Return the mean of each loss over the epochs, rounded: the paper's summary of a run."""
        return self.losses[list(LOSSES)].mean().round(digits)

    def bound(self) -> pd.Series:
        """Return √d2 + √g of each epoch.

        It is at least |c − a| = 1 for one discriminator on one distribution of fakes (Minkowski).
        """
        return (self.losses["d2"] ** 0.5 + self.losses["g"] ** 0.5).rename("√d2 + √g")

    def plot(self, ax: Axes | None = None, title: str | None = None) -> Axes:
        """Draw the three losses over the epochs, as in the paper's Figure 4; return the Axes."""
        from ..core import figures  # here, since whoever only reads a run needs no matplotlib

        ax = ax or figures.new_axes(6, 3.5)
        for loss, label, colour, line in zip(LOSSES, _LABELS, figures.COLOURS, figures.LINES):
            ax.plot(self.losses.index, self.losses[loss], line, color=colour, lw=2, label=label)
        ax.set(xlabel="epoch", ylabel="mean square", title=title or "Losses of a run")
        ax.set_ylim(bottom=0)
        ax.locator_params("x", integer=True)
        ax.legend(frameon=False)
        return ax

    def sheets(self) -> dict[int, Path]:
        """Return the pictures of the epochs, a dictionary from epoch to file."""
        files = sorted(self.folder.glob("sheets/epoch_*.[jp][pn]g")) if self.folder else []
        numbers = [file.stem.removeprefix("epoch_") for file in files]
        return {int(number): file for number, file in zip(numbers, files) if number.isdecimal()}

    def faces(self, epoch: int | None = None) -> np.ndarray:
        """Return the first row of faces of an epoch's picture, by default of the last.

        Returns
        -------
        uint8 array, shape (8, size, size, 3)

        Raises
        ------
        ValueError
            If no picture of that epoch was kept, or it is damaged.
        """
        sheets = self.sheets()
        epoch = max(sheets, default=None) if epoch is None else epoch
        if epoch not in sheets:
            raise ValueError(f"no faces of epoch {epoch} were kept: {_ADVICE}")
        with reading.guarded(sheets[epoch], "a picture of an epoch", "delete it"):
            # Sheets of runs that do not say their layout are those of `images.montage`.
            return images.first_row(images.read(sheets[epoch]), **self.about.get("sheet", {}))


def load(path: str | Path) -> LossHistory:
    """Read a run's folder, or a CSV of losses alone.

    Raises
    ------
    FileNotFoundError
        If there is no `losses.csv`.
    ValueError
        If the table has no columns d1, d2, g, no epoch, or values that are not numbers; or if
        `run.json` is damaged.
    """
    path = Path(path)
    file = path / "losses.csv" if path.is_dir() else path
    with reading.guarded(file, "a loss table (epoch, d1, d2, g)", _ADVICE):
        losses = reading.read_csv(file).set_index("epoch")
        finite = np.isfinite(losses[list(LOSSES)].to_numpy("float64")).all()
        if losses.empty or losses.index.dtype.kind != "i" or not finite:
            raise ValueError("no epochs, or values that are no numbers")
    settings = file.with_name("run.json")
    about = reading.read_json(settings, "delete it, or fetch it again") if settings.exists() else {}
    return LossHistory(losses, about, file.parent)


def recorded(pattern: str = "*", **about: Any) -> dict[str, LossHistory]:
    """Return the runs that ship in `data/runs`, a dictionary from name to `LossHistory`.

    Only epochs of runs that agree in `source`, `epochs` and `generator` can be pooled: a kernel
    distance belongs to a descriptor and an image size, and a longer run would outweigh the others.

    Parameters
    ----------
    pattern : str
        Of the names, as in a shell.
    about
        What `run.json` must say.

    Examples
    --------
    >>> list(recorded("*statistics", source="portraits"))
    ['batch-statistics', 'moving-statistics']
    """
    files = sorted((paths.data() / "runs").glob(f"{pattern}/losses.csv"))
    runs = {file.parent.name: load(file.parent) for file in files}
    return {name: run for name, run in runs.items() if about.items() <= run.about.items()}


def epochs(runs: Mapping[str, LossHistory]) -> pd.DataFrame:
    """Return all epochs of the runs that measured a kernel distance, in one table.

    Columns `run`, `epoch`, `d1`, `d2`, `g`, `kernel_distance`.

    Raises
    ------
    ValueError
        If no run measured it.
    """
    measured = {name: run.losses for name, run in runs.items() if "kernel_distance" in run.losses}
    if not measured:
        raise ValueError("none of these runs measured a kernel distance: train with a descriptor")
    return pd.concat(measured, names=["run", "epoch"])[[*LOSSES, "kernel_distance"]].reset_index()
