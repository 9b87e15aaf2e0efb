"""diffrax's solvers, compiled by JAX: explicit Tsit5, Dopri5, Dopri8; implicit Kvaerno3, Kvaerno5."""

from functools import partial
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from flowdln.integrate.equation import OTHERS, Equation, Integration, Report, Tolerance, check_start, incomplete
from flowdln.validation import Array

MAX_STEPS = 1_000_000
COSTS = {"num_steps": "steps", "num_rejected_steps": "rejected steps"}


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
    """Solution at the times ``ts`` (in units of tau), by :func:`diffrax.diffeqsolve`, in float64.

    The first call for new shapes compiles, for one to six seconds. A step ends at each output time, since some
    interpolants are 10 to 600 times less accurate than the steps.

    Raises
    ------
    SolveError
        If the solver gives up or makes ``max_steps`` steps, a million by default, or the solution overflows.
    """
    check_start(equation)
    if ts[-1] == 0:
        return equation.at_rest()
    with jax.enable_x64(True), np.errstate(invalid="ignore"):  # diffrax casts inf to the type of what is kept
        options = equation.velocity, equation.keep, method, max_steps or MAX_STEPS, progress
        solution = _solve(options, equation.initial, equation.moments, ts, tolerance)
        finite, *kept = (np.asarray(array) for array in solution.ys)
    reached = int(np.argmin([*(finite == 1), False]))
    rows = [equation.check(ts[i], tuple(array[i] for array in kept)) for i in range(reached)]
    result = Integration.stacked(rows, {name: int(solution.stats[key]) for key, name in COSTS.items()})
    if reached == len(ts):
        return result
    place = f"after t / tau = {ts[reached - 1]:.6g}" if reached else "early"
    reason, advice = _failure(solution.result, max_steps or MAX_STEPS)
    raise incomplete(
        f"method {method!r} stopped {place}: {reason}; expected a finite solution up to t / tau = {ts[-1]:.6g}. "
        f"{advice} {OTHERS}",
        result,
        report,
    )


def _failure(result: Any, max_steps: int) -> tuple[str, str]:
    """Reason why diffrax stopped, and the beginning of an advice."""
    if result == diffrax.RESULTS.max_steps_reached:
        return f"it has made {max_steps:,} steps", "Raise max_steps, or try"
    if result == diffrax.RESULTS.successful:
        return "the solution overflows", "Try"
    return str(diffrax.RESULTS[result]), "Try"  # type: ignore[misc]


@partial(jax.jit, static_argnums=0)
def _solve(options: Any, initial: Any, moments: Any, ts: Any, tolerance: Any) -> Any:
    velocity, keep, method, max_steps, progress = options
    accuracy = diffrax.PIDController(rtol=tolerance.rtol, atol=tolerance.atol)
    return diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        getattr(diffrax, method)(),
        t0=0.0,
        t1=ts[-1],
        dt0=None,
        y0=initial,
        args=moments,
        saveat=diffrax.SaveAt(ts=ts, fn=lambda t, y, args: _output(keep, y)),  # noqa: ARG005 (diffrax calls it so)
        stepsize_controller=diffrax.ClipStepSizeController(accuracy, step_ts=ts),
        max_steps=max_steps,
        progress_meter=diffrax.TqdmProgressMeter() if progress else diffrax.NoProgressMeter(),
        throw=False,
    )


def _output(keep: Any, matrices: Any) -> tuple[Any, ...]:
    """1.0 if the matrices are finite, else 0.0, and the arrays to keep; diffrax writes inf at times not reached."""
    finite = jnp.all(jnp.asarray([jnp.isfinite(matrix).all() for matrix in matrices]))
    return (finite.astype(float), *(jnp.asarray(array) for array in keep(matrices)))
