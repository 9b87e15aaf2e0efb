"""The functions that closed forms are written in, on symbols: what is handed to them as ``xp`` in place of NumPy."""

from typing import Any

import sympy as sp

exp = sp.exp
sqrt = sp.sqrt


def expm1(x: Any) -> Any:
    """``exp(x) - 1``."""
    return sp.exp(x) - 1


def where(condition: Any, then: Any, otherwise: Any) -> Any:
    """``then`` where the condition is true; decided at once if the symbols' assumptions settle it."""
    return sp.Piecewise((then, condition), (otherwise, True))
