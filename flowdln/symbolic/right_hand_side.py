"""The velocity that an ODE gives, however it is written."""

from collections.abc import Callable
from typing import Any

import sympy as sp

from flowdln.errors import InputError


def velocity_of(ode: Any, strength: sp.Symbol) -> Callable[..., Any]:
    """Velocity as a function of ``u``: of a function, an expression in ``strength``, or an equation for ``u(t)``.

    Raises
    ------
    InputError
        For an equation that does not contain the first derivative of one function, and no other.

    Examples
    --------
    >>> t, s, tau, v = sp.symbols("t s tau v")
    >>> u = sp.Function("u")
    >>> velocity_of(sp.Eq(tau * u(t).diff(t), u(t) * (s - u(t))), v)(v)
    v*(s - v)/tau
    """
    if not isinstance(ode, sp.Basic):
        return ode if callable(ode) else lambda _: sp.sympify(ode)
    if not isinstance(ode, sp.Equality):
        return lambda value: ode.subs(strength, value)
    derivatives = ode.atoms(sp.Derivative)
    if len(derivatives) != 1 or next(iter(derivatives)).derivative_count != 1:
        raise InputError(
            what="the equation",
            received=f"is {ode}",
            expected="one first derivative, of one function of time",
            advice="Give the right-hand side of a system as a function of all its parts.",
        )
    (derivative,) = derivatives
    (velocity,) = sp.solve(ode, derivative)
    return lambda value: velocity.subs(derivative.expr, value)
