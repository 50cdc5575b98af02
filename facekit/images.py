"""Pictures as arrays: uint8 for storing and showing, float32 in [-1, 1] for networks."""

import numpy as np


def to_float(images):
    """Return uint8 images as float32 in [-1, 1]: what the generator's tanh can reach."""
    return np.asarray(images, "float32") / 127.5 - 1


def to_uint8(images):
    """Return images in [-1, 1] as uint8: the way back of `to_float`."""
    return np.clip(np.rint((np.asarray(images, "float32") + 1) * 127.5), 0, 255).astype(np.uint8)


def montage(images, columns=8, gap=2):
    """Return uint8 images (n, h, w, 3) side by side on white, as one uint8 picture."""
    images = np.asarray(images)
    height, width = images.shape[1:3]
    rows = -(-len(images) // columns)
    sheet = np.full((rows * (height + gap) - gap, min(columns, len(images)) * (width + gap) - gap, 3), 255, np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet
