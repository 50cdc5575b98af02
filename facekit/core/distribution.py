"""One training on several devices: the GPUs of a machine, or the machines that `TF_CONFIG` names.

TensorFlow's own strategies do it. A batch is shared by all replicas, one a device, and what it
teaches does not depend on how many there are: gradients, losses and batch statistics are those of
the whole batch, and so are the random numbers.
"""

import functools
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from .backend import keras, tf


def strategy() -> tf.distribute.Strategy:
    """Return the strategy for what this process sees.

    That is the one whose scope this is, many machines, several GPUs, or TensorFlow's default of one
    device. `TF_CONFIG` is read as TensorFlow does: the addresses of all machines, and which of them
    this is. The same command runs on each.

    Raises
    ------
    RuntimeError
        If TensorFlow has worked in this process before it was told of the other machines.
    ValueError
        If `TF_CONFIG` cannot be read, or names anything but workers.
    """
    return tf.distribute.get_strategy() if tf.distribute.has_strategy() else _found()


def first_machine() -> bool:
    """Return whether this process writes: it is alone, or the first that `TF_CONFIG` names."""
    return _machines()[1] == 0


def check_alike(*settings: Any) -> None:
    """Wait until all machines are here, and compare what they are about to do.

    Raises
    ------
    ValueError
        On each of them, unless all call this with the same settings.
    """
    if len(_machines()[0]) < 2:
        return
    checksum = zlib.crc32(repr(settings).encode())
    distribute = strategy().experimental_distribute_values_from_function
    own = distribute(lambda _: tf.constant([checksum], tf.int64))
    if len(set(strategy().gather(own, axis=0).numpy())) > 1:
        advice = "give each the same command, the same faces, and a run folder that all share"
        raise ValueError(f"the machines in TF_CONFIG are not about to do the same: {advice}")


@contextmanager
def together() -> Iterator[None]:
    """Say it in a sentence, as a RuntimeError, if another machine is lost on the way."""
    errors = tf.errors
    lost = errors.UnavailableError, errors.AbortedError, errors.CancelledError
    try:
        yield
    except (*lost, errors.DeadlineExceededError) as error:
        if len(_machines()[0]) < 2:
            raise
        advice = "start the same command on all of them again, and it goes on after its last epoch"
        raise RuntimeError(f"another machine of TF_CONFIG is gone: {advice}") from error


def replicas() -> int:
    """Return how many devices share a batch, in the strategy whose scope this is."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def jit_compile(strategy: tf.distribute.Strategy) -> bool | str:
    """Return Keras' `jit_compile` for a model of this strategy: XLA only on a single GPU.

    On a processor XLA halves the speed of these networks, and Keras would turn it on by itself;
    several devices cannot train under it.
    """
    gpus = tf.config.list_physical_devices("GPU")
    return "auto" if gpus and strategy.num_replicas_in_sync == 1 else False


def reported(values: dict[str, Any]) -> dict[str, Any]:
    """Return the numbers of a training step as `fit` can take them.

    With many machines Keras 3.15 averages what the replicas return over a first axis, which a
    number does not have; it fails there with "Invalid reduction dimension" (see
    https://github.com/keras-team/keras/issues/20585). So each becomes a list of one.
    """
    if isinstance(tf.distribute.get_strategy(), tf.distribute.MultiWorkerMirroredStrategy):
        return {name: value[None] for name, value in values.items()}
    return values


def _replicas_rows(draw: Callable) -> Callable:
    """Return a function that draws for the batches of all replicas, and gives this one its rows."""

    def drawn(shape, *limits, seed):
        rows = shape[0]
        start = tf.distribute.get_replica_context().replica_id_in_sync_group * rows
        return draw((rows * replicas(), *shape[1:]), *limits, seed=seed)[start : start + rows]

    return drawn


_DRAWS = ("normal", "uniform", "randint")
#: `keras.random` for a replica's rows of a batch that several share
random = SimpleNamespace(**{name: _replicas_rows(getattr(keras.random, name)) for name in _DRAWS})


@functools.cache
def _found() -> tf.distribute.Strategy:
    if len(_machines()[0]) > 1:
        try:
            return tf.distribute.MultiWorkerMirroredStrategy()
        except RuntimeError as error:
            if "program startup" not in str(error):
                raise
            late = "TensorFlow has worked before it met the other machines in TF_CONFIG"
            advice = "call facekit.core.distribution.strategy() first, in a fresh process"
            raise RuntimeError(f"{late}: {advice}") from None
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


def _machines() -> tuple[list[str], int]:
    """Return the addresses of the machines in `TF_CONFIG` (none without it), and which this is."""
    try:
        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        cluster = config.get("cluster", {})
        workers, index = cluster.get("worker", []), int(config["task"]["index"]) if cluster else 0
        if not set(cluster) <= {"worker"}:
            raise ValueError("other tasks than workers")
    except (ValueError, AttributeError, KeyError, TypeError):
        cluster = '"cluster": {"worker": ["one:29500", "two:29500"]}'
        task = '"task": {"type": "worker", "index": 0}'
        raise ValueError(f"TF_CONFIG should be like {{{cluster}, {task}}}") from None
    return workers, index
