"""Whether the two sides of an equation agree: a proof, or 50 digits at generic points."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp
from sympy.core.relational import Relational

from flowdln.symbolic.algebraic import vanishes
from flowdln.symbolic.identity import PRIMES
from flowdln.symbolic.verification import Finding

DIGITS = 50
WORKING = 2 * DIGITS  # digits carried, so that as many may cancel
AGREE = mp.mpf(10) ** -DIGITS
POINTS = 5
LATE = (sp.Rational(53, 10), sp.Integer(31))  # times: the points above are early
BEHIND = sp.Rational(11, 10)
LONGEST = 200  # operations of an expression that is worth expanding, or printing
HARDEST = 60  # of one that is worth simplifying
NAMES = ("left", "right")


def compare_sides(
    subject: str,
    left: Any,
    right: Any,
    names: tuple[str, str] = NAMES,
    positive: frozenset[sp.Symbol] = frozenset(),
    time: sp.Symbol | None = None,
) -> Finding:
    """Finding on whether two SymPy expressions are equal.

    Both are evaluated to 50 digits at five points, drawn with the signs that the symbols are declared to have, and late
    in ``time``, also behind every time at which a case of theirs ends; where they differ, that is the answer. If they
    do not, a proof is tried: the numerator of the difference over a common denominator is expanded, with roots as
    :func:`vanishes` does it; and ``sympy.simplify`` is asked if it is short.

    Parameters
    ----------
    subject
        What is compared, for the reader.
    left, right
        The two sides.
    names
        What each is called where its value is shown.
    positive
        Symbols that are positive though not declared so, such as strengths.
    time
        The symbol of time, which is positive too.
    """
    left, right = _simplified(left), _simplified(right)
    symbols = sorted(left.free_symbols | right.free_symbols, key=str)
    evaluate = sp.lambdify(symbols, (left, right), "mpmath")
    tested = 0
    for point in [*_points(symbols, positive | {time}), *_late_points(symbols, positive, time, (left, right))]:
        values = _finite_values(evaluate, point)
        tested += bool(values)
        if values and abs(values[0] - values[1]) > AGREE * (1 + abs(values[0]) + abs(values[1])):
            shown = {str(symbol): str(value) for symbol, value in zip(symbols, point, strict=True)}
            sides = {name: mp.nstr(value, 8) for name, value in zip(names, values, strict=True)}
            return Finding(subject, False, True, "does not hold", _written(left - right), {**shown, **sides})
    if _simplifies_to_zero(left - right):
        return Finding(subject, True, True, "the difference of the two sides simplifies to 0")
    if tested:
        return Finding(subject, True, False, f"holds to {DIGITS} digits at {tested} points; SymPy finds no proof")
    return Finding(subject, None, False, "has no finite value at the points tried, and SymPy finds no proof")


def _simplified(side: Any) -> sp.Expr:
    """The side without floats (0.1 means 1/10), and with ``x`` for ``W(x exp(x))`` where ``x > -1``."""
    expression = sp.sympify(side)
    exact = sp.nsimplify(expression, rational=True) if expression.has(sp.Float) else expression
    return exact.replace(sp.LambertW, _product_logarithm)


def _product_logarithm(argument: sp.Expr) -> sp.Expr:
    for x in (exponential.args[0] for exponential in argument.atoms(sp.exp)):
        if sp.expand(x + 1).is_positive and sp.expand(argument - x * sp.exp(x)) == 0:
            return x
    return sp.LambertW(argument)


def _finite_values(evaluate: Callable[..., Sequence[Any]], point: Sequence[sp.Rational]) -> Sequence[Any]:
    """Values of the two sides at a point; none where one of them is not finite."""
    with mp.workdps(WORKING):
        try:
            values = [mp.mpmathify(value) for value in evaluate(*(mp.mpf(value.p) / value.q for value in point))]
        except (ZeroDivisionError, TypeError):  # a Piecewise gives None where it has no case
            return []
        return values if all(mp.isfinite(value) for value in values) else []


def _late_points(
    symbols: Sequence[sp.Symbol], positive: frozenset[sp.Symbol], time: sp.Symbol | None, sides: Sequence[sp.Expr]
) -> Iterator[list[sp.Rational]]:
    """Points at late times, and a little behind every number with which a case of the sides may end."""
    if time not in symbols:
        return
    numbers = {number for side in sides for case in side.atoms(Relational) for number in case.atoms(sp.Number)}
    ends = sorted(sp.Rational(number) * BEHIND for number in numbers if number.is_positive and number.is_finite)
    for value, point in zip([*LATE, *ends], cycle(_points(symbols, positive | {time})), strict=False):
        yield [value if symbol == time else other for symbol, other in zip(symbols, point, strict=True)]


def _points(symbols: Sequence[sp.Symbol], positive: frozenset[sp.Symbol | None]) -> Iterator[list[sp.Rational]]:
    """Rational values without coincidences, of the signs that are declared; free ones take both, in combinations."""
    rng = np.random.default_rng(0)
    free = [symbol for symbol in symbols if not (symbol.is_nonnegative or symbol.is_nonpositive or symbol in positive)]
    for index in range(POINTS):
        point = []
        for place, symbol in enumerate(symbols):
            size = sp.Rational(int(rng.integers(1, 12)), PRIMES[(place + index + 1) % len(PRIMES)])
            value = sp.Integer(int(rng.integers(1, 9))) if symbol.is_integer else size
            negative = index >> free.index(symbol) % 2 & 1 if symbol in free else symbol.is_nonpositive
            point.append(-value if negative else value)
        yield point


def _simplifies_to_zero(difference: sp.Expr) -> bool:
    if difference == 0:
        return True
    size = difference.count_ops()
    if size <= LONGEST and sp.expand(sp.numer(sp.together(difference))) == 0:
        return True
    if vanishes(difference):
        return True
    return bool(size <= HARDEST and not difference.has(sp.hyper) and sp.simplify(difference) == 0)


def _written(difference: sp.Expr) -> str:
    """The difference, in fewer operations if that is quick."""
    if difference.count_ops() <= LONGEST:
        difference = min((difference, sp.factor(difference)), key=sp.count_ops)
    text = str(difference)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({difference.count_ops()} operations)"
