"""The one gate for formulas: SymPy would evaluate text as Python code, so that no text passes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from flowdln.errors import InputError

ADVICE = 'Declare its letters, as in s, t = sympy.symbols("s t", positive=True), and write it without quotes.'


def converted(value: Any) -> Any:
    """``value`` as a SymPy expression; text is refused, not evaluated.

    Examples
    --------
    >>> converted(0.5), converted(sp.Symbol("x"))
    (0.500000000000000, x)
    """
    require_formulas(formula=value)
    try:
        return sp.sympify(value, strict=True)
    except sp.SympifyError as error:
        raise InputError(
            f"a formula has the type {type(value).__name__}; expected numbers and SymPy's expressions. Write it in "
            "SymPy's symbols."
        ) from error


def require_formulas(**values: Any) -> None:
    """Refuse text anywhere in the given arguments, also within sequences, mappings and arrays.

    Raises
    ------
    InputError
        With the name of the argument.
    """
    for name, value in values.items():
        for text in _texts(value):
            shown = repr(text) if len(text) <= 60 else f"{text[:57]!r}..."
            raise InputError(f"{name} has the text {shown}; expected a formula. {ADVICE}")


def _texts(value: Any) -> list[Any]:
    if isinstance(value, (str, bytes)):
        return [value]
    if isinstance(value, Mapping):
        parts: Any = [*value.keys(), *value.values()]
    elif isinstance(value, np.ndarray):
        parts = value.ravel().tolist() if value.dtype.kind in "OUS" else []
    else:
        parts = value if isinstance(value, (tuple, list, set, frozenset)) else []
    return [text for part in parts for text in _texts(part)]
