"""From photographs to faces: MTCNN finds them, a crop and a resize make them alike, one npz file keeps them."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..core import writing
from . import npz, shards
from .faceset import _ATTRIBUTES, _table, load

_FORMAT = 2  # of the npz file; it is part of the fingerprint, so that faces of another format are extracted again


def extract(
    photos,
    out,
    size=80,
    margin=0.0,
    batch_size=64,
    workers=None,
    shape="stretched",
    choose="largest",
):
    """Find, cut out and resize the face of every photograph, and write them all to one npz file.

    The work is kept in `<out>.parts` while it goes on: a run that was stopped, even killed, goes on where it was and
    gives the same bytes. If `out` already holds exactly these photographs with these settings, it is loaded instead, with the
    attributes that `photos` has now; if it holds others, it is replaced.

    Parameters
    ----------
    photos : PhotoSet
    out : path
        The npz file; missing folders are made.
    size : int
        Height and width of a face, in pixels.
    margin : float
        How far the crop reaches beyond the box on each side, as a share of the box.
    batch_size : int
        Photographs that are detected together.
    workers : int, optional
        Threads; by default one a core. Inside `joblib.parallel_config(...)` that backend's workers instead: inside
        `joblib.parallel_config("dask")` the machines of a cluster, which must see the same folders.
    shape : {"stretched", "square", "aligned"}
        How the face is cut out, see `crop`.
    choose : {"largest", "most confident", "all"}
        Which face of a photograph with several. With "all" a photograph has as many rows as faces, the largest first.

    Returns
    -------
    FaceSet
        The same as `load(out)`.

    Raises
    ------
    ValueError
        If a setting is impossible, or `out` is a file of somebody else.
    OSError
        If another extraction writes this file, the disk is full or the folder cannot be written. What is done stays.
    """
    recipe = shards.Recipe(size, margin, shape, choose, batch_size)
    if not len(photos):
        raise ValueError("there is no photograph to search: the selection is empty")
    out = Path(out)
    sizes = shards.sizes(photos.paths)
    settings = shards.fingerprint(photos, sizes, recipe, _FORMAT)
    if out.exists():
        if (found := _settings_of(out)) is None:
            raise ValueError(
                f"{out.name} is there already and was not written by faces.extract, or is damaged: choose another name"
            )
        if found == settings:
            faces = load(out)
            table = photos.attributes.iloc[photos.attributes.index.get_indexer(faces.names)]
            return replace(
                faces,
                attributes=_table({name: npz.plain(table[name]) for name in table}, faces.names),
            )
        print(
            f"{out.name} holds other photographs, or was made with other settings: it is written anew"
        )
    parts = out.with_name(f"{out.name}.parts")
    jobs = [
        (first, stop, parts / settings[:16] / f"{first:08d}.npz")
        for first, stop in shards.cut(sizes)
    ]
    with tqdm(total=len(photos), unit="photo", desc="MTCNN", file=sys.stdout) as bar:
        try:
            with writing.exclusive(parts, "extraction"):
                shards.clear(parts, keep=settings[:16])
                shards.run(photos.paths, jobs, recipe, workers, bar)
                _merge(out, photos, [file for _, _, file in jobs], size, settings)
        except KeyboardInterrupt:
            bar.write(
                f"stopped: {bar.n} of {len(photos)} photographs are done, and the same call goes on from there",
                file=sys.stdout,
            )
            bar.leave = False
            raise
        except OSError as error:
            kept = (
                f"; {bar.n} of {len(photos)} photographs are done, and the same call goes on from there"
                if bar.n
                else ""
            )
            raise OSError(f"cannot write {out}: {error.strerror or error}{kept}") from None
    shutil.rmtree(parts, ignore_errors=True)
    return load(out)


def _settings_of(file):
    """Return the fingerprint in an npz that `extract` wrote, None if it wrote no such file."""
    try:
        return str(npz.read(file, "settings")["settings"])
    except (OSError, ValueError, KeyError):
        return None


def _merge(out, photos, files, size, settings):
    """Put the shards together, one at a time in memory."""
    members, images = shards.gather(files)
    names = np.array(photos.names, dtype=np.str_)
    table = photos.attributes.iloc[members["photo"]]
    npz.write(
        out,
        images,
        (len(members["photo"]), size, size, 3),
        names=names[members["photo"]],
        boxes=members["boxes"],
        confidence=members["confidence"],
        keypoints=members["keypoints"],
        reject_names=names[members["reject"]],
        reject_reasons=members["reason"],
        settings=settings,
        **{f"{_ATTRIBUTES}{name}": npz.plain(table[name]) for name in table},
    )
