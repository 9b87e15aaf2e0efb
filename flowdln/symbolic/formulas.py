"""Formulas and functions that a user brings, looked at before they are used."""

import inspect
from collections.abc import Callable, Sequence
from numbers import Number
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.gate import ADVICE


def valid_formula(what: str, value: Any) -> sp.Expr:
    """``value`` as a SymPy expression, of a number or a matrix; called ``what`` in the message otherwise.

    Raises
    ------
    InputError
        For anything else: text (whose letters SymPy would take for new symbols, or for its functions), an equation,
        ``None``, arrays.
    """
    if isinstance(value, sp.Expr):
        return value
    if isinstance(value, (Number, mp.mpf, mp.mpc)) and not isinstance(value, bool):
        return sp.sympify(value)
    if isinstance(value, str):
        received, advice = f"is the text {value!r}", ADVICE
    elif isinstance(value, sp.Basic):
        received, advice = f"is {value} ({type(value).__name__})", "Of an equation, give one side."
    else:
        received, advice = f"has the type {type(value).__name__}", "Write it in SymPy's symbols, or as a function."
    raise InputError(f"{what} {received}; expected a formula. {advice}")


def valid_entries(what: str, values: Any) -> list[sp.Expr]:
    """Formulas for numbers: the entries of a matrix, an array or a (nested) sequence, or the one that ``values`` is.

    Raises
    ------
    InputError
        As :func:`valid_formula`, and for matrices of symbolic size.
    """
    if isinstance(values, np.ndarray):
        return valid_entries(what, values.tolist())
    if isinstance(values, (sp.MatrixBase, Sequence)) and not isinstance(values, str):
        return [entry for value in values for entry in valid_entries(what, value)]
    formula = valid_formula(what, values)
    if isinstance(formula, sp.MatrixExpr):
        raise InputError(
            f"{what} is the matrix {formula}; expected formulas for numbers. Write a system as a tuple, or as a "
            "sympy.Matrix of them."
        )
    return [formula]


def valid_symbol(name: str, value: Any) -> sp.Symbol:
    """``value``, checked to be a symbol."""
    if isinstance(value, sp.Symbol):
        return value
    raise InputError(
        f"{name} is {value!r}; expected a SymPy symbol. Pass the one in your formula, such as {name} = "
        f"sympy.Symbol({name!r}, positive=True)."
    )


def is_function(value: Any) -> bool:
    """Whether it is a function rather than a formula: SymPy's symbols can be called, but only a Lambda means it."""
    return callable(value) and not (isinstance(value, sp.Basic) and not isinstance(value, sp.Lambda))


def on_symbols(what: str, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a function makes of symbols, or ``None`` if it takes numbers or arrays only.

    Raises
    ------
    InputError
        For a function that returns ``None``; called ``what`` in the message.
    """
    try:
        value = function(*arguments, **options)
    except (TypeError, AttributeError, ValueError):  # what NumPy, SciPy, math and mpmath answer to a symbol
        return None
    if value is None:
        raise InputError(f"{what} returns None; expected a value. Is a return missing?")
    return value


def require_arguments(what: str, function: Any, names: Sequence[str]) -> None:
    """Refuse what cannot be called with as many positional arguments; ``names`` are for the message."""
    expected = f"a function of {', '.join(names)}"
    if not is_function(function):
        raise InputError(f"{what} has the type {type(function).__name__}; expected {expected}. {_example(names)}")
    parameters = _parameters(function)
    if parameters is None:
        return
    try:
        parameters.bind(*names)
    except TypeError as error:
        raise InputError(
            f"{what} has the arguments ({', '.join(parameters.parameters)}); expected {expected}. {_example(names)}"
        ) from error


def _example(names: Sequence[str]) -> str:
    return f"Write it as lambda {', '.join(names)}: ..."


def _parameters(function: Callable[..., Any]) -> inspect.Signature | None:
    """The parameters of a function; ``None`` for functions of compiled libraries, which do not tell."""
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None
