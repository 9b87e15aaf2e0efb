"""When a mode is learned, how fast it could be, and what is left to learn: functions of arrays of strengths."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import AssumptionError
from flowdln.exact.balanced import balanced_mode_error, balanced_mode_time
from flowdln.exact.hyperbolic import growth
from flowdln.validation import Array, broadcast_strengths, mode_strength, real_number, real_numbers, valid_depth


def half_time(u_0: ArrayLike, s: ArrayLike, depth: int) -> Array:
    """Time in units of tau until a balanced mode reaches half its strength, from ``u_0 < s / 2``.

    Examples
    --------
    >>> half_time(1e-6, [1.0, 2.0], depth=2).round(4)
    array([6.9078, 3.6272])
    """
    first, target = broadcast_strengths(u_0=u_0, s=s)
    if not (first < target / 2).all():
        raise AssumptionError(
            f"the mode starts at u_0 = {u_0!r}; expected less than s / 2, for s = {s!r}. Half its strength lies behind."
        )
    return balanced_mode_time(target / 2, first, target, depth)


def learning_time(u_0: ArrayLike, s: ArrayLike, depth: int, *, cutoff: float) -> Array:
    """Time in units of tau until a balanced mode reaches ``(1 - cutoff) s``.

    Source: Saxe et al., supplement, section 1, where the cutoff is called epsilon.

    Examples
    --------
    >>> float(learning_time(0.01, 1.0, 2, cutoff=0.01).round(4))
    4.5951
    """
    share = 1 - real_number("cutoff", cutoff, above=0.0, below=1.0)
    return balanced_mode_time(share * real_numbers("s", s), u_0, s, depth)


def two_layer_mode_time(u: ArrayLike, a_0: float, b_0: float, s: float) -> Array:
    r"""Time in units of tau until a two-layer mode that starts at ``(a_0, b_0)`` has strength ``a b = u``.

    From the growth ``g`` that ``u`` asks for, ``4 u = X g^2 - Y / g^2``, and :func:`growth` solved for
    ``exp(-R t)``, or for ``1 - exp(-R t)`` early on; where ``s - u`` decays fast, a Newton step on its logarithm then
    removes what cancelled.

    Parameters
    ----------
    u
        Strengths on the way from ``a_0 b_0`` to ``s``.
    a_0, b_0
        Initial strengths with ``a_0 + b_0`` not zero.
    s
        Strength of the mode in the data, positive.

    Raises
    ------
    AssumptionError
        For a strength that the mode does not pass through.

    Source: half of Saxe et al., supplement, eq. (4), with ``|a^2 - b^2| / 2`` for its ``c_0``.

    Examples
    --------
    >>> float(two_layer_mode_time(0.5, 1e-3, 1e-3, 1.0) / half_time(1e-6, 1.0, depth=2))
    1.0
    """
    a_0, b_0, s = mode_strength("a_0", a_0), mode_strength("b_0", b_0), mode_strength("s", s)
    (strength,), start = broadcast_strengths(u=u), a_0 * b_0
    X, Y = (a_0 + b_0) ** 2, (a_0 - b_0) ** 2
    between = (strength - start) * (s - strength) > 0
    if not (s > 0 and X > 0 and np.all(between | (strength == start))):
        raise AssumptionError(
            f"the time is asked for from a b = {start:g} to {strength}; expected strengths from there up to, but "
            f"not at, s = {s:g} > 0, with a_0 + b_0 not zero. The target is not reached in finite time, and what "
            "lies beyond it never."
        )
    rate = np.sqrt(4 * s**2 + X * Y)
    upper, lower = rate + 2 * s, X * Y / (rate + 2 * s)
    squared = (2 * strength + np.sqrt(4 * strength**2 + X * Y)) / X
    gained = 4 * (strength - start) / (X + Y / squared)  # g^2 - 1
    scale = squared * (upper - X) - (lower - Y)
    passed = 2 * rate * gained / scale  # 1 - exp(-R t)
    decay = ((upper + Y) - squared * (lower + X)) / scale  # exp(-R t)
    early = passed < 0.5
    t = (
        -np.where(early, np.log1p(-np.where(early, passed, 0.0)), np.log(np.maximum(decay, np.finfo(float).tiny)))
        / rate
    )
    speed = (X * squared + Y / squared) / 2  # a^2 + b^2, the rate of ln (s - u)
    late = ~early & (speed > rate / 2)
    excess = np.log(np.where(late, growth(t, s, X, Y).error * (s - start) / (s - strength), 1.0))
    return t + excess / speed


def overtaking_strength(depth: Any) -> Any:
    r"""Strength of a balanced mode beyond which ``depth + 1`` layers are faster than ``depth``, and below which slower.

    .. math:: D u^{2 - 2/D} (s - u) = (D + 1) u^{2 - 2/(D + 1)} (s - u) \quad \text{at} \quad
        u = \left( \frac{D}{D + 1} \right)^{D (D + 1) / 2}

    Whatever the target ``s`` is, if it lies beyond; for the same product and learning rate. Written for numbers and
    SymPy.

    Source: derived here.

    Examples
    --------
    >>> [round(overtaking_strength(depth), 4) for depth in (1, 2, 3)]
    [0.5, 0.2963, 0.178]
    """
    depth = valid_depth(depth)
    return (depth / (depth + 1)) ** (depth * (depth + 1) / 2)


def balanced_mode_loss(t: ArrayLike, u_0: float, s: float, depth: int) -> Array:
    """Share ``(s - u)^2 / 2`` of a balanced mode in the loss at the times ``t`` (units of tau), without cancellation.

    On whitened inputs the loss of an aligned network is the sum over its modes, plus what no network can learn.

    Examples
    --------
    >>> balanced_mode_loss([0.0, 5.0], 0.1, 2.0, depth=2).round(12)
    array([1.805, 0.   ])
    """
    return balanced_mode_error(t, u_0, s, depth) ** 2 / 2


def balanced_sharpness(s: ArrayLike, depth: int) -> Array:
    """Largest Hessian eigenvalue ``L s^(2 - 2/L)`` at the optimum of a balanced mode; descent needs rates below 2 / it.

    For a balanced network on whitened inputs this is the sharpness, with the largest singular value for ``s``.

    Source: Saxe et al., supplement, eq. (19).

    Examples
    --------
    >>> balanced_sharpness([1.0, 3.0], depth=2)
    array([2., 6.])
    """
    depth = valid_depth(depth)
    (strength,) = broadcast_strengths(s=real_numbers("s", s, at_least=0.0))
    return depth * strength ** (2 - 2 / depth)
