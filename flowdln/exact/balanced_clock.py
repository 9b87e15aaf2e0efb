r"""The clock of a balanced mode: its time as a function of strength, in units of ``tau / (L s^(1 + gamma))``.

With ``gamma = 1 - 2/L`` and ``z = ln(u / (s - u))`` below the target, ``z = ln(s / (u - s))`` above it, what is left of
the integrals once their leading terms are taken out is analytic, with the nearest singularity at three times the half
length of the interval or more: sixteen Gauss points leave an error below ``5.8^-32``.
"""

import numpy as np
from scipy.special import expit, exprel, log_expit, roots_jacobi

from flowdln.errors import InputError
from flowdln.validation import Array

NODES = 16
SMALLEST_POWER = 1e-290  # of the target: the unit in which the clock counts times is its inverse


def require_unit_of_time(u_0: float, s: float, power: float) -> None:
    """Refuse targets below the start whose ``power`` underflows: times would count as zero.

    Raises
    ------
    InputError
    """
    if u_0 > s and s**power < SMALLEST_POWER:
        raise InputError(
            f"s is {s:g}, below u_0 = {u_0:g}; expected at least {SMALLEST_POWER ** (1 / power):.0e}. "
            "Use other units, or deep_mode for s = 0."
        )


def clock_below(z: Array, gamma: float) -> Array:
    r"""``\int_0^z (1 + exp(-x))^gamma dx`` for ``-1 <= gamma < 1`` and any real ``z``."""
    above, below = np.maximum(z, 0.0), np.minimum(z, 0.0)
    late = above + _remainder(1.0, gamma, 0.0) - _remainder(np.exp(-above), gamma, 0.0)
    with np.errstate(over="ignore"):  # of a start too small for its depth: it never leaves
        leading = below * exprel(-gamma * below)
    early = leading - _remainder(1.0, gamma, gamma) + _remainder(np.exp(below), gamma, gamma)
    return np.where(z >= 0, late, early)


def clock_above(z: Array, gamma: float) -> Array:
    r"""``\int_0^y v^gamma / (1 - v) dv`` up to ``y = s/u = 1 / (1 + exp(-z))``, for ``0 <= gamma <= 1``."""
    y, w = expit(z), expit(-z)
    early = _tail(np.minimum(y, 0.5), gamma)
    late = _remainder(0.5, gamma, 0.0, sign=-1) - _remainder(np.minimum(w, 0.5), gamma, 0.0, sign=-1) - np.log(2)
    return np.where(z <= 0, early, early + late - log_expit(-z))


def _remainder(w: Array | float, gamma: float, weight: float, sign: int = 1) -> Array:
    r"""``\int_0^w v^(-weight) ((1 + sign v)^gamma - 1) / v dv`` by Gauss-Jacobi in ``q = v / w``."""
    q, weights = _gauss(-weight)
    values = np.expm1(gamma * np.log1p(sign * np.multiply.outer(w, q))) / q
    return np.power(w, -weight) * (values @ weights)


def _tail(y: Array | np.float64, power: float) -> Array:
    r"""``\int_0^y v^power / (1 - v) dv`` by Gauss-Jacobi in ``q = v / y``."""
    q, weights = _gauss(power)
    return y ** (power + 1) * ((1 / (1 - np.multiply.outer(y, q))) @ weights)


def _gauss(power: float) -> tuple[Array, Array]:
    """Nodes on (0, 1) and weights for the weight function ``q^power``."""
    nodes, weights = roots_jacobi(NODES, 0.0, power)
    return (1 + nodes) / 2, weights / 2 ** (1 + power)
