"""Proofs of inequalities between expressions, by writing the gap as a sum of products that cannot be negative."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.gate import converted, require_formulas
from flowdln.symbolic.identity import prove_identity
from flowdln.symbolic.inequality import Sides, seek_counterexample
from flowdln.symbolic.random_arrays import Arrays

INSTANCES = 4000


def decide_inequality(
    smaller: Any, larger: Any, certificate: Sequence[Sequence[Any]], assumed: Sequence[Any] = ()
) -> Evidence:
    """Whether ``smaller <= larger`` for all values of the symbols for which everything in ``assumed`` is >= 0.

    It is proved if ``larger - smaller`` is identically the sum of the products in ``certificate``, each factor of
    which is in ``assumed`` or non-negative by the assumptions of its symbols. Otherwise a counterexample is sought;
    without one, nothing is decided.

    Parameters
    ----------
    smaller, larger
        SymPy expressions in real symbols.
    certificate
        Products, each a tuple of factors.
    assumed
        Expressions that are not negative.

    Examples
    --------
    >>> a, b = sp.symbols("a b", positive=True)
    >>> decide_inequality(2 * a * b, a**2 + b**2, [[(a - b) ** 2]]).symbolic
    True
    >>> dict(decide_inequality(3 * a * b, a**2 + b**2, [[(a - b) ** 2]]).instance)
    {'a': '1', 'b': '1', 'left': '3', 'right': '2'}
    """
    require_formulas(smaller=smaller, larger=larger, certificate=certificate, assumed=assumed)
    known = {sp.expand(expression) for expression in assumed}
    doubtful = [f for product in certificate for f in map(converted, product) if not _nonnegative(f, known)]
    gap = converted(larger) - converted(smaller)
    remainder = prove_identity(gap, sp.Add(*(sp.Mul(*product) for product in certificate)))
    if remainder.holds and not doubtful:
        terms = " + ".join(" ".join(f"({factor})" for factor in product) for product in certificate)
        text = "right minus left is a sum of products whose factors cannot be negative"
        return Evidence(holds=True, symbolic=True, text=text, detail=f"right minus left is {terms or 0}")
    searched = _search(converted(smaller), converted(larger), assumed)
    if searched.holds is not False:
        why = (
            f"{doubtful[0]} may be negative"
            if doubtful
            else f"of right minus left beside the products, {remainder.text}"
        )
        return Evidence(holds=None, symbolic=False, text=f"no proof, since {why}; {searched.text}")
    return searched


def _nonnegative(factor: sp.Expr, known: set[sp.Expr]) -> bool:
    return bool(factor.is_nonnegative) or sp.expand(factor) in known


def _search(smaller: sp.Expr, larger: sp.Expr, assumed: Sequence[Any]) -> Evidence:
    conditions = [converted(expression) for expression in assumed]
    symbols = sorted(set().union(*(e.free_symbols for e in (smaller, larger, *conditions))), key=str)
    evaluate = sp.lambdify(symbols, [smaller, larger, *conditions], "numpy")

    def sides(arrays: Arrays) -> Sides | None:
        values = [_of_its_sign(x, np.float64(arrays[str(x)])) for x in symbols]
        if not all(_allowed(x, value) for x, value in zip(symbols, values, strict=True)):
            return None
        with np.errstate(all="ignore"):
            left, right, *signs = map(float, evaluate(*values))
        admitted = np.isfinite([left, right, *signs]).all() and all(sign >= 0 for sign in signs)
        return Sides(left, right) if admitted else None

    try:
        return seek_counterexample(sides, {str(x): () for x in symbols}, count=INSTANCES)
    except InputError as error:  # what is assumed is met too rarely
        return Evidence(None, symbolic=False, text=str(error))


def _of_its_sign(symbol: sp.Symbol, value: float) -> float:
    """The value with the sign that the symbol is declared to have."""
    return abs(value) if symbol.is_nonnegative else -abs(value) if symbol.is_nonpositive else value


def _allowed(symbol: sp.Symbol, value: float) -> bool:
    return not ((symbol.is_nonzero and value == 0) or (symbol.is_integer and value % 1))
