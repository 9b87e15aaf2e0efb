"""The errors a user meets: each says what is wrong, what was expected, what was received, and what to change."""


class FlowdlnError(Exception):
    """Any error raised on purpose by flowdln.

    Parameters
    ----------
    what
        The thing that is wrong, by the name the user gave it: ``"weights[1]"``.
    received
        What it is, as the rest of a sentence: ``"has shape (4, 3)"``.
    expected
        What would have been right: ``"(4, 5)"``.
    advice
        What to change, as one or two sentences.

    Examples
    --------
    >>> advice = "Layer 1 has 5 outputs."
    >>> print(ShapeError(what="weights[1]", received="has shape (4, 3)", expected="(4, 5)", advice=advice))
    weights[1] has shape (4, 3); expected (4, 5). Layer 1 has 5 outputs.
    """

    def __init__(self, *, what: str, received: str, expected: str, advice: str) -> None:
        super().__init__(f"{what} {received}; expected {expected}. {advice}")


class InputError(FlowdlnError, ValueError):
    """A value, file or option that cannot be used."""


class ShapeError(InputError):
    """Arrays whose shapes do not fit together."""


class AssumptionError(FlowdlnError, ValueError):
    """A closed form was asked for where it does not apply."""


class SolveError(FlowdlnError, RuntimeError):
    """An integration or a descent that failed or diverged."""


class DatasetError(FlowdlnError, OSError):
    """A data set that cannot be found, downloaded or trusted."""


class MissingDataError(DatasetError):
    """A data set whose files are not there, as opposed to one that is damaged."""
