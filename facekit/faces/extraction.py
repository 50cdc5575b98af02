"""From photographs to faces: MTCNN finds them, a crop makes them alike, one npz file keeps them."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..core import writing
from . import npz, shards
from .crops import known_shape
from .detection import MOST
from .faceset import ATTRIBUTES, FaceSet, attribute_table, load
from .photos import PhotoSet


def extract(
    photos: PhotoSet,
    out: str | Path,
    size: int = 80,
    margin: float = 0.0,
    *,
    shape: str = "aligned",
    choose: str = "largest",
    workers: int | None = None,
) -> FaceSet:
    """Find, cut out and resize the face of every photograph, and write them all to one npz file.

    The work is kept in `<out>.parts` while it goes on: a run that was stopped, even killed, goes on
    where it was and gives the same bytes. If `out` already holds exactly these photographs with
    these settings, it is loaded instead, with the attributes that `photos` has now; if it holds
    others, it is replaced. A photograph is another one if its file was modified.

    Parameters
    ----------
    photos : PhotoSet
    out : path
        The npz file; missing folders are made.
    size : int
        Height and width of a face, in pixels.
    margin : float
        How far the crop reaches beyond the box on each side, as a share of the box.
    shape : {"aligned", "square", "paper"}
        How the face is cut out, see `crop`. Aligned faces need plausible keypoints.
    choose : {"largest", "most confident", "all"}
        Which face of a photograph with several. With "all" a photograph has as many rows as faces,
        the largest first.
    workers : int, optional
        Threads; by default one for each core that this process may use. Inside
        `joblib.parallel_config(...)` that backend's workers instead: inside
        `joblib.parallel_config("dask")` the machines of a cluster, which must see the same folders.

    Returns
    -------
    FaceSet
        The same as `load(out)`.

    Raises
    ------
    ValueError
        If a setting is impossible, or `out` is a file of somebody else.
    writing.Busy
        If another extraction writes this file.
    OSError
        If the disk is full or the folder cannot be written. What is done stays.

    Examples
    --------
    >>> faces = extract(photos.load(), "build/faces.npz", margin=0.1)
    >>> faces.images.shape
    (2378, 80, 80, 3)
    """
    recipe = shards.Recipe(int(size), float(margin), known_shape(shape), choose)
    if not len(photos):
        raise ValueError("there is no photograph to search: the selection is empty")
    out = Path(out)
    states = shards.file_states(photos.paths)
    settings = shards.fingerprint(photos, states, recipe)
    if (faces := _load_same(out, photos, settings)) is not None:
        return faces
    if out.exists():
        other = "other photographs, or was made with other settings"
        print(f"{out.name} holds {other}: it is written anew")
    parts = out.with_name(f"{out.name}.parts")
    folder = parts / settings[:16]
    cuts = shards.cut([size for size, _ in states])
    jobs = [(first, stop, folder / f"{first:08d}.npz") for first, stop in cuts]
    with tqdm(total=len(photos), unit="photo", desc="MTCNN", file=sys.stdout) as bar:
        try:
            with writing.exclusive(parts, "extraction"):
                # Another process may have made it.
                if (faces := _load_same(out, photos, settings)) is None:
                    for old in set(parts.glob("*/")) - {folder}:  # shards of other settings
                        shutil.rmtree(old)
                    shards.run(photos.paths, jobs, recipe, workers, bar)
                    _merge(out, photos, [file for _, _, file in jobs], recipe.size, settings)
                    faces = load(out)
                shutil.rmtree(folder, ignore_errors=True)
                shutil.rmtree(parts, ignore_errors=True)  # the lock last, while it is held
        except KeyboardInterrupt:
            bar.write(f"stopped{_progress(bar)}", file=sys.stdout)
            bar.leave = False
            raise
        except OSError as error:
            reason = f"cannot write {out}: {error.strerror}" if error.errno else str(error)
            raise type(error)(f"{reason}{_progress(bar)}") from None
    return faces


def _load_same(out: Path, photos: PhotoSet, settings: str) -> FaceSet | None:
    """Return the faces in a file, with today's attributes, if it was made with these settings.

    Raises
    ------
    ValueError
        If it is a file that `extract` did not write.
    """
    if not out.exists():
        return None
    try:
        recorded = npz.read(out)
        if str(recorded["settings"]) != settings:
            return None
        faces = load(out)
        attributes = _attributes(photos, recorded["photo"])
    except (FileNotFoundError, ValueError, LookupError):
        what = f"{out.name} is there already and was not written by faces.extract, or is damaged"
        raise ValueError(f"{what}: choose another name") from None
    return replace(faces, attributes=attribute_table(attributes, faces.names))


def _attributes(photos: PhotoSet, numbers: np.ndarray) -> dict[str, np.ndarray]:
    """Return the attributes of the photographs of these numbers, as they are stored."""
    table = photos.attributes.iloc[numbers]
    return {f"{ATTRIBUTES}{name}": npz.to_array(table[name]) for name in table}


def _merge(out: Path, photos: PhotoSet, files: list[Path], size: int, settings: str) -> None:
    """Put the shards together, the images of one at a time in memory."""
    members, images = shards.gather(files)
    names, photo = np.array(photos.names, dtype=np.str_), members["photo"]
    rejected, reasons = members.pop("reject"), members.pop("reason")
    stored = {"names": names[photo], **members}
    stored |= {"reject_names": names[rejected], "reject_reasons": reasons}
    stored |= {"settings": np.array(settings), **_attributes(photos, photo)}
    npz.write(out, images, (len(photo), size, size, 3), **stored)
    for number in np.flatnonzero(np.bincount(photo) >= MOST):
        print(f"{names[number]} has more than {MOST:,} faces: the likeliest {MOST:,} are kept")


def _progress(bar: tqdm) -> str:
    """Return how a sentence on an extraction that did not end goes on."""
    if not bar.n:
        return ""
    return f"; {bar.n} of {bar.total} photographs are done, and the same call goes on from there"
