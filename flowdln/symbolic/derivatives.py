"""Whether displayed equations follow from each other by differentiation: gradients, Hessians, integrals."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from flowdln.symbolic.evidence import Evidence, combined
from flowdln.symbolic.gate import converted, require_formulas
from flowdln.symbolic.identity import prove_identity


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
    require_formulas(potential=potential, derivatives=derivatives)
    stated = derivatives.items()
    return combined(*(prove_identity(sp.diff(potential, x), slope, f"the derivative by {x}") for x, slope in stated))


def prove_integral(integral: Any, integrand: Any, x: Any, lower: Any) -> Evidence:
    """Whether ``integral`` is that of ``integrand`` from ``lower`` to ``x``: its derivative, and its zero at ``lower``.

    Where the integrand is singular between the limits, the answer is meaningless: that is for the caller to exclude.

    Examples
    --------
    >>> u, start = sp.symbols("u start", positive=True)
    >>> prove_integral(sp.log(u / start), 1 / u, u, start).holds
    True
    """
    require_formulas(integral=integral, integrand=integrand, x=x, lower=lower)
    slope = prove_derivatives(integral, {x: integrand})
    return combined(slope, prove_identity(converted(integral).subs(x, lower), 0, "at the lower limit"))
