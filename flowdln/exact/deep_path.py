"""The line on which a mode of many layers moves, and the time along it."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import elementwise

from flowdln.exact.panels import PanelIntegral
from flowdln.validation import Array

SETTLED = 42.0  # exp(-42) is below rounding
Follower = Callable[[Array], tuple[Array, Array]]


class DeepPath:
    r"""``y' = G (s - y G)`` with ``G(y) = \prod_l \sqrt{y^2 + d_l}``, from ``y_0``; one scalar for all layers.

    Time is an integral over the path, taken in coordinates in which the integrand is smooth on the scale one: the
    logarithm of ``y`` while it is small (``asinh`` where ``y`` passes through zero), and the logarithm of the distance
    to the fixed point ``y* G(y*) = s``.

    Parameters
    ----------
    start
        ``y_0``; positive if some ``d_l`` is zero.
    target
        ``s``; not negative unless some ``d_l`` is zero.
    offsets : (L - 1,)
        ``d_l >= 0``, the differences of the squared strengths.
    """

    def __init__(self, start: float, target: float, offsets: Array) -> None:
        self.start, self.target, self.offsets = float(start), float(target), offsets
        self._levels, self._counts = np.unique(offsets, return_counts=True)
        self._tied = bool(np.any(offsets == 0))

    def follow(self, t: Array) -> tuple[Array, Array]:
        """``y`` and ``s - y G`` at the times ``t`` (units of tau)."""
        if self.target <= 0:
            return self._decay(t)
        root = self._root()
        if self.start >= root / 2:
            return self._approach(t, root, self.start)
        departure, place = self._departure(root)
        leaving = t < departure.total
        y, error = self._approach(np.where(leaving, 0.0, t - departure.total), root, root / 2)
        early = place(departure.inverse(np.where(leaving, t, 0.0)))
        return np.where(leaving, early, y), np.where(leaving, self.target - early * self._others(early), error)

    def _decay(self, t: Array) -> tuple[Array, Array]:
        """To zero, where the target is zero or of the wrong sign; in ``v = ln(y_0 / y)``."""

        def pace(v: Array) -> Array:
            y = self.start * np.exp(-v)
            others = self._others(y)
            return y / (others * (-self.target + y * others))

        scales = [*self._levels[self._levels > 0] ** 0.5, abs(self.target) ** (1 / (len(self.offsets) + 1))]
        end = max([0.0, *(np.log(self.start / scale) for scale in scales if scale > 0)]) + SETTLED
        slowest = float(pace(np.array(end)))
        if float(pace(np.array(end - 1))) < 0.9 * slowest:  # algebraic decay: the pace grows by e or more per unit
            end += np.log1p(t.max() / slowest) + 1
        y = self.start * np.exp(-PanelIntegral(pace, 0.0, end).inverse(t))
        return y, self.target - y * self._others(y)

    def _departure(self, root: float) -> tuple[PanelIntegral, Callable[[Array], Array]]:
        """The way up to half the fixed point."""
        unit = 1.0 if self._tied else float(np.sqrt(self._levels[0])) if self._levels.size else root
        place = np.exp if self._tied else lambda v: unit * np.sinh(v)
        slope = np.exp if self._tied else lambda v: unit * np.cosh(v)
        coordinate = np.log if self._tied else lambda y: np.arcsinh(y / unit)

        def pace(v: Array) -> Array:
            others = self._others(place(v))
            return slope(v) / (others * (self.target - place(v) * others))

        return PanelIntegral(pace, float(coordinate(self.start)), float(coordinate(root / 2))), place

    def _approach(self, t: Array, root: float, start: float) -> tuple[Array, Array]:
        """To the fixed point from either side, in ``v = -ln |1 - y / y*|``."""
        if start == root:
            return np.full_like(t, root), np.zeros_like(t)
        side = np.sign(root - start)

        def pace(v: Array) -> Array:
            below = side * root * np.exp(-v)
            return below / (self._others(root - below) * self._error(root, below))

        begin = -np.log(abs(root - start) / root)
        end = max(begin, 0.0) + SETTLED + np.log(len(self.offsets) + 1)
        below = side * root * np.exp(-PanelIntegral(pace, begin, end).inverse(t))
        return root - below, self._error(root, below)

    def _root(self) -> float:
        """``y*``, in logarithms: its bounds are those of the slope of ``ln(y G)``, between 1 and ``L``."""
        goal = np.log(self.target)
        most = goal / (len(self.offsets) + 1)
        least = goal - self._log_others(np.exp(most))
        found = elementwise.find_root(lambda v: v + self._log_others(np.exp(v)) - goal, (least - 1e-12, most + 1e-12))
        return float(np.exp(found.x))

    def _error(self, root: float, below: Array) -> Array:
        """``s - y G`` at ``y = root - below``, without cancellation."""
        change = -below * (2 * root - below)  # y^2 - root^2
        others = np.log1p(change[..., None] / (root**2 + self._levels)) @ self._counts
        return -self.target * np.expm1(np.log1p(-below / root) + others / 2)

    def _others(self, y: Array) -> Array:
        return np.exp(self._log_others(y))

    def _log_others(self, y: Array | float) -> Array:
        with np.errstate(divide="ignore"):  # y has decayed below the smallest number: G is zero
            return np.log(np.square(y)[..., None] + self._levels) @ self._counts / 2
