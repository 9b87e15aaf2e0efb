"""Numbers that a figure asserts."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Check(NamedTuple):
    """A number with what it should be: ``|found - expected| <= tolerance``."""

    name: str
    expected: float
    found: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the number is within its tolerance; NaN is not."""
        return abs(self.found - self.expected) <= self.tolerance


def farthest(values: ArrayLike, expected: float) -> float:
    """The one of ``values`` that is farthest from ``expected``, or NaN where one is."""
    array = np.asarray(values, dtype=float)
    return float(array.flat[np.argmax(np.abs(array - expected))])
