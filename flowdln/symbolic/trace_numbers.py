"""Numbers made of traces, such as losses and norms: functions of one commuting symbol for each trace.

The traces of different words in matrices of any size are algebraically independent, so that such a number is zero for
all matrices if and only if it is zero as a function of these symbols.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.gate import converted
from flowdln.symbolic.instances import instance
from flowdln.symbolic.matrix_instances import draw_matrices, value_of
from flowdln.symbolic.trial_points import generic_point
from flowdln.symbolic.words import Polynomial, Rules, Word, first_order, flipped, trace_of, trace_polynomial, written

DIGITS = 50  # traces of integer matrices are integers, so that only roots and fractions are rounded
ROUNDING = 1e-25


class Scalar(NamedTuple):
    """An expression in symbols, of which some are traces of words."""

    expression: sp.Expr
    words: Mapping[sp.Symbol, Word]


def scalar_of(expression: Any, rules: Rules) -> Scalar:
    """The number with every ``Trace`` written in the symbols of its words.

    Raises
    ------
    InputError
        For matrices outside of traces, whose entries and determinants no symbol stands for.
    """
    whole = converted(expression)
    traces = {trace: _linear(trace_polynomial(trace.arg, rules), rules) for trace in whole.atoms(sp.Trace)}
    replaced = whole.xreplace({trace: linear.expression for trace, linear in traces.items()})
    if replaced.atoms(sp.MatrixSymbol):
        raise InputError(
            f"the formula {whole} has matrices outside of traces; expected a matrix, or a number made of traces "
            "of products. For entries, determinants and the like pass a function of arrays, which is compared at "
            "numbers."
        )
    return Scalar(replaced, {symbol: word for linear in traces.values() for symbol, word in linear.words.items()})


def scalar_change(number: Scalar, changes: Mapping[str, Polynomial], rules: Rules) -> Scalar:
    """First-order change of the number as matrices change, by their names."""
    total, words = sp.S.Zero, dict(number.words)
    for symbol, word in number.words.items():
        change = _linear(trace_of(first_order({word: sp.S.One}, changes, rules), rules), rules)
        total += sp.diff(number.expression, symbol) * change.expression
        words |= change.words
    return Scalar(total, words)


def find_nonzero_scalar(number: Scalar, symmetric: frozenset[str]) -> Mapping[str, str] | None:
    """Small matrices on which the number is not zero, and its value; ``None`` if none are found."""
    free = sorted(number.expression.free_symbols, key=str)
    numbers = generic_point(*(symbol for symbol in free if symbol not in number.words))
    used = {symbol: number.words[symbol] for symbol in free if symbol in number.words}
    for matrices in draw_matrices(sorted({name for word in used.values() for name, _ in word}), symmetric):
        traces = {symbol: sp.Integer(int(value_of(word, matrices, trace=True))) for symbol, word in used.items()}
        value = number.expression.subs(numbers | traces).evalf(DIGITS)
        if value.is_finite and abs(value) > ROUNDING:
            shown = {name: matrix if matrix.size > 1 else matrix.item() for name, matrix in matrices.items()}
            scalars = {str(symbol): drawn for symbol, drawn in numbers.items()}
            return instance(**shown, **scalars, remainder=float(value))
    return None


def _linear(terms: Polynomial, rules: Rules) -> Scalar:
    """A sum of traces of words, with factors that may contain traces themselves."""
    words = {_symbol(word): word for word in terms}
    factors = [scalar_of(factor, rules) for factor in terms.values()]
    total = sp.Add(*(factor.expression * symbol for factor, symbol in zip(factors, words, strict=True)))
    return Scalar(total, words | {symbol: word for factor in factors for symbol, word in factor.words.items()})


def _symbol(word: Word) -> sp.Symbol:
    half = word[: len(word) // 2]
    square = word == half + flipped(half)  # tr A A^T
    return sp.Symbol(f"tr({written(word)})", **({"positive": True} if square else {"real": True}))
