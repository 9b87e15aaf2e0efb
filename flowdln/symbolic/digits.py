"""Whether two formulas agree at numbers, to more digits than chance allows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath as mp

from flowdln.symbolic.evidence import Evidence

DIGITS = 50  # worked with; half of them have to agree


def compare_digits(
    left: Callable[..., Any], right: Callable[..., Any], points: Sequence[Mapping[str, str]]
) -> Evidence:
    """Whether two functions of mpmath numbers agree to half of fifty digits at all ``points`` (numbers as text).

    Sides that are not finite do not agree; without points nothing is known.

    Examples
    --------
    >>> compare_digits(mp.sinh, lambda x: (mp.exp(x) - mp.exp(-x)) / 2, [{"x": "0.3"}]).holds
    True
    """
    with mp.workdps(DIGITS):
        for point in points:
            numbers = {name: mp.mpf(text) for name, text in point.items()}
            sides = left(**numbers), right(**numbers)
            agree = abs(sides[0] - sides[1]) <= mp.mpf(10) ** (-DIGITS // 2) * max(abs(side) for side in sides)
            if not (agree and all(map(mp.isfinite, sides))):
                left_text, right_text = (mp.nstr(side, 8) for side in sides)
                at = ", ".join(f"{name} = {text}" for name, text in point.items())
                text = f"at {at} one side is {left_text} and the other {right_text}"
                return Evidence(False, False, text, {**point, "left": left_text, "right": right_text})
    text = f"the two sides agree to {DIGITS // 2} digits at {len(points)} points"
    return Evidence(True if points else None, False, text)
