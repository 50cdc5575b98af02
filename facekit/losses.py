"""The losses of the course: pure functions, on numpy arrays or tensors, that return a scalar tensor."""

from .backend import keras, tf

ops = keras.ops


def lsgan_discriminator_loss(real, fake, a=0, b=1):
    """Return the least-squares loss of the discriminator.

    ½ E[(D(x) − b)²] + ½ E[(D(G(z)) − a)²]    (the paper, section 2.2; Mao et al. 2017, equation 2)

    Parameters
    ----------
    real, fake : array of float
        The discriminator's linear outputs D(x) on real and D(G(z)) on fake images, of any shape.
    a, b : float
        The labels of fake and of real images.

    Notes
    -----
    The d1 and d2 that runs report are the two mean squares *without* the ½, as in the paper's tables.
    """
    return 0.5 * mean_square(real, b) + 0.5 * mean_square(fake, a)


def lsgan_generator_loss(fake, c=1):
    """Return the least-squares loss of the generator.

    ½ E[(D(G(z)) − c)²]    (Mao et al. 2017, equation 2; the paper prints no formula for G)

    Parameters
    ----------
    fake : array of float
        The discriminator's linear outputs D(G(z)), of any shape.
    c : float
        The value that the generator wants the discriminator to give to its fakes.

    Notes
    -----
    The g that runs report is the mean square *without* the ½.
    """
    return 0.5 * mean_square(fake, c)


def mean_square(scores, label):
    """Return E[(scores − label)²]: the d1, d2 and g that the paper and our runs report."""
    return ops.mean(ops.square(ops.convert_to_tensor(scores, "float32") - label))


def slope(loss, scores):
    """Return how a loss changes with each score alone: d loss([score]) / d score, float32, the shape of `scores`.

    Parameters
    ----------
    loss : function
        From scores to their mean loss, such as `lsgan_generator_loss`.
    scores : array of float
    """
    scores = ops.convert_to_tensor(scores, "float32")
    with tf.GradientTape() as tape:
        tape.watch(scores)
        value = loss(scores) * ops.cast(ops.size(scores), "float32")
    return tape.gradient(value, scores).numpy()


def cross_entropy_discriminator_loss(real, fake):
    """Return the binary cross-entropy of the discriminator: E[−log σ(D(x))] + E[−log(1 − σ(D(G(z))))], σ the logistic function.

    Goodfellow et al. 2014, equation 1, with the sign of a loss.

    Parameters
    ----------
    real, fake : array of float
        The discriminator's linear outputs (logits) on real and on fake images, of any shape.
    """
    real, fake = ops.convert_to_tensor(real, "float32"), ops.convert_to_tensor(fake, "float32")
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(fake))


def cross_entropy_generator_loss(fake):
    """Return the cross-entropy of the generator as it is used in practice, E[−log σ(D(G(z)))].

    "Non-saturating": its slope is steepest where the discriminator recognises the fake (Goodfellow et al. 2014, section 3).
    """
    return ops.mean(ops.softplus(-ops.convert_to_tensor(fake, "float32")))


def minimax_generator_loss(fake):
    """Return the generator's loss of the minimax game, E[log(1 − σ(D(G(z))))].

    It "saturates": where the discriminator recognises the fake, its slope goes to 0 (Goodfellow et al. 2014, section 3).
    """
    return -ops.mean(ops.softplus(ops.convert_to_tensor(fake, "float32")))


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
    same, distance = ops.convert_to_tensor(same, "float32"), ops.convert_to_tensor(distance, "float32")
    apart = ops.maximum(margin - distance, 0.0)
    return ops.mean(same * ops.square(distance) + (1 - same) * (ops.square(apart) if squared else apart))


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
    log_denominator = ops.logsumexp(similarity - 1e9 * (1.0 - not_self), axis=1, keepdims=True)  # without the anchor itself
    positive = ops.cast(ops.equal(labels, ops.transpose(labels)), "float32") * not_self
    count = ops.sum(positive, axis=1)
    per_anchor = -ops.sum(positive * (similarity - log_denominator), axis=1) / ops.maximum(count, 1.0)
    anchors = ops.cast(count > 0, "float32")
    return ops.sum(per_anchor * anchors) / ops.maximum(ops.sum(anchors), 1.0)
