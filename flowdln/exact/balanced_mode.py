"""One mode of a network of any depth with equal strengths in all layers: ``tau u' = L u^(2 - 2/L) (s - u)``."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import elementwise
from scipy.special import expit, exprel, roots_jacobi, roots_legendre

from flowdln.errors import AssumptionError
from flowdln.exact.single_layer import relaxation
from flowdln.validation import Array

NODES = 16  # of Gauss rules for integrands analytic in an ellipse of size 5.8: the error is below 5.8^-32


def balanced_mode_time(u: ArrayLike, u_0: ArrayLike, s: float, depth: int) -> Array:
    r"""Time in units of tau at which a mode that starts at ``u_0`` has strength ``u``, of their common shape.

    With ``z = ln(u / (s - u))`` and ``gamma = 1 - 2/L``,

    .. math:: \frac{t}{\tau} = \frac{1}{L s^{1 + \gamma}} \int_{z_0}^{z} (1 + e^{-\zeta})^{\gamma} \, d\zeta .

    Valid for ``0 < u_0 < s`` and ``0 < u < s``; negative where ``u < u_0``.

    Raises
    ------
    AssumptionError
        Outside that range.

    Source: the ODE is Saxe et al. 2014, section 2, and Basu et al., Theorem 3; the integral is elementary for L <= 4.

    Examples
    --------
    >>> float(balanced_mode_time(0.5, 1e-6, 1.0, depth=2) / (np.log(1e6 - 1) / 2))
    1.0
    """
    start, end = _log_odds(u_0, s, "u_0"), _log_odds(u, s, "u")
    if depth == 1:
        return np.log1p(np.subtract(u, u_0) / np.subtract(s, u))
    gamma = 1 - 2 / depth
    return (_clock(end, gamma) - _clock(start, gamma)) / (depth * s ** (1 + gamma))


def balanced_mode(t: ArrayLike, u_0: float, s: float, depth: int) -> Array:
    r"""Strength ``u(t)`` of the mode, the product over the layers, shaped like ``t``.

    Solves ``tau u' = L u^(2 - 2/L) (s - u)`` by inverting :func:`balanced_mode_time`, with a bracketing search in
    ``ln(u / (s - u))``; one layer is linear.

    Parameters
    ----------
    t
        Times in units of tau, not negative.
    u_0, s
        Initial and final strength, ``0 < u_0 < s``.
    depth
        Number of layers ``L``.

    Raises
    ------
    AssumptionError
        Unless ``0 < u_0 < s``.

    Examples
    --------
    >>> np.round(balanced_mode([0.0, 1.0, 100.0], 0.1, 2.0, depth=3), 6)
    array([0.1     , 1.746565, 2.      ])
    """
    time, start, gamma = np.asarray(t, dtype=float), _log_odds(u_0, s, "u_0"), 1 - 2 / depth
    if depth == 1:
        return relaxation(time, u_0, s, 1.0)
    target = time * depth * s ** (1 + gamma)
    begun = _clock(start, gamma)
    # The clock runs at dt/dz >= 1, so z - z_0 <= target; the margins keep the root inside whatever the rounding.
    bracket = (np.full_like(target, start - 1), start + 1 + 2 * target)
    found = elementwise.find_root(lambda z, goal: (_clock(z, gamma) - begun) - goal, bracket, args=(target,))
    return s * expit(np.where(target == 0, start, found.x))


def _log_odds(u: ArrayLike, s: float, name: str) -> Array:
    strength = np.asarray(u, dtype=float)
    if not (s > 0 and np.all(strength > 0) and np.all(strength < s)):
        raise AssumptionError(
            what=name,
            received=f"is {strength}",
            expected=f"a strength between 0 and s = {s:g}",
            advice="The solution for balanced modes of any depth is for those; integrate numerically otherwise.",
        )
    return np.log(strength / (s - strength))


def _clock(z: Array, gamma: float) -> Array:
    r"""``\int_0^z (1 + exp(-x))^gamma dx``, for ``0 <= gamma < 1``, to machine precision for all real ``z``."""
    above, below = np.maximum(z, 0.0), np.minimum(z, 0.0)
    late = above + _remainder(np.float64(1), gamma, 0.0) - _remainder(np.exp(-above), gamma, 0.0)
    with np.errstate(over="ignore"):
        power = -exprel(-gamma * below) * -below  # -\int_z^0 exp(-gamma x) dx
    early = power - (_remainder(np.float64(1), gamma, gamma) - _remainder(np.exp(below), gamma, gamma))
    return np.where(z >= 0, late, early)


def _remainder(w: Array | np.float64, gamma: float, weight: float) -> Array:
    r"""``\int_0^w v^(-weight) ((1 + v)^gamma - 1) / v dv`` for ``0 <= w <= 1``, by Gauss-Jacobi in ``q = v / w``."""
    nodes, weights = roots_jacobi(NODES, 0.0, -weight) if weight else roots_legendre(NODES)
    q = (1 + nodes) / 2
    values = np.expm1(gamma * np.log1p(np.multiply.outer(w, q))) / q
    return w ** (-weight) * (values @ weights) / 2 ** (1 - weight)
