"""Whether an expression is zero for all values of its symbols."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy as sp

DIGITS = 50
PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)


class Identity(NamedTuple):
    """The answer, and how it was found."""

    zero: bool | None  # None: neither proved nor refuted
    text: str


def decide_zero(expression: Any) -> Identity:
    """Whether ``expression`` vanishes identically, with a proof or a counterexample.

    First it is evaluated to 50 digits at one generic point; if it is not zero there, that point is the answer. Then
    the numerator over a common denominator is expanded, and if that leaves anything, SymPy's ``simplify`` is tried.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> decide_zero((x**2 - 1) / (x - 1) - x - 1).zero
    True
    >>> decide_zero(x**2 - x).text
    'at x = 1/3 it is -0.222222'
    """
    expression = sp.sympify(expression)
    point = generic_point(expression)
    value = expression.subs(point).evalf(DIGITS)
    finite = value.is_number and value.is_finite
    if finite and abs(value) > sp.Float(10) ** (-DIGITS // 2):
        return Identity(zero=False, text=f"at {_listed(point)} it is {value.evalf(6)}")
    numerator = sp.numer(sp.together(expression))
    if sp.expand(numerator) == 0 or sp.simplify(numerator) == 0:
        return Identity(zero=True, text="it simplifies to 0")
    found = f"vanishes to {DIGITS} digits" if finite else f"is {value}"
    return Identity(zero=None, text=f"it {found} at {_listed(point)}, but SymPy finds no proof")


def generic_point(expression: Any) -> dict[sp.Symbol, sp.Rational]:
    """A rational value for each symbol, without coincidences."""
    symbols = sorted(expression.free_symbols, key=str)
    return {symbol: sp.Rational(1 + i, PRIMES[(i + 1) % len(PRIMES)]) for i, symbol in enumerate(symbols)}


def _listed(point: Mapping[sp.Symbol, sp.Rational]) -> str:
    return ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
