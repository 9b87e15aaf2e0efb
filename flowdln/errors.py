"""Exceptions raised by flowdln."""

from typing import Any


def printable(text: object) -> str:
    r"""Text on one line, its control characters, as file names may have them, escaped.

    Examples
    --------
    >>> print(printable("run\n2 é.nc"))
    run\n2 é.nc
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in str(text))


class FlowdlnError(Exception):
    """Base class of every error that flowdln raises on purpose.

    The message says what is wrong, what was expected and what to change, in one or two sentences.

    Examples
    --------
    >>> raise ShapeError("weights[1] has shape (4, 3); expected (4, 5), since layer 1 has 5 outputs.")
    Traceback (most recent call last):
    flowdln.errors.ShapeError: weights[1] has shape (4, 3); expected (4, 5), since layer 1 has 5 outputs.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


class InputError(FlowdlnError, ValueError):
    """Value, file or option that cannot be used."""


class ShapeError(InputError):
    """Arrays whose shapes do not fit together."""


class AssumptionError(FlowdlnError, ValueError):
    """Closed form that does not apply to the given problem; its message may be a table of several lines."""

    def __str__(self) -> str:
        return "\n".join(map(printable, Exception.__str__(self).split("\n")))


class SolveError(FlowdlnError, RuntimeError):
    """Integration or descent that failed, diverged or reached its limit of steps.

    Attributes
    ----------
    trajectory : Trajectory or None
        The part of the result that was computed before the failure.
    """

    trajectory: Any = None


class DatasetError(FlowdlnError, OSError):
    """Data set that cannot be found, downloaded or trusted."""


class MissingDataError(DatasetError):
    """Data set whose files are absent, as opposed to damaged."""
