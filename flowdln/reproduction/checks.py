"""Numbers that a figure asserts."""

from typing import NamedTuple


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
