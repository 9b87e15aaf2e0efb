"""Identities: proved, refuted at a point, or left undecided."""

import pytest
import sympy as sp

from flowdln.symbolic import prove_identity, prove_zeros

x, y = sp.symbols("x y", positive=True)
z = sp.Symbol("z", real=True)
third = sp.Rational(1, 3)
f = sp.Function("f")


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(0, id="zero"),
        pytest.param((x + y) ** 2 - x**2 - 2 * x * y - y**2, id="expansion"),
        pytest.param((x**2 - y**2) / (x - y) - x - y, id="fractions"),
        pytest.param((sp.exp(x) - sp.exp(-x)) / 2 - sp.sinh(x).rewrite(sp.exp), id="exponentials"),
        pytest.param(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, id="trigonometry"),
        pytest.param(sp.sqrt(x) * sp.sqrt(y) - sp.sqrt(x * y), id="roots of positive symbols"),
        pytest.param((z**2 - third**2) / (z - third) - z - third, id="removable singularity"),
        pytest.param(f(z).diff(z) - sp.Derivative(f(z), z), id="unknown function"),
    ],
)
def test_an_identity_is_proved(expression):
    evidence = prove_identity(expression)
    assert evidence[:3] == (True, True, "the difference of the two sides simplifies to 0")
    assert not evidence.instance


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(sp.S.One, id="a number"),
        pytest.param(x**2 - x, id="one symbol"),
        pytest.param(x - y, id="two symbols"),
        pytest.param(x * sp.Rational(1, 10**20), id="a small number"),
        pytest.param(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1 + x / 10**9, id="almost one"),
        pytest.param(sp.sqrt(z**2) - z, id="zero where a symbol is positive"),
        pytest.param(sp.Max(z, 0) - z, id="zero in one of two cases"),
    ],
)
def test_what_is_no_identity_is_refuted_at_a_point(expression):
    evidence = prove_identity(expression)
    assert evidence.holds is False
    assert evidence.symbolic
    assert evidence.text.startswith("does not hold for ")
    point = {symbol: sp.Rational(evidence.instance[str(symbol)]) for symbol in expression.free_symbols}
    assert float(evidence.instance["left"]) == pytest.approx(float(expression.subs(point).evalf(20)), abs=0, rel=1e-7)
    assert float(evidence.instance["left"]) != float(evidence.instance["right"]) == 0


def test_sides_that_nearly_agree_are_shown_apart():
    evidence = prove_identity(x, x + sp.Rational(1, 10**40))
    assert evidence.instance["left"] != evidence.instance["right"]


def test_an_imaginary_number_is_not_zero():
    assert prove_identity(sp.I * (y - x)).holds is False


UNDECIDED = [
    pytest.param(sp.atan(x) + sp.atan(1 / x) - sp.pi / 2, "holds to 50 digits at 5 points", id="true, out of reach"),
    pytest.param(sp.zoo * z, "has no finite value", id="infinite"),
    pytest.param(f(z), "has no finite value", id="unknown function"),
    pytest.param(f(z).diff(z), "has no finite value", id="derivative of an unknown function"),
]


@pytest.mark.parametrize(("expression", "found"), UNDECIDED)
def test_what_is_neither_proved_nor_refuted_is_undecided(expression, found):
    evidence = prove_identity(expression, what="the one and the other")
    assert evidence.holds is None
    assert evidence.text.startswith(f"the one and the other: {found}")
    assert evidence.text.endswith("SymPy finds no proof")


@pytest.mark.parametrize(
    ("right", "holds"), [pytest.param(x**2 - y**2, True, id="equal"), pytest.param(x**2 + y**2, False, id="sign")]
)
def test_two_sides_are_compared(right, holds):
    evidence = prove_identity((x - y) * (x + y), right)
    assert evidence.holds is holds
    assert evidence.symbolic


@pytest.mark.parametrize(
    ("expressions", "holds", "text"),
    [
        pytest.param([x - x, (x + y) ** 2 - x**2 - 2 * x * y - y**2], True, "all 2 simplify to 0", id="all"),
        pytest.param([x - x, f(z), x - y], False, "does not hold for x = ", id="one is not zero"),
        pytest.param([x - x, f(z)], None, "has no finite value", id="one is not decided"),
        pytest.param([], None, "there are none", id="none"),
    ],
)
def test_of_several_the_first_that_is_not_zero_is_shown(expressions, holds, text):
    evidence = prove_zeros(expressions, "differences")
    assert evidence.holds is holds
    assert evidence.text.startswith(f"differences: {text}")
    assert bool(evidence.instance) is (holds is False)
