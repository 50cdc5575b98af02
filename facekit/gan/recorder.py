"""What a training leaves behind: a folder with its losses, settings, faces and state.

`losses.csv` has a row an epoch, `run.json` the settings, `sheets/epoch_0001.png` … the same 32
latent points after every epoch, and `state.npz` all that is needed to go on.
"""

import hashlib
import sys
import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image
from tqdm import tqdm

from ..core import distribution, paths, reading, writing
from ..core.backend import keras, provenance
from ..core.images import montage
from ..metrics.distances import kernel_distance
from . import states
from .alarm import Alarm, variety
from .networks import generate

#: How `images.montage` lays out the faces of an epoch; `run.json` says it as `sheet`.
SHEET = {"columns": 8, "gap": 2}
_SHOWN, _MEASURED = 32, 500  # faces on a sheet, and for the kernel distance


class Describer(Protocol):
    """What measures faces, such as a `Descriptor`: its features are points of a space."""

    def embed(self, images: np.ndarray) -> np.ndarray:
        """Return features (n, features) of uint8 images (n, h, w, 3)."""


Judge = tuple[Describer, np.ndarray]  #: what measures fakes, and the real faces to compare with


def callbacks(run_dir: str | Path, judge: Judge | None = None, **settings: Any) -> list["Recorder"]:
    """Return the callbacks that make a run's folder.

    Parameters
    ----------
    run_dir : path
        A run that is already there is replaced, unless `states.resume` has read it and `fit`
        starts at a later epoch.
    judge : (Descriptor, uint8 array (n, 80, 80, 3)), optional
        Measures after each epoch the `metrics.distances.kernel_distance` of 500 fakes to 500 of
        these real faces on the descriptor's features, as the columns `kernel_distance` and
        `kernel_spread`. Costs two or three seconds an epoch.
    settings
        Whatever should stand in `run.json`, such as `source="portraits", samples=64`; `seed` is
        also that of the choice of real faces.

    Returns
    -------
    list of keras.callbacks.Callback
        With many machines only the first writes: the others get an empty list.
    """
    return [Recorder(run_dir, settings, judge)] if distribution.first_machine() else []


def close(callbacks: Any) -> None:
    """Close the bar of a training that an error or Ctrl-C ends: Keras tells no callback of it."""
    for callback in callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]:
        if isinstance(callback, Recorder):
            callback.on_train_end()


class Recorder(keras.callbacks.Callback):
    """Shows one bar over the epochs and writes the run's folder: see `callbacks`."""

    bar: Any = None  #: tqdm's, from the first epoch on

    def __init__(self, run_dir: str | Path, settings: dict[str, Any], judge: Judge | None = None):
        super().__init__()
        self.folder, self.judge, self.minutes = Path(run_dir), judge, 0.0
        self.settings = settings | {"sheet": SHEET}
        if judge:
            self.settings["descriptor"] = fingerprint(judge[0])

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Draw the latent points, and describe the real faces."""
        self.bar, dim = None, self.model.generator.input_shape[-1]
        n = _MEASURED if self.judge else _SHOWN
        self.latent = np.random.default_rng(0).standard_normal((n, dim), np.float32)
        if self.judge:
            descriptor, faces = self.judge
            order = np.random.default_rng(self.settings.get("seed", 0)).permutation(len(faces))
            self.reference = descriptor.embed(faces[np.sort(order[:_MEASURED])])

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Before the first epoch, keep what belongs to earlier ones and remove the rest."""
        if self.bar is not None:
            return
        self.alarm = Alarm((self.model.c - self.model.a) ** 2)
        measured = ["kernel_distance", "kernel_spread"] if self.judge else []
        losses = [metric.name for metric in self.model.metrics]
        rows = [",".join(["epoch", *losses, "variety", *measured])]
        if epoch:
            rows += self._rows_done(rows[0], epoch)
            self.minutes = self._minutes_done()
        self._remove_from(epoch)
        with writing.atomic(self.folder / "losses.csv", states.KEPT) as part:
            part.write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.started = time.monotonic()
        name, total = self.settings.get("experiment", "LSGAN"), self.params["epochs"]
        self.bar = tqdm(total=total, initial=epoch, unit="epoch", desc=name, file=sys.stdout)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the epoch's row, sheet, settings and state, in this order."""
        logs, bar = logs or {}, self.bar
        if not np.isfinite(list(logs.values())).all():
            advice = "lower the learning rate and start again"
            raise FloatingPointError(f"a loss is no longer a number in epoch {epoch + 1}: {advice}")
        faces = generate(self.model.ema_generator, self.latent)
        shown = faces[:_SHOWN]
        difference = variety(shown)
        losses = [f"{logs[metric.name]:.6f}" for metric in self.model.metrics]
        row = [str(epoch + 1), *losses, f"{difference:.3f}"]
        if self.judge:
            features = self.judge[0].embed(faces)
            row += [f"{v:.6g}" for v in kernel_distance(self.reference, features, subsets=20)]
        with open(self.folder / "losses.csv", "a", encoding="utf-8") as table:
            table.write(",".join(row) + "\n")
        sheet = self.folder / "sheets" / f"epoch_{epoch + 1:04d}.png"
        Image.fromarray(montage(shown, **SHEET)).save(sheet)
        bar.set_postfix({name: f"{logs[name]:.3f}" for name in ("d1", "d2", "g")}, refresh=False)
        bar.update()
        if warning := self.alarm({**logs, "variety": difference}):
            bar.write(f"\n⚠ epoch {epoch + 1}: {warning}", file=sys.stdout)
        writing.write_json(self.folder / "run.json", self._record(epoch + 1), kept=states.KEPT)
        # Last: an epoch counts once it can be gone on from.
        states.save(self.model, self.folder / "state.npz", epoch + 1)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Close the bar, if there is one."""
        if self.bar is not None:
            self.bar.close()

    def _record(self, epochs: int) -> dict[str, Any]:
        """Return what `run.json` says."""
        generator, strategy = self.model.generator, self.model.distribute_strategy
        minutes = self.minutes + (time.monotonic() - self.started) / 60
        record = {"latent_dim": generator.input_shape[-1], "generator": generator.name}
        record |= {"epochs": epochs, "minutes": round(minutes, 2), **provenance()}
        return self.settings | record | {"replicas": strategy.num_replicas_in_sync}

    def _rows_done(self, header: str, done: int) -> list[str]:
        """Return the rows of the epochs that are done, if they have the columns of this run."""
        file = self.folder / "losses.csv"
        advice = "go on with the same judge, or choose another folder"
        with reading.guarded(file, "the table of this training", advice):
            found, *rows = file.read_text(encoding="utf-8").splitlines()
        if ("kernel_distance" in found) != bool(self.judge):
            was, how = ("was not measured", "without") if self.judge else ("was measured", "with")
            advice = f"go on {how} a descriptor (--measure), or choose another folder"
            raise ValueError(f"{paths.display(self.folder)} {was} after each epoch: {advice}")
        with reading.guarded(file, "the table of this training", advice):
            if found != header or len(rows) < done:
                raise ValueError(f"it has {len(rows)} of {done} epochs, and the columns {found}")
        return rows[:done]

    def _minutes_done(self) -> float:
        """Return how long the epochs that are done took, if this descriptor measured them."""
        file, advice = self.folder / "run.json", "choose another folder"
        record, descriptor = reading.read_json(file, advice), self.settings.get("descriptor")
        if record.get("descriptor", descriptor) != descriptor:  # the first runs did not say it
            shown, measured_by = paths.display(self.folder), record["descriptor"]
            other = f"by the descriptor {measured_by}, not {descriptor}, which has another scale"
            raise ValueError(f"{shown} was measured {other}: go on with that one, or {advice}")
        with reading.guarded(file, "the record of this training", advice):
            return float(record["minutes"])

    def _remove_from(self, done: int) -> None:
        """Remove what later epochs than the ones that are done have left."""
        sheets = self.folder / "sheets"
        sheets.mkdir(parents=True, exist_ok=True)
        for sheet in sheets.glob("epoch_*.png"):
            number = sheet.stem.removeprefix("epoch_")
            if number.isdecimal() and int(number) > done:
                sheet.unlink()
        if not done:
            (self.folder / "state.npz").unlink(missing_ok=True)
            (self.folder / "generator.keras").unlink(missing_ok=True)


def fingerprint(descriptor: Describer) -> str:
    """Return a name of what measures: a digest of its weights, or its kind if it has none."""
    if not (network := getattr(descriptor, "network", None)):
        return type(descriptor).__name__
    content = b"".join(weights.tobytes() for weights in network.get_weights())
    return hashlib.sha256(content).hexdigest()[:16]
