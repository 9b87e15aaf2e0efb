r"""Two layers, whitened inputs, ``W_2^T W_2 - W_1 W_1^T = lambda I``: any alignment with the data, any rank."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from flowdln.exact.assumptions import Assumption, depth_is, posed, require, whitened
from flowdln.exact.neglected import Neglected, product_scale
from flowdln.exact.riccati_factor import factor
from flowdln.exact.stacked_layers import StackedLayers, scalar_imbalance, split_layers, stack_layers
from flowdln.exact.symmetric_factor import saddle_story, solve_symmetric_factor
from flowdln.exact.two_layer_growth import Grams, departure_from_white, growth_of_departure
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

NAME = "lambda-balanced"


def lambda_balanced_assumptions(problem: Problem) -> list[Assumption]:
    """What :func:`solve_lambda_balanced` assumes, with residuals relative to the squared norm of the weights."""
    layers = depth_is(problem, 2)
    _, white = whitened(problem.moments)
    if not layers.holds:
        return [layers, white]
    residual = scalar_imbalance(problem).residual
    advice = "Make the weights with initial.lambda_balanced."
    return [layers, white, Assumption("W_2^T W_2 - W_1 W_1^T = lambda I", residual, advice)]


def neglected_by_lambda_balanced(problem: Problem, ts: Array, rtol: float) -> Neglected:
    """Effect of an imbalance that is no multiple of the identity, and of inputs that are not white."""
    del rtol
    stack, white = stack_layers(problem), departure_from_white(problem.moments)
    departure = white.departure._replace(
        weights=stack.riccati.dropped, imbalance=float(np.linalg.norm(stack.balance.rest, 2))
    )
    rounded = stack.balance.rounded and white.rounded
    floor = product_scale(problem) if rounded else 0.0

    def solution(times: Array) -> Grams:
        return _grams(*_rotated_layers(stack, problem, times))

    effect = growth_of_departure(problem, ts, solution, departure, floor) + 2 * stack.riccati.uncertainty
    return Neglected(max(stack.balance.residual, white.residual), rounded, effect)


def lambda_balanced_grams(problem: Problem, ts: ArrayLike) -> Grams:
    r"""Product and Gram matrices of both layers at the times ``ts``, to machine precision and without integration.

    The blocks of ``Q Q^T``, ``Q = [W_1^T; W_2]``, which for ``sigma_xx = c I`` obeys

    .. math::
        \tau \frac{d}{dt} Q Q^T = c \left( M Q Q^T + Q Q^T M - (Q Q^T)^2 \right), \quad
        M = \begin{pmatrix} -\frac\lambda2 I & \Sigma_{yx}^T / c \\ \Sigma_{yx} / c & \frac\lambda2 I \end{pmatrix}

    Where the data span a part of the input space only, ``W_1`` stands for its restriction to that part.

    Parameters
    ----------
    problem
        Two layers.
    ts : (T,)
        Times, not negative, in the unit of ``problem.tau``.

    Raises
    ------
    AssumptionError
        As :func:`solve_lambda_balanced`.

    Examples
    --------
    >>> from flowdln import Moments, initial
    >>> moments = Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
    >>> problem = Problem(moments, initial.lambda_balanced((4, 2, 3), 0.5, scale=1e-3))
    >>> late = lambda_balanced_grams(problem, [1e6])
    >>> bool(np.allclose(late.product, moments.sigma_yx, rtol=1e-13))
    True
    """
    ts = posed(problem, ts)
    require(NAME, lambda_balanced_assumptions(problem))
    return _grams(*_rotated_layers(stack_layers(problem), problem, ts))


def solve_lambda_balanced(problem: Problem, ts: ArrayLike) -> Trajectory:
    r"""Exact trajectory of two lambda-balanced layers on whitened inputs, in the frame of the initial hidden units.

    As :func:`lambda_balanced_grams`; the rotation of the hidden units, which is not in the product nor in the Gram
    matrices, obeys a linear equation with known coefficients, solved by collocation
    (:func:`solve_symmetric_factor`). Where the data span a part of the input space only, ``W_1`` is frozen outside it
    and need not be balanced there. Weights are accurate relative to the larger of the two layers: one that is 1e-12 of
    the other, as for a large ``lambda``, keeps four digits. Growing directions that the initial weights excite by less
    than rounding are taken for not excited: a flow that ends at a saddle, as it does for square balanced layers with
    ``det(W_2 W_1)`` and ``det(sigma_yx)`` of opposite signs, stays there.

    Raises
    ------
    AssumptionError
        For more or fewer than two layers, inputs that are not whitened, or an imbalance that is not a multiple of
        the identity; with the measured residuals.

    Source: Fukumizu 1998; Braun et al. 2022; Domine et al. 2024, "From lazy to rich". This form is derived here.

    Examples
    --------
    >>> from flowdln import Moments, initial
    >>> moments = Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
    >>> problem = Problem(moments, initial.lambda_balanced((4, 2, 3), 0.5, scale=0.1))
    >>> solve_lambda_balanced(problem, np.array([100.0])).modes.round(6)
    array([[3., 1.]])
    """
    ts = posed(problem, ts)
    require(NAME, lambda_balanced_assumptions(problem))
    stack = stack_layers(problem)
    flow = solve_symmetric_factor(stack.riccati, stack.power / problem.tau * ts)
    moving, second = split_layers(stack, flow.matrices)
    frozen = problem.weights[0] - problem.weights[0] @ stack.span @ stack.span.T
    story = _story(stack, "the frame of the hidden units is found by collocation (save='product' needs no frame).")
    weights, costs = (moving + frozen, second), {"evaluations": flow.evaluations}
    return Trajectory(problem, ts, weights, f"exact: {NAME}", story, costs)


def solve_lambda_balanced_product(problem: Problem, ts: Array) -> Trajectory:
    """As :func:`solve_lambda_balanced`, keeping the product only, which needs no frame.

    Where the data span a part of the input space only, ``W_2`` acts on the frozen part of ``W_1`` too, and its frame is
    needed after all.
    """
    require(NAME, lambda_balanced_assumptions(problem))
    stack = stack_layers(problem)
    if stack.span.shape[1] < problem.widths[0]:
        solved = solve_lambda_balanced(problem, ts)
        return replace(solved, weights=(), kept={"product": solved.product})
    first, second = _rotated_layers(stack, problem, ts)
    kept = {"product": second @ first}
    return Trajectory(problem, ts, (), f"exact: {NAME}", _story(stack, "the product needs no more."), kept=kept)


def _rotated_layers(stack: StackedLayers, problem: Problem, ts: Array) -> tuple[Array, Array]:
    """Both layers with their hidden units in a frame that moves, the first on the span of the data."""
    return split_layers(stack, factor(stack.riccati, stack.power / problem.tau * ts))


def _grams(first: Array, second: Array) -> Grams:
    return Grams(second @ first, first.transpose(0, 2, 1) @ first, second @ second.transpose(0, 2, 1))


def _story(stack: StackedLayers, end: str) -> str:
    return (
        f"two layers, whitened inputs and W_2^T W_2 - W_1 W_1^T = {stack.balance.lam:.3g} I "
        f"make the flow a matrix Riccati equation, solved in closed form; {end}"
    ) + saddle_story(stack.riccati)
