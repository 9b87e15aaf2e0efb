"""Gradient flow of a ReLU network, piece by piece or by the integrators of the linear one."""

from functools import cache, partial
from typing import Any

from numpy.typing import ArrayLike

from flowdln.choices import chosen
from flowdln.integrate import DIFFRAX, Equation, Integration, Tolerance, default_atol, integrate
from flowdln.relu.losses import Loss
from flowdln.relu.piecewise import integrate_piecewise
from flowdln.relu.problem import ReLUProblem, require_relu_problem
from flowdln.relu.trajectory import ReLUTrajectory
from flowdln.relu.vector_field import relu_flow
from flowdln.validation import in_units_of, real_number, valid_times

SMALLEST_RTOL, LARGEST_RTOL = 1e-13, 0.1
STEPPING = ("RK23", "RK45", "DOP853", *DIFFRAX)  # over the flips


def solve(
    problem: ReLUProblem,
    ts: ArrayLike,
    *,
    method: str = "piecewise",
    rtol: float | None = None,
    progress: bool = False,
) -> ReLUTrajectory:
    """Trajectory of ``tau dW_l/dt = -dE/dW_l`` from ``problem.weights`` at time 0, reported at the times ``ts``.

    Gates flip, and the velocity jumps there; where both sides of a flip push back, the gate slides (see
    :func:`relu_flow`), which happens in nearly every run.

    Parameters
    ----------
    problem
        Samples, loss, initial weights and ``tau``.
    ts : (T,)
        Increasing times, not negative, in the unit of ``tau``.
    method
        ``"piecewise"``: DOP853 from flip to flip, each found to rounding, and Filippov's solution where gates slide.
        Gates that flip and flip back within one step are found, but where they graze 0 by about the error allowed or
        do so twice in it. As accurate as for a smooth flow; its cost grows with the number of flips, so that it is
        for up to some hundreds of samples and units. A slide may come to repel: then the solution is not unique,
        descent leaves to either side depending on its learning rate, and the steeper side is taken. It gives up, with
        an error, where gates that slide in several layers of one sample leave no consistent set of numbers. Or a
        solver's name, stepping over the flips: SciPy's
        RK23, RK45, DOP853 or diffrax's Tsit5, Dopri5, Dopri8, Kvaerno3, Kvaerno5. Where a gate slides, their steps
        shrink with ``rtol``, so that small tolerances take for ever; :func:`descend` with small steps is as accurate
        for less. Held in the tests, to weights of order one: piecewise within 1e-7 at 1e-8, RK23 within 1e-2 at 1e-4
        and 2e-3 at 1e-5.
    rtol
        Local error allowed in a weight, relative to it, above an absolute one of ``rtol`` times the smallest
        root-mean-square entry of the initial layers. By default 1e-8 for ``"piecewise"``, and 1e-4 for the others.
    progress
        Show a progress bar.

    Raises
    ------
    InputError
        Times that are negative or do not increase, or an unknown method.
    SolveError
        An integration that fails.

    Notes
    -----
    Source: Filippov 1988 for sliding modes; Davis, Drusvyatskiy, Kakade and Lee 2020 for the limit of descent with
    small steps.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0]], [[2.0]], ([[1.0]], [[1.0]]), "squared")
    >>> solve(problem, [0, 10]).outputs[:, 0, 0].round(3)
    array([1., 2.])
    """
    times, problem = valid_times(ts), require_relu_problem(problem)
    advice = "The others of fl.solve need a Jacobian, which jumps where gates flip."
    chosen("method", method, ("piecewise", *STEPPING), advice=advice)
    allowed = (1e-8 if method == "piecewise" else 1e-4) if rtol is None else rtol
    allowed = real_number("rtol", allowed, at_least=SMALLEST_RTOL, below=LARGEST_RTOL)
    tolerance, clock = Tolerance(allowed, default_atol(problem.layers, allowed)), in_units_of(problem.tau, times)

    def trajectory(part: Integration) -> ReLUTrajectory:
        return ReLUTrajectory(problem, times[: len(part.kept[0])], part.kept, method, part.statistics)

    if method == "piecewise":
        samples, loss = problem.samples, problem.loss_function
        part = integrate_piecewise(
            problem.layers, samples, loss, clock, tolerance=tolerance, progress=progress, report=trajectory
        )
    else:
        equation = Equation(_velocity(problem.loss_function), problem.layers, problem.samples)
        part = integrate(equation, clock, method=method, tolerance=tolerance, progress=progress, report=trajectory)
    return trajectory(part)


@cache
def _velocity(loss: Loss) -> Any:
    """The vector field of a loss, one object each, so that JAX compiles it once."""
    return partial(relu_flow, loss=loss)
