"""SciPy's initial value solvers: explicit RK23, RK45, DOP853; implicit LSODA, BDF, Radau with exact Jacobians."""

import warnings
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp
from tqdm import tqdm

from flowdln.integrate.equation import Equation, Integration, Tolerance, check_end, check_start
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.tangent import jacobian
from flowdln.validation import Array

IMPLICIT = frozenset({"LSODA", "BDF", "Radau"})
# Once the flow is stiff, DOP853's interpolant between steps is 10 to 100 times less accurate than the steps themselves:
# its steps are taken that much more accurately, at 1.4 times the cost, so that the output meets the tolerance.
DENSE_OUTPUT_LOSS = {"DOP853": 100}
SMALLEST_RTOL = 100 * np.finfo(float).eps  # below it solve_ivp warns and goes on with this one
BAR_FORMAT = "{desc}: {percentage:3.0f}%|{bar}| t = {n:.3g} of {total:.3g} tau [{elapsed}<{remaining}]"


def integrate(equation: Equation, ts: Array, *, method: str, tolerance: Tolerance, progress: bool) -> Integration:
    """Solution at the times ``ts`` (in units of tau), by :func:`scipy.integrate.solve_ivp`.

    The implicit methods get the Jacobian by forward-mode differentiation, ``(N, N)`` for ``N`` parameters: for
    more than a few thousand of them, use an explicit method.

    Raises
    ------
    SolveError
        If the solver gives up, or the solution overflows.
    """
    check_start(equation)
    if ts[-1] == 0:
        return Integration(tuple(matrix[None] for matrix in equation.initial), {})
    shapes, size = [matrix.shape for matrix in equation.initial], sum(matrix.size for matrix in equation.initial)

    def velocity(t: float, vector: Array) -> Array:
        bar.update(max(0.0, min(t, ts[-1]) - bar.n))
        return flatten(equation.velocity(t, unflatten(vector, shapes), equation.moments))

    def velocity_jacobian(t: float, vector: Array) -> Array:
        return jacobian(lambda matrices: equation.velocity(t, matrices, equation.moments), unflatten(vector, shapes))

    options: dict[str, Any] = {"jac": velocity_jacobian} if method in IMPLICIT else {}
    loss = DENSE_OUTPUT_LOSS.get(method, 1)
    bar = tqdm(total=ts[-1], desc=method, disable=not progress, bar_format=BAR_FORMAT)
    # Trial steps may overflow; the solver then rejects them, or its message ends in a SolveError below.
    with bar, np.errstate(over="ignore", invalid="ignore"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = solve_ivp(
            velocity,
            (0.0, ts[-1]),
            flatten(equation.initial),
            method=method,
            t_eval=ts,
            rtol=max(tolerance.rtol / loss, SMALLEST_RTOL),
            atol=tolerance.atol / loss,
            **options,
        )
        bar.update(ts[-1] - bar.n)
    matrices = unflatten(np.reshape(result.y, (size, -1)).T, shapes)
    messages = dict.fromkeys([result.message, *(str(warning.message) for warning in caught)])
    check_end(matrices, ts, method, "; ".join(messages))
    costs = {"evaluations": result.nfev, "Jacobians": result.njev, "factorisations": result.nlu}
    return Integration(matrices, {name: int(count) for name, count in costs.items() if count})
