"""One layer: linear regression by gradient flow, a linear ODE."""

import numpy as np

from flowdln.errors import AssumptionError
from flowdln.modes import RANK_TOLERANCE
from flowdln.problem import Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

NAME = "single layer"


def solve_single_layer(problem: Problem, ts: Array) -> Trajectory:
    r"""Exact trajectory of a network of one layer, for any data.

    .. math:: W(t) = W_{ls} + (W_0 - W_{ls}) \exp(-\Sigma_{xx} t / \tau)

    evaluated in the eigenvectors of ``sigma_xx``, so that directions without data stay where they are.

    Raises
    ------
    AssumptionError
        For more than one layer.

    Examples
    --------
    >>> from flowdln.problem import Moments
    >>> problem = Problem(Moments.from_modes([2.0], 1, 1), (np.array([[0.5]]),))
    >>> solve_single_layer(problem, np.array([0.0, 1e6])).modes[:, 0]
    array([0.5, 2. ])
    """
    if problem.depth != 1:
        raise AssumptionError(
            what=NAME,
            received=f"was asked for a network of {problem.depth} layers",
            expected="one layer",
            advice="Deeper networks have closed forms where they are aligned with the data.",
        )
    time = ts / problem.tau
    (initial,), moments = problem.weights, problem.moments
    rates, directions = np.linalg.eigh(moments.sigma_xx)
    weight = relaxation(time[:, None, None], initial @ directions, moments.sigma_yx @ directions, rates) @ directions.T
    story = "one layer makes the flow a linear ODE, solved in the eigenvectors of sigma_xx."
    return Trajectory(problem, ts, (weight,), f"exact: {NAME}", story)


def relaxation(t: Array, initial: Array, drive: Array, rates: Array) -> Array:
    """Solution ``w(t)`` of ``w' = drive - rates w``; where a rate is zero up to rounding, ``w`` stays put."""
    moving = rates > RANK_TOLERANCE * np.max(rates, initial=0.0)
    safe = np.where(moving, rates, 1.0)
    return np.where(moving, initial * np.exp(-safe * t) - drive / safe * np.expm1(-safe * t), initial)
