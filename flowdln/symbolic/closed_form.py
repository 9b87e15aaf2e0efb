"""Whether a formula of one's own solves an ODE."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.continuity import compare_cases
from flowdln.symbolic.evidence import conjunction
from flowdln.symbolic.formulas import (
    is_function,
    on_symbols,
    require_arguments,
    valid_entries,
    valid_formula,
    valid_symbol,
)
from flowdln.symbolic.numeric_solution import DIGITS, compare_numerically
from flowdln.symbolic.right_hand_side import require_parts, velocity_of
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

    A solution is continuous, and obeys the ODE wherever it has a derivative: where a case of a ``Piecewise`` ends, its
    values on both sides are compared. It may have a kink where the right-hand side jumps.

    Parameters
    ----------
    solution
        ``u(t)``: a SymPy expression in ``t``, or a function of ``t``; of a system, a tuple or a matrix of them. With
        ``inverse``, the time as a function of strength.
    ode
        The right-hand side: a function of ``u`` (of as many arguments as a tuple has), or a SymPy expression in ``u``.
        Or an equation for a function of time, as ``sympy.dsolve`` takes it.
    t, u
        The symbols of time and strength; by default those named ``t`` and ``u``. With ``t`` a constant will do.
    initial
        The value at ``t = 0``, shaped like the solution; with ``inverse``, the strength at which the time is 0.
    inverse
        Whether ``solution`` is ``t(u)``: then ``dt/du`` times the velocity has to be 1.

    Raises
    ------
    InputError
        For what is no formula, such as text; if the solution does not contain the symbol, the ODE of a system is not a
        function of its parts, or an equation is not of first order; if a function that takes numbers only, or where it
        starts, is not a number.

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
    time = _chosen("t", t, {"the solution": solution})
    strength = _chosen("u", u, {"the ODE": ode, "the solution": solution})
    variable = strength if inverse else time
    expression = _evaluated(solution, variable)
    velocity = velocity_of(ode, strength)
    if expression is None:
        return Verification(tuple(compare_numerically(solution, velocity, _number(initial), inverse=inverse)))
    require_parts(ode, len(expression) if isinstance(expression, (tuple, list)) else 1)
    _require_variable(expression, variable, constant=bool(t) and not inverse)
    findings = _inverse if inverse else _forward
    return Verification(tuple(findings(expression, velocity, variable, initial)))


def _forward(solution: Any, velocity: Callable[..., Any], t: sp.Symbol, initial: Any) -> list[Finding]:
    parts = valid_entries("the solution", solution)
    right = valid_entries("the ODE", velocity(*parts) if isinstance(solution, (tuple, list)) else velocity(solution))
    _require_as_many("the ODE", right, parts)
    names = ["u"] if len(parts) == 1 else [f"u_{i}" for i in range(1, len(parts) + 1)]
    findings = [
        compare_sides(f"d{name}/dt = f({name})", sp.diff(part, t), f, (f"d{name}/dt", f"f({name})"), time=t)
        for name, part, f in zip(names, parts, right, strict=True)
    ]
    if conjunction(True, *(finding.zero for finding in findings)) is not False:
        for name, part, f in zip(names, parts, right, strict=True):
            findings += compare_cases(name, part, f, t, start=initial is not None)
    if initial is None:
        return findings
    starts = valid_entries("initial", initial)
    _require_as_many("initial", starts, parts)
    return findings + [
        compare_sides(f"{name}(0) = {value}", part.subs(t, 0), value, (f"{name}(0)", "given"))
        for name, part, value in zip(names, parts, starts, strict=True)
    ]


def _inverse(solution: Any, velocity: Callable[..., Any], u: sp.Symbol, initial: Any) -> list[Finding]:
    clock, positive = valid_formula("the solution", solution), frozenset({u})
    pace = sp.diff(clock, u) * valid_formula("the ODE", velocity(u))
    findings = [compare_sides("dt/du f(u) = 1", pace, sp.S.One, ("dt/du f(u)", "expected"), positive)]
    if findings[0].zero is not False:
        findings += compare_cases("t", clock, sp.diff(clock, u), u, start=False)
    if initial is not None:
        start = clock.subs(u, valid_formula("initial", initial))
        findings.append(compare_sides(f"t({initial}) = 0", start, sp.S.Zero, (f"t({initial})", "expected"), positive))
    return findings


def _chosen(name: str, symbol: Any, formulas: Mapping[str, Any]) -> sp.Symbol:
    """The symbol that was passed, or the one of that name in the formulas, by what they are, or a new one."""
    if symbol is not None:
        return valid_symbol(name, symbol)
    letters = (letter for what, formula in formulas.items() for letter in _letters(what, formula))
    return next((letter for letter in letters if letter.name == name), sp.Symbol(name, positive=True))


def _letters(what: str, formula: Any) -> set[sp.Symbol]:
    """The symbols of a formula; none of a function or an equation."""
    if is_function(formula) or isinstance(formula, sp.Equality):
        return set()
    return set().union(*(entry.free_symbols for entry in valid_entries(what, formula)))


def _evaluated(solution: Any, variable: sp.Symbol) -> Any:
    """The solution as an expression, or ``None`` if it is a function that takes numbers only."""
    if not is_function(solution):
        return solution
    require_arguments("the solution", solution, [variable.name])
    return on_symbols("the solution", solution, variable)


def _number(initial: Any) -> Any:
    """What a function of numbers starts at, in numbers; nothing if that is not given."""
    if initial is None:
        return None
    value = valid_formula("initial", initial)
    if not value.is_number:
        raise InputError(
            f"initial is {initial}; expected a number, as the solution takes numbers only. Give it the number "
            "that the solution has at time 0."
        )
    return value.evalf(DIGITS) if isinstance(initial, sp.Basic) else initial


def _require_as_many(what: str, entries: Sequence[Any], parts: Sequence[Any]) -> None:
    if len(entries) != len(parts):
        raise InputError(
            f"{what} has {len(entries)} of the parts; expected {len(parts)}, one for each of the solution. Give "
            "them in its order."
        )


def _require_variable(expression: Any, variable: sp.Symbol, *, constant: bool) -> None:
    """Refuse a formula without its variable, unless it is meant to be constant and is in no letter that looks alike."""
    letters = set().union(*(entry.free_symbols for entry in valid_entries("the solution", expression)))
    names = {letter.name for letter in letters}
    if variable not in letters and not (constant and names.isdisjoint({"t", variable.name})):
        advice = " Symbols with other assumptions are other symbols." if variable.name in names else ""
        raise InputError(
            f"the solution {expression} does not contain {variable!r}; expected a formula in it. Pass the symbol "
            f"that it is a formula in: t= (of a constant too), or u= with inverse=True.{advice}"
        )
