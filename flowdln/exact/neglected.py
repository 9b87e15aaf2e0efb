r"""Effect of what a closed form neglects on the answer.

A closed form solves an idealised problem: aligned, tied, balanced, whitened. The given problem is some distance
:math:`\delta` away, and the flow amplifies it, along the solution, as

.. math:: \frac{d}{dt} |\delta| \le \mu(t) |\delta| + f(t)

with the largest eigenvalue :math:`\mu` of minus the Hessian and the part :math:`f` of the velocity that is neglected.
No relative residual is small enough by itself: on a plateau, :math:`\mu` is the strength of the next mode.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowdln.problem import Problem
from flowdln.validation import Array

NODES = 96  # over all decades of time, at which rates of growth are evaluated


class Neglected(NamedTuple):
    """Estimated effect of what a closed form neglects."""

    distance: float  # of the given problem from the idealised one, relative
    rounding: bool  # whether the digits of the given problem hold no difference between the two
    effect: Array  # (T,), relative error of the weights and of every mode strength

    def harmless(self, rtol: float) -> bool:
        """Whether the effect stays below ``rtol`` at all times."""
        return bool((self.effect <= rtol).all())

    def harmless_reason(self, name: str) -> str:
        """The distance and its effect, as a sentence; empty where nothing is neglected."""
        if self.distance == 0:
            return ""
        return (
            f"The problem is {self.distance:.1e} from one to which {name!r} applies exactly; the effect is estimated "
            f"as {self.effect.max():.1e} at most."
        )

    def rounding_reason(self, name: str, ts: Array, rtol: float) -> str:
        """The reading of digits that are on the assumption up to rounding, as sentences."""
        return (
            f"The given digits do not tell the problem (distance {self.distance:.1e}) from one to which {name!r} "
            f"applies exactly, and that one is solved. {self._since(ts, rtol)} the answer to {rtol:.0e} hangs on "
            "further digits: an integration of the digits as given may leave a plateau or a saddle at another time."
        )

    def refusal(self, name: str, ts: Array, rtol: float) -> str:
        """The reason why a closed form is not taken."""
        until = self.until(ts, rtol)
        end = "from the start" if until < 0 else f"after t = {until:g}"
        return (
            f"{name!r} would neglect {self.distance:.1e} of the problem, which changes the answer by more than "
            f"{rtol:.0e} {end}"
        )

    def _since(self, ts: Array, rtol: float) -> str:
        until = self.until(ts, rtol)
        return "At all of these times" if until < 0 else f"After t = {until:g}"

    def until(self, ts: Array, rtol: float) -> float:
        """The last of the times ``ts`` up to which the effect stays below ``rtol``; negative if there is none."""
        count = int(np.argmax(self.effect > rtol)) if (self.effect > rtol).any() else len(ts)
        return float(ts[count - 1]) if count else -1.0


def product_scale(problem: Problem) -> float:
    """Product of the norms of the layers: the size of a mode strength that is as large as the weights allow."""
    return float(np.prod([np.linalg.norm(weight, 2) for weight in problem.weights]))


class Nodes(NamedTuple):
    """Times at which growth is evaluated, even in ``log(1 + speed t)``."""

    times: Array  # (N,), from 0 to the last time that was asked for
    asked: NDArray[np.intp]  # (T,), index of the first node that is not before each time that was asked for


def mesh(ts: Array, speed: float) -> Nodes:
    """Nodes for the times ``ts``, where nothing happens faster than ``speed``.

    Examples
    --------
    >>> nodes = mesh(np.array([1.0, 10.0]), speed=3.0)
    >>> nodes.times[nodes.asked].round(1)
    array([ 1., 10.])
    """
    last, unit = float(ts[-1]), speed or 1.0
    times = np.minimum(np.expm1(np.linspace(0.0, np.log1p(unit * last), NODES)) / unit, last)
    times[-1] = last
    return Nodes(times, np.searchsorted(times, ts))


def amplify(times: Array, rates: Array, start: Array, forcing: Array) -> Array:
    """Solution ``(N, ...)`` of ``d' = rate d + forcing`` from ``start`` ``(...)``, an upper bound between nodes.

    Rates ``(N, ...)`` and forcing ``(N, ...)`` are held at the larger of their values at the two ends of each interval.

    Examples
    --------
    >>> amplify(np.array([0.0, 1.0, 3.0]), np.array([2.0, 2.0, 0.0]), np.array(1e-9), np.zeros(3)).round(9)
    array([1.00e-09, 7.00e-09, 4.03e-07])
    """
    sizes = [np.asarray(start, dtype=float)]
    with np.errstate(over="ignore", invalid="ignore"):
        for i, step in enumerate(np.diff(times)):
            growth = np.exp(step * np.maximum(rates[i], rates[i + 1]))
            size = sizes[-1] + step * np.maximum(forcing[i], forcing[i + 1])
            sizes.append(np.where(size == 0, 0.0, growth * size))
    return np.stack(sizes)
