"""Whether a function that takes numbers only solves an ODE at numbers: to 40 digits by mpmath, or 7 of float64."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.formulas import require_arguments
from flowdln.symbolic.jumps import Sample, first_jump, jump_finding
from flowdln.symbolic.verification import Finding

DIGITS = 50
AGREE = mp.mpf(10) ** -40
AGREE_FLOAT = 1e-7  # of derivatives by differences of float64, here and of functions of arrays
STEP = 1e-2  # of the differences, relative to places below 2: rounding 1e-16 / STEP, truncation STEP^8
WEIGHTS = (4 / 5, -1 / 5, 4 / 105, -1 / 280)  # of the central difference of order 8
PLACES = ("0.3", "0.7", "1.1", "1.9")
DIVISIONS = 40  # of an interval with a jump, as far as float64 tells times apart
LATE = ("5.3", "31")  # times at which what holds early only may have failed; passed over where it is not a number


def compare_numerically(
    solution: Callable[..., Any], velocity: Callable[..., Any], initial: Any, *, inverse: bool
) -> Iterator[Finding]:
    """Findings on the derivative, on a jump if there is one, and on the initial value if it is given, at a few numbers.

    With ``inverse``, ``solution`` is the time at a strength, and the strengths are fractions of twice ``initial``. The
    digits are relative to the sizes of what is compared, so that strengths may be as small as one likes.
    """
    with mp.workdps(DIGITS):
        scale = mp.mpf(initial) if inverse and initial is not None else mp.mpf(1)
        places = [scale * mp.mpf(place) for place in PLACES]
        late = [] if inverse else [mp.mpf(place) for place in LATE if _is_number(solution, mp.mpf(place))]
        derivative = _compare_derivative(solution, velocity, places + late, inverse=inverse)
        yield derivative
        jump = first_jump(partial(_sample, solution, velocity), DIVISIONS) if derivative.zero and not inverse else None
        if jump:
            yield jump_finding("u is continuous", *jump, {})
        if initial is not None:
            place, expected = (initial, 0) if inverse else (0, initial)
            subject = f"t({initial}) = 0" if inverse else f"u(0) = {initial}"
            yield _compare_start(solution, place, expected, subject)


def _compare_derivative(
    solution: Callable[..., Any], velocity: Callable[..., Any], places: list[Any], *, inverse: bool
) -> Finding:
    subject, at = ("dt/du f(u) = 1", "u") if inverse else ("du/dt = f(u)", "t")
    digits = "40 digits"
    for place in places:
        value, exact = _value(solution, place)
        require_arguments("the ODE", velocity, ["u"])
        digits = digits if exact else "7 digits of float64"
        slope = mp.diff(solution, place) if exact else difference(solution, float(place), STEP * min(float(place), 2.0))
        speed = velocity((place if exact else float(place)) if inverse else value)
        left, right = (slope * speed, 1) if inverse else (slope, speed)
        size = 1 if inverse else abs(value / place)  # of a slope, by which its rounding is measured
        if not abs(left - right) <= (AGREE if exact else AGREE_FLOAT) * (abs(left) + abs(right) + size):
            shown = {at: mp.nstr(place, 8), "left": mp.nstr(left, 8), "right": mp.nstr(right, 8)}
            return Finding(subject, False, False, "does not hold", mp.nstr(left - right, 8), shown)
    span = f"from {mp.nstr(min(places), 3)} to {mp.nstr(max(places), 3)}"
    return Finding(subject, True, False, f"holds to {digits} at {len(places)} numbers, {at} {span}")


def _compare_start(solution: Callable[..., Any], place: Any, expected: Any, subject: str) -> Finding:
    value, exact = _value(solution, place)
    exact = exact and not isinstance(expected, float) and not isinstance(place, float)
    size = abs(mp.mpf(expected)) or abs(_value(solution, mp.mpf(PLACES[0]) * (place or 1))[0])
    if abs(value - mp.mpf(expected)) <= (AGREE if exact else AGREE_FLOAT) * size:
        return Finding(subject, True, False, "holds")
    return Finding(
        subject, False, False, "does not hold", mp.nstr(value - mp.mpf(expected), 8), {"left": mp.nstr(value, 8)}
    )


def _sample(solution: Callable[..., Any], velocity: Callable[..., Any], time: sp.Rational) -> Sample | None:
    place = mp.mpf(time.p) / time.q
    if not _is_number(solution, place):
        return None
    value, _ = _value(solution, place)
    with np.errstate(all="ignore"):
        slope = velocity(value)
    slope = slope.item() if isinstance(slope, np.ndarray) else slope
    return Sample(time, value, slope) if mp.isfinite(slope) else None


def _is_number(solution: Callable[..., Any], place: Any) -> bool:
    """Whether the solution has a finite real value there."""
    try:
        with np.errstate(all="ignore"):
            return bool(mp.isfinite(_value(solution, place)[0]))
    except (ArithmeticError, ValueError):
        return False


def _value(solution: Callable[..., Any], place: Any) -> tuple[Any, bool]:
    """The solution's value, and whether it has all digits: functions of NumPy and SciPy take and return float64."""
    try:
        value = solution(mp.mpf(place))
    except (TypeError, ValueError):  # the latter by interpolators of SciPy
        value = solution(float(place))
    if isinstance(value, mp.mpf):
        return value, True
    if not isinstance(value, (int, float, np.ndarray)) or np.size(value) != 1:
        raise InputError(
            f"the solution has the value {value!r} at {mp.nstr(place, 5)}; expected a number. A system, or "
            "complex numbers, have to be given in symbols."
        )
    return float(value), False


def difference(function: Callable[[float], Any], place: float, step: float) -> Any:
    """Derivative of a function of a number, of arrays too, by the central difference of order 8."""
    ahead = (weight * (function(place + i * step) - function(place - i * step)) for i, weight in enumerate(WEIGHTS, 1))
    return sum(ahead) / step
