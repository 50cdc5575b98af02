"""The losses of the real/fake classifier, on numpy arrays or tensors."""

from ..core.backend import keras, tf

ops = keras.ops


def contrastive_loss(same, distance, margin=1, squared=False):
    """Return the mean pairwise contrastive loss.

    same · distance² + (1 − same) · max(margin − distance, 0)    (the paper, section 2.3)

    The paper prints `(margin − D, 0)`; the `max` that makes it a loss is restored here. The usual form
    (Hadsell, Chopra, LeCun 2006, equation 4) also squares the second term: `squared=True`.

    Parameters
    ----------
    same : array of 0 or 1
        1 where the two images of a pair belong to one class.
    distance : array of float, same shape
        Euclidean distance of the two embeddings.
    margin : float
        Distance beyond which a pair of different classes costs nothing.
    """
    same, distance = (
        ops.convert_to_tensor(same, "float32"),
        ops.convert_to_tensor(distance, "float32"),
    )
    apart = ops.maximum(margin - distance, 0.0)
    return ops.mean(
        same * ops.square(distance) + (1 - same) * (ops.square(apart) if squared else apart)
    )


def supervised_contrastive_loss(labels, embeddings, temperature=0.1):
    """Return the supervised contrastive loss L_out (Khosla et al. 2020, equation 2), averaged over the anchors.

    −1/|P(i)| Σ_{p ∈ P(i)} log( exp(zᵢ·z_p/τ) / Σ_{a ≠ i} exp(zᵢ·z_a/τ) )

    P(i) are the other embeddings with the label of anchor i. An anchor without any is left out of the average;
    a batch in which no anchor has a positive has loss 0.

    Parameters
    ----------
    labels : array of int, shape (n,)
    embeddings : array of float, shape (n, dim)
        Scaled to length 1 here; a zero vector stays zero.
    temperature : float
        τ; small values weigh the hardest pairs more.
    """
    labels = ops.reshape(ops.convert_to_tensor(labels), (-1, 1))
    embeddings = ops.convert_to_tensor(embeddings, "float32")
    z = embeddings / ops.maximum(ops.norm(embeddings, axis=1, keepdims=True), 1e-12)
    not_self = 1.0 - ops.eye(ops.shape(z)[0], dtype="float32")
    similarity = ops.matmul(z, ops.transpose(z)) / temperature
    log_denominator = ops.logsumexp(
        similarity - 1e9 * (1.0 - not_self), axis=1, keepdims=True
    )  # without the anchor itself
    positive = ops.cast(ops.equal(labels, ops.transpose(labels)), "float32") * not_self
    count = ops.sum(positive, axis=1)
    per_anchor = -ops.sum(positive * (similarity - log_denominator), axis=1) / ops.maximum(
        count, 1.0
    )
    anchors = ops.cast(count > 0, "float32")
    return ops.sum(per_anchor * anchors) / ops.maximum(ops.sum(anchors), 1.0)


def euclidean_distances(embeddings):
    """Return the Euclidean distance of every embedding (n, dim) to every other, shape (n, n), diagonal left out."""
    n = ops.shape(embeddings)[0]
    squared = ops.sum(ops.square(embeddings[:, None] - embeddings[None]), axis=-1)
    # The root has no gradient at 0, so the diagonal is lifted before it and dropped after it.
    distances = ops.sqrt(ops.maximum(squared, 1e-12))
    return tf.boolean_mask(distances, ~ops.eye(n, dtype="bool"))


def _pairwise(labels, embeddings):
    embeddings = embeddings / ops.maximum(ops.norm(embeddings, axis=1, keepdims=True), 1e-12)
    same = ops.cast(labels[:, None] == labels[None], "float32")
    same = tf.boolean_mask(same, ~ops.eye(ops.shape(labels)[0], dtype="bool"))
    return contrastive_loss(same, euclidean_distances(embeddings), margin=1)


def _cross_entropy(labels, outputs):
    return ops.mean(
        ops.binary_crossentropy(ops.cast(labels, "float32"), outputs[:, 0], from_logits=True)
    )
