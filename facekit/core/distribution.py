"""One training on several devices: the GPUs of a machine, or many machines that `TF_CONFIG` names, by TensorFlow's own strategies.

A batch is shared by all replicas, one a device, and what it teaches does not depend on how many there are: gradients, losses and batch statistics
are those of the whole batch, and so are the random numbers.
"""

import functools
import json
import os
import zlib
from contextlib import contextmanager

from .backend import tf


def strategy():
    """Return the strategy for what this process sees: the one whose scope this is, many machines, several GPUs, or TensorFlow's default of one device.

    `TF_CONFIG` is read as TensorFlow does: the addresses of all machines, and which of them this is. The same command runs on each.

    Raises
    ------
    RuntimeError
        If TensorFlow has worked in this process before it was told of the other machines.
    ValueError
        If `TF_CONFIG` cannot be read, or names anything but workers.
    """
    return tf.distribute.get_strategy() if tf.distribute.has_strategy() else _found()


@functools.cache
def _found():
    if len(_machines()[0]) > 1:
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except RuntimeError as error:
            if "program startup" not in str(error):
                raise
            raise RuntimeError(
                "the other machines in TF_CONFIG have to be met before TensorFlow does anything else: "
                "call facekit.core.distribution.strategy() first, in a fresh process"
            ) from None
    return (
        tf.distribute.MirroredStrategy()
        if len(tf.config.list_physical_devices("GPU")) > 1
        else tf.distribute.get_strategy()
    )


def _machines():
    """Return the addresses of the machines in `TF_CONFIG`, an empty list without it, and which of them this is."""
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster = config.get("cluster", {})
        workers, index = cluster.get("worker", []), int(config["task"]["index"]) if cluster else 0
        if not set(cluster) <= {"worker"}:
            raise ValueError("other tasks than workers")
    except (ValueError, AttributeError, KeyError, TypeError):
        raise ValueError(
            'TF_CONFIG should be like {"cluster": {"worker": ["one:29500", "two:29500"]}, "task": {"type": "worker", "index": 0}}'
        ) from None
    return workers, index


def first_machine():
    """Return whether this process is the one that writes: it is alone, or the first of `TF_CONFIG`."""
    return _machines()[1] == 0


def check_alike(*things):
    """Wait until all machines are here, and raise a ValueError on each unless all call this with the same things."""
    if len(_machines()[0]) > 1:
        mine = zlib.crc32(repr(things).encode())
        found = strategy().gather(
            strategy().experimental_distribute_values_from_function(
                lambda _: tf.constant([mine], tf.int64)
            ),
            axis=0,
        )
        if len(set(found.numpy())) > 1:
            raise ValueError(
                "the machines in TF_CONFIG are not about to do the same: give each the same command, the same faces, and a run folder that all share"
            )


@contextmanager
def together():
    """Say it in a sentence, as a RuntimeError, if another machine is lost on the way."""
    try:
        yield
    except (
        tf.errors.UnavailableError,
        tf.errors.AbortedError,
        tf.errors.CancelledError,
        tf.errors.DeadlineExceededError,
    ) as error:
        if len(_machines()[0]) < 2:
            raise
        raise RuntimeError(
            "another machine of TF_CONFIG is gone: start the same command on all of them again, "
            "and the training goes on after its last whole epoch"
        ) from error


def replicas():
    """Return how many devices share a batch, in the strategy whose scope this is."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def mean_over_replicas(loss):
    """Return a replica's mean loss, scaled such that the gradients, which the optimizer adds up, are those of the mean of all replicas."""
    return loss / replicas()


def draw(function, shape, *limits, seed):
    """Return this replica's rows of what `keras.random.normal` or one of its kin draws for the batches of all replicas together."""
    if replicas() == 1:
        return function(shape, *limits, seed=seed)
    rows = shape[0]
    start = tf.distribute.get_replica_context().replica_id_in_sync_group * rows
    return function((rows * replicas(), *shape[1:]), *limits, seed=seed)[start : start + rows]


def reported(values):
    """Return the numbers of a training step as `fit` can take them.

    With many machines Keras 3.15 averages what the replicas return over a first axis, which a number does not have; it fails there
    with "Invalid reduction dimension" (see https://github.com/keras-team/keras/issues/20585). So each becomes a list of one.
    """
    several = isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy)
    return {name: value[None] for name, value in values.items()} if several else values
