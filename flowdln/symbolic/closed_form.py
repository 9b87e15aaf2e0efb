"""Whether a formula of one's own solves an ODE."""

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.numeric_solution import compare_numerically
from flowdln.symbolic.right_hand_side import velocity_of
from flowdln.symbolic.sides import compare_sides
from flowdln.symbolic.verification import Finding, Verification


def verify_solution(
    solution: Any,
    ode: Any,
    *,
    t: sp.Symbol | None = None,
    u: sp.Symbol | None = None,
    initial: Any = None,
    inverse: bool = False,
) -> Verification:
    """Verdict on whether ``solution`` obeys ``du/dt = ode(u)``, and starts at ``initial`` if that is given.

    Proved by substitution if SymPy can; else compared to 50 digits at points where all symbols have values, drawn with
    the signs that they are declared to have. A function that takes numbers only is compared at numbers only.

    Parameters
    ----------
    solution
        ``u(t)``: a SymPy expression in ``t``, or a function of ``t``; of a system, a tuple or a matrix of them. With
        ``inverse``, the time as a function of strength.
    ode
        The right-hand side: a function of ``u`` (of as many arguments as a tuple has), or a SymPy expression in ``u``.
        Or an equation for a function of time, as ``sympy.dsolve`` takes it.
    t, u
        The symbols of time and strength; by default those named ``t`` and ``u``.
    initial
        The value at ``t = 0``, shaped like the solution; with ``inverse``, the strength at which the time is 0.
    inverse
        Whether ``solution`` is ``t(u)``: then ``dt/du`` times the velocity has to be 1.

    Raises
    ------
    InputError
        If the solution does not contain the symbol, or the ODE of a system is not a function, or an equation is not of
        first order; or if the values of a function that takes numbers only are no numbers.

    Examples
    --------
    >>> t, s, u_0 = sp.symbols("t s u_0", positive=True)
    >>> logistic = s / (1 + (s / u_0 - 1) * sp.exp(-2 * s * t))
    >>> verify_solution(logistic, lambda u: 2 * u * (s - u), initial=u_0)
    proved
      du/dt = f(u): the difference of the two sides simplifies to 0
      u(0) = u_0: the difference of the two sides simplifies to 0
    >>> verify_solution(logistic, lambda u: u * (s - u)).outcome
    'refuted'
    """
    time = t or _named("t", solution) or sp.Symbol("t", positive=True)
    strength = u or _named("u", ode) or _named("u", solution) or sp.Symbol("u", positive=True)
    variable = strength if inverse else time
    expression = _evaluated(solution, variable)
    velocity = velocity_of(ode, strength)
    if expression is None:
        return Verification(tuple(compare_numerically(solution, velocity, initial, inverse=inverse)))
    _check(expression, variable, ode)
    findings = _inverse if inverse else _forward
    return Verification(tuple(findings(expression, velocity, variable, initial)))


def _forward(solution: Any, velocity: Callable[..., Any], t: sp.Symbol, initial: Any) -> list[Finding]:
    right = _entries(velocity(*solution) if isinstance(solution, (tuple, list)) else velocity(solution))
    parts = _entries(solution)
    names = ["u"] if len(parts) == 1 else [f"u_{i}" for i in range(1, len(parts) + 1)]
    positive = frozenset({t})
    findings = [
        compare_sides(f"d{name}/dt = f({name})", sp.diff(part, t), f, (f"d{name}/dt", f"f({name})"), positive)
        for name, part, f in zip(names, parts, right, strict=True)
    ]
    if initial is None:
        return findings
    return findings + [
        compare_sides(f"{name}(0) = {value}", part.subs(t, 0), value, (f"{name}(0)", "given"), positive)
        for name, part, value in zip(names, parts, _entries(initial), strict=True)
    ]


def _inverse(solution: Any, velocity: Callable[..., Any], u: sp.Symbol, initial: Any) -> list[Finding]:
    positive = frozenset({u})
    pace = sp.diff(solution, u) * velocity(u)
    findings = [compare_sides("dt/du f(u) = 1", pace, sp.S.One, ("dt/du f(u)", "expected"), positive)]
    if initial is not None:
        start = solution.subs(u, initial)
        findings.append(compare_sides(f"t({initial}) = 0", start, sp.S.Zero, (f"t({initial})", "expected"), positive))
    return findings


def _named(name: str, expression: Any) -> sp.Symbol | None:
    """The symbol of that name in an expression, if it is one and has it."""
    if callable(expression) and not isinstance(expression, sp.Basic):
        return None
    symbols = set().union(*(entry.free_symbols for entry in _entries(expression)))
    return next((symbol for symbol in symbols if symbol.name == name), None)


def _evaluated(solution: Any, variable: sp.Symbol) -> Any:
    """The solution as an expression, or ``None`` if it is a function that takes numbers only."""
    if isinstance(solution, (sp.Basic, sp.MatrixBase, tuple, list)) or not callable(solution):
        return solution if isinstance(solution, (tuple, list, sp.MatrixBase)) else sp.sympify(solution)
    try:
        return solution(variable)
    except (TypeError, AttributeError):  # what NumPy, math and mpmath answer to a symbol
        return None


def _entries(values: Any) -> list[sp.Expr]:
    if isinstance(values, sp.MatrixBase):
        return list(values)
    if isinstance(values, Sequence):
        return [entry for value in values for entry in _entries(value)]
    return [sp.sympify(values)]


def _check(expression: Any, variable: sp.Symbol, ode: Any) -> None:
    if isinstance(expression, (tuple, list)) and not callable(ode):
        raise InputError(
            what="the ODE of a system",
            received=f"is {ode}",
            expected=f"a function of {len(expression)} strengths",
            advice="For example, lambda a, b: (b * (s - a * b), a * (s - a * b)).",
        )
    if not any(variable in entry.free_symbols for entry in _entries(expression)):
        raise InputError(
            what="the solution",
            received=f"{expression} does not contain {variable!r}",
            expected="a formula in it",
            advice="Pass the symbol that it is a formula in: t=, or u= with inverse=True.",
        )
