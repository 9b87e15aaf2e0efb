"""Velocities of symbols that a user brings, and whether the shapes in a formula fit."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import sympy as sp

from flowdln.errors import InputError, ShapeError
from flowdln.symbolic.formulas import valid_formula

Velocity = Mapping[Any, Any]  # of each symbol that moves, a matrix or a number


def valid_velocity(velocity: Any) -> dict[Any, sp.Expr]:
    """``velocity`` as a dictionary of formulas: a number for a symbol, a matrix of its shape for a matrix symbol.

    Raises
    ------
    InputError
        For what is no such dictionary.
    ShapeError
        For a velocity of another shape than its symbol.
    """
    example = "For example, {a: b * (s - a * b), b: a * (s - a * b)}."
    if not isinstance(velocity, Mapping):
        raise InputError(
            f"velocity has the type {type(velocity).__name__}; expected a dictionary of the velocity of each "
            f"symbol that moves. {example}"
        )
    for symbol in velocity:
        if not isinstance(symbol, (sp.Symbol, sp.MatrixSymbol)):
            raise InputError(
                f"velocity has the key {symbol!r}; expected symbols, as they are in the formula. {example}"
            )
    return {symbol: _fitting(symbol, moving) for symbol, moving in velocity.items()}


def _fitting(symbol: Any, moving: Any) -> sp.Expr:
    formula = valid_formula(f"the velocity of {symbol}", moving)
    require_fit(f"the velocity of {symbol}", formula)
    if _shape(formula) != _shape(symbol):
        raise ShapeError(
            f"the velocity of {symbol} is {formula}, of shape {_shape(formula)}; expected {_shape(symbol)}. A "
            "symbol and its velocity have the same shape, () for numbers."
        )
    return formula


def require_fit(what: str, formula: sp.Expr) -> None:
    """Refuse sums and products of matrices whose symbolic sizes differ, which SymPy lets pass.

    Raises
    ------
    ShapeError
        For the first that do not fit.
    """
    for part in sp.preorder_traversal(formula):
        matrices = [factor for factor in getattr(part, "args", ()) if isinstance(factor, sp.MatrixExpr)]
        if isinstance(part, sp.MatAdd):
            fits = len({matrix.shape for matrix in matrices}) == 1
        elif isinstance(part, sp.MatMul):
            fits = all(left.shape[1] == right.shape[0] for left, right in pairwise(matrices))
        elif isinstance(part, (sp.MatPow, sp.Trace)):
            fits = matrices[0].shape[0] == matrices[0].shape[1]
        else:
            continue
        if not fits:
            shapes = ", ".join(f"{matrix} {matrix.shape}" for matrix in matrices)
            raise ShapeError(
                f"{what} has {part}, of matrices of the shapes {shapes}; expected shapes that fit. W_l has shape "
                "(outputs, inputs): is a transpose missing?"
            )


def _shape(formula: Any) -> tuple[Any, ...]:
    return tuple(formula.shape) if isinstance(formula, sp.MatrixExpr) else ()
