"""The first time in a step of an integrator at which one of many numbers, the margins of gates, is used up."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from flowdln.validation import Array

GLANCES = np.linspace(0, 1, 5)  # where in a step all margins are looked at
BETWEEN = np.linspace(0, 1, 33)  # where quartics through these tell what they are
QUARTIC = np.vander(BETWEEN, 5) @ np.linalg.inv(np.vander(GLANCES, 5))  # (33, 5)
NEAR = 0.05  # relative to the largest of the five: a lowest value of a quartic that asks for a look


def find_first_change(margins: Callable[[float], Array], start: float, stop: float) -> float | None:
    """The first time in a step at which a margin is used up, to rounding; ``None`` if none is.

    All are looked at five times, and again near 0 where the quartics through these five values are lowest, so that one
    that is used up and regained within a quarter of the step is seen too. Missed is what a margin does between two
    looks away from where its quartic is lowest, and a minimum so little below 0 that its quartic does not place it well
    enough.

    Parameters
    ----------
    margins
        Function of time: numbers ``(G,)``, of which those at ``start`` are above 0 unless the change is due there.
    start, stop
        The ends of the step, over which the margins are smooth.

    Examples
    --------
    >>> margins = lambda t: np.array([1 - t, (t - 0.4) * (t - 0.3)])
    >>> round(find_first_change(margins, 0.0, 0.9), 12)
    0.3
    >>> find_first_change(margins, 0.41, 0.9) is None
    True
    """
    times = start + GLANCES * (stop - start)
    seen = np.stack([margins(t) for t in times])
    if seen[0].min(initial=np.inf) <= 0:
        return start

    def tightest(t: float) -> float:
        return float(margins(t).min(initial=np.inf))

    early = start
    for late in np.union1d(times[1:], start + _dips(seen) * (stop - start)):
        if tightest(late) <= 0:
            return float(brentq(tightest, early, late, xtol=1e-15 * abs(late), rtol=4 * np.finfo(float).eps))
        early = late
    return None


def _dips(seen: Array) -> Array:
    """Where in a step, from 0 to 1, the quartics of margins ``(5, G)`` have minima near 0."""
    low = seen[:, seen.min(0) < np.ptp(seen, axis=0)]  # a quartic through five values falls below them by less
    quartics = QUARTIC @ low
    near = quartics[:, quartics.min(0, initial=np.inf) < NEAR * low.max(0, initial=0)]
    lowest = near.argmin(0)
    inner = (lowest > 0) & (lowest < len(BETWEEN) - 1)
    lowest, near = lowest[inner], near[:, inner]
    before, there, after = (near[lowest + i, range(len(lowest))] for i in (-1, 0, 1))
    return (lowest + (before - after) / (before - 2 * there + after) / 2) / (len(BETWEEN) - 1)
