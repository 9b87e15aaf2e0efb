"""Whether the two sides of an equation agree: a proof, or 50 digits at generic points."""

from collections.abc import Callable, Sequence
from typing import Any

import mpmath as mp
import sympy as sp

from flowdln.symbolic.algebraic import vanishes
from flowdln.symbolic.gate import converted
from flowdln.symbolic.trial_points import Point, symbols_of, trial_points
from flowdln.symbolic.verification import Finding

DIGITS = 50
WORKING = 2 * DIGITS  # digits carried, so that as many may cancel
AGREE = mp.mpf(10) ** -DIGITS
LONGEST = 200  # operations of an expression that is worth printing
HARDEST = 60  # of one that is worth simplifying
EXPANDED = 600  # of one that is worth expanding: half a second
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
    left, right = (without_floats(side).replace(sp.LambertW, _product_logarithm) for side in (left, right))
    evaluate = evaluator((left, right))
    tested = 0
    for point in trial_points((left, right), positive, time):
        values = finite_values(evaluate, point)
        tested += bool(values)
        if values and abs(values[0] - values[1]) > AGREE * (1 + abs(values[0]) + abs(values[1])):
            shown = {str(symbol): str(value) for symbol, value in point.items()}
            sides = dict(zip(names, _told_apart(*values), strict=True))
            return Finding(subject, False, True, "does not hold", _written(left - right), {**shown, **sides})
    if simplifies_to_zero(left - right):
        return Finding(subject, True, True, "the difference of the two sides simplifies to 0")
    if tested:
        return Finding(subject, True, False, f"holds to {DIGITS} digits at {tested} points; SymPy finds no proof")
    return Finding(subject, None, False, "has no finite value at the points tried, and SymPy finds no proof")


def without_floats(side: Any) -> sp.Expr:
    """The expression with fractions for floats: 0.1 means 1/10."""
    expression = converted(side)
    return sp.nsimplify(expression, rational=True) if expression.has(sp.Float) else expression


def _product_logarithm(argument: sp.Expr) -> sp.Expr:
    """``W`` of an argument, which is ``x`` if that is ``x exp(x)`` with ``x > -1``."""
    for x in (exponential.args[0] for exponential in argument.atoms(sp.exp)):
        if sp.expand(x + 1).is_positive and sp.expand(argument - x * sp.exp(x)) == 0:
            return x
    return sp.LambertW(argument)


def evaluator(sides: Sequence[sp.Expr]) -> Callable[..., Sequence[Any]]:
    """Values of expressions as a function of those of their symbols, in the order of ``symbols_of``."""
    try:
        return sp.lambdify(symbols_of(*sides), sides, "mpmath")
    except (NotImplementedError, KeyError, ValueError):  # such as a derivative that cannot be taken, or infinity
        return lambda *_: [mp.nan for _ in sides]


def finite_values(evaluate: Callable[..., Sequence[Any]], point: Point) -> Sequence[Any]:
    """Values of the two sides at a point; none where one of them is not finite."""
    with mp.workdps(WORKING):
        try:
            values = [mp.mpmathify(value) for value in evaluate(*(mp.mpf(x.p) / x.q for x in point.values()))]
        except (ZeroDivisionError, TypeError, NameError):  # a Piecewise may have no case, a function no formula
            return []
        return values if all(mp.isfinite(value) for value in values) else []


def _told_apart(left: Any, right: Any) -> tuple[str, str]:
    """Two numbers as text, with 8 digits or as many as it takes to see that they differ."""
    texts = ((mp.nstr(left, digits), mp.nstr(right, digits)) for digits in range(8, WORKING, 8))
    return next(pair for pair in texts if pair[0] != pair[1])


def simplifies_to_zero(difference: sp.Expr) -> bool:
    """Whether SymPy shows it to be zero."""
    if difference == 0:
        return True
    size = difference.count_ops()
    if size <= EXPANDED and sp.expand(sp.numer(sp.together(difference))) == 0:
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
