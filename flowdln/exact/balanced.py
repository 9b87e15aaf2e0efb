"""One mode of a network of any depth with equal strengths in all layers: ``tau u' = L u^(2 - 2/L) (s - u)``."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import elementwise
from scipy.special import expit

from flowdln.errors import AssumptionError
from flowdln.exact.balanced_clock import clock_above, clock_below, require_unit_of_time
from flowdln.validation import Array, broadcast_strengths, mode_strength, time_points, valid_depth, within_float64

FOREVER = 1e300  # in units of tau


@within_float64("the strength")
def balanced_mode(t: ArrayLike, u_0: float, s: float, depth: int) -> Array:
    r"""Strength ``u(t)`` of the mode, the product over the layers, shaped like ``t``.

    Solves ``tau u' = L u^(2 - 2/L) (s - u)`` from below or above the target, to 1e-12 relative wherever the time of
    the transition is resolved: from a tiny ``u_0`` at large depth the plateau lasts ``u_0^(2/L - 1)``, and ``u`` is as
    certain as the digits of ``t`` that are left after it.

    Parameters
    ----------
    t
        Times in units of tau, not negative.
    u_0, s
        Initial and final strength, both positive.
    depth
        Number of layers ``L``.

    Raises
    ------
    InputError
        For a time that is negative, or a depth that is no positive integer.
    AssumptionError
        Unless both strengths are positive; :func:`deep_mode` has no such limits.

    Examples
    --------
    >>> np.round(balanced_mode([0.0, 1.0, 100.0], 0.1, 2.0, depth=3), 6)
    array([0.1     , 1.746565, 2.      ])
    """
    t, u_0, s, depth = _checked(t, u_0, s, depth)
    odds = np.exp(-_follow(t, u_0, s, depth))  # |s - u| / u below, |s - u| / s above
    strength = s / (1 + odds) if u_0 < s else s * (1 + odds)
    return np.where(t == 0, u_0, strength)


@within_float64("the strength")
def balanced_mode_error(t: ArrayLike, u_0: float, s: float, depth: int) -> Array:
    """Distance ``s - u(t)`` of :func:`balanced_mode` from its target, without cancellation; arguments as there.

    Examples
    --------
    >>> error = balanced_mode_error(100.0, 0.1, 2.0, depth=2)
    >>> float(np.round(np.log(error), 3))
    -396.362
    """
    t, u_0, s, depth = _checked(t, u_0, s, depth)
    z = _follow(t, u_0, s, depth)
    error = s * expit(-z) if u_0 < s else -s * np.exp(-z)
    return np.where(t == 0, s - u_0, error)


@within_float64("the time")
def balanced_mode_time(u: ArrayLike, u_0: ArrayLike, s: ArrayLike, depth: int) -> Array:
    r"""Time in units of tau at which a mode that starts at ``u_0`` has strength ``u``, of their common shape.

    .. math:: \frac{t}{\tau} = \int_{u_0}^{u} \frac{dv}{L \, v^{2 - 2/L} (s - v)}

    in the coordinate ``ln |s/u - 1|``, to machine precision; elementary for ``L`` up to 4, else a hypergeometric
    function. Negative where ``u`` lies before ``u_0``.

    Raises
    ------
    AssumptionError
        Unless both strengths are positive and on the same side of ``s > 0``.

    Source: the ODE is Saxe et al. 2014, section 2, and Basu et al., Theorem 3; the supplement's eq. (21) is ``L = 2``.

    Examples
    --------
    >>> float(balanced_mode_time(0.5, 1e-6, 1.0, depth=2) / (np.log(1e6 - 1) / 2))
    1.0
    """
    depth = valid_depth(depth)
    end, start, target = broadcast_strengths(u=u, u_0=u_0, s=s)
    if not np.all((target > 0) & (start > 0) & (end > 0) & ((end - target) * (start - target) > 0)):
        raise AssumptionError(
            f"the time is asked for from {u_0!r} to {u!r}; expected two positive strengths on the same "
            f"side of s = {s!r}. The target itself is not reached in finite time."
        )
    if depth == 1:
        return np.log1p((end - start) / (target - end))
    gamma, below = 1 - 2 / depth, start < target
    z_start, z_end = _coordinate(start, target), _coordinate(end, target)
    with np.errstate(all="ignore"):  # each branch is evaluated everywhere, and used where it holds
        rising = clock_below(z_end, gamma) - clock_below(z_start, gamma)
        falling = clock_above(z_end, gamma) - clock_above(z_start, gamma)
    return np.where(below, rising, falling) / (depth * target ** (1 + gamma))


def _checked(t: ArrayLike, u_0: float, s: float, depth: int) -> tuple[Array, float, float, int]:
    """The arguments of a balanced mode, checked."""
    times, start, target = time_points(t), mode_strength("u_0", u_0), mode_strength("s", s)
    if not (start > 0 and target > 0):
        raise AssumptionError(
            f"the balanced mode has u_0 = {start:g} and s = {target:g}; expected positive strengths. deep_mode solves "
            "the others."
        )
    depth = valid_depth(depth)
    require_unit_of_time(start, target, 2 - 2 / depth if depth > 1 else 1.0)
    return times, start, target, depth


def _coordinate(u: Any, s: Any) -> Any:
    """``ln(u / (s - u))`` below the target, ``ln(s / (u - s))`` above it."""
    return np.log(np.minimum(u, s) / np.abs(s - u))


def _follow(t: Array, u_0: float, s: float, depth: int) -> Array:
    """The coordinate of the strength at time ``t``, by a bracketing search on its clock."""
    gamma = 1 - 2 / depth
    passed = np.minimum(t, FOREVER) * depth * s ** (1 + gamma)
    if u_0 == s:
        return np.full_like(passed, np.inf)
    start = float(_coordinate(np.float64(u_0), s))
    if depth == 1:
        return passed + start if u_0 > s else passed + np.log(np.exp(start) - np.expm1(-passed))
    clock, slowest = (clock_below, 1.0) if u_0 < s else (clock_above, float(expit(start)) ** (gamma + 1))
    begun = clock(np.asarray(start), gamma)
    ends = (np.full_like(passed, start - 1), start + 1 + 2 * passed / slowest)  # margins for rounding
    found = elementwise.find_root(lambda z, goal: (clock(z, gamma) - begun) - goal, ends, args=(passed,))
    return np.where(passed == 0, start, np.where(t == np.inf, np.inf, found.x))
