"""The work of an extraction, in shards of some photographs: each is a file, whole or absent.

So an extraction that was killed goes on where it stopped, and shards can be made in any order, on
any machine that sees the photographs and the folder.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, cpu_count, delayed, effective_n_jobs
from tqdm import tqdm

from ..core import images
from . import npz
from .crops import crop, plausible
from .detection import COLUMNS, detect
from .photos import PhotoSet

CHOICES = ("largest", "most confident", "all")
_BATCH = 64  # photographs that are searched together
_PIXELS = 12_000_000  # a batch is searched at this many pixels, even if it has fewer photographs
_PHOTOS, _BYTES = 128, 16_000_000  # a shard has at most so many photographs, of so many bytes
_FORMAT = 4  # of the npz: faces of another one are extracted again
#: A shard: the number of its first photograph, the one after its last, and its file.
Job = tuple[int, int, Path]


@dataclass(frozen=True)
class Recipe:
    """How faces are chosen and cut out; the parameters are those of `faces.extract`."""

    size: int
    margin: float
    shape: str
    choose: str

    def __post_init__(self) -> None:
        if self.size < 1 or not 0 <= self.margin <= 10:
            found = f"size={self.size}, margin={self.margin}"
            raise ValueError(f"{found}: size starts at 1, margin goes from 0 to 10")
        if self.choose not in CHOICES:
            raise ValueError(f"unknown choice {self.choose!r}: choose one of {', '.join(CHOICES)}")


def file_states(paths: Iterable[Path]) -> list[tuple[int, int]]:
    """Return each file's size in bytes and modification time in nanoseconds, -1 if it is gone."""
    states = []
    for path in paths:
        try:
            status = path.stat()
            states.append((status.st_size, status.st_mtime_ns))
        except (OSError, ValueError):  # there is none, or it is a name that no file can have
            states.append((-1, -1))
    return states


def fingerprint(photos: PhotoSet, states: Sequence[tuple[int, int]], recipe: Recipe) -> str:
    """Return a digest of what the faces depend on: settings, and each photograph's file."""
    settings = [_FORMAT, str(photos.root.resolve()), astuple(recipe)]
    digest = hashlib.sha256(json.dumps(settings).encode())
    for name, (size, modified) in zip(photos.names, states):
        digest.update(f"{name}\0{size}\0{modified}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def cut(sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return the (first, stop) of each shard, from the photographs' sizes in bytes."""
    shards, first, total = [], 0, 0
    for i, size in enumerate(sizes):
        if i > first and (i - first == _PHOTOS or total + size > _BYTES):
            shards.append((first, i))
            first, total = i, 0
        total += size
    return [*shards, (first, len(sizes))] if len(sizes) else []


def run(
    paths: Sequence[Path], jobs: Sequence[Job], recipe: Recipe, workers: int | None, bar: tqdm
) -> None:
    """Make the shards that are missing.

    Parameters
    ----------
    paths : list of Path
        All photographs.
    jobs : list of Job
    recipe : Recipe
    workers : int or None
        See `faces.extract`.
    bar : tqdm
        It counts photographs.
    """
    missing, found, rejected = [], 0, 0
    for first, stop, file in jobs:
        if counts := tally(file):
            found, rejected = found + counts[0], rejected + counts[1]
        else:
            missing.append(delayed(extract_shard)(paths[first:stop], first, recipe, file))
    bar.initial = bar.n = found + rejected
    # Outside joblib.parallel_config there is one job unless we ask for more: a thread a core, as
    # TensorFlow releases Python's lock.
    configured = effective_n_jobs(None)
    if configured == 1 and missing:
        from ..core import backend  # noqa: F401  (imported once, before there are threads)
    workers = workers or (configured if configured > 1 else cpu_count())
    workers = max(1, min(workers, len(missing)))
    parallel = Parallel(workers, prefer="threads", return_as="generator_unordered")
    for counts in parallel(missing):
        found, rejected = found + counts[0], rejected + counts[1]
        bar.set_postfix(faces=found, rejected=rejected, refresh=False)
        bar.update(sum(counts))


def extract_shard(paths: Sequence[Path], first: int, recipe: Recipe, file: Path) -> tuple[int, int]:
    """Find and cut out the faces of some photographs, and write them to a file.

    Parameters
    ----------
    paths : list of Path
    first : int
        The number of the first photograph.
    recipe : Recipe
    file : Path

    Returns
    -------
    (int, int)
        How many photographs have a face, and how many have none.
    """
    numbers, crops, rows = [], [], []
    rejects: dict[int, str] = {}
    for batch in _batches(paths, first):
        rejects |= {number: what for number, what in batch.items() if isinstance(what, str)}
        pictures = {number: what for number, what in batch.items() if not isinstance(what, str)}
        tables = detect(list(pictures.values()), large_first=recipe.choose == "largest")
        for (number, image), table in zip(pictures.items(), tables):
            faces = table.to_numpy()
            sound = faces[plausible(faces)] if recipe.shape == "aligned" else faces
            if not len(sound):
                rejects[number] = "keypoints not plausible" if len(faces) else "no face found"
            if recipe.choose == "most confident":
                sound = sound[np.argsort(-sound[:, 4], kind="stable")]
            for row in sound if recipe.choose == "all" else sound[:1]:
                numbers.append(number)
                crops.append(crop(image, row, recipe.size, recipe.margin, recipe.shape))
                rows.append(row)
    table, rejected = np.array(rows, np.float32).reshape(-1, len(COLUMNS)), sorted(rejects)
    members: dict[str, np.ndarray] = {"photo": np.array(numbers, np.int64), "boxes": table[:, :4]}
    members |= {"confidence": table[:, 4], "keypoints": table[:, 5:].reshape(-1, 5, 2)}
    members["reject"] = np.array(rejected, np.int64)
    members["reason"] = np.array([rejects[number] for number in rejected], np.str_)
    npz.write(file, crops, (len(crops), recipe.size, recipe.size, 3), **members)
    return len(paths) - len(rejects), len(rejects)


def tally(file: Path) -> tuple[int, int] | None:
    """Return what `extract_shard` returned for this file, None if it is absent or damaged."""
    try:
        shard = npz.read(file) | {"images": npz.map_images(file)}
        rows = {len(shard[key]) for key in ("images", "photo", "boxes", "confidence", "keypoints")}
        if len(rows) > 1 or len(shard["reject"]) != len(shard["reason"]):
            return None
        return len(np.unique(shard["photo"])), len(shard["reject"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def gather(files: Sequence[Path]) -> tuple[dict[str, np.ndarray], Iterator[np.ndarray]]:
    """Return the shards' small members, each put together, and an iterable of their images."""
    shards = [npz.read(file) for file in files]
    members = {name: np.concatenate([shard[name] for shard in shards]) for name in shards[0]}
    return members, (npz.map_images(file) for file in files)


def _batches(paths: Sequence[Path], first: int) -> Iterator[dict[int, np.ndarray | str]]:
    """Read the photographs; yield by number their pixels, or the reason why there are none."""
    batch: dict[int, np.ndarray | str] = {}
    pixels = 0
    for number, path in enumerate(paths, first):
        try:
            image = batch[number] = images.read(path)
            pixels += image.shape[0] * image.shape[1]
        except OSError as error:
            batch[number] = f"unreadable: {error}"
        if len(batch) == _BATCH or pixels > _PIXELS:
            yield batch
            batch, pixels = {}, 0
    if batch:
        yield batch
