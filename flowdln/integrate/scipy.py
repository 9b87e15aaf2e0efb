"""SciPy's initial value solvers: explicit RK23, RK45, DOP853; implicit LSODA, BDF, Radau with exact Jacobians."""

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.integrate
from scipy.integrate import OdeSolver
from tqdm import tqdm

from flowdln.integrate.equation import Equation, Integration, Report, Tolerance, check_start
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.integrate.lsoda import raise_failures
from flowdln.integrate.output import Output
from flowdln.integrate.stability import STABLE_STEP, StabilityLimit
from flowdln.integrate.stiffness import IMPLICIT, GrowthLimit, is_stiff
from flowdln.tangent import jacobian
from flowdln.validation import Array

EXPLICIT = "DOP853"
WITH_JACOBIAN = frozenset({"LSODA", "BDF", "Radau"})
# By default about a minute for a small network.
MAX_STEPS = {"RK23": 500_000, "RK45": 250_000, "DOP853": 100_000, "LSODA": 1_000_000, "BDF": 500_000, "Radau": 200_000}
SMALLEST_RTOL = 100 * np.finfo(float).eps  # below it SciPy warns and goes on with this one
BAR_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| t = {n:.3g} of {total:.3g} tau [{elapsed}<{remaining}]"


def integrate(
    equation: Equation,
    ts: Array,
    *,
    method: str,
    tolerance: Tolerance,
    max_steps: int | None,
    progress: bool,
    report: Report,
) -> Integration:
    """Solution at the times ``ts`` (in units of tau), by stepping one of SciPy's solvers.

    The implicit methods get the Jacobian by forward-mode differentiation, ``(N, N)`` for ``N`` parameters: for
    more than a few thousand of them, use an explicit method. Steps of DOP853 are kept within its stability. The method
    ``"auto"`` is DOP853, continued by Radau once the problem is found to be stiff.

    Raises
    ------
    SolveError
        If the solver gives up or makes ``max_steps`` steps, by default :data:`MAX_STEPS`, or the solution overflows.
    """
    check_start(equation)
    if ts[-1] == 0:
        return equation.at_rest()
    name = EXPLICIT if method == "auto" else method
    output = Output(equation, ts, max_steps or MAX_STEPS[name], report)
    start = _starter(equation, ts[-1], tolerance)
    bar = tqdm(total=ts[-1], desc=name, disable=not progress, bar_format=BAR_FORMAT)
    # Trial steps may overflow; the solver then rejects them, or its message ends in a SolveError.
    with bar, np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        solver = start(name, 0.0, flatten(equation.initial))
        limit = StabilityLimit(STABLE_STEP[name], solver.n) if name in STABLE_STEP else None
        for _ in output.steps(name, solver, limit):
            bar.update(solver.t - bar.n)
            if method == "auto" and limit and is_stiff(solver, limit.cuts):
                break
        if solver.status == "running":
            output.story = f"Stiff from t / tau = {solver.t:.3g} on: continued by {IMPLICIT}."
            solver = start(IMPLICIT, solver.t, solver.y)
            for _ in output.steps(IMPLICIT, solver, GrowthLimit(tolerance.rtol)):
                bar.update(solver.t - bar.n)
    return output.result()


def _starter(equation: Equation, end: float, tolerance: Tolerance) -> Callable[[str, float, Array], OdeSolver]:
    """A function of a method, a time and a flattened state that returns SciPy's solver for ``equation`` from there."""
    shapes = [matrix.shape for matrix in equation.initial]
    accuracy = {"rtol": max(tolerance.rtol, SMALLEST_RTOL), "atol": tolerance.atol}

    def velocity(t: float, vector: Array) -> Array:
        return flatten(equation.velocity(t, unflatten(vector, shapes), equation.moments))

    def velocity_jacobian(t: float, vector: Array) -> Array:
        return jacobian(lambda matrices: equation.velocity(t, matrices, equation.moments), unflatten(vector, shapes))

    def start(method: str, t: float, state: Array) -> OdeSolver:
        options: dict[str, Any] = {"jac": velocity_jacobian} if method in WITH_JACOBIAN else {}
        solver = getattr(scipy.integrate, method)(velocity, t, state, end, **accuracy, **options)
        if method == "LSODA":
            raise_failures(solver)
        return solver

    return start
