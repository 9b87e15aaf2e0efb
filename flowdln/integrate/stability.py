"""Steps of an explicit method kept within its region of stability."""

import numpy as np
from scipy.integrate import OdeSolver

# DOP853 is stable up to steps of 6 / rate. Longer ones pass its error estimate where what they amplify is still
# rounding: up to 4 they are about as accurate as asked for.
STABLE_STEP = {"DOP853": 4.0}
PROBE = 1e-7  # relative change of the state by which the rate is measured


class StabilityLimit:
    """Limit ``limit / rate`` on the next step, with the largest rate at which the velocity changes with the state.

    The rate is found by power iteration, at one evaluation a step.

    Attributes
    ----------
    cuts : int
        Number of consecutive steps, up to the last, that the limit has shortened.
    """

    def __init__(self, limit: float, size: int) -> None:
        self.limit, self.cuts = limit, 0
        self.direction = np.random.default_rng(0).standard_normal(size)  # random: it has a part in every direction

    def __call__(self, solver: OdeSolver) -> None:
        """Shorten the next step if it exceeds the limit."""
        nudge = self.direction * (PROBE * (np.linalg.norm(solver.y) or 1.0) / np.linalg.norm(self.direction))
        change = solver.fun(solver.t, solver.y + nudge) - solver.f
        rate = np.linalg.norm(change) / np.linalg.norm(nudge)
        if not 0 < rate < np.inf:
            return
        self.direction = change
        self.cuts = self.cuts + 1 if solver.h_abs > self.limit / rate else 0
        solver.h_abs = min(solver.h_abs, self.limit / rate)
