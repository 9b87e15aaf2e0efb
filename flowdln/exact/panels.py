"""Integrals of positive functions, and the upper limits at which they reach given values."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import elementwise
from scipy.special import roots_legendre

from flowdln.validation import Array

NODES, GAUSS_WEIGHTS = roots_legendre(16)
RESOLVED = 1e-12  # change of a panel's integral by halving it, relative to the smaller half; the halves are kept
HALVINGS = 12  # at most: rounding in a steep pace is not resolved by more


class PanelIntegral:
    """``t(v)``, the integral of ``pace`` from ``start``, and its inverse.

    The range is cut into panels of 16 Gauss points each, of length one or, where ``pace`` changes faster, as short as
    it takes. From ``end`` on ``pace`` is taken to be constant.

    Parameters
    ----------
    pace
        Positive function of an array, elementwise.
    start, end
        Finite, ``start <= end``.
    """

    def __init__(self, pace: Callable[[Array], Array], start: float, end: float) -> None:
        self.pace = pace
        self.edges = self._halved(np.linspace(start, end, int(np.ceil(end - start)) + 1))
        panels = self._integral(self.edges[:-1], self.edges[1:])
        self.times = np.concatenate([[0.0], np.cumsum(panels)])

    @property
    def total(self) -> float:
        """``t(end)``."""
        return float(self.times[-1])

    def inverse(self, t: Array) -> Array:
        """``v`` with ``t(v) = t``, for ``t >= 0`` of shape ``(T,)``."""
        tail = t >= self.total
        result = np.where(tail, self.edges[-1] + (t - self.total) / self.pace(self.edges[-1:]), self.edges[0])
        inside = t[~tail]
        if inside.size:
            panel = np.searchsorted(self.times, inside, side="right") - 1
            left, right = self.edges[panel], self.edges[panel + 1]
            found = elementwise.find_root(
                lambda v, a, rest: self._integral(a, v) - rest, (left, right), args=(left, inside - self.times[panel])
            )
            result[~tail] = np.where(inside == self.times[panel], left, found.x)
        return result

    def _halved(self, edges: Array) -> Array:
        """Edges of panels short enough that those of twice their length have the same integrals."""
        for _ in range(HALVINGS):
            left, right = edges[:-1], edges[1:]
            middle = (left + right) / 2
            halves = np.stack([self._integral(left, middle), self._integral(middle, right)])
            change = np.abs(self._integral(left, right) - halves.sum(axis=0))
            unresolved = change > RESOLVED * halves.min(axis=0)
            if not unresolved.any():
                return np.sort(np.append(edges, middle))
            edges = np.sort(np.append(edges, middle[unresolved]))
        return edges

    def _integral(self, a: Array, b: Array) -> Array:
        half = (b - a) / 2
        points = (a + b)[..., None] / 2 + half[..., None] * NODES
        return half * (self.pace(points) @ GAUSS_WEIGHTS)
