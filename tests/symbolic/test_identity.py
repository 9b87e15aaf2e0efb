"""Identities: proved, refuted at a point, or left undecided."""

import pytest
import sympy as sp

from flowdln.symbolic import decide_zero, prove_identity

x, y = sp.symbols("x y", positive=True)
z = sp.Symbol("z", real=True)
third = sp.Rational(1, 3)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(0, id="zero"),
        pytest.param((x + y) ** 2 - x**2 - 2 * x * y - y**2, id="expansion"),
        pytest.param((x**2 - y**2) / (x - y) - x - y, id="fractions"),
        pytest.param((sp.exp(x) - sp.exp(-x)) / 2 - sp.sinh(x).rewrite(sp.exp), id="exponentials"),
        pytest.param(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, id="trigonometry"),
        pytest.param(sp.sqrt(x) * sp.sqrt(y) - sp.sqrt(x * y), id="roots of positive symbols"),
        pytest.param((z**2 - third**2) / (z - third) - z - third, id="removable singularity at the point tried"),
    ],
)
def test_an_identity_is_proved(expression):
    assert decide_zero(expression) == (True, "it simplifies to 0")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        pytest.param(1, "at  it is 1.00000", id="a number"),
        pytest.param(x**2 - x, "at x = 1/3 it is -0.222222", id="one symbol"),
        pytest.param(x - y, "at x = 1/3, y = 2/5 it is -0.0666667", id="two symbols"),
        pytest.param(sp.I * (y - x), "at x = 1/3, y = 2/5 it is 0.0666667*I", id="an imaginary number"),
        pytest.param(x * sp.Rational(1, 10**20), "at x = 1/3 it is 3.33333E-21", id="a small number"),
        pytest.param(sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1 + x / 10**9, "at x = 1/3 it is 3.33333E-10", id="almost one"),
    ],
)
def test_what_is_no_identity_is_refuted_at_a_point(expression, text):
    assert decide_zero(expression) == (False, text)


UNDECIDED = [
    pytest.param(sp.atan(x) + sp.atan(1 / x) - sp.pi / 2, "vanishes to 50 digits at x = 1/3", id="true, out of reach"),
    pytest.param(sp.Max(z, 0) - z, "vanishes to 50 digits at z = 1/3", id="true at the point tried only"),
    pytest.param(1 / (z - third), "is zoo at z = 1/3", id="infinite at the point tried"),
    pytest.param(sp.Function("f")(z), "is f(1/3) at z = 1/3", id="unknown function"),
]


@pytest.mark.parametrize(("expression", "found"), UNDECIDED)
def test_what_is_neither_proved_nor_refuted_is_undecided(expression, found):
    assert decide_zero(expression) == (None, f"it {found}, but SymPy finds no proof")


@pytest.mark.parametrize(("expression", "found"), UNDECIDED)
def test_undecided_is_no_proof(expression, found):
    evidence = prove_identity(expression, 0)
    assert evidence.holds is None
    assert found in evidence.text
