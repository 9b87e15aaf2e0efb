"""Gradient flow of a ReLU network, by the integrators of the linear one."""

from functools import cache, partial
from typing import Any

from numpy.typing import ArrayLike

from flowdln.errors import InputError
from flowdln.integrate import DIFFRAX, Equation, Tolerance, default_atol, integrate
from flowdln.relu.losses import Loss
from flowdln.relu.problem import ReLUProblem
from flowdln.relu.trajectory import ReLUTrajectory
from flowdln.relu.vector_field import relu_flow
from flowdln.solution import valid_times
from flowdln.validation import positive_number

METHODS = ("RK23", "RK45", "DOP853", *DIFFRAX)


def solve(
    problem: ReLUProblem,
    ts: ArrayLike,
    *,
    method: str = "RK23",
    rtol: float = 1e-5,
    progress: bool = False,
) -> ReLUTrajectory:
    """Trajectory of ``tau dW_l/dt = -dE/dW_l`` from ``problem.weights`` at time 0, reported at the times ``ts``.

    Parameters
    ----------
    problem
        Samples, loss, initial weights and ``tau``.
    ts : (T,)
        Increasing times, not negative, in the unit of ``tau``.
    method
        SciPy's RK23, RK45, DOP853 or diffrax's Tsit5, Dopri5, Dopri8, Kvaerno3, Kvaerno5.
    rtol
        Local error allowed in a weight, relative to it, above an absolute one of ``rtol`` times the smallest
        root-mean-square entry of the initial layers.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        Times that are negative or do not increase, or an unknown method.
    SolveError
        An integration that fails.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0]], [[2.0]], ([[1.0]], [[1.0]]), "squared")
    >>> solve(problem, [0, 10]).outputs[:, 0, 0].round(3)
    array([1., 2.])
    """
    times = valid_times(ts)
    if method not in METHODS:
        raise InputError(
            what="method",
            received=f"is {method!r}",
            expected=", ".join(METHODS),
            advice="The others need a Jacobian, which jumps where gates flip.",
        )
    rate = positive_number("rtol", rtol, advice="1e-5 is the default.")
    tolerance = Tolerance(rate, default_atol(problem.layers, rate))
    equation = Equation(_velocity(problem.loss_function), problem.layers, problem.samples)
    layers, costs = integrate(equation, times / problem.tau, method=method, tolerance=tolerance, progress=progress)
    return ReLUTrajectory(problem, times, layers, method, costs)


@cache
def _velocity(loss: Loss) -> Any:
    """The vector field of a loss, one object each, so that JAX compiles it once."""
    return partial(relu_flow, loss=loss)
