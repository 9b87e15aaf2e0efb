"""Proofs that an expression in exponentials and square roots is zero, by polynomial arithmetic alone."""

import sympy as sp

LONGEST = 150  # operations, with symbols for exponentials and roots, of what is worth expanding
ROOTS = 4  # so many at most


def vanishes(expression: sp.Expr) -> bool:
    """Whether the numerator is zero as a polynomial in its exponentials and roots, each root with its ``r^2`` replaced.

    A proof if so. If not, the exponentials may still be related, or the expression too long to be expanded.

    Examples
    --------
    >>> x, y = sp.symbols("x y", positive=True)
    >>> root = sp.sqrt(x**2 + y)
    >>> vanishes(1 / (root - x) - (root + x) / y), vanishes(1 / (root - x) - (root - x) / y)
    (True, False)
    """
    radicands = {power.base for power in expression.atoms(sp.Pow) if power.exp.is_Rational and power.exp.q == 2}
    if len(radicands) > ROOTS:
        return False
    roots: dict[sp.Symbol, sp.Expr] = {}
    for radicand in sorted(radicands, key=sp.count_ops):
        inner = radicand.subs({sp.sqrt(simpler): root for root, simpler in roots.items()})
        root = sp.Dummy("r", positive=True)
        expression, roots[root] = expression.subs(sp.sqrt(inner), root), inner
    exponentials = {exponential: sp.Dummy("e", positive=True) for exponential in expression.atoms(sp.exp)}
    polynomial = expression.xreplace(exponentials)
    if polynomial.count_ops() > LONGEST:
        return False
    numerator = sp.expand(sp.numer(sp.together(polynomial)))
    for root, radicand in reversed(roots.items()):
        modulus = sp.Poly(root**2 - radicand.xreplace(exponentials), root)
        numerator = sp.expand(sp.rem(sp.Poly(numerator, root), modulus).as_expr())
    return bool(numerator == 0)
