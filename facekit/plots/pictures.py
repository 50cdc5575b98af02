"""Figures of photographs, faces and networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from ..core.figures import BLUE, ORANGE, hide_frame, new_axes, new_grid
from ..core.images import montage, read
from ..faces.detection import KEYPOINTS
from ..faces.photos import TRUE_BOX

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from ..analysis.history import LossHistory
    from ..faces.photos import PhotoSet

_BOX = ["x", "y", "width", "height"]  # columns of what the detector finds


def photos(
    photo_set: PhotoSet,
    found: Sequence[pd.DataFrame] | None = None,
    columns: int = 6,
    true: bool = False,
    titles: Sequence[str] = (),
) -> np.ndarray:
    """Draw photographs, and on them what the detector found; return an array of Axes.

    Parameters
    ----------
    photo_set : PhotoSet
    found : list of DataFrame, optional
        What `faces.detection.detect` returned for them: boxes, with confidence, and the five
        points of each face.
    columns : int
        Photographs a row.
    true : bool
        Also draw, dashed, where the face truly is, as the attributes of the portraits hold it.
    titles : list of str, optional
        What stands above each photograph; by default the confidence of its largest face.
    """
    axes = tiles(len(photo_set), columns, 1.6, 2)
    for i, (ax, path) in enumerate(zip(axes, photo_set.paths)):
        ax.imshow(read(path))
        if true:
            box = photo_set.attributes.iloc[i][TRUE_BOX]
            _draw_box(ax, *box, ec="black", lw=2)
            _draw_box(ax, *box, ec="white", lw=2, ls="--")
        if found is not None:
            _draw_detections(ax, found[i])
            if len(found[i]):  # the first row is the largest face
                word = "confidence " if i == 0 else ""
                ax.set_title(f"{word}{found[i]['confidence'].iloc[0]:.3f}", fontsize=9)
    for ax, title in zip(axes, titles):
        ax.set_title(title, fontsize=9)
    return axes


def stages(image: np.ndarray, windows: dict[str, pd.DataFrame]) -> np.ndarray:
    """Draw what each network of MTCNN leaves of an image; darker boxes are surer.

    Parameters
    ----------
    image : uint8 array, shape (height, width, 3)
    windows : dict of str to DataFrame
        What `faces.detection.stages` returned.
    """
    axes = new_grid(1, len(windows), 2.6 * len(windows), 3.4)[0]
    for ax, (name, boxes) in zip(axes, windows.items()):
        ax.imshow(image)
        ax.set_title(f"{name}: {len(boxes)} window{'s' * (len(boxes) != 1)}", fontsize=10)
        ax.axis("off")
        for x, y, width, height, confidence in boxes[[*_BOX, "confidence"]].to_numpy("float64"):
            _draw_box(ax, x, y, width, height, ec=ORANGE, lw=1.6, alpha=confidence**4)
    return axes


def faces(images: np.ndarray, columns: int = 8, title: str = "") -> Axes:
    """Draw faces (uint8, shape (n, h, w, 3)) side by side, `columns` a row."""
    sheet = montage(images, columns)
    width = 1.1 * min(columns, len(images))
    ax = new_axes(width, width * sheet.shape[0] / sheet.shape[1] + (0.3 if title else 0))
    ax.imshow(sheet, interpolation="lanczos")
    ax.axis("off")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


def numbered(images: np.ndarray, columns: int = 5, titles: Sequence[str] = ()) -> np.ndarray:
    """Draw faces (uint8, shape (n, h, w, 3)), each with a number from 1, and a title, if any."""
    axes = tiles(len(images), columns, 1.3, 1.5)
    for i, (ax, image) in enumerate(zip(axes, images)):
        ax.imshow(image)
        ax.set_title(f"{i + 1} · {titles[i]}" if titles else f"{i + 1}", fontsize=9)
    return axes


def rows(images: np.ndarray, labels: Sequence[str]) -> np.ndarray:
    """Draw rows of faces (uint8, shape (rows, n, h, w, 3)), each with its label on the left."""
    count, n = np.shape(images)[:2]
    axes = new_grid(count, 1, 1.0 * n + 1, 1.04 * count)[:, 0]
    for ax, row, label in zip(axes, images, labels):
        ax.imshow(montage(row, columns=n), interpolation="lanczos")
        hide_frame(ax)
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
    return axes


def growth(history: LossHistory, epochs: int = 6) -> np.ndarray:
    """Draw the faces of the same latent points after several epochs of a run.

    The first and the last epoch are among them; the others are spaced by equal factors, as far as
    their faces were kept.

    Raises
    ------
    ValueError
        If the run has kept no faces.
    """
    kept = sorted(history.sheets())
    if not kept:
        raise ValueError("no sheets of faces: train with callbacks=gan.recorder.callbacks(folder)")
    chosen: list[int] = []
    wanted = np.geomspace(kept[0], kept[-1], min(epochs, len(kept)))
    for target in wanted[::-1]:  # the last first: early targets lie close together
        free = [epoch for epoch in kept if epoch not in chosen]
        chosen.append(min(free, key=lambda epoch: abs(epoch - target)))
    chosen.sort()
    sheets = np.array([history.faces(epoch) for epoch in chosen])
    return rows(sheets, [f"epoch {epoch}" for epoch in chosen])


def tiles(count: int, columns: int, width: float, height: float) -> np.ndarray:
    """Return the Axes of a new figure of `count` tiles of a size in inches, without frames."""
    columns = max(1, min(columns, count))
    rows = max(1, -(-count // columns))
    axes = new_grid(rows, columns, width * columns, height * rows).ravel()
    for ax in axes:
        ax.axis("off")
    return axes


def _draw_box(ax, x, y, width, height, **style):
    ax.add_patch(Rectangle((x, y), width, height, fill=False, **style))


def _draw_detections(ax, detections):
    """Draw box and five points of each face that was found."""
    for _, face in detections.iterrows():
        _draw_box(ax, *face[_BOX], ec=ORANGE, lw=2)
        for point in KEYPOINTS:
            ax.plot(face[f"{point}_x"], face[f"{point}_y"], "o", ms=3, mfc="white", mec=BLUE)
