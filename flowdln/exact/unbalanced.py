"""One mode of a network of any depth, from any strengths: ``tau a_l' = prod_{j != l} a_j (s - prod_j a_j)``."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import ShapeError
from flowdln.exact.deep_path import DeepPath
from flowdln.validation import LARGEST_STRENGTH, Array, real_array, real_number, real_numbers, time_points

SMALLEST_TARGET = 1e-290  # smaller ones are taken for zero: the fixed point may underflow


class DeepMode(NamedTuple):
    """Strengths of the layers, and how far their product is from its target, without cancellation."""

    strengths: Array  # (L, T)
    error: Array  # (T,), s - u


def deep_mode(t: ArrayLike, start: ArrayLike, s: float, *, rounding: ArrayLike = 0.0) -> DeepMode:
    r"""Strengths of all ``L`` layers at the times ``t``, from any initial strengths, for any real target.

    .. math:: \tau \dot a_l = \prod_{j \neq l} a_j \, \Bigl(s - \prod_j a_j\Bigr)

    The squares of the strengths differ by constants, so the smallest one determines all; up to sign it moves along a
    :class:`DeepPath`. A single smallest layer passes through zero and changes its sign where the flow has it do so. Two
    or more of equal size cannot, and end at the saddle at zero where the product has the wrong sign.
    Targets below 1e-290 are taken for zero, and plateaus longer than 1e282 end there.
    :func:`balanced_mode` is the faster form for equal layers.

    Parameters
    ----------
    t : (T,)
        Times in units of tau, not negative.
    start : (L,)
        Initial strengths of the layers, of any signs.
    s
        Strength of the mode in the data.
    rounding : (L,)
        Bounds on the rounding of ``start``: sizes that differ by less than their bounds count as equal.

    Source: the ODE is Saxe et al. 2014, section 2, and Basu et al., eq. (13); the solution is derived here.

    Examples
    --------
    >>> deep_mode([0.0, 100.0], [0.1, -0.2, 0.3], 2.0).strengths.prod(axis=0).round(12)
    array([-0.006,  2.   ])
    """
    times, first, s = (
        time_points(t),
        real_array("start", start, 1),
        real_number("s", s, above=-LARGEST_STRENGTH, below=LARGEST_STRENGTH),
    )
    if np.ndim(times) > 1:
        raise ShapeError(f"t has shape {times.shape}; expected (T,). Call the function for each row.")
    real_numbers("start", np.abs(first), below=1.01 * LARGEST_STRENGTH)
    times = np.atleast_1d(times)
    s = s if abs(s) >= SMALLEST_TARGET else 0.0
    smallest = int(np.argmin(np.abs(first)))
    least, others = first[smallest], np.delete(first, smallest)
    known = real_numbers("rounding", rounding, at_least=0.0)
    if known.shape not in ((), first.shape):
        raise ShapeError(f"rounding has shape {known.shape}; expected {first.shape}, as start.")
    known = np.broadcast_to(known, first.shape)
    excess = np.abs(others) - abs(least)
    tied = excess <= known[smallest] + np.delete(known, smallest)
    radii = np.where(tied, 0.0, np.sqrt(excess) * np.sqrt(np.abs(others) + abs(least)))
    signs = np.sign(others)
    if tied.any():  # the tied layers keep their signs: follow their common size
        side = np.sign(least) * np.prod(signs)
        toward, orientation = side, np.sign(least)
    else:  # follow the smallest layer, turned so that the target is not negative
        side = toward = np.sign(s) or np.sign(least) * np.prod(signs) or 1.0
        orientation = toward * np.prod(signs)
    if least == 0 and (tied.any() or s == 0):
        return DeepMode(np.repeat(first[:, None], len(times), axis=1), np.full(len(times), float(s)))
    y, error = DeepPath(orientation * least, toward * s, radii).follow(times)
    moved = signs[:, None] * np.hypot(y, radii[:, None])
    return DeepMode(np.insert(moved, smallest, orientation * y, axis=0), side * error)
