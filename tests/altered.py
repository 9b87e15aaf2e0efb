"""Damage to files, as disks, networks and people do it."""

import numpy as np


def altered_contents(content, seed, count):
    """Contents of ``count`` files: bits flipped, bytes garbled, swapped, inserted or lost, ends cut off."""
    rng = np.random.default_rng(seed)
    damages = (_flipped, _garbled, _swapped, _inserted, _lost, _cut)
    for i in range(count):
        yield damages[i % len(damages)](bytearray(content), rng)


def _flipped(content, rng):
    for place in rng.integers(8 * len(content), size=rng.choice([1, 8])):
        content[place // 8] ^= 1 << int(place % 8)
    return bytes(content)


def _garbled(content, rng):
    start = rng.integers(len(content))
    content[start : start + 8] = rng.bytes(len(content[start : start + 8]))
    return bytes(content)


def _swapped(content, rng):
    size = int(rng.integers(1, 1 + len(content) // 3))
    first, second = sorted(rng.choice(len(content) // size, 2, replace=False) * size)
    one, other = content[first : first + size], content[second : second + size]
    content[first : first + size], content[second : second + size] = other, one
    return bytes(content)


def _inserted(content, rng):
    place = rng.integers(len(content))
    return bytes(content[:place]) + rng.bytes(4) + bytes(content[place:])


def _lost(content, rng):
    place = rng.integers(len(content))
    return bytes(content[:place]) + bytes(content[place + 4 :])


def _cut(content, rng):
    return bytes(content[: rng.integers(len(content))])
