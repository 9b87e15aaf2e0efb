"""Two layers, one mode: ``tau a' = b (s - a.b)``, ``tau b' = a (s - a.b)``, from any real numbers or vectors."""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from flowdln.errors import AssumptionError
from flowdln.validation import Array

SMALLEST_SQUARE = 1e-300  # smaller ones lose digits, as numbers below 1e-308 do


class Growth(NamedTuple):
    """The numbers per time in which the solution is written."""

    factor: Any  # g: a + b has grown by g, a - b has shrunk by it
    error: Any  # (s - u) / (s - u_0)
    reach: Any  # (g^2 - 1) / (s - u_0)


def growth(t: Any, s: Any, sum_squared: Any, difference_squared: Any, xp: ModuleType | Any = np) -> Growth:
    r"""Growth of ``a + b`` and decay of the error up to time ``t``, each to machine precision at all times.

    With ``X = |a_0 + b_0|^2``, ``Y = |a_0 - b_0|^2``, ``c^2 = X Y``, ``R = sqrt(4 s^2 + c^2)``,
    ``E = exp(-R t)``, ``phi = (1 - E) / R``, ``r_\pm = R \pm 2 s``:

    .. math::
        g^2 = \frac{2 E + \varphi (r_+ + Y)}{2 E + \varphi (r_- + X)}, \qquad
        \frac{s - u}{s - u_0} = \frac{4 E}{(2 E + \varphi (r_+ + Y)) (2 E + \varphi (r_- + X))}

    Every term is non-negative, so nothing cancels. ``p = a + b`` and ``m = a - b`` obey ``p' = p (s - u)``,
    ``m' = -m (s - u)`` and ``4 u = |p|^2 - |m|^2``: their directions are fixed, ``|p| |m|`` is conserved,
    and ``|p|^2`` obeys a Riccati equation with fixed points ``2 s \pm R``.

    Parameters
    ----------
    t
        Times in units of tau.
    s
        Strength of the mode in the data, of any sign.
    sum_squared, difference_squared
        ``X`` and ``Y``.
    xp
        Where ``sqrt``, ``exp``, ``expm1`` and ``where`` come from: NumPy, or symbols.

    Source: derived here; its time is half of Saxe et al., supplement, eq. (4), with ``|a^2 - b^2| / 2`` for ``c_0``.
    """
    conserved = xp.sqrt(sum_squared) * xp.sqrt(difference_squared)
    rate = xp.sqrt(4 * s**2 + conserved**2)
    large = rate + 2 * abs(s)
    small = conserved * (conserved / xp.where(large > 0, large, 1))
    upper, lower = xp.where(s > 0, large, small), xp.where(s > 0, small, large)
    decay = xp.exp(-rate * t)
    elapsed = xp.where(rate > 0, -xp.expm1(-rate * t) / xp.where(rate > 0, rate, 1), t)
    rise, fall = upper + difference_squared, lower + sum_squared
    numerator, denominator = 2 * decay + elapsed * rise, 2 * decay + elapsed * fall
    larger = xp.where(numerator > denominator, numerator, denominator)
    with np.errstate(divide="ignore", invalid="ignore"):  # on a stable manifold one of the two is 2 E, which underflows
        factor = xp.sqrt(numerator) / xp.sqrt(denominator)
        error = xp.where(rise * fall > 0, 4 * decay / (numerator * denominator), 2 / larger)
        return Growth(factor, error, 4 * elapsed / denominator)


def two_layer_mode(t: Array | float, a_0: Array | float, b_0: Array | float, s: float) -> tuple[Array, Array]:
    r"""Strengths ``a(t)``, ``b(t)`` of the two layers, each of shape ``t.shape + a_0.shape``.

    Solves ``tau a' = b (s - a.b)``, ``tau b' = a (s - a.b)`` for any real ``s`` and any numbers or vectors
    ``a_0``, ``b_0``, by :func:`growth`. On the stable manifold ``a_0 + b_0 = 0`` (for ``s > 0``) the exact solution
    ends at the saddle ``a = b = 0``, and so does this one.

    Parameters
    ----------
    t
        Times in units of tau.
    a_0, b_0
        Numbers, or vectors of one length.
    s
        Strength of the mode in the data.

    Raises
    ------
    AssumptionError
        If the one of ``a_0 + b_0`` and ``a_0 - b_0`` that grows is shorter than 1e-150 and not zero: its square
        underflows.

    Examples
    --------
    >>> a, b = two_layer_mode(np.array([0.0, 50.0]), 0.1, 0.0, 4.0)
    >>> np.round(a * b, 12)
    array([0., 4.])
    """
    first, second = np.asarray(a_0, dtype=float), np.asarray(b_0, dtype=float)
    total, difference = first + second, first - second
    growing = np.sum((total if s > 0 else difference) ** 2)
    _check_growing(growing, np.any(total if s > 0 else difference))
    solution = growth(np.asarray(t, dtype=float), s, np.sum(total**2), np.sum(difference**2))
    solution = Growth(*(number.reshape(number.shape + (1,) * first.ndim) for number in solution))
    return _layers(first, second, s - np.sum(first * second), solution)


def two_layer_mode_error(t: Array | float, a_0: Array | float, b_0: Array | float, s: float) -> Array:
    """Distance ``s - a.b`` of :func:`two_layer_mode` from its target, shaped like ``t``, without cancellation.

    Examples
    --------
    >>> float(np.log(two_layer_mode_error(100.0, 0.1, 0.2, 2.0)).round(3))
    -394.843
    """
    first, second = np.asarray(a_0, dtype=float), np.asarray(b_0, dtype=float)
    squares = np.sum((first + second) ** 2), np.sum((first - second) ** 2)
    return (s - np.sum(first * second)) * growth(np.asarray(t, dtype=float), s, *squares).error


def two_layer_modes(t: Array, a_0: Array, b_0: Array, s: Array) -> tuple[Array, Array]:
    """Strengths of the two layers in many modes at once; ``t`` is ``(T, r)``, all others are ``(r,)``, numbers a mode.

    Raises
    ------
    AssumptionError
        As :func:`two_layer_mode`.
    """
    total, difference = a_0 + b_0, a_0 - b_0
    growing = np.where(s > 0, total, difference)
    _check_growing(growing**2, growing != 0)
    return _layers(a_0, b_0, s - a_0 * b_0, growth(t, s, total**2, difference**2))


def _layers(first: Array, second: Array, error: Any, solution: Growth) -> tuple[Array, Array]:
    """``a = a_0 / g + p (g^2 - 1) / 2g`` where ``p`` grows, and the mirror image in ``m`` where it shrinks.

    Equal to ``(p g + m / g) / 2``, but nothing cancels unless a strength changes its sign.
    """
    g, gain = solution.factor, solution.reach * error
    with np.errstate(all="ignore"):  # both are evaluated everywhere; g is 0 or infinite where p or m is zero
        rise = np.where(first + second == 0, 0.0, (first + second) * gain / (2 * g))
        fall = np.where(first - second == 0, 0.0, (first - second) * gain / (2 * g))
        a = np.where(gain >= 0, first / g + rise, first * g - fall)
        b = np.where(gain >= 0, second / g + rise, second * g + fall)
    return a, b


def _check_growing(squared: Array | np.float64, moves: Any) -> None:
    if np.any((squared < SMALLEST_SQUARE) & moves):
        raise AssumptionError(
            "the one of a_0 + b_0 and a_0 - b_0 that grows is not zero, but shorter than "
            f"{SMALLEST_SQUARE**0.5:.0e}; expected 0 or a longer one. Smaller numbers underflow when squared; "
            "use a larger initial scale."
        )
