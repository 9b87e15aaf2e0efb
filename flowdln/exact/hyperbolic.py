"""Two layers, one mode: ``tau a' = b (s - a.b)``, ``tau b' = a (s - a.b)``, from any real numbers or vectors."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from flowdln.errors import ShapeError
from flowdln.validation import Array, broadcast_numbers, real_number, real_numbers, time_points, within_float64

SHORT = 1e-20  # what multiplies the square of a shorter length may underflow
LARGEST = 1e75  # of a strength: its fourth power is a number
SETTLED = 1e4  # decay times after which nothing moves: exp(-1e4) is 0
FOREVER = 1e300  # in units of tau, for modes that settle without a rate


class Growth(NamedTuple):
    """The numbers per time in which the solution is written, with ``k = exp(log_scale)``."""

    factor: Any  # g sqrt(k): a + b has grown by g, a - b has shrunk by it
    error: Any  # (s - u) / (s - u_0)
    reach: Any  # k (g^2 - 1) / (s - u_0)


def growth(
    t: Any, s: Any, sum_squared: Any, difference_squared: Any, xp: ModuleType | Any = np, log_scale: Any = 0
) -> Growth:
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
    log_scale
        Logarithm of ``k``, for ``X`` that underflow: then ``sum_squared`` is ``X / k``, and ``s`` is not negative.

    Source: derived here; its time is half of Saxe et al., supplement, eq. (4), with ``|a^2 - b^2| / 2`` for ``c_0``.
    """
    conserved = xp.sqrt(sum_squared) * xp.sqrt(difference_squared)
    scale = np.exp(log_scale) if np.any(log_scale) else 1
    rate = xp.sqrt(4 * s**2 + conserved**2 * scale)
    large = rate + 2 * abs(s)
    small = conserved * (conserved / xp.where(large > 0, large, 1))
    upper, lower = xp.where(s > 0, large, small), xp.where(s > 0, small, large)
    decay = xp.exp(-rate * t - log_scale)
    elapsed = xp.where(rate > 0, -xp.expm1(-rate * t) / xp.where(rate > 0, rate, 1), t)
    rise, fall = upper + difference_squared, lower + sum_squared
    numerator, denominator = 2 * xp.exp(-rate * t) + elapsed * rise, 2 * decay + elapsed * fall
    larger = xp.where(numerator > denominator, numerator, denominator)
    with np.errstate(divide="ignore", invalid="ignore"):  # on a stable manifold one of the two is 2 E, which underflows
        factor = xp.sqrt(numerator) / xp.sqrt(denominator)
        error = xp.where(rise * fall > 0, 4 * decay / (numerator * denominator), 2 / larger)
        return Growth(factor, error, 4 * elapsed / denominator)


@within_float64("the strength")
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

    Examples
    --------
    >>> a, b = two_layer_mode(np.array([0.0, 50.0]), 0.1, 0.0, 4.0)
    >>> np.round(a * b, 12)
    array([0., 4.])
    """
    times, first, second, s = _checked(t, a_0, b_0, s)
    return _layers(times.reshape(times.shape + (1,) * first.ndim), first, second, s, vector=first.ndim > 0)


@within_float64("the error")
def two_layer_mode_error(t: Array | float, a_0: Array | float, b_0: Array | float, s: float) -> Array:
    """Distance ``s - a.b`` of :func:`two_layer_mode` from its target, shaped like ``t``, without cancellation.

    Examples
    --------
    >>> float(np.log(two_layer_mode_error(100.0, 0.1, 0.2, 2.0)).round(3))
    -394.843
    """
    times, first, second, s = _checked(t, a_0, b_0, s)
    side = -1.0 if s < 0 else 1.0
    vector = first.ndim > 0
    shares = _shares(times[..., None] if vector else times, first, side * second, abs(s), _length)
    error = shares.growth.error[..., 0] if vector else shares.growth.error
    return (s - np.sum(first * second)) * error


def two_layer_modes(t: Array, a_0: Array, b_0: Array, s: Array) -> tuple[Array, Array]:
    """Strengths of the two layers in many modes at once; ``t`` is ``(T, r)``, all others are ``(r,)``."""
    return _layers(t, a_0, b_0, s, vector=False)


def _checked(t: Any, a_0: Any, b_0: Any, s: Any) -> tuple[Array, Array, Array, float]:
    first, second = broadcast_numbers(a_0=a_0, b_0=b_0)
    for name, strength in (("a_0", first), ("b_0", second)):
        real_numbers(name, strength, at_least=-LARGEST, below=LARGEST)
    if first.ndim > 1:
        raise ShapeError(
            f"a_0 has shape {first.shape}; expected a number or a vector. Call the function for each mode."
        )
    return time_points(t), first, second, real_number("s", s, at_least=-LARGEST, below=LARGEST)


class Shares(NamedTuple):
    """Growth of a mode, and the sum of its layers in the scale in which its square does not underflow."""

    growth: Growth
    total: Array  # (a_0 + b_0) / sqrt(k)
    log_scale: Array  # of k, at most 0


def _shares(t: Array, first: Array, second: Array, s: Array | float, length: Callable[[Array], Array]) -> Shares:
    """Growth of a mode whose target ``s`` is not negative.

    A short sum is as good as nothing until the decay of the error is as small; so ``k`` is the larger of its square and
    ``exp(-2 s t)``.
    """
    total, apart = first + second, length(first - second)
    size = length(total)
    t = np.minimum(t, _latest(s, size, apart))
    with np.errstate(divide="ignore"):
        log_size = np.log(size)
    short = (size < SHORT) & (np.asarray(s) > 0)
    log_scale = np.where(short, np.maximum(2 * log_size, -2 * s * t), 0.0)
    unit = np.exp(log_size - log_scale / 2)
    scaled = total / np.where(size > 0, size, 1.0) * unit
    return Shares(growth(t, s, unit**2, apart**2, log_scale=log_scale), scaled, log_scale)


def _latest(s: Array | float, size: Array, apart: Array) -> Array:
    """Time after which a mode is settled to rounding, or negligible beside its start."""
    rate = np.hypot(2 * np.asarray(s), size * apart)
    settled = SETTLED / np.where(rate > SETTLED / FOREVER, rate, SETTLED / FOREVER)
    return np.where(np.asarray(s) > 0, settled, np.minimum(settled, FOREVER / np.maximum(1.0, (size + apart) ** 2)))


def _layers(t: Array, first: Array, second: Array, s: Array | float, *, vector: bool) -> tuple[Array, Array]:
    """``a = a_0 / g + p (g^2 - 1) / 2g`` where ``p`` grows, and the mirror image in ``m`` where it shrinks.

    Equal to ``(p g + m / g) / 2``, but nothing cancels unless a strength changes its sign. A negative target is a
    positive one for ``(a, -b)``.
    """
    side = np.where(np.asarray(s) < 0, -1.0, 1.0)
    mirrored, target = side * second, np.abs(s)
    solution, total, log_scale = _shares(t, first, mirrored, target, _length if vector else np.abs)
    overlap = np.sum(first * mirrored) if vector else first * mirrored
    g, gain, root = solution.factor, solution.reach * (target - overlap), np.exp(log_scale / 2)
    with np.errstate(all="ignore"):  # both are evaluated everywhere; g is 0 or infinite where p or m is zero
        rise = np.where(total == 0, 0.0, total * gain / (2 * g))
        fall = np.where(first == mirrored, 0.0, (first - mirrored) * gain / (2 * g))
        a = np.where(gain >= 0, first * root / g + rise, first * g - fall)
        b = np.where(gain >= 0, mirrored * root / g + rise, mirrored * g + fall)
    return a, side * b


def _length(vector: Array) -> Array:
    """Euclidean length, kept from underflow."""
    largest = np.abs(vector).max(initial=0.0)
    return np.asarray(largest * np.linalg.norm(vector / (largest or 1.0)))
