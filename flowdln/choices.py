"""Names that a user chooses among, and what is meant by one that is misspelt."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from flowdln.errors import InputError


def chosen(what: str, value: Any, choices: Iterable[str], *, advice: str, expected: str = "") -> str:
    """``value``, checked to be one of the ``choices``; otherwise ``what`` begins the message and ``advice`` ends it.

    ``expected`` describes the choices where they are too many to be listed.

    Raises
    ------
    InputError
        For anything else, with the names that are close to it.
    """
    names = list(choices)
    if isinstance(value, str) and value in names:
        return value
    expected = expected or f"one of {', '.join(names)}"
    raise InputError(f"{what} is {value!r}; expected {expected}. {suggested(value, names) or advice}")


def suggested(value: Any, choices: Iterable[str]) -> str:
    """A question after the names that ``value`` is close to, whatever their case; empty if there are none.

    Examples
    --------
    >>> suggested("rk54", ["RK45", "RK23", "Radau"])
    "Did you mean 'RK45'?"
    >>> suggested("euler", ["RK45", "RK23", "Radau"])
    ''
    """
    names = list(choices)
    close = get_close_matches(_plain(str(value)), dict.fromkeys(map(_plain, names)), n=3)
    meant = [name for match in close for name in names if _plain(name) == match]
    return f"Did you mean {' or '.join(map(repr, meant))}?" if meant else ""


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").replace(" ", "_")
