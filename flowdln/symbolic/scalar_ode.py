"""Proofs that a formula solves a scalar ODE, by substitution."""

from typing import Any

import sympy as sp

from flowdln.symbolic.claims import Evidence, conjunction
from flowdln.symbolic.identity import decide_zero


def prove_solution(solution: Any, velocity: Any, t: sp.Symbol, initial: Any) -> Evidence:
    """Whether ``d solution / dt == velocity`` identically, and ``solution`` is ``initial`` at ``t = 0``.

    Parameters
    ----------
    solution, velocity, initial
        SymPy expressions; ``velocity`` is the right-hand side with the solution already put in.
    t
        The time.

    Examples
    --------
    >>> t = sp.Symbol("t")
    >>> prove_solution(sp.exp(2 * t), 2 * sp.exp(2 * t), t, 1).holds
    True
    """
    residual = decide_zero(sp.diff(solution, t) - velocity)
    start = decide_zero(sp.sympify(solution).subs(t, 0) - initial)
    text = f"put into the ODE, the residual: {residual.text}; the initial value minus the given one: {start.text}"
    return Evidence(conjunction(residual.zero, start.zero), symbolic=True, text=text)


def prove_identity(left: Any, right: Any) -> Evidence:
    """Whether two SymPy expressions are equal for all values of their symbols.

    Examples
    --------
    >>> x = sp.Symbol("x")
    >>> prove_identity((x + 1) ** 2, x**2 + 1).holds
    False
    """
    difference = decide_zero(left - right)
    return Evidence(difference.zero, symbolic=True, text=f"the difference of the two sides: {difference.text}")
