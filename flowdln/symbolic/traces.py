"""Traces of matrix expressions as scalars, so that the shipped loss can be evaluated on matrices of symbolic sizes."""

from typing import Any

import sympy as sp

from flowdln.symbolic.gate import require_formulas
from flowdln.symbolic.words import Rules, trace_polynomial, written


def formal_trace(expression: Any, rules: Rules = Rules()) -> sp.Expr:  # noqa: B008 (immutable)
    """Trace of a matrix expression as a sum of symbols, one for each word up to rotation and transposition.

    Equal for all matrices of all sizes if the sums are; a scalar, unlike :class:`sympy.Trace`, so that a sum of such
    traces can be expanded, differentiated and compared.

    Examples
    --------
    >>> n = sp.Symbol("n")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> formal_trace(3 * B.T * A.T - 2 * A * B)
    tr(A B)
    """
    require_formulas(expression=expression)
    words = trace_polynomial(expression, rules)
    return sp.Add(*(factor * sp.Symbol(f"tr({written(word)})") for word, factor in words.items()))
