"""The work of an extraction, in shards of some photographs: each shard is a file that is whole or absent.

So an extraction that was killed goes on where it stopped, and shards can be made in any order, on any machine that
sees the photographs and the folder.
"""

import hashlib
import json
import shutil
from dataclasses import astuple, dataclass

import numpy as np
from joblib import Parallel, cpu_count, delayed, effective_n_jobs

from ..core import images
from . import npz
from .crops import crop
from .detection import COLUMNS, detect

CHOICES = ("largest", "most confident", "all")
SHAPES = ("stretched", "square", "aligned")
_PHOTOS, _BYTES = (
    128,
    16_000_000,
)  # a shard is closed at this many photographs, or bytes of their files
_PIXELS = 12_000_000  # a batch is searched at this many pixels, even if it has fewer photographs than `batch_size`
_MEMBERS = ("photo", "boxes", "confidence", "keypoints", "reject", "reason")


@dataclass(frozen=True)
class Recipe:
    """How faces are found and cut out; the parameters are those of `faces.extract`."""

    size: int
    margin: float
    shape: str
    choose: str
    batch_size: int

    def __post_init__(self):
        if self.size < 1 or self.batch_size < 1 or not 0 <= self.margin <= 10:
            raise ValueError(
                f"size={self.size}, batch_size={self.batch_size}, margin={self.margin}: size and batch_size start at 1, margin goes from 0 to 10"
            )
        for value, known in ((self.shape, SHAPES), (self.choose, CHOICES)):
            if value not in known:
                raise ValueError(f"unknown {value!r}: choose one of {', '.join(known)}")


def sizes(paths):
    """Return the sizes of files in bytes, -1 where there is none."""
    found = []
    for path in paths:
        try:
            found.append(path.stat().st_size)
        except OSError:
            found.append(-1)
    return found


def fingerprint(photos, sizes, recipe, version):
    """Return a digest of the settings and of each photograph's place and size in bytes: what the faces depend on."""
    digest = hashlib.sha256(
        json.dumps([version, str(photos.root.resolve()), astuple(recipe)]).encode()
    )
    for name, size in zip(photos.names, sizes):
        digest.update(f"{name}\0{size}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()


def cut(sizes):
    """Return the (first, stop) of each shard, from the photographs' sizes in bytes."""
    shards, first, total = [], 0, 0
    for i, size in enumerate(sizes):
        if i > first and (i - first == _PHOTOS or total + size > _BYTES):
            shards.append((first, i))
            first, total = i, 0
        total += size
    return [*shards, (first, len(sizes))] if len(sizes) else []


def clear(parts, keep):
    """Remove the shards of other settings from the folder `parts`, and what a killed run left half written."""
    for folder in parts.glob("*"):
        if folder.name != keep and folder.is_dir():
            shutil.rmtree(folder)
    for file in (parts / keep).glob(".*"):
        file.unlink()


def run(paths, jobs, recipe, workers, bar):
    """Make the shards that are missing. `jobs` are (first, stop, file); the tqdm `bar` counts photographs."""
    missing, found, rejected = [], 0, 0
    for first, stop, file in jobs:
        counts = tally(file) if file.exists() else None
        if counts is None:
            missing.append((first, stop, file))
        else:
            found, rejected = found + counts[0], rejected + counts[1]
    bar.initial = bar.n = found + rejected
    # Outside joblib.parallel_config there is one job unless we ask for more: a thread a core, as TensorFlow releases Python's lock.
    configured = effective_n_jobs(None)
    if configured == 1 and missing:
        from ..core import backend  # noqa: F401  (in this thread: standard error is held back meanwhile, and it belongs to us all)
    workers = workers or (configured if configured > 1 else cpu_count())
    parallel = Parallel(
        n_jobs=max(1, min(workers, len(missing))), prefer="threads", return_as="generator_unordered"
    )
    for counts in parallel(
        delayed(extract_shard)(paths[first:stop], first, recipe, file)
        for first, stop, file in missing
    ):
        found, rejected = found + counts[0], rejected + counts[1]
        bar.set_postfix(faces=found, rejected=rejected, refresh=False)
        bar.update(sum(counts))


def extract_shard(paths, first, recipe, file):
    """Find and cut out the faces of the photographs `paths`, whose numbers start at `first`, and write them to `file`.

    Returns
    -------
    (int, int)
        How many photographs have a face, and how many have none.
    """
    faces, rejects = [], []
    for batch in _batches(paths, recipe.batch_size):
        pictures = [(number, picture) for number, picture in batch if not isinstance(picture, str)]
        rejects += [(number, picture) for number, picture in batch if isinstance(picture, str)]
        tables = detect(
            [picture for _, picture in pictures], large_first=recipe.choose == "largest"
        )
        for (number, picture), table in zip(pictures, tables):
            if table.empty:
                rejects.append((number, "no face found"))
            for row in _chosen(table.to_numpy(), recipe.choose):
                faces.append(
                    (number, crop(picture, row, recipe.size, recipe.margin, recipe.shape), row)
                )
    rejects.sort()
    rows = np.array([row for _, _, row in faces], np.float32).reshape(-1, len(COLUMNS))
    images = np.array([image for _, image, _ in faces], np.uint8).reshape(
        -1, recipe.size, recipe.size, 3
    )
    npz.write(
        file,
        [images],
        images.shape,
        photo=np.array([first + number for number, _, _ in faces], np.int64),
        boxes=rows[:, :4],
        confidence=rows[:, 4],
        keypoints=rows[:, 5:].reshape(-1, 5, 2),
        reject=np.array([first + number for number, _ in rejects], np.int64),
        reason=np.array([reason for _, reason in rejects], np.str_),
    )
    return len(paths) - len(rejects), len(rejects)


def tally(file):
    """Return what `make` returned for this shard, or None if it is absent or damaged."""
    try:
        shard = npz.read(file)
        if len(
            {len(shard[name]) for name in ("photo", "boxes", "confidence", "keypoints")}
            | {len(npz.map_images(file))}
        ) > 1 or len(shard["reject"]) != len(shard["reason"]):
            return None
        return len(np.unique(shard["photo"])), len(shard["reject"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def gather(files):
    """Return the shards' small members, each put together, in a dictionary; and an iterable of their images."""
    members = {name: [] for name in _MEMBERS}
    for file in files:
        shard = npz.read(file)
        for name in _MEMBERS:
            members[name].append(shard[name])
    return {name: np.concatenate(parts) for name, parts in members.items()}, (
        npz.map_images(file) for file in files
    )


def _batches(paths, batch_size):
    """Read the photographs; yield lists of (number, pixels or the reason why there are none)."""
    batch, pixels = [], 0
    for number, path in enumerate(paths):
        try:
            picture = images.read(path)
            pixels += picture.shape[0] * picture.shape[1]
        except OSError as error:
            picture = f"unreadable: {error}"
        batch.append((number, picture))
        if len(batch) == batch_size or pixels > _PIXELS:
            yield batch
            batch, pixels = [], 0
    if batch:
        yield batch


def _chosen(rows, choose):
    """Rows come with the largest face first."""
    if choose == "all" or not len(rows):
        return rows
    return rows[:1] if choose == "largest" else rows[[np.argmax(rows[:, 4])]]
