"""Proofs that an expression in exponentials and square roots is zero, by polynomial arithmetic alone."""

import sympy as sp

LONGEST = 150  # operations, with symbols for exponentials and roots, of what is worth expanding
ROOTS = 4  # so many at most


def vanishes(expression: sp.Expr) -> bool:
    """Whether the numerator is zero as a polynomial in its exponentials and roots, each root with its ``r^2`` replaced.

    A proof if so, whatever the signs of the symbols. If not, the exponentials may still be related, or the expression
    too long to be expanded.

    Examples
    --------
    >>> x, y = sp.symbols("x y", positive=True)
    >>> root = sp.sqrt(x**2 + y)
    >>> vanishes(1 / (root - x) - (root + x) / y), vanishes(1 / (root - x) - (root - x) / y)
    (True, False)
    """
    roots: dict[sp.Expr, sp.Symbol] = {}
    polynomial = expression.replace(_is_root, lambda power: _named(power, roots), simultaneous=False)
    if len(roots) > ROOTS:
        return False
    exponentials = {exponential: _like(exponential, "e") for exponential in polynomial.atoms(sp.exp)}
    polynomial = polynomial.xreplace(exponentials)
    if polynomial.count_ops() > LONGEST:
        return False
    numerator = sp.expand(sp.numer(sp.together(polynomial)))
    for radicand, root in reversed(roots.items()):
        modulus = sp.Poly(root**2 - radicand.xreplace(exponentials), root)
        numerator = sp.expand(sp.rem(sp.Poly(numerator, root), modulus).as_expr())
    return bool(numerator == 0)


def _is_root(expression: sp.Expr) -> bool:
    return expression.is_Pow and expression.exp.is_Rational and expression.exp.q == 2


def _named(power: sp.Pow, roots: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """``r^n`` for ``radicand^(n/2)``, with one symbol for all powers of a root; it is listed in ``roots``."""
    return roots.setdefault(power.base, _like(sp.sqrt(power.base), "r")) ** (2 * power.exp)


def _like(expression: sp.Expr, name: str) -> sp.Symbol:
    """A symbol for an expression, positive only if that is: roots of products may be split only then."""
    return sp.Dummy(name, positive=True) if expression.is_positive else sp.Dummy(name)
