"""Whether displayed equations follow from each other by differentiation: gradients, Hessians, integrals."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from flowdln.symbolic.claims import Evidence, conjunction
from flowdln.symbolic.identity import decide_zero


def prove_derivatives(potential: Any, derivatives: Mapping[Any, Any]) -> Evidence:
    """Whether ``d potential / d x`` is ``derivatives[x]`` for each symbol ``x``, for all values of the symbols.

    With a component of a gradient as the potential, this checks a row of a Hessian. A product over any number of
    factors is covered by writing out those that are differentiated, and one symbol for the product of the others.

    Examples
    --------
    >>> a, rest, s = sp.symbols("a rest s")
    >>> prove_derivatives((s - a * rest) ** 2 / 2, {a: -(s - a * rest) * rest}).holds
    True
    """
    answers = {x: decide_zero(sp.diff(potential, x) - derivative) for x, derivative in derivatives.items()}
    found = "; ".join(f"the derivative by {x} minus the stated one: {answer.text}" for x, answer in answers.items())
    return Evidence(conjunction(*(answer.zero for answer in answers.values())), symbolic=True, text=found)


def prove_integral(integral: Any, integrand: Any, x: Any, lower: Any) -> Evidence:
    """Whether ``integral`` is that of ``integrand`` from ``lower`` to ``x``: its derivative, and its zero at ``lower``.

    Where the integrand is singular between the limits, the answer is meaningless: that is for the caller to exclude.

    Examples
    --------
    >>> u, start = sp.symbols("u start", positive=True)
    >>> prove_integral(sp.log(u / start), 1 / u, u, start).holds
    True
    """
    slope = prove_derivatives(integral, {x: integrand})
    start = decide_zero(sp.sympify(integral).subs(x, lower))
    return Evidence(conjunction(slope.holds, start.zero), True, f"{slope.text}; at the lower limit: {start.text}")
