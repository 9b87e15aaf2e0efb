"""The line on which a mode of many layers moves, and the time along it."""

import numpy as np
from scipy.optimize import elementwise

from flowdln.exact.deep_pace import (
    Others,
    Pace,
    approach_pace,
    approaching,
    decay_pace,
    decaying,
    departing,
    departure_pace,
    excess,
    gap,
    log_others,
)
from flowdln.exact.panels import PanelIntegral
from flowdln.validation import Array

SETTLED = 42.0  # exp(-42) is below rounding
SMALLEST = -690.0  # logarithm of a strength; smaller ones soon lose digits
LARGEST = 650.0  # logarithm of the longest time told from longer ones; that of the shortest is minus this


class DeepPath:
    r"""``y' = G (s - y G)`` with ``G(y) = \prod_l \sqrt{y^2 + r_l^2}``, from ``y_0``; one scalar for all layers.

    Time is an integral over the path, taken in coordinates in which the integrand is smooth: the logarithm of ``y``
    while it is small (``asinh`` where ``y`` passes through zero), and the logarithm of the distance to the fixed point
    ``y* G(y*) = s``.

    Parameters
    ----------
    start
        ``y_0``; positive if some ``r_l`` is zero.
    target
        ``s``; not negative unless some ``r_l`` is zero.
    radii : (L - 1,)
        ``r_l >= 0``; their squares are the differences of the squared strengths.
    """

    def __init__(self, start: float, target: float, radii: Array) -> None:
        self.start, self.target, self.depth = float(start), float(target), len(radii) + 1
        self._others = Others(*np.unique(radii, return_counts=True))
        self._tied = bool(np.any(radii == 0))

    @np.errstate(over="ignore", divide="ignore")  # products of many layers; strengths below the smallest number
    def follow(self, t: Array) -> tuple[Array, Array]:
        """``y`` and ``s - y G`` at the times ``t`` (units of tau)."""
        if self.target <= 0:
            y = self._decay(t)
            return y, self._gap(y)
        root = self._root()
        if self.start >= root / 2:
            return self._approach(t, root, self.start)
        departure, unit = self._departure(root)
        leaving = t < departure.total
        y, error = self._approach(np.where(leaving, 0.0, t - departure.total), root, root / 2)
        early = departing(departure.inverse(np.where(leaving, t, 0.0)), unit)
        return np.where(leaving, early, y), np.where(leaving, self._gap(early), error)

    def _decay(self, t: Array) -> Array:
        """To zero, where the target is zero or of the wrong sign."""

        def pace(v: Array) -> Array:
            return _bounded(decay_pace(v, self.start, self.target, self._others))

        radii = self._others.radii
        scales = [*radii[radii > 0], *([self._root()] if self.target < 0 else [])]
        end = max([0.0, *np.log(self.start / np.array(scales))]) + SETTLED
        slowest = float(pace(np.array(end)))
        if float(pace(np.array(end - 1))) < 0.9 * slowest:  # algebraic decay: the pace grows by e or more per unit
            end += np.log1p(t.max() / slowest) + 1
        end = min(end, max(0.0, np.log(self.start) - SMALLEST))
        return decaying(PanelIntegral(pace, 0.0, end).inverse(t), self.start)

    def _departure(self, root: float) -> tuple[PanelIntegral, float]:
        """The way up to half the fixed point, and the unit of its coordinate."""
        unit = 0.0 if self._tied else float(min([root, *self._others.radii[:1]]))
        begin, end = (float(np.arcsinh(y / unit) if unit else np.log(y)) for y in (self.start, root / 2))
        integral = PanelIntegral(lambda v: _bounded(departure_pace(v, unit, self.target, self._others)), begin, end)
        return integral, unit

    def _approach(self, t: Array, root: float, start: float) -> tuple[Array, Array]:
        """To the fixed point from either side."""
        if start == root:
            return np.full_like(t, root), np.zeros_like(t)
        side = 1 if start < root else -1
        begin = -np.log(abs(root - start) / root)
        end = max(begin, 0.0) + SETTLED + np.log(self.depth)
        path = PanelIntegral(lambda v: _bounded(approach_pace(v, root, side, self.target, self._others)), begin, end)
        below = approaching(path.inverse(t), root, side)
        return root - below, -self.target * np.expm1(excess(root, below, self._others))

    def _root(self) -> float:
        """``y*``, in logarithms: its bounds are those of the slope of ``ln(y G)``, between 1 and ``L``."""
        goal = np.log(abs(self.target))
        most = goal / self.depth
        least = goal - log_others(np.exp(most), self._others)

        def over(v: Array) -> Array:
            return v + log_others(np.exp(v), self._others) - goal

        return float(np.exp(elementwise.find_root(over, (least - 1e-12, most + 1e-12)).x))

    def _gap(self, y: Array) -> Array:
        return gap(y, self.target, self._others)


def _bounded(pace: Pace) -> Array:
    """The pace as a number, moved into the range of float64."""
    product = pace.factor * np.exp(np.clip(pace.exponent, -LARGEST, LARGEST))
    return np.clip(product, np.exp(-LARGEST), np.exp(LARGEST))
