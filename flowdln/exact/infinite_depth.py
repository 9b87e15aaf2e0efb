"""A balanced mode in the limit of infinite depth, on the clock of its depth: ``u' = u^2 (s - u)``."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import lambertw, wrightomega

from flowdln.errors import AssumptionError
from flowdln.validation import Array


def infinite_depth_mode(t: ArrayLike, u_0: float, s: float) -> tuple[Array, Array]:
    r"""Strength ``u`` and error ``s - u`` of an infinitely deep balanced mode, each shaped like ``t``.

    .. math:: \frac{\tau}{L} \dot u = u^2 (s - u)

    The limit of ``tau u' = L u^(2 - 2/L) (s - u)`` in which ``t`` is counted in units of ``tau / L``. With
    ``y = (s - u) / u`` it reads ``y + ln y = y_0 + ln y_0 - s^2 t``, so ``y`` is a Wright omega function of the right
    side; above the target, ``y`` is negative, and ``y exp(y)`` a Lambert W. Relative errors of ``u`` and ``s - u`` are
    of the order of rounding for ``u_0 < s``, and grow to ``1e-16 u / s`` for ``u`` far above ``s``.

    Parameters
    ----------
    t
        Times in units of ``tau / L``, not negative.
    u_0
        Initial strength, positive.
    s
        Strength of the mode in the data, positive.

    Raises
    ------
    AssumptionError
        Unless both strengths are positive.

    Source: Saxe et al. 2014, section 2, and the supplement, eq. (22), where time is given as a function of strength.

    Examples
    --------
    >>> strength, error = infinite_depth_mode([0.0, 10.0, 1000.0], 0.1, 1.0)
    >>> strength.round(6)
    array([0.1     , 0.475963, 1.      ])
    """
    if not (u_0 > 0 and s > 0):
        raise AssumptionError(
            what="the mode of infinite depth",
            received=f"has u_0 = {u_0:g} and s = {s:g}",
            expected="positive strengths",
            advice="At infinite depth a mode of any other sign does not move.",
        )
    start = (s - u_0) / u_0
    passed = s**2 * np.asarray(t, dtype=float)
    if start > 0:
        ratio = wrightomega(start + np.log(start) - passed)
    elif start < 0:
        ratio = lambertw(start * np.exp(start - passed)).real
    else:
        ratio = np.zeros_like(passed)
    ratio = np.where(passed == 0, start, ratio)
    return s / (1 + ratio), s * (ratio / (1 + ratio))


def infinite_depth_time(u: ArrayLike, u_0: ArrayLike, s: float) -> Array:
    """Time in units of ``tau / L`` from strength ``u_0`` to ``u``, both on the same side of ``s``.

    Source: Saxe et al., supplement, eq. (22), where the factor ``1 / s^2`` is part of the constant ``c``.

    Examples
    --------
    >>> bool(np.isclose(infinite_depth_time(infinite_depth_mode(3.0, 0.1, 1.0)[0], 0.1, 1.0), 3.0))
    True
    """
    last, first = np.asarray(u, dtype=float), np.asarray(u_0, dtype=float)
    end, start = (s - last) / last, (s - first) / first
    if np.any(end * start <= 0):
        raise AssumptionError(
            what="the time",
            received=f"is asked for from {first} to {last}",
            expected=f"two positive strengths on the same side of s = {s:g}",
            advice="The target itself is not reached in finite time.",
        )
    return (start - end + np.log(start / end)) / s**2
