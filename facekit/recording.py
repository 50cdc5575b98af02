"""What a training leaves behind: a folder with its losses, its settings, and faces after every epoch."""

import json
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from . import __version__
from .backend import keras, tf
from .images import montage
from .networks import generate


def callbacks(run_dir, **settings):
    """Return the callbacks that make a run's folder: `losses.csv`, `run.json` and `sheets/epoch_0001.png` ….

    Parameters
    ----------
    run_dir : path
        A run that is already there is replaced.
    settings
        Whatever should stand in `run.json`, such as `source="portraits", samples=64`.
    """
    return [Recorder(run_dir, settings)]


class Recorder(keras.callbacks.Callback):
    """Shows one bar over the epochs and writes the run's folder: see `history`."""

    def __init__(self, run_dir, settings):
        super().__init__()
        self.folder, self.settings = Path(run_dir), settings

    def on_train_begin(self, logs=None):
        (self.folder / "sheets").mkdir(parents=True, exist_ok=True)
        for old in (self.folder / "sheets").glob("epoch_*.png"):
            old.unlink()
        dim = self.model.generator.input_shape[-1]
        self.table = open(self.folder / "losses.csv", "w", newline="", encoding="utf-8")
        self.table.write("epoch," + ",".join(metric.name for metric in self.model.metrics) + "\n")
        self.fixed = np.random.default_rng(0).standard_normal((32, dim), np.float32)
        self.started = time.time()
        self.bar = tqdm(total=self.params["epochs"], unit="epoch", desc="LSGAN", file=sys.stdout)

    def on_epoch_end(self, epoch, logs=None):
        if not all(np.isfinite(value) for value in logs.values()):
            raise FloatingPointError(f"a loss is no longer a number in epoch {epoch + 1}: lower the learning rate and start again")
        self.table.write(f"{epoch + 1}," + ",".join(f"{logs[metric.name]:.6f}" for metric in self.model.metrics) + "\n")
        self.table.flush()
        faces = generate(self.model.ema_generator, self.fixed)
        Image.fromarray(montage(faces)).save(self.folder / "sheets" / f"epoch_{epoch + 1:04d}.png")
        self.bar.set_postfix({name: f"{logs[name]:.3f}" for name in ("d1", "d2", "g")}, refresh=False)
        self.bar.update()
        record = {
            **self.settings,
            "latent_dim": self.model.generator.input_shape[-1],
            "generator": self.model.generator.name,
            "epochs": epoch + 1,
            "minutes": round((time.time() - self.started) / 60, 2),
            "date": date.today().isoformat(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, {len(tf.config.list_physical_devices('GPU'))} GPU",
            "versions": {"facekit": __version__, "python": platform.python_version(), "tensorflow": tf.__version__, "keras": keras.__version__},
        }
        (self.folder / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")

    def on_train_end(self, logs=None):
        self.table.close()
        self.bar.close()
