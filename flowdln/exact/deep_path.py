"""The line on which a mode of many layers moves, and the time along it."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import elementwise

from flowdln.exact.panels import PanelIntegral
from flowdln.validation import Array

SETTLED = 42.0  # exp(-42) is below rounding
SMALLEST = -690.0  # logarithm of a strength; smaller ones soon lose digits
LARGEST = 650.0  # logarithm of the longest time told from longer ones; that of the shortest is minus this


class DeepPath:
    r"""``y' = G (s - y G)`` with ``G(y) = \prod_l \sqrt{y^2 + r_l^2}``, from ``y_0``; one scalar for all layers.

    Time is an integral over the path, taken in coordinates in which the integrand is smooth: the logarithm of ``y``
    while it is small (``asinh`` where ``y`` passes through zero), and the logarithm of the distance to the fixed point
    ``y* G(y*) = s``. The integrand is formed from logarithms, since in deep networks ``G`` may over- or underflow.

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
        self._radii, self._counts = np.unique(radii, return_counts=True)
        self._tied = bool(np.any(radii == 0))

    def follow(self, t: Array) -> tuple[Array, Array]:
        """``y`` and ``s - y G`` at the times ``t`` (units of tau)."""
        if self.target <= 0:
            y = self._decay(t)
            return y, self._gap(y)
        root = self._root()
        if self.start >= root / 2:
            return self._approach(t, root, self.start)
        departure, place = self._departure(root)
        leaving = t < departure.total
        y, error = self._approach(np.where(leaving, 0.0, t - departure.total), root, root / 2)
        early = place(departure.inverse(np.where(leaving, t, 0.0)))
        return np.where(leaving, early, y), np.where(leaving, self._gap(early), error)

    def _decay(self, t: Array) -> Array:
        """To zero, where the target is zero or of the wrong sign; in ``v = ln(y_0 / y)``."""
        with np.errstate(divide="ignore"):
            pull = np.log(-self.target)

        def pace(v: Array) -> Array:
            log_y = np.log(self.start) - v
            log_others = self._log_others(np.exp(log_y))
            return _bounded(np.exp(log_y), -log_others - np.logaddexp(pull, log_y + log_others))

        scales = [*self._radii[self._radii > 0], *([self._root()] if self.target < 0 else [])]
        end = max([0.0, *np.log(self.start / np.array(scales))]) + SETTLED
        slowest = float(pace(np.array(end)))
        if float(pace(np.array(end - 1))) < 0.9 * slowest:  # algebraic decay: the pace grows by e or more per unit
            end += np.log1p(t.max() / slowest) + 1
        end = min(end, max(0.0, np.log(self.start) - SMALLEST))
        return self.start * np.exp(-PanelIntegral(pace, 0.0, end).inverse(t))

    def _departure(self, root: float) -> tuple[PanelIntegral, Callable[[Array], Array]]:
        """The way up to half the fixed point."""
        unit = 1.0 if self._tied else min([root, *self._radii[:1]])
        place = np.exp if self._tied else lambda v: unit * np.sinh(v)
        slope = np.exp if self._tied else lambda v: unit * np.cosh(v)
        coordinate = np.log if self._tied else lambda y: np.arcsinh(y / unit)

        def pace(v: Array) -> Array:
            y = place(v)
            return _bounded(slope(v) / self._gap(y), -self._log_others(y))

        return PanelIntegral(pace, float(coordinate(self.start)), float(coordinate(root / 2))), place

    def _approach(self, t: Array, root: float, start: float) -> tuple[Array, Array]:
        """To the fixed point from either side, in ``v = -ln |1 - y / y*|``."""
        if start == root:
            return np.full_like(t, root), np.zeros_like(t)
        side = np.sign(root - start)

        def pace(v: Array) -> Array:
            below = side * root * np.exp(-v)
            excess = self._excess(root, below)
            ratio = np.abs(below) / (-self.target * np.expm1(-np.abs(excess)))
            return _bounded(ratio, -self._log_others(root - below) - np.maximum(excess, 0))

        begin = -np.log(abs(root - start) / root)
        end = max(begin, 0.0) + SETTLED + np.log(self.depth)
        below = side * root * np.exp(-PanelIntegral(pace, begin, end).inverse(t))
        with np.errstate(over="ignore"):
            return root - below, -self.target * np.expm1(self._excess(root, below))

    def _root(self) -> float:
        """``y*``, in logarithms: its bounds are those of the slope of ``ln(y G)``, between 1 and ``L``."""
        goal = np.log(abs(self.target))
        most = goal / self.depth
        least = goal - self._log_others(np.exp(most))
        found = elementwise.find_root(lambda v: v + self._log_others(np.exp(v)) - goal, (least - 1e-12, most + 1e-12))
        return float(np.exp(found.x))

    def _gap(self, y: Array) -> Array:
        """``s - y G``."""
        with np.errstate(over="ignore"):
            return self.target - y * np.exp(self._log_others(y))

    def _excess(self, root: float, below: Array) -> Array:
        """``ln(y G / s)`` at ``y = root - below``, without cancellation."""
        sizes = np.hypot(root, self._radii)
        change = -(below[..., None] / sizes) * ((2 * root - below)[..., None] / sizes)  # of y^2 + r^2, relative
        return np.log1p(-below / root) + np.log1p(change) @ self._counts / 2

    def _log_others(self, y: Array | float) -> Array:
        with np.errstate(divide="ignore"):  # y has decayed below the smallest number: G is zero
            return np.log(np.hypot(np.asarray(y)[..., None], self._radii)) @ self._counts


def _bounded(factor: Array, exponent: Array) -> Array:
    """``factor exp(exponent)``, moved into the range of float64."""
    with np.errstate(over="ignore"):
        product = factor * np.exp(np.clip(exponent, -LARGEST, LARGEST))
    return np.clip(product, np.exp(-LARGEST), np.exp(LARGEST))
