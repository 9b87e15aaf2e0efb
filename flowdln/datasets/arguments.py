"""Numbers that the generators of this room are called with, checked."""

from typing import Any

import numpy as np

from flowdln.errors import InputError


def whole_number(name: str, value: Any, *, least: int, advice: str) -> int:
    """``value`` as an integer of at least ``least``; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value >= least:
        return int(value)
    raise InputError(f"{name} is {value!r}; expected an integer of at least {least}. {advice}")


def probability(name: str, value: Any, *, advice: str) -> float:
    """``value`` as a float between 0 and 1; ``advice`` ends the message otherwise."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    raise InputError(f"{name} is {value!r}; expected a number between 0 and 1. {advice}")
