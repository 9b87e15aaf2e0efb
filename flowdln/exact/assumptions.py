"""What a closed form assumes of a problem, and how far the problem is from it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import AssumptionError
from flowdln.exact.neglected import Neglected
from flowdln.problem import Moments, Problem, require_problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, in_units_of, valid_times

TOLERANCE = 1e-10  # relative residual that counts as rounding


class Assumption(NamedTuple):
    """A property, its measured residual, and what would give a problem that property."""

    name: str
    residual: float
    advice: str

    @property
    def holds(self) -> bool:
        """Whether the residual is rounding; NaN is not."""
        return self.residual <= TOLERANCE


class ClosedForm(NamedTuple):
    """A closed form by name: its assumptions, the effect of what it neglects, and its trajectory.

    ``neglected(problem, ts, rtol)`` may be a coarse bound where that is below ``rtol``. ``product`` is for forms whose
    trajectory costs less where only the product is kept.
    """

    name: str
    assumptions: Callable[[Problem], Sequence[Assumption]]
    neglected: Callable[[Problem, Array, float], Neglected]
    solve: Callable[[Problem, Array], Trajectory]
    product: Callable[[Problem, Array], Trajectory] | None = None


def require(form: str, assumptions: Sequence[Assumption]) -> None:
    """Raise :class:`AssumptionError` with the residuals of all assumptions that fail, if any does."""
    failed = [assumption for assumption in assumptions if not assumption.holds]
    if failed:
        received = "; ".join(f"{row.name} (residual {row.residual:.2g})" for row in failed)
        raise AssumptionError(
            f"the closed form {form!r} does not apply: {received}; expected residuals of at most {TOLERANCE:g}. "
            f"{' '.join(row.advice for row in failed)}"
        )


def posed(problem: Problem, ts: ArrayLike) -> Array:
    """Times at which a closed form is asked for, checked with their problem."""
    times = valid_times(ts)
    in_units_of(require_problem(problem).tau, times)
    return times


def depth_is(problem: Problem, depth: int) -> Assumption:
    """The network has that many layers; the residual is the difference."""
    name = "one layer" if depth == 1 else f"{depth} layers"
    return Assumption(name, abs(problem.depth - depth), f"The network should have {depth}, not {problem.depth}.")


def whitened(moments: Moments) -> tuple[float, Assumption]:
    """``c`` and the assumption that ``sigma_xx = c I`` on the span of the data: ``sigma_xx^2 = c sigma_xx``."""
    sigma_xx = moments.sigma_xx
    squared = sigma_xx @ sigma_xx
    power = float(np.trace(squared) / (np.trace(sigma_xx) or 1.0))
    residual = np.linalg.norm(squared - power * sigma_xx) / (np.linalg.norm(squared) or 1.0)
    return power, Assumption("inputs whitened", float(residual), "Whiten them: moments.whitened().")
