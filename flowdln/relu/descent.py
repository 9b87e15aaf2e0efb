"""Gradient descent of a ReLU network."""

from functools import partial

from flowdln.descent import descent_path, recorded
from flowdln.relu.problem import ReLUProblem, require_relu_problem
from flowdln.relu.trajectory import ReLUTrajectory
from flowdln.relu.vector_field import relu_flow
from flowdln.schedule import descent_schedule
from flowdln.validation import Weights


def descend(
    problem: ReLUProblem, *, learning_rate: float, steps: int, every: int = 1, progress: bool = False
) -> ReLUTrajectory:
    """Full-batch gradient descent ``W_l <- W_l - learning_rate dE/dW_l`` on the clock of the flow.

    Parameters
    ----------
    problem
        Samples, loss, initial weights and ``tau``.
    learning_rate
        Step ``k`` is the time ``t = tau * learning_rate * k``.
    steps
        Number of steps.
    every
        Keep every that many steps; the first and the last are always kept.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        For a learning rate, ``steps`` or ``every`` that is not positive, or not an integer where it must be.
    SolveError
        If the weights overflow.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0]], [[2.0]], ([[1.0]], [[1.0]]), "squared")
    >>> descend(problem, learning_rate=0.1, steps=100, every=50).outputs[:, 0, 0].round(3)
    array([1., 2., 2.])
    """
    problem = require_relu_problem(problem)
    schedule = descent_schedule(learning_rate, steps, every, problem.tau, problem.layers)
    flow = partial(relu_flow, loss=problem.loss_function)
    path = descent_path(problem.layers, problem.samples, schedule.rate, flow)

    def trajectory(layers: Weights) -> ReLUTrajectory:
        made = schedule.first(len(layers[0]))
        return ReLUTrajectory(problem, made.times, layers, "gradient descent", {"steps": int(made.kept[-1])})

    return recorded(schedule.states(path), schedule, trajectory, progress=progress)
