"""Limits and leading orders, each by SymPy's series and by numbers on the way there."""

from itertools import pairwise
from typing import Any

import sympy as sp

from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.gate import converted, require_formulas
from flowdln.symbolic.identity import prove_identity
from flowdln.symbolic.sides import WORKING
from flowdln.symbolic.trial_points import generic_point

POWERS = (2, 8, 32)  # the numbers are taken at 10^-2, 10^-8 and 10^-32 from the limit point
CLOSER = 0.9  # from one to the next by this factor at least; a logarithm comes by 1/4


def prove_limit(expression: Any, x: Any, point: Any, value: Any) -> Evidence:
    """Whether ``expression`` tends to ``value`` as ``x`` falls to ``point``, or grows to ``point = oo``.

    SymPy's limit is compared with ``value``, and the expression has to come closer to SymPy's at each of three points
    on the way, at generic values of the other symbols; if it does not, the answer is not known.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> prove_limit(sp.sin(x) / x, x, 0, 1).holds
    True
    """
    require_formulas(expression=expression, x=x, point=point, value=value)
    expression, point, value = converted(expression), converted(point), converted(value)
    try:
        found = sp.limit(expression, x, point)
    except (NotImplementedError, ValueError) as reason:
        return Evidence(None, True, f"SymPy finds no limit: {reason}")
    if found.has(sp.Limit):
        return Evidence(None, True, "SymPy finds no limit")
    infinite = found.is_infinite or value.is_infinite
    equal = found == value if infinite else prove_identity(found, value).holds
    gaps = _gaps(expression, x, point, found)
    text = f"the limit is {found}" if equal is not False else f"the limit is {found} and not {value}"
    text += f", to which numbers on the way come as close as {_short(gaps[-1])}" * (not infinite)
    detail = f"at 10^-2, 10^-8 and 10^-32 from the end the distances are {', '.join(map(_short, gaps))}"
    seen = all(after < CLOSER * before or after == 0 for before, after in pairwise(gaps))
    return Evidence(equal if seen else None, True, text, detail=detail)


def prove_leading_order(expression: Any, x: Any, coefficient: Any, power: Any) -> Evidence:
    """Whether ``expression`` is ``coefficient x^power`` to leading order as ``x`` falls to zero.

    Examples
    --------
    >>> x = sp.Symbol("x", positive=True)
    >>> prove_leading_order(1 - sp.cos(x), x, sp.Rational(1, 2), 2).holds
    True
    """
    require_formulas(expression=expression, x=x, coefficient=coefficient, power=power)
    found = prove_limit(converted(expression) / x**power, x, 0, coefficient)
    return found._replace(text=f"divided by {x}^{power}, {found.text}")


def _gaps(expression: Any, x: Any, point: Any, value: Any) -> list[Any]:
    """Distances from the value on the way to it; of an infinite value, their inverses."""
    numbers = generic_point(expression, point, value)
    others = {symbol: sp.Float(number, WORKING) for symbol, number in numbers.items() if symbol != x}
    goal, gaps = value.evalf(WORKING, subs=others), []
    for power in POWERS:
        away = sp.Float(10, WORKING) ** power
        near = away if point is sp.oo else point.evalf(WORKING, subs=others) + 1 / away
        number = expression.evalf(WORKING, subs={**others, x: near})
        gaps.append(1 / abs(number) if value.is_infinite else abs(number - goal))
    return gaps


def _short(number: Any) -> str:
    return str(sp.Float(number, 3))
