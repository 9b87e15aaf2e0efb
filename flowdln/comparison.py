"""Gradient descent against gradient flow, on one clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from flowdln.descent import descend
from flowdln.errors import SolveError
from flowdln.integrate import Equation, Integration, integrate
from flowdln.modified import leading_error_flow
from flowdln.problem import Problem
from flowdln.records import read_only, rebuilt
from flowdln.solution import valid_tolerance
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights

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
    rtol: float  # of the flow
    flow: Trajectory
    descent: Trajectory
    error: Weights  # leading-order error e(t) of descent divided by the learning rate, L arrays (K, n_l, n_{l-1})

    __reduce__ = rebuilt

    @property
    def ts(self) -> Array:
        """Times ``(K,)`` of the kept steps, in the unit of ``tau``."""
        return self.descent.ts

    @cached_property
    def predicted(self) -> Trajectory:
        """Descent to first order in the learning rate, ``flow + learning_rate e(t)``."""
        pairs = zip(self.flow.weights, self.error, strict=True)
        weights = tuple(weight + self.learning_rate * error for weight, error in pairs)
        story = f"flow + {self.learning_rate:g} e(t)."
        return Trajectory(self.flow.problem, self.ts, weights, "leading order", story)

    @cached_property
    def gap(self) -> Array:
        """Norm of the gap in the weights, ``(K,)``; rounding where it is not well above ``resolution``."""
        return read_only(_norm(_differences(self.descent.weights, self.flow.weights)))

    @cached_property
    def resolution(self) -> Array:
        """Estimated error of ``gap``, ``(K,)``, from the rounding of descent and the tolerance of the flow."""
        start = [stack[:1] for stack in self.flow.weights]
        moved = _norm(_differences(self.flow.weights, start))
        steps = np.rint(self.ts / (self.flow.problem.tau * self.learning_rate))
        return np.finfo(float).eps * np.sqrt(steps + 1) * _norm(self.flow.weights) + self.rtol * moved

    @cached_property
    def predicted_gap(self) -> Array:
        """Leading-order prediction of ``gap``, ``learning_rate |e(t)|``, ``(K,)``."""
        return read_only(self.learning_rate * _norm(self.error))

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
        if self._resolved:
            attributes["order"] = self.order
        return xr.Dataset(data | modes, coords={"time": self.ts}, attrs=attributes)

    @cached_property
    def order(self) -> float:
        """Measured order ``p`` in ``max gap ~ learning_rate^p``, from a second descent at half the learning rate.

        Theory says 1; far from it, the learning rate is too large for the leading order to describe descent.

        Raises
        ------
        SolveError
            If the largest gap is less than 10 times its ``resolution``, as for small learning rates, or where descent
            and flow coincide, as they do from a fixed point.
        """
        if not self._resolved:
            raise SolveError(
                f"the order of the gap cannot be measured: the largest gap, {self.gap.max():.2g}, is less than 10 "
                f"times its rounding error, about {self.resolution.max():.2g}; expected a larger one. Raise the "
                "learning rate, lower rtol, or choose weights that are not at a fixed point."
            )
        steps = int(self.descent.statistics["steps"])
        finer = descend(self.flow.problem, learning_rate=self.learning_rate / 2, steps=2 * steps, every=2 * self.every)
        return float(np.log2(self.gap.max() / _norm(_differences(finer.weights, self.flow.weights)).max()))

    @property
    def _resolved(self) -> bool:
        """Whether the largest gap is far enough above its error for a ratio of two gaps."""
        return bool((self.gap > 10 * self.resolution).any())


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
        As for :func:`flowdln.solve`; the gap cannot be resolved below it, see :attr:`Comparison.resolution`.

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
    story = f"the flow beside the leading-order error of descent, with rtol = {rtol:.1e}."

    def flow(part: Integration) -> Trajectory:
        weights = part.kept[: problem.depth]
        return Trajectory(problem, descent.ts[: len(weights[0])], weights, SOLVER, story, part.statistics)

    clock = descent.ts / problem.tau
    part = integrate(equation, clock, method=SOLVER, tolerance=tolerance, progress=progress, report=flow)
    return Comparison(float(learning_rate), every, tolerance.rtol, flow(part), descent, part.kept[problem.depth :])


def _differences(first: Sequence[Array], second: Sequence[Array]) -> Weights:
    return tuple(a - b for a, b in zip(first, second, strict=True))


def _norm(stacks: Sequence[Array]) -> Array:
    """Frobenius norm over all entries at each time, ``(K,)``; squares of the smallest numbers would underflow."""
    size = max(np.abs(stack).max() for stack in stacks) or 1.0
    return size * np.sqrt(sum(np.sum((stack / size) ** 2, axis=(1, 2)) for stack in stacks))
