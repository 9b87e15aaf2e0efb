r"""Time along the path of a deep mode, ``y' = G (s - y G)`` with ``G(y) = prod_l sqrt(y^2 + r_l^2)``.

Three coordinates ``v`` in which ``dt/dv = (dy/dv) / (G (s - y G))`` is smooth, one a regime. The integrands are formed
from logarithms, since in deep networks ``G`` may over- or underflow: each is given as a factor and the logarithm of
another. All are written for NumPy, and for symbols.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Math = ModuleType | Any


class Others(NamedTuple):
    """The layers but the smallest: ``G(y)`` is the product of ``hypot(y, radii)`` to the power of ``counts``."""

    radii: Any  # (k,), distinct
    counts: Any  # (k,)


class Pace(NamedTuple):
    """``dt/dv = factor exp(exponent)``."""

    factor: Any
    exponent: Any


def log_others(y: Any, others: Others, xp: Math = np) -> Any:
    """``ln G``, shaped like ``y``."""
    return xp.log(xp.hypot(np.asarray(y)[..., None], others.radii)) @ others.counts


def gap(y: Any, target: Any, others: Others, xp: Math = np) -> Any:
    """``s - y G``, shaped like ``y``."""
    return target - y * xp.exp(log_others(y, others, xp))


def excess(root: Any, below: Any, others: Others, xp: Math = np) -> Any:
    """``ln(y G / s)`` at ``y = root - below``, without cancellation; ``root`` is the fixed point ``y G = s``."""
    sizes, distance = xp.hypot(root, others.radii), np.asarray(below)[..., None]
    change = -(distance / sizes) * ((2 * root - distance) / sizes)  # of y^2 + r^2, relative
    return xp.log1p(-below / root) + xp.log1p(change) @ others.counts / 2


def decaying(v: Any, start: Any, xp: Math = np) -> Any:
    """``y`` on the way to zero: ``v = ln(start / y)``."""
    return start * xp.exp(-v)


def decay_pace(v: Any, start: Any, target: Any, others: Others, xp: Math = np) -> Pace:
    """Of :func:`decaying`, for a target that is not positive."""
    log_y = xp.log(start) - v
    log_g = log_others(xp.exp(log_y), others, xp)
    return Pace(xp.exp(log_y), -log_g - xp.logaddexp(xp.log(-target), log_y + log_g))


def departing(v: Any, unit: Any, xp: Math = np) -> Any:
    """``y`` on the way up: ``unit sinh(v)``, through zero; or ``exp(v)``, if ``unit`` is zero: ``y`` stays positive."""
    return unit * xp.sinh(v) if unit > 0 else xp.exp(v)


def departure_pace(v: Any, unit: Any, target: Any, others: Others, xp: Math = np) -> Pace:
    """Of :func:`departing`, for a positive target above ``y G``."""
    y = departing(v, unit, xp)
    slope = unit * xp.cosh(v) if unit > 0 else y
    return Pace(slope / gap(y, target, others, xp), -log_others(y, others, xp))


def approaching(v: Any, root: Any, side: Any, xp: Math = np) -> Any:
    """How far ``y`` is below the fixed point: ``v = -ln |1 - y / root|``, from below (``side = 1``) or above (-1)."""
    return side * root * xp.exp(-v)


def approach_pace(v: Any, root: Any, side: Any, target: Any, others: Others, xp: Math = np) -> Pace:
    """Of :func:`approaching`."""
    below = approaching(v, root, side, xp)
    over = excess(root, below, others, xp)
    factor = side * below / (-target * xp.expm1(side * over))
    return Pace(factor, -log_others(root - below, others, xp) - (1 - side) // 2 * over)
