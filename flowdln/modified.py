"""How descent departs from the flow in powers of the learning rate (backward error analysis)."""

from functools import reduce
from operator import add
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import InputError
from flowdln.problem import Moments
from flowdln.tangent import directional_derivative
from flowdln.validation import Array, real_numbers, whole_number
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


def corrected_flow(t: Any, weights: Any, moments: Moments, *, learning_rate: float, terms: int) -> tuple[Any, ...]:
    r"""Velocity of the flow that descent follows closer than the gradient flow: with ``terms`` corrections, 0 to 2.

    With the gradient flow :math:`f`, its derivatives :math:`f', f''`, and :math:`\eta` for ``learning_rate``,

    .. math:: \dot W = f - \frac{\eta}{2} f' f
        + \eta^2 \Bigl(\frac{1}{12} f''(f, f) + \frac{1}{3} f' f' f\Bigr) + \dots

    At the times ``t = learning_rate * k`` its solution is ``O(learning_rate^(terms + 1))`` away from descent. The first
    correction adds :math:`\tfrac{\eta}{4} |\nabla E|^2` to the loss. The series is asymptotic: more terms help where
    ``learning_rate`` times the sharpness is well below 1.

    Raises
    ------
    InputError
        For other ``terms`` than 0, 1 and 2.

    Source: the modified equation of Euler's method (Hairer, Lubich and Wanner, chapter IX.1); its first correction for
    neural networks is Barrett and Dherin 2021.

    Examples
    --------
    One number, ``E = (1 - w)^2 / 2`` at ``w = 0``, where a step is ``learning_rate`` long:
    ``-log(1 - 0.1) / 0.1 = 1.0536`` is the velocity of the flow that makes it.

    >>> import numpy as np
    >>> moments, weights = Moments(np.eye(1), np.eye(1), 1.0), (np.zeros((1, 1)),)
    >>> [float(corrected_flow(0, weights, moments, learning_rate=0.1, terms=n)[0].round(4)[0, 0]) for n in (0, 1, 2)]
    [1.0, 1.05, 1.0533]
    """
    advice = "0 is the gradient flow, and the series is known up to 2."
    if whole_number("terms", terms, least=0, advice=advice) > 2:
        raise InputError(f"terms is {terms}; expected 0, 1 or 2. {advice}")

    def flow(point: Any) -> tuple[Any, ...]:
        return gradient_flow(t, point, moments)

    def acceleration(point: Any) -> tuple[Any, ...]:  # f' f
        return directional_derivative(flow, point, flow(point))

    velocity = flow(weights)
    orders = [velocity]
    if terms > 0:
        bend = acceleration(weights)
        orders.append(tuple(-change / 2 for change in bend))
    if terms > 1:
        jerk = directional_derivative(acceleration, weights, velocity)  # f''(f, f) + f' f' f
        inner = directional_derivative(flow, weights, bend)  # f' f' f
        orders.append(tuple(whole / 12 + part / 4 for whole, part in zip(jerk, inner, strict=True)))
    scaled = [[learning_rate**n * layer for layer in order] for n, order in enumerate(orders)]
    return tuple(reduce(add, layers) for layers in zip(*scaled, strict=True))


def growth_lag(growth: ArrayLike) -> Array:
    r"""How much later by descent than by the flow is what grows by itself, :math:`x / \ln(1 + x)`; above 1 for growth.

    A step of descent multiplies it by :math:`1 + x`, with ``growth`` for :math:`x`, and the flow by :math:`e^x` in the
    same time. Valid for a mode that is far from its target, so that its rate is constant; for :math:`x > -1`. At 0 it
    is 1, the limit.

    Raises
    ------
    InputError
        For ``growth`` of -1 or less, and anything but finite numbers.

    Examples
    --------
    >>> growth_lag([0.1, 1.0]).round(3)
    array([1.049, 1.443])
    """
    x = real_numbers("growth", growth, above=-1.0)
    return np.asarray(x / np.where(x == 0, 1, np.log1p(x)) + (x == 0))
