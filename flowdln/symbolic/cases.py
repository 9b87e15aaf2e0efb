"""Formulas with cases: where in time a case ends, and the formula on either side of such an end."""

from collections.abc import Iterator

import sympy as sp
from sympy.core.relational import Relational

from flowdln.symbolic.sides import HARDEST, simplifies_to_zero

JUMPING = (sp.sign, sp.Heaviside)  # at the zeros of their arguments
BENT = (*JUMPING, sp.Abs, sp.Max, sp.Min)
UNSOLVED = (sp.Piecewise, sp.floor, sp.ceiling, sp.Mod, sp.arg)  # conditions with them may change without being equal
ORDERS = 4  # of a zero, up to which the sign beside it is sought


def case_ends(formula: sp.Expr, t: sp.Symbol) -> list[sp.Expr] | None:
    """Times from 0 on at which a condition of the formula may change; ``None`` if SymPy does not tell them all."""
    ends: set[sp.Expr] = set()
    for condition in _conditions(formula.rewrite(JUMPING, sp.Piecewise)):
        relations = _relations(condition, t)
        if condition.xreplace(dict.fromkeys(relations, sp.true)).has(t):
            return None
        for relation in relations:
            roots = _roots(_gap(relation), t)
            if roots is None:
                return None
            ends |= roots
    return sorted((end for end in ends if not end.is_negative), key=sp.default_sort_key)


def resolved(formula: sp.Expr, t: sp.Symbol, end: sp.Expr, side: int) -> sp.Expr | None:
    """The case that applies at an end, or a little before (``side=-1``) or behind it (``side=1``), as a formula in t.

    It is ``nan`` if no case applies, and ``None`` if SymPy does not tell.
    """
    cases = formula.rewrite(BENT, sp.Piecewise)
    known = {}
    for relation in (each for condition in _conditions(cases) for each in _relations(condition, t)):
        sign = _sign_beside(_gap(relation), t, end, side)
        if sign is None:
            return None
        known[relation] = relation.subs(t, end) if sign is sp.nan else relation.func(sign, 0)
    return cases.xreplace(known)


def value_beside(case: sp.Expr, t: sp.Symbol, end: sp.Expr, side: int) -> sp.Expr:
    """Value of a case at its end: as the limit from its side where it has none; ``nan`` if SymPy finds no limit."""
    value = case.subs(t, end)
    if not value.has(sp.nan, sp.zoo) or not side or case.count_ops() > HARDEST:
        return value
    try:
        return sp.limit(case, t, end, "-" if side < 0 else "+")
    except (NotImplementedError, ValueError, TypeError):
        return sp.nan


def _conditions(formula: sp.Expr) -> Iterator[sp.Basic]:
    for piecewise in formula.atoms(sp.Piecewise):
        yield from (condition for _, condition in piecewise.args)


def _relations(condition: sp.Basic, t: sp.Symbol) -> list[Relational]:
    return [relation for relation in condition.atoms(Relational) if relation.has(t)]


def _gap(relation: Relational) -> sp.Expr:
    """An expression of the sign of left minus right, without a denominator."""
    over, under = sp.fraction(sp.together(relation.lhs - relation.rhs))
    return over * under


def _roots(gap: sp.Expr, t: sp.Symbol) -> set[sp.Expr] | None:
    linear = gap.as_poly(t)
    if linear is not None and linear.degree() == 1:
        slope, offset = linear.all_coeffs()
        return {-offset / slope}
    if gap.count_ops() > HARDEST or gap.has(*UNSOLVED):
        return None
    try:
        found = sp.solveset(gap, t, sp.Interval(0, sp.oo))
    except (NotImplementedError, ValueError, TypeError):
        return None
    return set(found) if isinstance(found, sp.FiniteSet) or found is sp.S.EmptySet else None


def _sign_beside(gap: sp.Expr, t: sp.Symbol, end: sp.Expr, side: int) -> sp.Expr | None:
    """Sign of ``gap`` at its root or beside it, ``nan`` where it has none, ``None`` if SymPy does not tell."""
    if not simplifies_to_zero(gap.subs(t, end)):
        return sp.nan
    if not side:
        return sp.S.Zero
    for order in range(1, ORDERS + 1):
        slope = gap.diff(t, order).subs(t, end)
        if not simplifies_to_zero(slope):
            return side**order * sp.sign(slope) if slope.is_positive or slope.is_negative else None
    return None
