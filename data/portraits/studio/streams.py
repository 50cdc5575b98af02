"""Random numbers: an independent stream for every feature of every person or photo.

Because hair, skin, light, ... each draw from their own stream, a change to one feature leaves all the others as they were.
"""
import zlib

import numpy as np


def stream(feature, person=0, photo=0):
    """Return a generator that depends on the feature's name, the person and the photo, and on nothing else.

    Python's own ``hash`` of a string changes from run to run, so the name enters by its CRC-32.
    """
    return np.random.default_rng(np.random.SeedSequence([zlib.crc32(feature.encode()), person, photo]))


def pick(generator, weights):
    """Draw one key of the dictionary ``weights`` in proportion to its value."""
    names = list(weights)
    share = np.array([weights[name] for name in names], float)
    return names[generator.choice(len(names), p=share / share.sum())]


def spread(feature, cell, index, size):
    """Return a number in (0, 1): the ``size`` members of a cell get evenly spaced values, in shuffled order.

    Drawing ages this way gives every cell (say, women of one ancestry) the same spread of ages, by construction.
    """
    order = stream(feature, cell).permutation(size)
    return (order[index] + 0.5) / size
