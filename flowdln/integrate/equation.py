"""Input and output of an integrator."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from flowdln.errors import SolveError
from flowdln.validation import Weights

OTHERS = "a larger rtol, or a method for stiff problems: 'LSODA', 'BDF', 'Radau' or 'Kvaerno5'."  # ends an advice


def everything(matrices: Any) -> tuple[Any, ...]:
    """The matrices themselves: the default of :attr:`Equation.keep`."""
    return tuple(matrices)


def unchecked(t: float, values: tuple[Any, ...]) -> tuple[Any, ...]:  # noqa: ARG001 (the signature of a check)
    """The values as they are: the default of :attr:`Equation.check`."""
    return values


class Equation(NamedTuple):
    """An initial value problem for a tuple of matrices, in units of tau, from ``t = 0``.

    ``velocity(t, matrices, moments)`` is a vector field such as :func:`flowdln.gradient_flow`; ``keep(matrices)`` is a
    tuple of arrays, stored at each output time; ``check(t, values)`` returns what ``keep`` returned at time ``t`` as
    arrays, or raises an error.
    """

    velocity: Callable[[Any, Any, Any], tuple[Any, ...]]
    initial: Weights
    moments: Any
    keep: Callable[[Any], tuple[Any, ...]] = everything
    check: Callable[[float, tuple[Any, ...]], tuple[Any, ...]] = unchecked

    def values(self, t: float, matrices: Weights) -> tuple[Any, ...]:
        """Checked values to store at time ``t``."""
        return self.check(t, self.keep(matrices))

    def at_rest(self) -> "Integration":
        """The solution at time 0 alone."""
        return Integration.stacked([self.values(0.0, self.initial)], {})


class Tolerance(NamedTuple):
    """Local error allowed in an entry ``y``: ``atol + rtol |y|``."""

    rtol: float
    atol: float

    def scaled(self, factor: float) -> "Tolerance":
        """Both tolerances times ``factor``."""
        return Tolerance(self.rtol * factor, self.atol * factor)


class Integration(NamedTuple):
    """Arrays stacked over the ``T`` output times, the cost of computing them, and a sentence about the solver."""

    kept: Weights
    statistics: Mapping[str, float]
    story: str = ""

    @classmethod
    def stacked(cls, rows: Sequence[Sequence[Any]], statistics: Mapping[str, float], story: str = "") -> "Integration":
        """Integration from one tuple of arrays for each output time."""
        return cls(tuple(np.stack(arrays) for arrays in zip(*rows, strict=True)), statistics, story)


Report = Callable[[Integration], Any]  # makes ``SolveError.trajectory`` from the part that was computed


def default_atol(weights: Weights, rtol: float) -> float:
    """``rtol`` times the smallest root-mean-square entry of the layers that are not zero, and at most ``rtol``.

    A fixed value would be larger than weights of 1e-6 or 1e-12, and the solver would step over the plateau.
    """
    largest = [np.abs(weight).max() for weight in weights]
    sizes = [
        size * np.sqrt(np.mean((weight / (size or 1.0)) ** 2)) for weight, size in zip(weights, largest, strict=True)
    ]
    return float(rtol * min([1.0, *(size for size in sizes if size > 0)]))


def check_start(equation: Equation) -> None:
    """Raise :class:`SolveError` unless the velocity at ``t = 0`` is finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        velocity = equation.velocity(0.0, equation.initial, equation.moments)
    if not all(np.isfinite(matrix).all() for matrix in velocity):
        raise SolveError(
            "the velocity at t = 0 overflows; expected finite numbers. Use smaller initial weights, or rescale "
            "the data."
        )


def incomplete(message: str, part: Integration, report: Report) -> SolveError:
    """Error of an integration that stopped early, with what was computed until then as its ``trajectory``."""
    error = SolveError(message)
    error.trajectory = report(part) if part.kept else None
    return error
