"""A balanced mode in the limit of infinite depth, on the clock of its depth: ``u' = u^2 (s - u)``."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import lambertw, logit, wrightomega

from flowdln.errors import AssumptionError
from flowdln.exact.balanced_clock import clock_above, require_unit_of_time
from flowdln.validation import Array, broadcast_strengths, mode_strength, real_number, time_points, within_float64

FOREVER = 1e300  # in units of tau / L
FAR = 0.1  # values of the clock below which a Lambert W lies too close to its branch point
SMALLEST = 1e-300  # of the clock: it starts at ``(s / u_0)^2 / 2``, which may underflow


@within_float64("the strength")
def infinite_depth_mode(t: ArrayLike, u_0: float, s: float) -> tuple[Array, Array]:
    r"""Strength ``u`` and error ``s - u`` of an infinitely deep balanced mode, each shaped like ``t``.

    .. math:: \frac{\tau}{L} \dot u = u^2 (s - u)

    The limit of ``tau u' = L u^(2 - 2/L) (s - u)`` in which ``t`` is counted in units of ``tau / L``. With
    ``y = (s - u) / u`` it reads ``y + ln y = y_0 + ln y_0 - s^2 t``, so ``y`` is a Wright omega function of the right
    side; above the target, ``y`` is negative, and ``y exp(y)`` a Lambert W, which loses digits far above: there it is
    found by Newton steps on :func:`clock_above`. ``u`` and ``s - u`` are as certain as the digits of ``t``.

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
    times, u_0, s = time_points(t), real_number("u_0", u_0), mode_strength("s", s)
    if not (u_0 > 0 and s > 0):
        raise AssumptionError(
            f"the mode of infinite depth has u_0 = {u_0:g} and s = {s:g}; expected positive strengths. At "
            "infinite depth a mode of any other sign does not move."
        )
    require_unit_of_time(u_0, s, 2.0)
    with np.errstate(over="ignore"):
        passed = s**2 * np.minimum(times, FOREVER)
    if u_0 > s:
        return _above(passed, u_0, s)
    start = (s - u_0) / u_0
    moved = np.real(ratio_at(passed, start, np.log, wrightomega)) if start > 0 else np.zeros_like(passed)
    return from_ratio(np.where(passed == 0, start, moved), s)


def ratio_at(passed: Any, start: Any, log: Any, omega: Any) -> Any:
    """``(s - u) / u`` at the time ``passed`` in units of ``tau / (L s^2)``; of numbers or symbols."""
    return omega(start + log(start) - passed)


def from_ratio(ratio: Any, s: Any) -> tuple[Any, Any]:
    """``u`` and ``s - u`` from ``(s - u) / u``."""
    return s / (1 + ratio), s * (ratio / (1 + ratio))


def ratio_time(ratio: Any, start: Any, s: Any, log: Any) -> Any:
    """Time in units of ``tau / L`` between two values of ``(s - u) / u``."""
    return (start - ratio + log(start / ratio)) / s**2


@within_float64("the time")
def infinite_depth_time(u: ArrayLike, u_0: ArrayLike, s: float) -> Array:
    """Time in units of ``tau / L`` from strength ``u_0`` to ``u``, both on the same side of ``s``.

    Source: Saxe et al., supplement, eq. (22), where the factor ``1 / s^2`` is part of the constant ``c``.

    Examples
    --------
    >>> bool(np.isclose(infinite_depth_time(infinite_depth_mode(3.0, 0.1, 1.0)[0], 0.1, 1.0), 3.0))
    True
    """
    last, first = broadcast_strengths(u=u, u_0=u_0)
    s = mode_strength("s", s)
    if not np.all((s > 0) & (last > 0) & (first > 0) & ((last - s) * (first - s) > 0)):
        raise AssumptionError(
            f"the time is asked for from {u_0!r} to {u!r}; expected two positive strengths on the same side of s = "
            f"{s:g}. The target itself is not reached in finite time."
        )
    end, start = (s - last) / last, (s - first) / first
    above = np.where(first > s, (last, first), 2 * s)
    falling = np.subtract(*clock_above(np.log(s / (above - s)), 1.0))
    return np.where(first < s, ratio_time(end, start, s, np.log), falling / s**2)


def _above(passed: Array, u_0: float, s: float) -> tuple[Array, Array]:
    """Strength and error from above the target, at the times ``passed`` in units of ``tau / (L s^2)``."""
    start = (s - u_0) / u_0
    clock = clock_above(np.log(s / (u_0 - s)), 1.0) + passed
    root = np.sqrt(2 * np.clip(clock, SMALLEST, FAR))
    share = root * (1 - root / 3)  # s / u, far above the target
    for _ in range(3):
        share = share - (clock_above(logit(share), 1.0) - root**2 / 2) * (1 - share) / share
    ratio = lambertw(start * np.exp(start - passed)).real
    share, ratio = (np.where(clock < FAR, far, near) for far, near in ((share, 1 + ratio), (share - 1, ratio)))
    return np.where(passed == 0, u_0, s / share), np.where(passed == 0, s - u_0, s * (ratio / share))
