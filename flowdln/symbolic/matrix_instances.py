"""Small integer matrices on which a polynomial in matrices is not zero: the counterexample to an identity."""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np

from flowdln.symbolic.gate import converted
from flowdln.symbolic.instances import instance
from flowdln.symbolic.trial_points import generic_point
from flowdln.symbolic.words import Polynomial, Word
from flowdln.validation import Array

SIZES = (1, 2, 3)
TRIES = 4  # draws of each size
LARGEST = 3  # entry
ROUNDING = 1e-12  # of a sum, relative to its terms


def find_nonzero(
    terms: Polynomial, symmetric: frozenset[str] = frozenset(), *, trace: bool = False
) -> Mapping[str, str] | None:
    """Values of the letters, all square, and of the polynomial where that is not zero; ``None`` if none is found.

    Numbers are tried first, then matrices of two rows and of three; symmetric letters are positive semi-definite.
    Symbols in the factors have values of the signs that they are declared to have.

    Parameters
    ----------
    terms
        As :func:`polynomial` or :func:`trace_polynomial` returns them.
    symmetric
        Letters that equal their transposes.
    trace
        Whether each word stands for its trace.

    Examples
    --------
    >>> ab, ba = ((("A", False), ("B", False)), (("B", False), ("A", False)))
    >>> find_nonzero({ab: 1, ba: -1})["A"]
    '[[1, 3], [2, 3]]'
    """
    numbers = generic_point(*map(converted, terms.values()))
    factors = {word: float(converted(factor).subs(numbers)) for word, factor in terms.items()}
    for matrices in draw_matrices(sorted({name for word in terms for name, _ in word}), symmetric):
        values = [factor * value_of(word, matrices, trace=trace) for word, factor in factors.items()]
        total: Any = sum(values)
        if np.abs(total).max(initial=0) > ROUNDING * max((np.abs(value).max() for value in values), default=0):
            scalars = {str(symbol): value for symbol, value in numbers.items()}
            shown = {name: matrix if matrix.size > 1 else matrix.item() for name, matrix in matrices.items()}
            return instance(**shown, **scalars, remainder=total if np.size(total) > 1 else np.asarray(total).item())
    return None


def draw_matrices(names: Sequence[str], symmetric: frozenset[str]) -> Iterator[dict[str, Array]]:
    """Square matrices of small positive integers by name, numbers first; symmetric ones are ``A A^T``."""
    rng = np.random.default_rng(0)
    for size in SIZES:
        for _ in range(TRIES):
            drawn = {name: rng.integers(1, LARGEST + 1, (size, size)).astype(float) for name in names}
            yield {name: matrix @ matrix.T if name in symmetric else matrix for name, matrix in drawn.items()}


def value_of(word: Word, matrices: Mapping[str, Array], *, trace: bool) -> Any:
    """The product that a word stands for, or its trace."""
    size = len(next(iter(matrices.values()))) if matrices else 1
    letters = (matrices[name].T if transposed else matrices[name] for name, transposed in word)
    product = reduce(np.matmul, letters, np.eye(size))
    return product.trace() if trace else product
