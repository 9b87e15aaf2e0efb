"""Proofs that a formula solves a scalar ODE, by substitution."""

from typing import Any

import sympy as sp

from flowdln.symbolic.claims import Evidence


def prove_solution(solution: Any, velocity: Any, t: sp.Symbol, initial: tuple[Any, Any] | None = None) -> Evidence:
    """Whether ``d solution / dt == velocity`` identically, and ``solution`` at ``t = 0`` is as given.

    Parameters
    ----------
    solution, velocity
        SymPy expressions; ``velocity`` is the right-hand side with the solution already put in.
    t
        The time.
    initial
        The value of ``solution`` at ``t = 0`` and what it should be, or nothing.

    Examples
    --------
    >>> t = sp.Symbol("t")
    >>> prove_solution(sp.exp(2 * t), 2 * sp.exp(2 * t), t).holds
    True
    """
    residual = sp.simplify(sp.together(sp.diff(solution, t) - velocity))
    mismatch = sp.simplify(initial[0] - initial[1]) if initial else sp.S.Zero
    holds = residual == 0 and mismatch == 0
    shown = "0" if residual == 0 else str(residual)[:80]
    text = f"substituted into the ODE, the residual simplifies to {shown}"
    if initial:
        text += f"; the initial value differs by {str(mismatch)[:80]}"
    return Evidence(bool(holds), True, text)
