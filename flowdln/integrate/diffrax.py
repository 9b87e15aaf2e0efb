"""diffrax's solvers, compiled by JAX: explicit Tsit5, Dopri5, Dopri8; implicit Kvaerno3, Kvaerno5."""

from functools import partial
from typing import Any

import diffrax
import jax
import numpy as np

from flowdln.errors import SolveError
from flowdln.integrate.equation import Equation, Integration, Tolerance, check_end, check_start
from flowdln.validation import Array

MAX_STEPS = 1_000_000
# Dopri8's interpolant between steps is 40 (at 1e-8) to 600 times (at 1e-12) less accurate than the steps themselves.
DENSE_OUTPUT_LOSS = {"Dopri8": 100}
SMALLEST_RTOL = float(100 * np.finfo(float).eps)
COSTS = {"num_steps": "steps", "num_rejected_steps": "rejected steps"}


def integrate(equation: Equation, ts: Array, *, method: str, tolerance: Tolerance, progress: bool) -> Integration:
    """Solution at the times ``ts`` (in units of tau), by :func:`diffrax.diffeqsolve`, in float64.

    The first call for new shapes compiles, for one to six seconds.

    Raises
    ------
    SolveError
        If the solver gives up, takes more than a million steps, or the solution overflows.
    """
    check_start(equation)
    if ts[-1] == 0:
        return equation.at_rest()
    loss = DENSE_OUTPUT_LOSS.get(method, 1)
    finer = Tolerance(max(tolerance.rtol / loss, SMALLEST_RTOL), tolerance.atol / loss)
    with jax.enable_x64(True):
        functions = equation.velocity, equation.keep
        solution = _solve(functions, method, progress, equation.initial, equation.moments, ts, finer)
        kept = tuple(np.asarray(array) for array in solution.ys)
    if solution.result != diffrax.RESULTS.successful:
        reason = str(diffrax.RESULTS[solution.result])  # type: ignore[misc]
        raise SolveError(
            f"method {method!r} failed: {reason}; expected a solution up to t / tau = "
            f"{ts[-1]:.6g}. Try a larger rtol, a shorter time, or a method for stiff problems: 'Kvaerno5' or "
            "'LSODA'."
        )
    check_end(list(zip(*kept, strict=True)), ts, method)
    return Integration(kept, {name: int(solution.stats[key]) for key, name in COSTS.items()})


@partial(jax.jit, static_argnums=(0, 1, 2))
def _solve(functions: Any, method: str, progress: bool, initial: Any, moments: Any, ts: Any, tolerance: Any) -> Any:
    velocity, keep = functions
    meter = diffrax.TqdmProgressMeter() if progress else diffrax.NoProgressMeter()
    return diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        getattr(diffrax, method)(),
        t0=0.0,
        t1=ts[-1],
        dt0=None,
        y0=initial,
        args=moments,
        saveat=diffrax.SaveAt(ts=ts, fn=lambda t, y, args: keep(y)),  # noqa: ARG005 (diffrax calls it so)
        stepsize_controller=diffrax.PIDController(rtol=tolerance.rtol, atol=tolerance.atol),
        max_steps=MAX_STEPS,
        progress_meter=meter,
        throw=False,
    )
