"""How descent departs from the flow, to leading order in the learning rate (backward error analysis)."""

from typing import Any

from flowdln.problem import Moments
from flowdln.tangent import directional_derivative
from flowdln.vector_field import gradient_flow


def leading_error_flow(t: Any, state: Any, moments: Moments) -> tuple[Any, ...]:
    r"""Velocity of ``(W_1, ..., W_L, e_1, ..., e_L)``: the flow, and the error of descent divided by its rate.

    Gradient descent at time ``t = learning_rate * k`` (in units of tau) has weights
    ``W(t) + learning_rate e(t) + O(learning_rate^2)``. With gradient ``g`` and Hessian ``H`` along the flow,

    .. math:: e' = -H e - \tfrac12 H g = J \, (e - \tfrac12 f), \qquad f = -g, \; J = -H,

    one directional derivative of the vector field. Valid while ``learning_rate`` times the sharpness is small.

    Source: the leading term of the global error of Euler's method (Hairer, Norsett and Wanner, section II.8).
    """
    depth = len(state) // 2
    weights, errors = state[:depth], state[depth:]
    velocity = gradient_flow(t, weights, moments)
    direction = [error - change / 2 for error, change in zip(errors, velocity, strict=True)]
    growth = directional_derivative(lambda point: gradient_flow(t, point, moments), weights, direction)
    return (*velocity, *growth)
