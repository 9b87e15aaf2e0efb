"""Matrix expressions over symbolic sizes as polynomials in non-commuting letters, where equality is decidable.

A letter is a matrix symbol or its transpose, a word a product of letters, a polynomial a sum of words with
coefficients. Two expressions without inverses are equal for all matrices of all sizes if their polynomials are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic.gate import require_formulas

Letter = tuple[str, bool]  # name, transposed
Word = tuple[Letter, ...]
Polynomial = dict[Word, sp.Expr]


class Rules(NamedTuple):
    """What is known of the letters."""

    symmetric: frozenset[str] = frozenset()  # S^T = S
    orthonormal: frozenset[str] = frozenset()  # V^T V = I
    replacements: tuple[tuple[Word, Polynomial], ...] = ()  # what replaces a word wherever it occurs: :func:`replacing`

    def simplify(self, word: Word) -> Word:
        """The word after all rules, in one form."""
        result: list[Letter] = []
        for name, transposed in word:
            letter = (name, transposed and name not in self.symmetric)
            if result and result[-1] == (name, True) and letter == (name, False) and name in self.orthonormal:
                result.pop()
            else:
                result.append(letter)
        return tuple(result)


def polynomial(expression: Any, rules: Rules = Rules()) -> Polynomial:  # noqa: B008 (immutable)
    """Normal form of a SymPy matrix expression made of sums, products, powers, transposes and scalar factors.

    Raises
    ------
    InputError
        For anything else, such as an inverse.

    Examples
    --------
    >>> n = sp.Symbol("n")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> polynomial((A * B).T - B.T * A.T)
    {}
    """
    require_formulas(expression=expression)
    return _replace(((rules.simplify(word), factor) for word, factor in _terms(expression)), rules)


def replacing(product: Any, by: Any) -> tuple[Word, Polynomial]:
    """A replacement for :class:`Rules`: of a product of matrix symbols by any expression that does not lead back to it.

    What is known of the symbols in this way makes more expressions equal; that two stay different proves nothing
    where several replacements could be made in several orders.

    Examples
    --------
    >>> n = sp.Symbol("n")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> polynomial(A * A.T * A - A - B * A, Rules(replacements=(replacing(A * A.T, sp.Identity(n) + B),)))
    {}
    """
    require_formulas(product=product, by=by)
    (word,) = polynomial(product)
    return word, polynomial(by)


def trace_polynomial(expression: Any, rules: Rules = Rules()) -> Polynomial:  # noqa: B008 (immutable)
    """Normal form of the trace of an expression: words up to rotation and transposition.

    Examples
    --------
    >>> n = sp.Symbol("n")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> trace_polynomial(A * B - B.T * A.T)
    {}
    """
    require_formulas(expression=expression)
    return trace_of(polynomial(expression, rules), rules)


def trace_of(terms: Polynomial, rules: Rules = Rules()) -> Polynomial:  # noqa: B008
    """Normal form of the trace of a polynomial."""
    return _collect((_cyclic(word, rules), factor) for word, factor in terms.items())


def first_order(terms: Polynomial, changes: Mapping[str, Polynomial], rules: Rules = Rules()) -> Polynomial:  # noqa: B008
    """First-order change of a polynomial as its letters change: each in turn is replaced by its change.

    Examples
    --------
    >>> n = sp.Symbol("n")
    >>> A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
    >>> first_order(polynomial(A * A.T), {"A": polynomial(B)}) == polynomial(B * A.T + A * B.T)
    True
    """
    changed = (
        (word[:i] + (flipped(middle) if transposed else middle) + word[i + 1 :], factor * c)
        for word, factor in terms.items()
        for i, (name, transposed) in enumerate(word)
        for middle, c in changes.get(name, {}).items()
    )
    return _replace(((rules.simplify(word), factor) for word, factor in changed), rules)


def written(word: Word) -> str:
    """The word as text.

    Examples
    --------
    >>> written((("W2", True), ("W2", False)))
    'W2^T W2'
    """
    return " ".join(f"{name}^T" if transposed else name for name, transposed in word) or "I"


def add(*polynomials: Polynomial) -> Polynomial:
    """Sum of polynomials."""
    return _collect(term for terms in polynomials for term in terms.items())


def _terms(expression: Any) -> Iterable[tuple[Word, sp.Expr]]:
    if isinstance(expression, sp.MatrixSymbol):
        yield ((expression.name, False),), sp.S.One
    elif isinstance(expression, sp.Identity):
        yield (), sp.S.One
    elif isinstance(expression, sp.ZeroMatrix):
        return
    elif isinstance(expression, sp.Transpose):
        for word, factor in _terms(expression.arg):
            yield flipped(word), factor
    elif isinstance(expression, sp.MatAdd):
        for argument in expression.args:
            yield from _terms(argument)
    elif isinstance(expression, sp.MatMul):
        yield from _product(*expression.as_coeff_matrices())
    elif isinstance(expression, sp.MatPow) and expression.exp.is_Integer and expression.exp > 0:
        yield from _product(sp.S.One, [expression.base] * int(expression.exp))  # SymPy writes A * A as A**2
    else:
        raise InputError(
            f"the formula contains {expression} ({type(expression).__name__}); expected sums, products, powers, "
            "transposes and multiples of matrices. For inverses and the like pass a function of arrays, which is "
            "compared at numbers."
        )


def flipped(word: Word) -> Word:
    """The transpose."""
    return tuple((name, not transposed) for name, transposed in reversed(word))


def _product(scalar: sp.Expr, matrices: Iterable[Any]) -> list[tuple[Word, sp.Expr]]:
    products: list[tuple[Word, sp.Expr]] = [((), scalar)]
    for matrix in matrices:
        right = list(_terms(matrix))
        products = [(a + b, f * g) for a, f in products for b, g in right]
    return products


def _replace(terms: Iterable[tuple[Word, sp.Expr]], rules: Rules) -> Polynomial:
    """Sum of the terms after all replacements, made until none can be made."""
    open_terms, final = list(terms), []
    while open_terms:
        word, factor = open_terms.pop()
        for old, new in rules.replacements:
            starts = (i for i in range(len(word) - len(old) + 1) if word[i : i + len(old)] == old)
            if (i := next(starts, None)) is not None:
                around = ((word[:i] + middle + word[i + len(old) :], c) for middle, c in new.items())
                open_terms += [(rules.simplify(longer), factor * c) for longer, c in around]
                break
        else:
            final.append((word, factor))
    return _collect(final)


def _collect(terms: Iterable[tuple[Word, sp.Expr]]) -> Polynomial:
    total: defaultdict[Word, sp.Expr] = defaultdict(lambda: sp.S.Zero)
    for word, factor in terms:
        total[word] += factor
    expanded = {word: sp.expand(factor) for word, factor in total.items()}
    return {word: factor for word, factor in expanded.items() if factor != 0}


def _cyclic(word: Word, rules: Rules) -> Word:
    """The smallest of all rotations of a word and of its transpose, without an orthonormal matrix around the rest.

    ``tr V V^T`` is left alone: it is the number of columns of ``V``, which the empty word of another size is not.
    """
    while len(word) > 2 and word[0][0] in rules.orthonormal and (word[0][1], word[-1]) == (False, (word[0][0], True)):
        word = word[1:-1]
    transposed = rules.simplify(flipped(word))
    return min((w[i:] + w[:i] for w in (word, transposed) for i in range(len(w))), default=())
