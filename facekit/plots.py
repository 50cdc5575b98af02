"""One function a figure. Each returns its Axes; colours survive colour blindness and grey print."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image

from . import photos as photographs
from .detection import KEYPOINTS
from .images import montage

BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"  # Okabe and Ito 2008


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
    axes = plt.subplots(rows, columns, figsize=(1.6 * columns, 2 * rows), layout="constrained", squeeze=False)[1].ravel()
    for ax in axes:
        ax.axis("off")
    for i, (ax, path) in enumerate(zip(axes, photo_set.paths)):
        ax.imshow(photographs.read(path))
        if true:
            x, y, width, height = photo_set.attributes.iloc[i][photographs.TRUE_BOX]
            for colour, style in (("black", "-"), ("white", "--")):
                ax.add_patch(Rectangle((x, y), width, height, fill=False, ec=colour, lw=2, ls=style))
        for face in found[i].itertuples() if found else ():
            ax.add_patch(Rectangle((face.x, face.y), face.width, face.height, fill=False, ec=ORANGE, lw=2))
            ax.set_title(f"confidence {face.confidence:.3f}" if i == 0 else f"{face.confidence:.3f}", fontsize=9)
            for point in KEYPOINTS:
                ax.plot(getattr(face, f"{point}_x"), getattr(face, f"{point}_y"), "o", ms=3, mfc="white", mec=BLUE)
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
            ax.add_patch(Rectangle((box.x, box.y), box.width, box.height, fill=False, ec=ORANGE, lw=1.6, alpha=float(box.confidence) ** 4))
    return axes


def bars(values, label, ax=None):
    """Draw a Series as horizontal bars, the first on top, each with its number."""
    ax = ax or plt.subplots(figsize=(6, 0.5 + 0.4 * len(values)), layout="constrained")[1]
    drawn = ax.barh(list(values.index), values, color=BLUE)
    ax.bar_label(drawn, labels=[f"{value:.3g}" for value in values], padding=3, fontsize=9)
    ax.invert_yaxis()
    ax.set_xlabel(label)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_xlim(0, 1.12 * max(values))
    return ax


def overlaps(values, ax=None):
    """Draw how well boxes agree: a histogram of intersections over union, with the median."""
    ax = ax or plt.subplots(figsize=(6, 2.6), layout="constrained")[1]
    ax.hist(values, bins=np.arange(min(0.7, np.floor(min(values) * 50) / 50), 1.001, 0.02), color=BLUE)
    middle = float(np.median(values))
    ax.axvline(middle, color=ORANGE, lw=2)
    ax.set_ylim(top=1.2 * ax.get_ylim()[1])
    ax.text(middle, 0.97 * ax.get_ylim()[1], f" median {middle:.2f}", va="top")
    ax.set(xlabel="overlap of the found box with the true one (intersection over union)", ylabel="photographs")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def balance(attributes, by="Male", names=("no", "yes")):
    """Draw how often each yes-or-no attribute is true, for both values of the attribute `by`."""
    flags = attributes.select_dtypes(bool)
    shares = flags.groupby(attributes[by].to_numpy()).mean().drop(columns=by).T.sort_values(True)
    ax = plt.subplots(figsize=(6, 0.8 + 0.22 * len(shares)), layout="constrained")[1]
    for value, name, colour in ((False, names[0], BLUE), (True, names[1], ORANGE)):
        ax.plot(shares[value], shares.index, "o", color=colour, label=name)
    ax.hlines(shares.index, shares[False], shares[True], color="lightgrey", zorder=0)
    ax.set(xlabel="share of the photographs", xlim=(-0.03, 1.03))
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False)
    return ax


def faces(images, columns=8, title=None, ax=None):
    """Draw faces (uint8, (n, h, w, 3)) side by side, `columns` a row."""
    sheet = montage(images, columns)
    width = 1.1 * min(columns, len(images))
    ax = ax or plt.subplots(figsize=(width, width * sheet.shape[0] / sheet.shape[1] + (0.3 if title else 0)), layout="constrained")[1]
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
            ax.add_patch(Rectangle((middle - width / 2, -size / 2), width, size, fc=colour, ec="white", alpha=0.85))
            ax.text(middle, -46, f"{size}×{size}\n×{channels}", ha="center", va="top", fontsize=9)
            ends.append((middle - width / 2, middle + width / 2))
            x += max(width, 24) + 16
        for (_, right), (left, _) in zip(ends, ends[1:]):
            ax.annotate("", (left - 2, 0), (right + 2, 0), arrowprops={"arrowstyle": "->", "color": "dimgrey"})
        ax.text(-8, 0, first, ha="right", va="center", fontsize=10)
        ax.text(x - 8, 0, last, ha="left", va="center", fontsize=10)
        ax.set(xlim=(-60, x + 40), ylim=(-72, 44), aspect="equal")
        ax.axis("off")
        ax.set_title(model.name.replace("_", " "), fontsize=10, loc="left")
    return axes


def loss_tables(histories, titles):
    """Draw the losses of several runs beside each other, on the same axes: the paper's Figure 4 for each."""
    figure, axes = plt.subplots(1, len(histories), figsize=(5 * len(histories), 3.3), sharey=True, layout="constrained", squeeze=False)
    for ax, history, title in zip(axes[0], histories, titles):
        history.plot(ax, title)
    for ax in axes[0][1:]:
        ax.get_legend().remove()
        ax.set_ylabel("")
    return axes[0]


def losses_and_faces(runs, losses=("d1", "d2", "g"), epoch=None, smoothing=1, log=False, faces=8):
    """Draw losses of several runs over the epochs, and beside them the faces of one epoch.

    Parameters
    ----------
    runs : dict of str to LossHistory
    losses : sequence of str
        Columns of their tables.
    epoch : int, optional
        Marked in the chart; of each run the faces of the last epoch up to it are shown. By default the last.
    smoothing : int
        Epochs of the trailing mean; 1 for none.
    log : bool
        Logarithmic scale.

    Returns
    -------
    list of Axes
        The chart's, then one for each run's faces.
    """
    last = max(run.losses.index.max() for run in runs.values())
    epoch = last if epoch is None else epoch
    figure = plt.figure(figsize=(11, 3.8), layout="constrained")
    grid = figure.add_gridspec(max(2, len(runs)), 2, width_ratios=(1, 1.15))
    chart = figure.add_subplot(grid[:, 0])
    for (name, run), style in zip(runs.items(), ("-", "--", ":", "-.") * len(runs)):
        for loss, colour in zip(losses, (BLUE, ORANGE, GREEN, RED, "black", "grey") * len(losses)):
            values = run.losses[loss].rolling(smoothing, min_periods=1).mean()
            chart.plot(values.index, values, style, color=colour, lw=2, label=f"{loss}, {name}")
    chart.axvline(epoch, color="grey", lw=1)
    chart.set(xlabel="epoch", ylabel="mean square" if set(losses) <= {"d1", "d2", "g"} else "value", xlim=(0, last + 1))
    if log:
        chart.set_yscale("log")
    else:
        chart.set_ylim(bottom=0)
    chart.spines[["top", "right"]].set_visible(False)
    chart.legend(frameon=False, fontsize=8)
    axes = [chart]
    for i, (name, run) in enumerate(runs.items()):
        ax = figure.add_subplot(grid[i, 1])
        ax.axis("off")
        sheets = {number: file for number, file in run.sheets().items() if number <= epoch}
        if sheets:
            shown = max(sheets)
            ax.imshow(np.asarray(Image.open(sheets[shown]))[:80, : faces * 82 - 2], interpolation="lanczos")
        ax.set_title(f"{name}, epoch {shown}" if sheets else f"{name}: no faces were kept", fontsize=9, loc="left")
        axes.append(ax)
    return axes


def rows(images, labels):
    """Draw rows of faces (uint8, (rows, n, h, w, 3)) below each other, each with its label on the left."""
    n = images.shape[1]
    axes = plt.subplots(len(images), 1, figsize=(1.0 * n + 1, 1.04 * len(images)), layout="constrained", squeeze=False)[1].ravel()
    for ax, row, label in zip(axes, images, labels):
        ax.imshow(montage(row, columns=n), interpolation="lanczos")
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_ylabel(label, rotation=0, ha="right", va="center")
    return axes


def growth(history, epochs=6, faces=8):
    """Draw the same latent points after several epochs of a run, first and last included."""
    sheets = history.sheets()
    if not sheets:
        raise ValueError("this run has no sheets of faces: train with callbacks=gan.callbacks(folder)")
    chosen = np.unique(np.geomspace(min(sheets), max(sheets), epochs).round().astype(int))
    chosen = [epoch for epoch in chosen if epoch in sheets]
    size = 80
    pictures = [np.asarray(Image.open(sheets[epoch])) for epoch in chosen]
    images = [[picture[:size, i * (size + 2) :][:, :size] for i in range(faces)] for picture in pictures]
    return rows(np.array(images), [f"epoch {epoch}" for epoch in chosen])


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
