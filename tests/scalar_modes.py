"""One mode of a network of any depth, ``a_l' = prod_{j != l} a_j (s - prod_j a_j)``, by other means."""

from itertools import pairwise

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import roots_legendre

NODES, WEIGHTS = roots_legendre(24)


def integrate(ts, start, s):
    """Strengths ``(L, T)`` by SciPy at 1e-13."""
    start = np.asarray(start, dtype=float)

    def velocity(_, strengths):
        before = np.cumprod([1, *strengths])
        after = np.cumprod([1, *strengths[::-1]])[::-1]
        return before[:-1] * after[1:] * (s - before[-1])

    options = {"method": "DOP853", "t_eval": ts, "rtol": 1e-13, "atol": 1e-15 * (np.abs(start).max() or 1)}
    return solve_ivp(velocity, (0, ts[-1]), start, **options).y


class Clock:
    """Time as an integral over the smallest layer, in mpmath's digits.

    The others follow it, since differences of squares are conserved.
    """

    def __init__(self, start, s):
        self.start, self.s = [mp.mpf(float(a)) for a in start], mp.mpf(float(s))
        self.layer = min(range(len(start)), key=lambda i: abs(start[i]))

    def strengths(self, y):
        """Strengths of all layers where that of the smallest is ``y``."""
        first = self.start[self.layer]
        return [
            y if i == self.layer else mp.sign(a) * mp.sqrt(y * y + (a - first) * (a + first))
            for i, a in enumerate(self.start)
        ]

    def velocity(self, y):
        """Of the smallest layer."""
        strengths = self.strengths(y)
        others = mp.fprod(a for i, a in enumerate(strengths) if i != self.layer)
        return others * (self.s - others * y)

    def time(self, end):
        """Time at which the smallest layer has the strength ``end``."""
        start = self.start[self.layer]
        low, high = min(start, end), max(start, end)
        cuts = {low, high}
        for centre in {low, high, *([mp.mpf(0)] if low < 0 < high else [])}:
            reach = self._smooth(centre)
            while reach < high - low:
                cuts |= {centre - reach, centre + reach}
                reach *= 1 + 8 / mp.mpf(len(self.start))
        points = sorted(cut for cut in cuts if low <= cut <= high)
        total = mp.fsum(self._passing(a, b) for a, b in pairwise(points))
        return total if end >= start else -total

    def departure(self, t, y):
        """What the error of the time that belongs to ``y`` is in ``y``, relative."""
        with mp.workdps(30):
            y = mp.mpf(float(y))
            return float((self.time(y) - mp.mpf(float(t))) * self.velocity(y) / y)

    def departure_of_error(self, t, error, near):
        """What the error of the time that belongs to ``error = s - u`` is in ``error``, relative."""
        with mp.workdps(80):
            error = mp.mpf(float(error))
            y = mp.findroot(lambda y: self.s - mp.fprod(self.strengths(y)) - error, mp.mpf(float(near)))
            rate = mp.fsum(((self.s - error) / a) ** 2 for a in self.strengths(y))  # -error' / error
            return float((self.time(y) - mp.mpf(float(t))) * rate)

    def _smooth(self, y):
        """A length over which the velocity changes little: to zero, to another layer, or to the fixed point."""
        strengths = self.strengths(y)
        if y == 0:
            return min((abs(a) for i, a in enumerate(strengths) if i != self.layer), default=mp.inf)
        gap = abs(self.s / mp.fprod(strengths) - 1)
        return abs(y) * min(gap, 1) / len(strengths)

    def _passing(self, a, b):
        """Time from ``a`` to ``b``, neighbours at which :meth:`time` cuts, by a Gauss rule."""
        places = (a + (b - a) * (1 + mp.mpf(float(node))) / 2 for node in NODES)
        return (b - a) / 2 * mp.fsum(float(w) / self.velocity(y) for y, w in zip(places, WEIGHTS, strict=True))
