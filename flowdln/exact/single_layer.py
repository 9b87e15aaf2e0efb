"""One layer: linear regression by gradient flow, a linear ODE."""

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from flowdln.exact.assumptions import Assumption, depth_is, posed, require
from flowdln.exact.neglected import Neglected
from flowdln.problem import Problem
from flowdln.spectra import principal_axes
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

NAME = "single layer"


def single_layer_assumptions(problem: Problem) -> list[Assumption]:
    """What :func:`solve_single_layer` assumes: one layer."""
    return [depth_is(problem, 1)]


def neglected_by_single_layer(problem: Problem, ts: Array, rtol: float) -> Neglected:
    """Nothing: the linear ODE is that of the given problem."""
    del problem, rtol
    return Neglected(0.0, rounding=True, effect=np.zeros(len(ts)))


def solve_single_layer(problem: Problem, ts: ArrayLike) -> Trajectory:
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
    ts = posed(problem, ts)
    require(NAME, single_layer_assumptions(problem))
    time = ts / problem.tau
    (initial,), moments = problem.weights, problem.moments
    rates, directions, task = principal_axes(moments.sigma_xx, moments.sigma_yx)
    start = initial @ directions
    moved = relaxation(time[:, None, None], start, task * np.sqrt(rates), rates)
    weight = initial - start @ directions.T + moved @ directions.T
    story = "one layer makes the flow a linear ODE, solved in the eigenvectors of sigma_xx."
    return Trajectory(problem, ts, (weight,), f"exact: {NAME}", story)


def relaxation(t: Any, initial: Any, drive: Any, rate: Any, xp: ModuleType | Any = np) -> Any:
    """Solution ``w(t)`` of ``w' = drive - rate w`` for a positive rate; ``xp`` is NumPy, or symbols."""
    return initial * xp.exp(-rate * t) - drive / rate * xp.expm1(-rate * t)
