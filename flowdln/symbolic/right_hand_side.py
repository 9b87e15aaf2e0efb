"""The velocity that an ODE gives, however it is written."""

from collections.abc import Callable
from typing import Any

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.formulas import is_function, require_arguments, valid_formula


def velocity_of(ode: Any, strength: sp.Symbol) -> Callable[..., Any]:
    """Velocity as a function of ``u``: of a function, an expression in ``strength``, or an equation for ``u(t)``.

    Raises
    ------
    InputError
        For an equation that does not contain the first derivative of one function, and no other; or no formula at all.

    Examples
    --------
    >>> t, s, tau, v = sp.symbols("t s tau v")
    >>> u = sp.Function("u")
    >>> velocity_of(sp.Eq(tau * u(t).diff(t), u(t) * (s - u(t))), v)(v)
    v*(s - v)/tau
    """
    if is_function(ode):
        return ode
    if not isinstance(ode, sp.Equality):
        formula = valid_formula("the ODE", ode)
        return lambda value: formula.subs(strength, value)
    derivatives = ode.atoms(sp.Derivative)
    if len(derivatives) != 1 or next(iter(derivatives)).derivative_count != 1:
        raise InputError(
            f"the equation is {ode}; expected one first derivative, of one function of time. Give the right-hand "
            "side of a system as a function of all its parts."
        )
    (derivative,) = derivatives
    (velocity,) = sp.solve(ode, derivative)
    return lambda value: velocity.subs(derivative.expr, value)


def require_parts(ode: Any, count: int) -> None:
    """Refuse a right-hand side that is not a function of as many strengths as a solution has parts."""
    if is_function(ode):
        require_arguments("the ODE", ode, ["u"] if count == 1 else [f"u_{i}" for i in range(1, count + 1)])
    elif count > 1:
        raise InputError(
            f"the ODE of a system is {ode}; expected a function of {count} strengths. For example, lambda a, b: "
            "(b * (s - a * b), a * (s - a * b))."
        )
