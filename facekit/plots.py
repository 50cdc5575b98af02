"""One function a figure. Each returns its Axes; colours survive colour blindness and grey print."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

from . import photos as photographs
from .detection import KEYPOINTS
from .images import montage

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # Okabe and Ito 2008


def photos(photo_set, found=None, columns=6):
    """Draw photographs, and on them what the detector found.

    Parameters
    ----------
    photo_set : PhotoSet
    found : list of DataFrame, optional
        What `faces.detect` returned for them: boxes, with confidence, and the five points of each face.
    """
    rows = max(1, -(-len(photo_set) // columns))
    axes = plt.subplots(rows, columns, figsize=(1.6 * columns, 2 * rows), layout="constrained", squeeze=False)[1].ravel()
    for ax in axes:
        ax.axis("off")
    for i, (ax, path) in enumerate(zip(axes, photo_set.paths)):
        ax.imshow(photographs.read(path))
        for face in found[i].itertuples() if found else ():
            ax.add_patch(Rectangle((face.x, face.y), face.width, face.height, fill=False, ec=ORANGE, lw=2))
            ax.set_title(f"{face.confidence:.3f}", fontsize=9)
            for point in KEYPOINTS:
                ax.plot(getattr(face, f"{point}_x"), getattr(face, f"{point}_y"), "o", ms=3, mfc="white", mec=BLUE)
    return axes


def faces(images, columns=8, title=None, ax=None):
    """Draw faces (uint8, (n, h, w, 3)) side by side, `columns` a row."""
    sheet = montage(images, columns)
    width = 1.1 * min(columns, len(images))
    ax = ax or plt.subplots(figsize=(width, width * sheet.shape[0] / sheet.shape[1] + (0.3 if title else 0)), layout="constrained")[1]
    ax.imshow(sheet, interpolation="lanczos")
    ax.axis("off")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


def loss_tables(histories, titles):
    """Draw the losses of several runs beside each other, on the same axes: the paper's Figure 4 for each."""
    figure, axes = plt.subplots(1, len(histories), figsize=(5 * len(histories), 3.3), sharey=True, layout="constrained", squeeze=False)
    for ax, history, title in zip(axes[0], histories, titles):
        history.plot(ax, title)
    for ax in axes[0][1:]:
        ax.get_legend().remove()
        ax.set_ylabel("")
    return axes[0]


def growth(history, epochs=6, faces=8):
    """Draw the same latent points after several epochs of a run, first and last included."""
    sheets = history.sheets()
    if not sheets:
        raise ValueError("this run has no sheets of faces: train with callbacks=gan.callbacks(folder)")
    chosen = np.unique(np.geomspace(min(sheets), max(sheets), epochs).round().astype(int))
    chosen = [epoch for epoch in chosen if epoch in sheets]
    size = 80
    axes = plt.subplots(len(chosen), 1, figsize=(faces, 1.04 * len(chosen)), layout="constrained", squeeze=False)[1].ravel()
    for ax, epoch in zip(axes, chosen):
        ax.imshow(np.asarray(Image.open(sheets[epoch]))[:size, : faces * (size + 2) - 2])
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_ylabel(f"epoch {epoch}", rotation=0, ha="right", va="center")
    return axes


def verdicts(images, expectation, table):
    """Draw faces with what they are, what the classifier says and how sure it is; a wrong verdict stands in red."""
    columns = -(-len(images) // 2)
    axes = plt.subplots(2, columns, figsize=(1.6 * columns, 4.2), layout="constrained", squeeze=False)[1].ravel()
    for ax in axes:
        ax.axis("off")
    for ax, image, truth, verdict in zip(axes, images, expectation, table.itertuples()):
        ax.imshow(image)
        right = verdict.label == truth
        ax.set_title(f"{truth} → {verdict.label}{'' if right else ' ✗'}\n{verdict.confidence:.4f}", fontsize=9, color="black" if right else RED)
    return axes
