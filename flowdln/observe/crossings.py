"""When curves, such as mode strengths over time, reach given levels."""

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import ShapeError
from flowdln.validation import Array, real_array, valid_times


def crossing_times(ts: ArrayLike, curves: ArrayLike, levels: ArrayLike) -> Array:
    """Times ``(..., r)`` at which ``curves``, ``(..., T, r)``, first reach their ``levels``, ``(r,)`` or one for all.

    Linear between the times ``ts``, ``(T,)``. A curve that begins at its level or above reaches it at ``ts[0]``; one
    that never does, at the time nan. Half-times of modes are those at half of their ends.

    Raises
    ------
    InputError
        For times that do not increase, and numbers that are not finite.
    ShapeError
        For curves, times and levels that do not fit together.

    Examples
    --------
    >>> modes = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0], [2.0, 1.0]])
    >>> crossing_times(np.arange(4.0), modes, [2.0, 0.5])
    array([1.5, 2.5])
    >>> crossing_times(np.arange(4.0), modes, 2.0)
    array([1.5, nan])
    """
    times, values = valid_times(ts), real_array("curves", curves, 2, stacked=True)
    heights = real_array("levels", levels, 0, stacked=True)
    count, each = values.shape[-2:]
    if count != len(times):
        raise ShapeError(
            f"curves has shape {values.shape}; expected (..., {len(times)}, r), a row for each of the {len(times)} "
            "times. Curves are columns, as in trajectory.modes: one alone is curve.reshape(-1, 1)."
        )
    if heights.shape not in {(), (each,)}:
        raise ShapeError(
            f"levels has shape {heights.shape}; expected ({each},), or one number. Give one for each curve, or "
            "one for all."
        )
    first_times = np.vectorize(partial(_first_time, times), signature="(t),()->()", otypes=[float])
    return np.asarray(first_times(values.mT, heights))


def _first_time(ts: Array, curve: Array, level: float) -> float:
    reached = np.flatnonzero(curve >= level)
    if not len(reached):
        return np.nan
    around = slice(max(reached[0] - 1, 0), reached[0] + 1)
    return float(np.interp(level, curve[around], ts[around]))
