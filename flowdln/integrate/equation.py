"""What an integrator is given and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from flowdln.errors import SolveError
from flowdln.validation import Array, Weights


def everything(matrices: Any) -> tuple[Any, ...]:
    """The matrices themselves: what is kept by default."""
    return tuple(matrices)


class Equation(NamedTuple):
    """An initial value problem for a tuple of matrices, in units of tau, from ``t = 0``.

    ``velocity(t, matrices, moments)`` is a vector field such as :func:`flowdln.gradient_flow`; ``keep(matrices)`` is a
    tuple of arrays, what is kept at each requested time.
    """

    velocity: Callable[[Any, Any, Any], tuple[Any, ...]]
    initial: Weights
    moments: Any
    keep: Callable[[Any], tuple[Any, ...]] = everything

    def at_rest(self) -> "Integration":
        """The solution where time 0 is all that is asked for."""
        return Integration(tuple(np.asarray(array)[None] for array in self.keep(self.initial)), {})


class Tolerance(NamedTuple):
    """Local error allowed in an entry ``y``: ``atol + rtol |y|``."""

    rtol: float
    atol: float


class Integration(NamedTuple):
    """What was kept, stacked over the ``T`` requested times, and what it cost."""

    kept: Weights
    statistics: Mapping[str, float]


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


def check_end(kept: Sequence[Sequence[Any]], ts: Array, method: str, message: str = "") -> None:
    """Raise :class:`SolveError` unless ``kept`` has finite arrays for every time in ``ts``."""
    finite = all(np.isfinite(array).all() for arrays in kept for array in arrays)
    if len(kept) < len(ts) or not finite:
        reached = f"stopped after t / tau = {ts[len(kept) - 1]:.6g}" if 0 < len(kept) < len(ts) else "failed"
        received = ": " + message if message else ""
        raise SolveError(
            f"method {method!r} {reached}{received}; expected a finite solution up to t / tau = {ts[-1]:.6g}. Try "
            "a larger rtol, or a method for stiff problems: 'LSODA', 'BDF', 'Radau' or 'Kvaerno5'."
        )
