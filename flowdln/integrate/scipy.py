"""SciPy's initial value solvers: explicit RK23, RK45, DOP853; implicit LSODA, BDF, Radau with exact Jacobians."""

import warnings
from typing import Any

import numpy as np
import scipy.integrate
from scipy.integrate import OdeSolver
from tqdm import tqdm

from flowdln.integrate.equation import Equation, Integration, Tolerance, check_end, check_start
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.integrate.stability import STABLE_STEP, first_direction, restrain
from flowdln.tangent import jacobian
from flowdln.validation import Array

IMPLICIT = frozenset({"LSODA", "BDF", "Radau"})
SMALLEST_RTOL = 100 * np.finfo(float).eps  # below it SciPy warns and goes on with this one
BAR_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| t = {n:.3g} of {total:.3g} tau [{elapsed}<{remaining}]"


def integrate(equation: Equation, ts: Array, *, method: str, tolerance: Tolerance, progress: bool) -> Integration:
    """Solution at the times ``ts`` (in units of tau), by stepping one of SciPy's solvers.

    The implicit methods get the Jacobian by forward-mode differentiation, ``(N, N)`` for ``N`` parameters: for
    more than a few thousand of them, use an explicit method. Steps of DOP853 are kept within its stability.

    Raises
    ------
    SolveError
        If the solver gives up, or the solution overflows.
    """
    check_start(equation)
    if ts[-1] == 0:
        return equation.at_rest()
    shapes = [matrix.shape for matrix in equation.initial]

    def velocity(t: float, vector: Array) -> Array:
        return flatten(equation.velocity(t, unflatten(vector, shapes), equation.moments))

    def velocity_jacobian(t: float, vector: Array) -> Array:
        return jacobian(lambda matrices: equation.velocity(t, matrices, equation.moments), unflatten(vector, shapes))

    options: dict[str, Any] = {"jac": velocity_jacobian} if method in IMPLICIT else {}
    bar = tqdm(total=ts[-1], desc=method, disable=not progress, bar_format=BAR_FORMAT)
    start, kept = flatten(equation.initial), list[tuple[Array, ...]]()
    direction = first_direction(start.size)
    # Trial steps may overflow; the solver then rejects them, or its message ends in a SolveError below.
    with bar, np.errstate(over="ignore", invalid="ignore"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        accuracy = {"rtol": max(tolerance.rtol, SMALLEST_RTOL), "atol": tolerance.atol}
        solver = getattr(scipy.integrate, method)(velocity, 0.0, start, ts[-1], **accuracy, **options)
        message = None
        while solver.status == "running":
            message = _step(solver)
            if method in STABLE_STEP and solver.status == "running":
                direction = restrain(solver, STABLE_STEP[method], direction)
            kept += [equation.keep(unflatten(state, shapes)) for state in _due(solver, ts[len(kept) :])]
            bar.update(solver.t - bar.n)
    messages = dict.fromkeys([*filter(None, [message]), *(str(warning.message) for warning in caught)])
    check_end(kept, ts, method, "; ".join(messages))
    costs = {"evaluations": solver.nfev, "Jacobians": solver.njev, "factorisations": solver.nlu}
    stacks = tuple(np.stack(arrays) for arrays in zip(*kept, strict=True))
    return Integration(stacks, {name: int(count) for name, count in costs.items() if count})


def _step(solver: OdeSolver) -> str | None:
    """Make a step; the message of the solver if it failed, also where it would not notice by itself."""
    before = solver.t
    try:
        message = solver.step()
    except (ValueError, np.linalg.LinAlgError) as error:  # BDF and Radau factorise a matrix that has overflowed
        solver.status, message = "failed", str(error)
    if solver.status == "running" and solver.t == before:  # LSODA, for ever
        solver.status, message = "failed", "the step size has vanished"
    return message


def _due(solver: OdeSolver, ts: Array) -> Array:
    """States ``(k, N)`` at those of the times ``ts`` that the last step has passed."""
    count = 0 if solver.status == "failed" else int(np.searchsorted(ts, solver.t, side="right"))
    return solver.dense_output()(ts[:count]).T if count else np.empty((0, 0))
