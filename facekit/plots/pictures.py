"""Figures of photographs and faces."""

import matplotlib.pyplot as plt
import numpy as np

from .style import BLUE, ORANGE


def numbered(images, columns=5, titles=None):
    """Draw faces with a number each, from 1, and a title where there is one."""
    rows = -(-len(images) // columns)
    axes = plt.subplots(
        rows, columns, figsize=(1.3 * columns, 1.5 * rows), layout="constrained", squeeze=False
    )[1].ravel()
    for ax in axes:
        ax.axis("off")
    for i, (ax, image) in enumerate(zip(axes, images)):
        ax.imshow(image)
        ax.set_title(f"{i + 1}{' · ' + titles[i] if titles else ''}", fontsize=9)
    return axes


from matplotlib.patches import Rectangle

from ..core import images
from ..core.images import montage
from ..faces import photos as photographs
from ..faces.detection import KEYPOINTS
from . import digest  # noqa: F401  (a figure tells a digest of its data to the notebook that stores it)


def photos(photo_set, found=None, columns=6, true=False, titles=None):
    """Draw photographs, and on them what the detector found.

    Parameters
    ----------
    photo_set : PhotoSet
    found : list of DataFrame, optional
        What `faces.detect` returned for them: boxes, with confidence, and the five points of each face.
    true : bool
        Also draw, dashed, the boxes where the face truly is, which the attributes of the portraits hold.
    titles : list of str, optional
        What stands above each; by default the detector's confidence.
    """
    columns = max(1, min(columns, len(photo_set)))
    rows = max(1, -(-len(photo_set) // columns))
    axes = plt.subplots(
        rows, columns, figsize=(1.6 * columns, 2 * rows), layout="constrained", squeeze=False
    )[1].ravel()
    for ax in axes:
        ax.axis("off")
    for i, (ax, path) in enumerate(zip(axes, photo_set.paths)):
        ax.imshow(images.read(path))
        if true:
            x, y, width, height = photo_set.attributes.iloc[i][photographs.TRUE_BOX]
            for colour, style in (("black", "-"), ("white", "--")):
                ax.add_patch(
                    Rectangle((x, y), width, height, fill=False, ec=colour, lw=2, ls=style)
                )
        for number, face in enumerate(found[i].itertuples()) if found else ():
            ax.add_patch(
                Rectangle((face.x, face.y), face.width, face.height, fill=False, ec=ORANGE, lw=2)
            )
            if number == 0:  # the largest
                ax.set_title(
                    f"confidence {face.confidence:.3f}" if i == 0 else f"{face.confidence:.3f}",
                    fontsize=9,
                )
            for point in KEYPOINTS:
                ax.plot(
                    getattr(face, f"{point}_x"),
                    getattr(face, f"{point}_y"),
                    "o",
                    ms=3,
                    mfc="white",
                    mec=BLUE,
                )
    for ax, title in zip(axes, titles or []):
        ax.set_title(title, fontsize=9)
    return axes


def stages(image, left):
    """Draw what each network of MTCNN leaves of an image: `left` is what `detection.stages` returned; darker boxes are surer."""
    axes = plt.subplots(1, len(left), figsize=(2.6 * len(left), 3.4), layout="constrained")[1]
    for ax, (name, boxes) in zip(axes, left.items()):
        ax.imshow(image)
        ax.set_title(f"{name}: {len(boxes)} window{'s' * (len(boxes) != 1)}", fontsize=10)
        ax.axis("off")
        for box in boxes.itertuples():
            ax.add_patch(
                Rectangle(
                    (box.x, box.y),
                    box.width,
                    box.height,
                    fill=False,
                    ec=ORANGE,
                    lw=1.6,
                    alpha=float(box.confidence) ** 4,
                )
            )
    return axes


def faces(images, columns=8, title=None, ax=None):
    """Draw faces (uint8, (n, h, w, 3)) side by side, `columns` a row."""
    sheet = montage(images, columns)
    width = 1.1 * min(columns, len(images))
    ax = (
        ax
        or plt.subplots(
            figsize=(width, width * sheet.shape[0] / sheet.shape[1] + (0.3 if title else 0)),
            layout="constrained",
        )[1]
    )
    ax.imshow(sheet, interpolation="lanczos")
    ax.axis("off")
    ax.set_title(title, fontsize=10, loc="left")
    return ax


def networks(generator, discriminator):
    """Draw the path through both networks: each block is a stack of pictures, as high as they are and as deep as there are many of them."""
    axes = plt.subplots(2, 1, figsize=(7.5, 5), layout="constrained")[1]
    for ax, model, colour, first, last in (
        (axes[0], generator, BLUE, f"{generator.input_shape[-1]} numbers", "a face"),
        (axes[1], discriminator, ORANGE, "a face", "1 number"),
    ):
        shapes = []
        for layer in model.layers:
            shape = tuple(layer.output.shape[1:])
            if len(shape) == 3 and shape not in shapes:
                shapes.append(shape)
        x, ends = 0.0, []
        for size, _, channels in shapes:
            width = 2 * channels**0.5
            middle = x + max(width, 24) / 2
            ax.add_patch(
                Rectangle(
                    (middle - width / 2, -size / 2), width, size, fc=colour, ec="white", alpha=0.85
                )
            )
            ax.text(middle, -46, f"{size}×{size}\n×{channels}", ha="center", va="top", fontsize=9)
            ends.append((middle - width / 2, middle + width / 2))
            x += max(width, 24) + 16
        for (_, right), (left, _) in zip(ends, ends[1:]):
            ax.annotate(
                "",
                (left - 2, 0),
                (right + 2, 0),
                arrowprops={"arrowstyle": "->", "color": "dimgrey"},
            )
        ax.text(-8, 0, first, ha="right", va="center", fontsize=10)
        ax.text(x - 8, 0, last, ha="left", va="center", fontsize=10)
        ax.set(xlim=(-60, x + 40), ylim=(-72, 44), aspect="equal")
        ax.axis("off")
        ax.set_title(model.name.replace("_", " "), fontsize=10, loc="left")
    return axes


def rows(images, labels):
    """Draw rows of faces (uint8, (rows, n, h, w, 3)) below each other, each with its label on the left."""
    images = np.asarray(images)
    n = images.shape[1]
    axes = plt.subplots(
        len(images),
        1,
        figsize=(1.0 * n + 1, 1.04 * len(images)),
        layout="constrained",
        squeeze=False,
    )[1].ravel()
    for ax, row, label in zip(axes, images, labels):
        ax.imshow(montage(row, columns=n), interpolation="lanczos")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
    return axes


def growth(history, epochs=6):
    """Draw the same latent points after several epochs of a run, first and last included."""
    sheets = history.sheets()
    if not sheets:
        raise ValueError(
            "this run has no sheets of faces: train with callbacks=gan.recorder.callbacks(folder)"
        )
    chosen, wanted = [], np.geomspace(min(sheets), max(sheets), min(epochs, len(sheets)))
    for target in wanted[::-1]:  # the last first: early targets lie close together
        chosen.append(
            min(
                (epoch for epoch in sheets if epoch not in chosen),
                key=lambda epoch: abs(epoch - target),
            )
        )
    chosen.sort()
    return rows(
        np.array([history.faces(epoch) for epoch in chosen]), [f"epoch {epoch}" for epoch in chosen]
    )
