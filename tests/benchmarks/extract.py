"""How fast faces are extracted, against the usual loop over photographs: every way of doing it in turn, in one run.

    python tests/benchmarks/extract.py --source celeba --root CELEBA --photos 2048

Run it on a machine that does nothing else. Each way reads, searches, crops and writes the same photographs. A way's time is the
sum over blocks; the blocks go round so that a slow minute of the machine hits all of them.
"""

import argparse
import contextlib
import io
import os
import resource
import tempfile
import time
from pathlib import Path

import joblib
import numpy as np
from benchmark import one_by_one

from facekit.core import images
from facekit.faces import crops, detection, extraction, photos

BLOCK = 512


def package_in_batches(detector, chosen, out):
    """The package's own batches of 64 photographs of one size."""
    boxes, cut_out = [], []
    for start in range(0, len(chosen), 64):
        batch = [images.read(path) for path in chosen.paths[start : start + 64]]
        for image, table in zip(batch, detector.detect_faces(batch)):
            found = sorted((face["box"] for face in table), key=lambda box: box[2] * box[3])
            boxes.append(found[-1] if found else None)
            if found:
                cut_out.append(crops.crop(image, found[-1], shape="paper"))
    np.savez(out, images=cut_out)
    return boxes


def facekit(chosen, out, workers=None):
    found = extraction.extract(chosen, out, workers=workers)
    where = dict(zip(found.names.tolist(), found.boxes))
    return [where.get(name) for name in chosen.names]


def facekit_processes(chosen, out):
    with joblib.parallel_config("loky", n_jobs=os.cpu_count()):
        return facekit(chosen, out)


def facenet_pytorch(detector, chosen, out):
    """Another port of MTCNN, photograph by photograph, where it is installed."""
    boxes = []
    for path in chosen.paths:
        found, _ = detector.detect(images.read(path))
        boxes.append(None if found is None else [*found[0][:2], *(found[0][2:] - found[0][:2])])
    return boxes


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", default="portraits")
    parser.add_argument("--root")
    parser.add_argument("--photos", type=int, default=2048)
    options = parser.parse_args()
    chosen = photos.load(options.source, options.root).sample(options.photos)

    from mtcnn import MTCNN

    from facekit.core import backend  # noqa: F401  (TensorFlow's greeting stays unseen)

    detector = MTCNN()
    ways = {
        "loop over photographs": lambda *a: one_by_one(detector, *a),
        "package in batches of 64": lambda *a: package_in_batches(detector, *a),
        "facekit, one thread": lambda *a: facekit(*a, workers=1),
        "facekit, a thread a core": facekit,
        "facekit, a process a core": facekit_processes,
    }
    with contextlib.suppress(ImportError):
        from facenet_pytorch import MTCNN as Other

        other = Other(keep_all=True)
        ways["facenet-pytorch, loop"] = lambda *a: facenet_pytorch(other, *a)

    seconds, boxes = dict.fromkeys(ways, 0.0), {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for block in range(-1, -(-len(chosen) // BLOCK)):  # the first round only warms up
            names = (
                chosen.names[:256]
                if block < 0
                else chosen.names[block * BLOCK : (block + 1) * BLOCK]
            )
            for way, run in ways.items():
                start = time.perf_counter()
                with contextlib.redirect_stdout(io.StringIO()):
                    found = run(
                        chosen.named(names), Path(folder) / f"{list(ways).index(way)}-{block}.npz"
                    )
                if block >= 0:
                    seconds[way] += time.perf_counter() - start
                    boxes[way] += found
                    print(
                        f"block {block}: {way}: {1000 * (time.perf_counter() - start) / len(names):.2f} ms a photograph",
                        flush=True,
                    )

    reference, *_ = boxes.values()
    slowest, *_ = seconds.values()
    print(f"\n{len(chosen)} photographs of {options.source}, {os.cpu_count()} cores\n")
    print(
        "| way | ms a photograph | times the loop | same verdict | overlap of 0.9 or more | least overlap |\n|---|---|---|---|---|---|"
    )
    for way, found in boxes.items():
        same = np.mean([(a is None) == (b is None) for a, b in zip(found, reference)])
        overlaps = detection.overlap(
            *zip(*((a, b) for a, b in zip(found, reference) if a is not None and b is not None))
        )
        print(
            f"| {way} | {1000 * seconds[way] / len(chosen):.2f} | {slowest / seconds[way]:.1f} | {same:.2%} | {(overlaps >= 0.9).mean():.2%} | {overlaps.min():.2f} |"
        )
    print(
        f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


if __name__ == "__main__":
    main()
