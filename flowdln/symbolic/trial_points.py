"""Points at which formulas are compared: fractions, no two of them equal and none whole, of the signs declared.

Symbols declared to be integers are whole, and no two of them equal either.
"""

from collections.abc import Iterator, Sequence
from itertools import count, cycle
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.relational import Relational

POINTS = 5
LATE = (sp.Rational(53, 10), sp.Integer(31))  # times: the points above are early
BEHIND = sp.Rational(11, 10)
Point = dict[sp.Symbol, sp.Rational]


def trial_points(
    formulas: Sequence[Any], positive: frozenset[sp.Symbol] = frozenset(), time: sp.Symbol | None = None
) -> Iterator[Point]:
    """Values for all symbols of the formulas: five points, and some more late in ``time`` if they contain that.

    Late is also a little behind every number with which a case of the formulas may end. Symbols in ``positive`` are
    positive though not declared so, and ``time`` is.
    """
    symbols = symbols_of(*formulas)
    early = list(_early_points(symbols, positive | {time}))
    yield from early
    if time not in symbols:
        return
    numbers = {number for side in formulas for case in side.atoms(Relational) for number in case.atoms(sp.Number)}
    ends = sorted(sp.Rational(number) * BEHIND for number in numbers if number.is_positive and number.is_finite)
    for value, point in zip([*LATE, *ends], cycle(early), strict=False):
        yield point | {time: value}


def generic_point(*formulas: Any) -> Point:
    """The first of these points, at which symbols of either sign are positive."""
    return next(trial_points(formulas))


def symbols_of(*formulas: Any) -> list[sp.Symbol]:
    """Their symbols, in one order."""
    return sorted(set().union(*(formula.free_symbols for formula in formulas)), key=str)


def _early_points(symbols: Sequence[sp.Symbol], positive: frozenset[sp.Symbol | None]) -> Iterator[Point]:
    """Free symbols take both signs, in combinations."""
    rng = np.random.default_rng(0)
    free = [symbol for symbol in symbols if not (symbol.is_nonnegative or symbol.is_nonpositive or symbol in positive)]
    for index in range(POINTS):
        point: Point = {}
        for place, symbol in enumerate(symbols):
            size = _fraction(int(rng.integers(1, 12)), sp.prime(place + index + 2))
            if symbol.is_integer:
                size = _unlike(int(rng.integers(1, 9)), point)
            negative = index >> free.index(symbol) % 2 & 1 if symbol in free else symbol.is_nonpositive
            point[symbol] = -size if negative else size
        yield point


def _fraction(numerator: int, prime: int) -> sp.Rational:
    """One that does not cancel."""
    return sp.Rational(numerator if numerator % prime else numerator + 1, prime)


def _unlike(number: int, point: Point) -> sp.Integer:
    """The number, or the next whose size no other symbol has."""
    taken = {abs(value) for value in point.values()}
    return sp.Integer(next(size for size in count(number) if size not in taken))
