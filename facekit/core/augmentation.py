"""What a network may see of an image while it learns: shifted, mirrored, brighter or darker."""

from . import distribution
from .backend import keras, tf

ops = keras.ops


def augment(images, seed, strength=1.0):
    """Return images shifted by up to an eighth, mirrored, and changed in brightness and contrast, each by chance.

    The discriminator sees real and fake images only like this, so that it cannot learn a small data set by heart
    (differentiable augmentation, Zhao et al. 2020). Gradients pass through to the generator. With a smaller `strength` shifts,
    brightness and contrast change by that share.
    """
    n, height, width = ops.shape(images)[0], images.shape[1], images.shape[2]
    gain = distribution.draw(
        keras.random.uniform, (n, 1, 1, 1), 1 - 0.3 * strength, 1 + 0.3 * strength, seed=seed
    )
    lift = distribution.draw(
        keras.random.uniform, (n, 1, 1, 1), -0.3 * strength, 0.3 * strength, seed=seed
    )
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    images = (images - mean) * gain + mean + lift
    mirrored = distribution.draw(keras.random.uniform, (n, 1, 1, 1), seed=seed) < 0.5
    images = ops.where(mirrored, ops.flip(images, axis=2), images)
    for axis, length in ((1, height), (2, width)):
        farthest = int(strength * (length // 8))
        shift = distribution.draw(keras.random.randint, (n, 1), -farthest, farthest + 1, seed=seed)
        rows = ops.clip(
            ops.arange(length, dtype="int32")[None] + ops.cast(shift, "int32"), 0, length - 1
        )
        images = tf.gather(images, rows, axis=axis, batch_dims=1)
    return images
