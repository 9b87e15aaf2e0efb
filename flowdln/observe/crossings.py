"""When curves, such as mode strengths over time, reach given levels."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from flowdln.validation import Array


def crossing_times(ts: Array, curves: Array, levels: ArrayLike) -> Array:
    """Times ``(..., r)`` at which ``curves``, ``(..., T, r)``, first reach their ``levels``, ``(r,)`` or one for all.

    Linear between the times ``ts``, ``(T,)``. A curve that begins at its level or above reaches it at ``ts[0]``; one
    that never does, at the time nan. Nothing is raised. Half-times of modes are those at half of their ends.

    Examples
    --------
    >>> modes = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [2.0, 1.0]])
    >>> crossing_times(np.arange(4.0), modes, [2.0, 0.5])
    array([1.5, 2.5])
    >>> crossing_times(np.arange(4.0), modes, 2.0)
    array([1.5, nan])
    """
    first_times = np.vectorize(partial(_first_time, ts), signature="(t),()->()", otypes=[float])
    return np.asarray(first_times(curves.mT, levels))


def _first_time(ts: Array, curve: Array, level: float) -> float:
    reached = np.flatnonzero(curve >= level)
    if not len(reached):
        return np.nan
    around = slice(max(reached[0] - 1, 0), reached[0] + 1)
    return float(np.interp(level, curve[around], ts[around]))
