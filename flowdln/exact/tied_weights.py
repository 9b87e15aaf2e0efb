r"""Tied weights, ``W_2 = W_1^T``, with a symmetric task and whitened inputs: any alignment, any rank."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.exact.assumptions import Assumption, depth_is, posed, require, whitened
from flowdln.exact.matrix_riccati import Riccati, pose_riccati
from flowdln.exact.neglected import Neglected, product_scale
from flowdln.exact.riccati_factor import factor
from flowdln.exact.symmetric_factor import saddle_story, solve_symmetric_factor
from flowdln.exact.two_layer_growth import Grams, departure_from_white, growth_of_departure
from flowdln.problem import Problem
from flowdln.rounding import ROUNDING
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

NAME = "tied weights"


def tied_assumptions(problem: Problem) -> list[Assumption]:
    """What :func:`solve_tied` assumes, with relative residuals."""
    layers, moments = depth_is(problem, 2), problem.moments
    _, white = whitened(moments)
    n_out, n_in = moments.sigma_yx.shape
    ends = Assumption("as many outputs as inputs", abs(n_out - n_in), f"There are {n_in} inputs, {n_out} outputs.")
    if not (layers.holds and ends.holds):
        return [layers, white, ends]
    task, (first, second) = moments.sigma_yx, problem.weights
    return [
        layers,
        white,
        Assumption("sigma_yx symmetric", _relative(task - task.T, task), "Tied weights can only be learnt so."),
        Assumption("W_2 = W_1^T", _relative(second - first.T, first), "Tie the weights: (W, W.T)."),
        Assumption(
            "W_1 = 0 outside the span of the data", _relative(_outside(problem), first), "Project W_1 on the span."
        ),
    ]


def neglected_by_tied(problem: Problem, ts: Array, rtol: float) -> Neglected:
    """Effect of layers that are not quite tied, a task that is not symmetric, and inputs that are not white."""
    del rtol
    (first, second), task, white = problem.weights, problem.moments.sigma_yx, departure_from_white(problem.moments)
    riccati, power = _pose(problem)
    untied, skew, outside = second - first.T, task - task.T, _outside(problem)
    strengths = np.abs(riccati.frame) * np.abs(riccati.rates) @ np.abs(riccati.frame).T
    rounded = (
        white.rounded
        and bool((np.abs(untied) <= ROUNDING * np.abs(first.T)).all())
        and bool((np.abs(skew) <= ROUNDING * power * strengths).all())
        and bool((np.abs(outside) <= ROUNDING * np.linalg.norm(first)).all())
    )
    departure = white.departure._replace(
        weights=float(np.hypot(np.hypot(np.linalg.norm(untied), np.linalg.norm(outside)), riccati.dropped)),
        task=white.departure.task + float(np.linalg.norm(skew, 2)) / 2,
    )

    def solution(times: Array) -> Grams:
        columns = factor(riccati, times * (power / problem.tau))
        gram = columns @ columns.transpose(0, 2, 1) / 2
        return Grams(gram, gram, gram)

    floor = product_scale(problem) if rounded else 0.0
    effect = growth_of_departure(problem, ts, solution, departure, floor) + 2 * riccati.uncertainty
    return Neglected(max(row.residual for row in tied_assumptions(problem)), rounded, effect)


def solve_tied(problem: Problem, ts: ArrayLike) -> Trajectory:
    r"""Exact trajectory of tied weights ``W_1 = W``, ``W_2 = W^T``, in the frame of the initial hidden units.

    Weights that start tied stay tied, and with ``sigma_xx = c I``, ``S = sigma_yx / c``, ``G = W^T W``,

    .. math:: \tau \dot G = c \left( S G + G S - 2 G^2 \right)

    so that ``X = 2 G`` solves the matrix Riccati equation of :func:`flowdln.exact.riccati_factor.factor`, and
    ``Q = sqrt(2) W^T`` that of :func:`solve_symmetric_factor`, of half the size that untied layers need. ``G`` tends
    to the positive part of ``S``: modes with negative eigenvalues decay, since ``G`` cannot be negative. The two layers
    could learn them, were they not tied: integrated as two, they come apart by rounding.

    Raises
    ------
    AssumptionError
        For more or fewer than two layers, inputs that are not whitened, a task that is not symmetric, or weights
        that are not tied or not zero outside the span of the data (there the first layer is frozen, but the second
        is not); with the measured residuals.

    Source: derived here; the special case ``lambda = 0`` of :func:`solve_lambda_balanced`.

    Examples
    --------
    >>> from flowdln import Moments
    >>> moments = Moments(np.eye(2), np.diag([3.0, -1.0]), 10.0)
    >>> first = np.array([[0.1, 0.2]])
    >>> trajectory = solve_tied(Problem(moments, (first, first.T)), np.array([0.0, 1e6]))
    >>> np.round(trajectory.product[-1], 12)
    array([[3., 0.],
           [0., 0.]])
    """
    ts = posed(problem, ts)
    require(NAME, tied_assumptions(problem))
    riccati, power = _pose(problem)
    flow = solve_symmetric_factor(riccati, ts * (power / problem.tau))
    second = flow.matrices / np.sqrt(2)
    story = (
        "tied weights, a symmetric task and whitened inputs make the flow of W_1^T W_1 a matrix Riccati equation, "
        "solved in closed form; the frame of the hidden units is found by collocation."
    ) + saddle_story(riccati)
    if riccati.rates[-1] < 0:
        story += " The modes of negative eigenvalue decay: tied weights cannot learn them."
    weights = (second.transpose(0, 2, 1), second)
    return Trajectory(problem, ts, weights, f"exact: {NAME}", story, {"evaluations": flow.evaluations})


def _pose(problem: Problem) -> tuple[Riccati, float]:
    """The Riccati equation of ``2 W_1^T W_1`` in units of ``tau / c``, and ``c``."""
    (first, _), moments = problem.weights, problem.moments
    power, _ = whitened(moments)
    rates, frame = np.linalg.eigh((moments.sigma_yx + moments.sigma_yx.T) / (2 * (power or 1.0)))
    return pose_riccati(frame, rates, factor_of_tied(first)), power


def _outside(problem: Problem) -> Array:
    """``W_1`` outside the span of whitened data."""
    (first, _), sigma_xx = problem.weights, problem.moments.sigma_xx
    power, _ = whitened(problem.moments)
    return first - first @ sigma_xx / (power or 1.0)


def factor_of_tied(first: Any, xp: ModuleType | Any = np) -> Any:
    """``Q = sqrt(2) W_1^T``, for which the flow of tied weights reads ``Q' = (S - Q Q^T / 2) Q``."""
    return xp.sqrt(2) * first.T


def _relative(difference: Array, whole: Array) -> float:
    return float(np.linalg.norm(difference) / (np.linalg.norm(whole) or 1.0))
