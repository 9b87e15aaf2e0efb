"""Gradient descent against gradient flow, on one clock."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from flowdln.descent import descend
from flowdln.errors import SolveError
from flowdln.integrate import Equation, integrate
from flowdln.modified import leading_error_flow
from flowdln.problem import Problem
from flowdln.records import read_only, rebuilt
from flowdln.solution import valid_tolerance
from flowdln.trajectory import Trajectory
from flowdln.validation import Array

if TYPE_CHECKING:
    import xarray as xr

SOLVER = "DOP853"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Descent and flow at the same times, and the departure that theory predicts to leading order.

    Gaps are descent minus flow; norms are Frobenius norms over all entries.
    """

    learning_rate: float
    every: int
    flow: Trajectory
    descent: Trajectory
    predicted: Trajectory  # flow + learning_rate * e(t): descent as predicted to first order in the learning rate

    __reduce__ = rebuilt

    @property
    def ts(self) -> Array:
        """Times ``(K,)`` of the kept steps, in the unit of ``tau``."""
        return self.descent.ts

    @cached_property
    def gap(self) -> Array:
        """Norm of the gap in the weights, ``(K,)``."""
        return read_only(_distance(self.descent, self.flow))

    @cached_property
    def predicted_gap(self) -> Array:
        """Leading-order prediction of ``gap``, ``learning_rate |e(t)|``, ``(K,)``."""
        return read_only(_distance(self.predicted, self.flow))

    @cached_property
    def product_gap(self) -> Array:
        """Norm of the gap in the end-to-end map, ``(K,)``."""
        return read_only(np.linalg.norm(self.descent.product - self.flow.product, axis=(1, 2)))

    @cached_property
    def loss_gap(self) -> Array:
        """Gap in the loss, with its sign, ``(K,)``."""
        return read_only(self.descent.loss - self.flow.loss)

    @cached_property
    def modes_gap(self) -> Array:
        """Gap in each mode strength, with its sign, ``(K, r)``."""
        return read_only(self.descent.modes - self.flow.modes)

    def to_xarray(self) -> "xr.Dataset":
        """A labelled :class:`xarray.Dataset` of all gaps over time."""
        import xarray as xr  # noqa: PLC0415 (imports pandas)

        data = {name: ("time", getattr(self, name)) for name in ("gap", "predicted_gap", "product_gap", "loss_gap")}
        modes = {"modes_gap": (("time", "mode"), self.modes_gap)}
        attributes = {"learning_rate": self.learning_rate, "tau": self.flow.problem.tau}
        if self.gap.any():
            attributes["order"] = self.order
        return xr.Dataset(data | modes, coords={"time": self.ts}, attrs=attributes)

    @cached_property
    def order(self) -> float:
        """Measured order ``p`` in ``max gap ~ learning_rate^p``, from a second descent at half the learning rate.

        Theory says 1; far from it, the learning rate is too large for the leading order to describe descent.

        Raises
        ------
        SolveError
            If descent and flow coincide, as they do from a fixed point.
        """
        if self.gap.max() == 0:
            raise SolveError(
                "the order of the gap cannot be measured: descent and flow coincide; expected a gap. The network "
                "starts at a fixed point; choose other weights."
            )
        steps = int(self.descent.statistics["steps"])
        finer = descend(self.flow.problem, learning_rate=self.learning_rate / 2, steps=2 * steps, every=2 * self.every)
        return float(np.log2(self.gap.max() / _distance(finer, self.flow).max()))


def compare(
    problem: Problem, *, learning_rate: float, steps: int, every: int = 1, rtol: float = 1e-10, progress: bool = False
) -> Comparison:
    """Comparison of ``steps`` steps of gradient descent with gradient flow at ``t = tau * learning_rate * k``.

    The flow and the leading-order error of descent are integrated together, by DOP853 at ``rtol``.

    Parameters
    ----------
    problem, learning_rate, steps, every, progress
        As for :func:`flowdln.descend`.
    rtol
        As for :func:`flowdln.solve`; the gap cannot be resolved below it.

    Raises
    ------
    InputError, SolveError
        As :func:`flowdln.descend` and :func:`flowdln.solve`.

    Examples
    --------
    >>> import flowdln as fl
    >>> moments = fl.Moments.from_modes([3.0, 1.0], n_in=4, n_out=3)
    >>> problem = fl.Problem(moments, fl.initial.glorot((4, 5, 3), seed=0))
    >>> result = fl.compare(problem, learning_rate=0.01, steps=400)
    >>> bool(abs(result.predicted_gap.max() / result.gap.max() - 1) < 0.05), round(result.order, 1)
    (True, 1.0)
    """
    descent = descend(problem, learning_rate=learning_rate, steps=steps, every=every, progress=progress)
    start = (*problem.weights, *(np.zeros_like(weight) for weight in problem.weights))
    tolerance = valid_tolerance(problem, rtol, None)
    equation = Equation(leading_error_flow, start, problem.moments)
    state, costs = integrate(equation, descent.ts / problem.tau, method=SOLVER, tolerance=tolerance, progress=progress)
    weights, errors = state[: problem.depth], state[problem.depth :]
    story = f"the flow beside the leading-order error of descent, with rtol = {rtol:.1e}."
    flow = Trajectory(problem, descent.ts, weights, SOLVER, story, costs)
    shifted = tuple(weight + learning_rate * error for weight, error in zip(weights, errors, strict=True))
    predicted = Trajectory(problem, descent.ts, shifted, "leading order", f"flow + {learning_rate:g} e(t).")
    return Comparison(learning_rate, every, flow, descent, predicted)


def _distance(first: Trajectory, second: Trajectory) -> Array:
    squares = [np.sum((a - b) ** 2, axis=(1, 2)) for a, b in zip(first.weights, second.weights, strict=True)]
    return np.sqrt(sum(squares))
