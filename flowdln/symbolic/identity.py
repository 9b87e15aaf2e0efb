"""Whether two expressions are equal for all values of their symbols."""

from collections.abc import Iterable
from typing import Any

from flowdln.symbolic.evidence import Evidence, combined
from flowdln.symbolic.gate import require_formulas
from flowdln.symbolic.sides import compare_sides
from flowdln.symbolic.verification import Verification


def prove_identity(left: Any, right: Any = 0, what: str = "") -> Evidence:
    """Whether two SymPy expressions are equal for all values of their symbols, with a proof or a counterexample.

    They are compared by :func:`flowdln.symbolic.sides.compare_sides`; where they agree to 50 digits at all points but
    SymPy finds no proof, neither is shown.

    Parameters
    ----------
    left, right
        The two sides, by default an expression and zero.
    what
        What they are, for the reader.

    Examples
    --------
    >>> import sympy as sp
    >>> x = sp.Symbol("x", positive=True)
    >>> prove_identity((x**2 - 1) / (x - 1), x + 1).holds
    True
    >>> prove_identity((x + 1) ** 2, x**2 + 1).text
    'does not hold for x = 10/3, left = 18.777778, right = 12.111111'
    """
    require_formulas(left=left, right=right)
    return Verification((compare_sides(what, left, right),)).proof


def prove_zeros(expressions: Iterable[Any], what: str) -> Evidence:
    """Whether all SymPy expressions are zero for all values of their symbols; the first that is not is shown.

    Examples
    --------
    >>> import sympy as sp
    >>> x, y = sp.symbols("x y", positive=True)
    >>> prove_zeros([x - x, (x + y) ** 2 - x**2 - y**2], "differences").text
    'differences: does not hold for x = 10/3, y = 8/5, left = 10.666667, right = 0.0'
    """
    found = [prove_identity(expression) for expression in expressions]
    whole = combined(*found)
    first = next((evidence.text for evidence in found if evidence.holds is whole.holds), "there are none")
    return whole._replace(text=f"{what}: " + (f"all {len(found)} simplify to 0" if whole.holds else first))
