"""Output of an integration at the requested times."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy.integrate import OdeSolver

from flowdln.errors import SolveError
from flowdln.integrate.equation import OTHERS, Equation, Integration, Report, incomplete
from flowdln.integrate.flattening import unflatten
from flowdln.validation import Array

# The interpolants of explicit methods are less accurate than their steps, that of DOP853 by up to 1e4. A step ends at
# an output time that is not too near; an interpolated one lies in a step of at most a third of the length allowed.
LANDING = frozenset({"RK23", "RK45", "DOP853"})
PARTS = 3


class Output:
    """Values at the output times ``ts`` that have been reached, and what it took to compute them."""

    def __init__(self, equation: Equation, ts: Array, max_steps: int, report: Report) -> None:
        self.equation, self.ts, self.max_steps, self.report = equation, ts, max_steps, report
        self.shapes = [matrix.shape for matrix in equation.initial]
        self.rows: list[tuple[Any, ...]] = []
        self.solvers: list[OdeSolver] = []
        self.steps_made = 0
        self.story = ""

    def steps(self, method: str, solver: OdeSolver, limit: Callable[[OdeSolver], None] | None) -> Iterator[None]:
        """Make the steps of a solver and store what they pass; ``limit`` shortens them.

        Raises
        ------
        SolveError
            If the solver gives up, or the steps or the numbers overflow.
        """
        self.solvers.append(solver)
        while solver.status == "running":
            if self.steps_made == self.max_steps:
                raise self.stopped(method, f"it has made {self.max_steps:,} steps", "Raise max_steps, or try " + OTHERS)
            if limit:
                limit(solver)
            message = self._step(solver, landing=method in LANDING)
            self.steps_made += 1
            if solver.status == "failed" or not self._record(solver):
                raise self.stopped(method, message or "the solution overflows", "Try " + OTHERS)
            yield

    def _step(self, solver: OdeSolver, *, landing: bool) -> str | None:
        """Make a step, to the next output time if that is near; return the message of the solver if it failed."""
        if not landing:
            return _attempt(solver)
        allowed = solver.h_abs
        solver.max_step = max(self.ts[len(self.rows)] - solver.t, allowed / PARTS)
        message = _attempt(solver)
        if solver.status == "running" and solver.step_size > 0.99 * solver.max_step:  # not shortened for its error
            solver.h_abs = max(solver.h_abs, allowed)
        return message

    def _record(self, solver: OdeSolver) -> bool:
        """Store the values at the output times that the last step has passed; False if they are not finite."""
        due = self.ts[len(self.rows) : int(np.searchsorted(self.ts, solver.t, side="right"))]
        if len(due):
            states = [solver.y] if due[0] == solver.t else solver.dense_output()(due).T
            for t, state in zip(due, states, strict=True):
                if not np.isfinite(state).all():
                    return False
                self.rows.append(self.equation.values(t, unflatten(state, self.shapes)))
        return True

    def result(self) -> Integration:
        """The integration so far."""
        costs = {"evaluations": "nfev", "Jacobians": "njev", "factorisations": "nlu"}
        totals = {name: sum(int(getattr(solver, key)) for solver in self.solvers) for name, key in costs.items()}
        return Integration.stacked(self.rows, {name: count for name, count in totals.items() if count}, self.story)

    def stopped(self, method: str, reason: str, advice: str) -> SolveError:
        """The error of an integration that did not reach the last output time."""
        return incomplete(
            f"method {method!r} stopped at t / tau = {self.solvers[-1].t:.6g}: {reason}; expected a finite solution up "
            f"to t / tau = {self.ts[-1]:.6g}. {advice}",
            self.result(),
            self.report,
        )


def _attempt(solver: OdeSolver) -> str | None:
    """Make a step; return the message of the solver if it failed, also where it would not notice by itself."""
    before = solver.t
    try:
        message = solver.step()
    except (ValueError, np.linalg.LinAlgError) as error:  # LSODA; BDF and Radau with a matrix that has overflowed
        solver.status, message = "failed", str(error)
    if solver.status == "running" and solver.t == before:  # LSODA, for ever
        solver.status, message = "failed", "the step size has vanished"
    return message
