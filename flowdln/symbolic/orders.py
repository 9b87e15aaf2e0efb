"""The order of an approximation, measured."""

from collections.abc import Callable

import numpy as np

from flowdln.symbolic.evidence import Evidence

MARGIN = 0.1  # by which the measured order may miss the stated one


def measure_order(error: Callable[[float], float], start: float, expected: float, halvings: int = 5) -> Evidence:
    """Whether ``error(x)`` falls as ``x^expected``, by halving ``x`` from ``start``; the slope of the last two counts.

    Examples
    --------
    >>> measure_order(lambda x: 1 - np.cos(x), 0.1, expected=2).holds
    True
    """
    steps = [start / 2**k for k in range(halvings + 1)]
    errors = np.array([error(x) for x in steps], dtype=float)
    if not (np.isfinite(errors).all() and (errors > 0).all()):
        return Evidence(None, False, f"there is no order: the errors are {errors}")
    order = float(np.log2(errors[-2] / errors[-1]))
    text = f"the error is {errors[0]:.3g} at {start:g} and {errors[-1]:.3g} at {steps[-1]:g}"
    return Evidence(abs(order - expected) < MARGIN, False, text, order=order)
