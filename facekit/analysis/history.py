"""Loss tables: what a run records, read back, averaged and drawn.

A run is a folder: `losses.csv` (one row an epoch), `run.json` (settings, machine, versions, time) and
`sheets/epoch_0001.png` … (the same latent points after each epoch; of recorded runs eight of them, as `.jpg`).
"""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from PIL import Image

from ..core import images, paths, profiles, reading, writing
from ..core.images import montage

LOSSES = ("d1", "d2", "g")
_STYLES = {
    "d1": ("#0072B2", "-"),
    "d2": ("#E69F00", "--"),
    "g": ("#009E73", ":"),
}  # Okabe and Ito; told apart in grey too
_LABELS = {
    "d1": "d1, discriminator on real",
    "d2": "d2, discriminator on fakes",
    "g": "g, generator",
}


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
    """

    losses: pd.DataFrame
    about: dict = field(default_factory=dict)
    folder: Path | None = None

    def table(self, digits=3):
        """Return the losses as the paper's Table 2 prints them, rounded to `digits`."""
        return self.losses[list(LOSSES)].round(digits)

    def averages(self, digits=4):
        """Return the mean of each loss over the epochs, rounded to `digits`: the paper's summary of a run."""
        return self.losses[list(LOSSES)].mean().round(digits)

    def plot(self, ax=None, title=None):
        """Draw the three losses over the epochs, as in the paper's Figure 4, and return the Axes."""
        ax = ax or plt.subplots(figsize=(6, 3.5), layout="constrained")[1]
        for name in LOSSES:
            colour, line = _STYLES[name]
            ax.plot(
                self.losses.index, self.losses[name], line, color=colour, lw=2, label=_LABELS[name]
            )
        ax.set(xlabel="epoch", ylabel="mean square", title=title or "Losses of a run")
        ax.set_ylim(bottom=0)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.spines[["top", "right"]].set_visible(False)
        ax.legend(frameon=False)
        return ax

    def bound(self):
        """Return √d2 + √g of each epoch: at least |c − a|, so 1, for one discriminator on one kind of fakes."""
        return (self.losses["d2"] ** 0.5 + self.losses["g"] ** 0.5).rename("√d2 + √g")

    def sheets(self):
        """Return the pictures of the epochs, a dictionary from epoch to file."""
        if self.folder is None:
            return {}
        files = sorted(self.folder.glob("sheets/epoch_*.[jp][pn]g"))
        return {
            int(number): file
            for file in files
            if (number := file.stem.removeprefix("epoch_")).isdecimal()
        }

    def faces(self, epoch=None):
        """Return eight faces of an epoch, the last by default, from its picture: uint8, shape (8, size, size, 3).

        Raises
        ------
        ValueError
            If no picture of that epoch was kept, or it is damaged.
        """
        sheets = self.sheets()
        epoch = max(sheets, default=None) if epoch is None else epoch
        if epoch not in sheets:
            raise ValueError(
                f"no faces of epoch {epoch} were kept: train with callbacks=gan.recorder.callbacks(folder)"
            )
        with reading.guarded(sheets[epoch], "a picture of an epoch", "delete it"):
            sheet = images.read(sheets[epoch])
            step = (sheet.shape[1] + 2) // 8  # as `images.montage` lays them out
            if step < 3 or len(sheet) < step - 2:
                raise ValueError(
                    f"eight faces do not fit into {sheet.shape[1]} × {len(sheet)} pixels"
                )
            return np.stack([sheet[: step - 2, i * step :][:, : step - 2] for i in range(8)])

    def save(self, folder, small=False):
        """Write the run as a folder that `load` reads; `small` keeps eight faces of each epoch only, as JPEG: to be passed on."""
        folder = Path(folder)
        with writing.atomic(folder / "losses.csv") as part:
            self.losses.round(6).to_csv(part, index_label="epoch")
        writing.write_json(folder / "run.json", self.about)
        for epoch, file in self.sheets().items():
            target = folder / "sheets" / (f"{file.stem}.jpg" if small else file.name)
            if target != file:
                with writing.atomic(target) as part:
                    Image.fromarray(montage(self.faces(epoch))).save(
                        part, quality=88, subsampling=0
                    ) if small else shutil.copy(file, part)


def load(path):
    """Read a run's folder, or a CSV of losses alone.

    Raises
    ------
    FileNotFoundError
        If there is no `losses.csv`.
    ValueError
        If the table has no columns d1, d2, g, no epoch, or values that are not numbers; or if `run.json` is damaged.
    """
    path = Path(path)
    file = path / "losses.csv" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(
            f"no losses.csv in {paths.display(path)}: train first, with callbacks=gan.recorder.callbacks(folder)"
        )
    with reading.guarded(file, "a loss table", "columns epoch, d1, d2, g of numbers are expected"):
        losses = reading.read_csv(file).set_index("epoch")
        if (
            losses.empty
            or losses.index.dtype.kind != "i"
            or not np.isfinite(losses[list(LOSSES)].to_numpy("float64")).all()
        ):
            raise ValueError("no epochs, or values that are no numbers")
    settings = file.with_name("run.json")
    about = reading.read_json(settings, "delete it, or fetch it again") if settings.exists() else {}
    return LossHistory(losses, about, file.parent)


def latest_run(recorded="portraits-latent200-samples200"):
    """Return the run that notebook 02 made on this machine, or, before it has been run, the recorded one that ships."""
    folder = profiles.current().folder / "run"
    return load(folder if (folder / "losses.csv").is_file() else paths.data() / "runs" / recorded)


def recorded(pattern="*", **about):
    """Return the runs that ship in `data/runs`, a dictionary from name to `LossHistory`.

    `pattern` is one of a shell; `about` what `run.json` must say. Only the epochs of such as agree in `source`, `epochs` and `generator`
    can be pooled: a kernel distance belongs to a descriptor and to a size of picture, and a longer run would outweigh the others.
    """
    runs = {
        file.parent.name: load(file.parent)
        for file in sorted((paths.data() / "runs").glob(f"{pattern}/losses.csv"))
    }
    return {name: run for name, run in runs.items() if about.items() <= run.about.items()}


def epochs(runs):
    """Return all epochs of several runs (a dictionary from name to `LossHistory`) in one table, for the runs that measured a kernel distance.

    Columns `run`, `epoch`, `d1`, `d2`, `g`, `kernel_distance`.
    """
    columns = [*LOSSES, "kernel_distance"]
    measured = {
        name: run.losses[columns] for name, run in runs.items() if "kernel_distance" in run.losses
    }
    if not measured:
        raise ValueError("none of these runs measured a kernel distance: train with a descriptor")
    return pd.concat(measured, names=["run", "epoch"]).reset_index()
