"""How fast the kit is on this machine, as one table with its goals: eleven minutes in which it should do nothing else.

    python tests/benchmarks/benchmark.py [--no-notebooks] [--out FOLDER]

A time says something about one machine on one day. Ways that are compared take turns, so that a slow minute hits both.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import planning
import psutil

from facekit.core import backend, images, paths, weights, writing
from facekit.core.backend import tf
from facekit.faces import extraction, photos
from facekit.faces.crops import crop
from facekit.gan import checkpoints, networks
from facekit.gan.lsgan import LSGAN
from facekit.teaching import environment, tour
from facekit.widgets.sampler import LatentSampler


def run(folder, notebooks=True):
    """Measure every figure, print each as it is known, and write the tables.

    Parameters
    ----------
    folder : path
        Receives `figures.csv`, `plan.csv` and `run.json` (machine, versions, date).
    notebooks : bool
        The tour, too: eight of eleven minutes.

    Returns
    -------
    (DataFrame, DataFrame)
        `figures` (index figure; columns value, unit, goal) and `plan`.
    """
    rows = []
    ways = [_starting, _extraction, _training, _answers, *([_lessons] if notebooks else [])]
    with (
        environment.changed(FACEKIT_SOURCE=None, FACEKIT_ROOT=None),
        tempfile.TemporaryDirectory() as scratch,
    ):
        for measure in ways:
            for row in measure(Path(scratch)):
                rows.append(dict(zip(("figure", "value", "unit", "goal"), row)))
                print(
                    "{figure}: {value:.3g} {unit}".format(**rows[-1])
                    + (f" (goal {row[3]})" if row[3] else ""),
                    flush=True,
                )
    figures = pd.DataFrame(rows).set_index("figure")
    planned = planning.plan(figures["value"])
    for name, table in (("figures", figures.round(4)), ("plan", planned)):
        with writing.atomic(Path(folder) / f"{name}.csv") as part:
            table.to_csv(part)
    writing.write_json(Path(folder) / "run.json", backend.provenance())
    return figures, planned


def iteration(architecture, augmentation=1.0):
    """Return a function of a half batch of real images that does one compiled training iteration and waits for it."""
    model = LSGAN(
        networks.build_generator(100, architecture),
        networks.build_discriminator(architecture),
        augmentation=augmentation,
    )
    model.compile()
    step = tf.function(model.train_step)
    return lambda real: step(real)["g"].numpy()


def one_by_one(detector, chosen, out):
    """Extract faces by the usual recipe: read a photograph, ask the package, crop the largest face, go on; then an npz. Return the boxes."""
    boxes, cut_out = [], []
    for path in chosen.paths:
        image = images.read(path)
        found = sorted(
            (face["box"] for face in detector.detect_faces(image)), key=lambda box: box[2] * box[3]
        )
        boxes.append(found[-1] if found else None)
        if found:
            cut_out.append(crop(image, found[-1], shape="paper"))
    np.savez(out, images=cut_out)
    return boxes


def _starting(_):
    took = {"pass": [], "import facekit": []}
    for _ in range(7):
        for code, times in took.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times.append(time.perf_counter() - start)
    bare, ours = (statistics.median(times) for times in took.values())
    yield "import facekit", ours - bare, "s", "≤ 0.3"
    from jupyter_client.manager import start_new_kernel

    start = time.perf_counter()
    manager, client = start_new_kernel(kernel_name="python3", extra_arguments=["--log-level=ERROR"])
    client.execute_interactive("import facekit.gan", timeout=120)
    yield "start of a kernel, TensorFlow loaded", time.perf_counter() - start, "s", ""
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def _extraction(scratch):
    from mtcnn import MTCNN

    detector, chosen = MTCNN(), photos.load("portraits").sample(576)
    seconds = {"ours": 0.0, "loop": 0.0}
    for block in range(9):
        some = chosen.named(chosen.names[64 * block : 64 * block + 64])
        for way in seconds:
            start = time.perf_counter()
            with redirect_stdout(StringIO()):
                extraction.extract(some, scratch / f"{block}.npz") if way == "ours" else one_by_one(
                    detector, some, scratch / "loop.npz"
                )
            seconds[way] += (time.perf_counter() - start) * (block > 0)  # the first only warms up
    yield "extraction", 512 / seconds["ours"], "photographs/s", ""
    yield "extraction, times the package's loop", seconds["loop"] / seconds["ours"], "", "≥ 10"
    yield (
        "memory of extraction",
        memory("extract", "--photos", "1024", "--out", scratch / "faces.npz"),
        "MB",
        "≤ 1500",
    )


def _training(scratch):
    real = tf.random.uniform((16, 80, 80, 3), -1, 1)
    ways = {name: iteration(name) for name in networks.ARCHITECTURES}
    rates = {name: [] for name in ways}
    for turn in range(6):
        for name, step in ways.items():
            start, count = time.perf_counter(), 0
            while time.perf_counter() - start < 3 or not count:
                step(real)
                count += 1
            rates[name] += [32 * count / (time.perf_counter() - start)] if turn else []
    for name, each in rates.items():
        yield f"training, {name}", statistics.median(each), "images/s", ""
    yield (
        "memory of training",
        memory(
            "train",
            "--photos",
            "1024",
            "--out",
            scratch / "faces.npz",
            "--epochs",
            "1",
            "--run-dir",
            scratch / "run",
        ),
        "MB",
        "",
    )


def _answers(_):
    for name in weights.names("generator"):
        start = time.perf_counter()
        checkpoints.pretrained(name)
        yield f"loading {name}", time.perf_counter() - start, "s", "≤ 2"
    sampler = LatentSampler(checkpoints.pretrained())
    sampler.count.value = 1
    took = []
    for seed in range(30):
        start = time.perf_counter()
        sampler.seed.value = 100 + seed
        took.append(1000 * (time.perf_counter() - start))
    yield "from the slider to one face", statistics.median(took), "ms", "≤ 50"


def _lessons(scratch):
    total = 0.0
    with environment.changed(FACEKIT_PROFILE="lesson", FACEKIT_BUILD=str(scratch / "build")):
        for name in tour.LESSONS:
            start = time.perf_counter()
            with watched() as most:
                tour.tour(scratch / "tour", name)
            seconds = time.perf_counter() - start
            total += seconds
            yield name, seconds, "s", ""
            yield f"{name}, memory of its kernel", most(), "MB", ""
    yield "the tour", total / 60, "min", "≤ 8"


def memory(*arguments):
    """Return the most memory, in MB, that a command of ours held."""
    with watched() as most:
        subprocess.run(
            [sys.executable, "-m", "facekit", *map(str, arguments)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return most()


@contextmanager
def watched():
    """Give a function that tells how much memory, in MB, the processes begun inside held at most, all together."""
    this, most, over = psutil.Process(), [0], threading.Event()
    before = set(this.children())

    def watch():
        while not over.wait(0.1):
            held = 0
            for child in set(this.children()) - before:
                try:
                    held += sum(
                        each.memory_info().rss for each in (child, *child.children(recursive=True))
                    )
                except psutil.Error:  # one of them has just ended
                    continue
            most[0] = max(most[0], held)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: most[0] / 1e6
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out",
        default=paths.build() / "benchmark",
        help="the folder of the tables (build/benchmark)",
    )
    parser.add_argument(
        "--no-notebooks",
        dest="notebooks",
        action="store_false",
        help="without the tour: three minutes",
    )
    options = parser.parse_args()
    _, planned = run(options.out, options.notebooks)
    print(
        f"\n{planned.to_string()}\nfigures.csv, plan.csv and run.json are in {paths.display(Path(options.out))}"
    )
