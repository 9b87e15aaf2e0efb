"""Proofs that a formula solves a scalar ODE, by substitution."""

from typing import Any

import sympy as sp

from flowdln.symbolic.claims import Evidence, combined
from flowdln.symbolic.identity import prove_identity


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
    return combined(
        prove_identity(sp.diff(solution, t), velocity, "put into the ODE"),
        prove_identity(sp.sympify(solution).subs(t, 0), initial, "the initial value and the given one"),
    )
