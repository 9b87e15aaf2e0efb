"""Times at which something happens on a simulated trajectory, beside those that a formula states."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from flowdln.errors import SolveError
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.instances import instance

RELATIVE, ABSOLUTE = 1e-13, 1e-15  # tolerances of the integrator
AGREEMENT = 1e-10  # of a stated time with a measured one, relative


def event_time(
    velocity: Callable[..., Any], start: Sequence[float], event: Callable[[Any], float], until: float
) -> float:
    """First time at which ``event(y)`` is zero, along ``y' = velocity(y)`` from ``start``.

    Raises
    ------
    SolveError
        If there is no such time before ``until``.

    Examples
    --------
    >>> round(event_time(lambda y: -y, [1.0], lambda y: y[0] - 0.5, until=2.0), 10)
    0.6931471806
    """

    def reached(_: float, y: Any) -> float:
        return event(y)

    solution = solve_ivp(
        lambda _, y: velocity(y), (0, until), start, method="DOP853", rtol=RELATIVE, atol=ABSOLUTE, events=reached
    )
    if not (solution.success and solution.t_events[0].size):
        raise SolveError(
            f"the event was not met; expected a zero before t = {until:g}. Ask for a longer time, or for an event "
            "that the trajectory meets."
        )
    return float(solution.t_events[0][0])


def compare_times(pairs: Sequence[tuple[float, float]], tolerance: float = AGREEMENT) -> Evidence:
    """Whether each stated time is the measured one beside it, to a relative tolerance.

    Examples
    --------
    >>> compare_times([(1.0, 1.0), (2.0, 4.0)]).text
    'of 2 times the worst is 2 by the formula and 4 by an integrator'
    """
    stated, measured = max(pairs, key=lambda pair: _excess(*pair))
    which = "the time" if len(pairs) == 1 else f"of {len(pairs)} times the worst"
    text = f"{which} is {stated:.6g} by the formula and {measured:.6g} by an integrator"
    holds = bool(_excess(stated, measured) <= tolerance)
    return Evidence(holds, False, text, {} if holds else instance(stated=stated, measured=measured))


def _excess(stated: float, measured: float) -> float:
    return abs(stated / measured - 1) if np.isfinite([stated, measured]).all() else np.inf
