"""Findings about formulas in matrices of any size and in numbers made of them: what is zero, and how it is seen."""

from collections.abc import Mapping
from typing import Any

import sympy as sp

from flowdln.symbolic.matrix_instances import find_nonzero
from flowdln.symbolic.sides import LONGEST, compare_sides
from flowdln.symbolic.trace_numbers import Scalar, find_nonzero_scalar
from flowdln.symbolic.verification import Finding
from flowdln.symbolic.words import Polynomial, written


def matrix_finding(subject: str, terms: Polynomial, symmetric: frozenset[str]) -> Finding:
    """Finding on whether a polynomial in matrices is zero."""
    if not terms:
        return Finding(subject, True, True, "holds for matrices of any size")
    residual = _shortened(" + ".join(f"({factor}) {written(word)}" for word, factor in terms.items()))
    return _nonzero(subject, residual, find_nonzero(terms, symmetric))


def scalar_finding(subject: str, number: Scalar, symmetric: frozenset[str]) -> Finding:
    """Finding on whether a number made of traces is zero; if there are none, of a scalar expression."""
    if not number.words:
        return compare_sides(subject, number.expression, sp.S.Zero)
    if sp.expand(sp.numer(sp.together(number.expression))) == 0:
        return Finding(subject, True, True, "holds for matrices of any size")
    return _nonzero(subject, _shortened(str(number.expression)), find_nonzero_scalar(number, symmetric))


def _nonzero(subject: str, residual: str, found: Mapping[str, str] | None) -> Finding:
    if found is None:
        return Finding(
            subject, None, False, "terms are left, but no matrices were found where they differ from 0", residual
        )
    return Finding(subject, False, True, "does not hold", residual, found)


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def is_matrix(expression: Any) -> bool:
    """Whether an expression is a matrix of symbolic size."""
    return isinstance(expression, sp.MatrixExpr)
