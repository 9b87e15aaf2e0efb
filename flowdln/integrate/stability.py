"""Steps of an explicit method kept within its region of stability."""

import numpy as np
from scipy.integrate import OdeSolver

from flowdln.validation import Array

# DOP853 is stable up to steps of 6 / rate. Longer ones pass its error estimate where what they amplify is still
# rounding, and between steps its interpolant loses accuracy before that: up to 4 it is about as accurate as the steps.
STABLE_STEP = {"DOP853": 4.0}
PROBE = 1e-7  # relative change of the state by which the rate is measured


def first_direction(size: int) -> Array:
    """A direction ``(N,)`` that has no reason to miss the fastest one."""
    return np.random.default_rng(0).standard_normal(size)


def restrain(solver: OdeSolver, limit: float, direction: Array) -> Array:
    """Keep the next step below ``limit / rate``, with the largest rate at which the velocity changes with the state.

    The rate is found by power iteration, at one evaluation a step; the direction ``(N,)`` in which it was found is
    given back, for the next step to start from.
    """
    nudge = direction * (PROBE * (np.linalg.norm(solver.y) or 1.0) / np.linalg.norm(direction))
    change = solver.fun(solver.t, solver.y + nudge) - solver.f
    rate = np.linalg.norm(change) / np.linalg.norm(nudge)
    if not 0 < rate < np.inf:
        return direction
    solver.h_abs = min(solver.h_abs, limit / rate)
    return np.asarray(change)
