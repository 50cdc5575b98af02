"""The losses of the real/fake classifier, on numpy arrays or tensors."""

from numpy.typing import ArrayLike

from ..core.backend import keras, tf

ops = keras.ops


def contrastive_loss(
    same: ArrayLike, distance: ArrayLike, margin: float = 1, squared: bool = False
) -> tf.Tensor:
    """Return the mean contrastive loss of pairs.

    same · distance² + (1 − same) · max(margin − distance, 0)    (the paper, section 2.3)

    The paper prints `(margin − D, 0)`; the `max` that makes it a loss is restored here. The usual
    form (Hadsell, Chopra, LeCun 2006, equation 4) also squares the second term: `squared=True`.

    Parameters
    ----------
    same : array of 0 or 1
        1 where the two images of a pair belong to one class.
    distance : array of float, same shape
        Euclidean distance of the two embeddings.
    margin : float
        Distance beyond which a pair of different classes costs nothing.
    squared : bool

    Returns
    -------
    float32 tensor without dimensions, at least 0

    Examples
    --------
    >>> float(contrastive_loss(same=[1, 0], distance=[0.5, 0.5]))  # (0.25 + 0.5) / 2
    0.375
    """
    positive, d = ops.cast(same, "float32"), ops.cast(distance, "float32")
    missing = ops.maximum(margin - d, 0.0)
    push = ops.square(missing) if squared else missing
    return ops.mean(positive * ops.square(d) + (1 - positive) * push)


def pairwise_contrastive_loss(
    labels: ArrayLike, embeddings: ArrayLike, margin: float = 1
) -> tf.Tensor:
    """Return the `contrastive_loss` of all pairs of a batch.

    Parameters
    ----------
    labels : array of int, shape (n,)
    embeddings : array of float, shape (n, dim)
        Scaled to length 1 here; a zero vector stays zero.
    margin : float
    """
    same = _without_diagonal(_same(labels))
    return contrastive_loss(same, euclidean_distances(ops.normalize(embeddings)), margin)


def supervised_contrastive_loss(
    labels: ArrayLike, embeddings: ArrayLike, temperature: float = 0.1
) -> tf.Tensor:
    """Return the supervised contrastive loss L_out, averaged over the anchors.

    −1/|P(i)| Σ_{p ∈ P(i)} log( exp(zᵢ·z_p/τ) / Σ_{a ≠ i} exp(zᵢ·z_a/τ) )

    (Khosla et al. 2020, equation 2). P(i), the positives of anchor i, are the other embeddings with
    its label. An anchor without any is left out of the average; a batch in which no anchor has a
    positive has loss 0.

    Parameters
    ----------
    labels : array of int, shape (n,)
    embeddings : array of float, shape (n, dim)
        Scaled to length 1 here; a zero vector stays zero.
    temperature : float
        τ; small values weigh the hardest pairs more.

    Returns
    -------
    float32 tensor without dimensions
    """
    z = ops.normalize(ops.cast(embeddings, "float32"))
    itself = ops.eye(ops.shape(z)[0], dtype="float32")
    similarity = ops.matmul(z, ops.transpose(z)) / temperature
    # The sum runs over all but the anchor, so its own similarity is moved out of sight.
    log_sum = ops.logsumexp(similarity - 1e9 * itself, axis=1, keepdims=True)
    positive = ops.cast(_same(labels), "float32") * (1 - itself)
    positives = ops.sum(positive, axis=1)
    per_anchor = -ops.sum(positive * (similarity - log_sum), axis=1) / ops.maximum(positives, 1)
    anchors = ops.sum(ops.cast(positives > 0, "float32"))
    return ops.sum(per_anchor) / ops.maximum(anchors, 1)


def euclidean_distances(embeddings: ArrayLike) -> tf.Tensor:
    """Return the Euclidean distances of n embeddings (n, dim) to each other: shape (n · (n − 1),).

    Row by row, without the distance of an embedding to itself.
    """
    x = ops.cast(embeddings, "float32")
    squared = ops.sum(ops.square(x[:, None] - x[None]), axis=-1)
    # The root has no gradient at 0, so the diagonal is lifted before it and dropped after it.
    return _without_diagonal(ops.sqrt(ops.maximum(squared, 1e-12)))


def _same(labels):
    """Return which labels are equal, each with each: bool, shape (n, n)."""
    column = ops.reshape(labels, (-1, 1))
    return column == ops.transpose(column)


def _without_diagonal(matrix):
    return tf.boolean_mask(matrix, ~ops.eye(ops.shape(matrix)[0], dtype="bool"))
