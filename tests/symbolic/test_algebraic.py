"""Proofs by polynomial arithmetic with roots and exponentials, and what they must not prove."""

import pytest
import sympy as sp

from flowdln.symbolic.algebraic import LONGEST, ROOTS, vanishes

x, y, t = sp.symbols("x y t", positive=True)
ROOT = sp.sqrt(x**2 + y)
NESTED = sp.sqrt(1 + ROOT)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(1 / (ROOT - x) - (ROOT + x) / y, id="a root in a denominator"),
        pytest.param((ROOT - x) ** 3 - ROOT * (4 * x**2 + y) + x * (4 * x**2 + 3 * y), id="cube of a root"),
        pytest.param((ROOT + x) * sp.exp(ROOT * t) - y * sp.exp(ROOT * t) / (ROOT - x), id="with exponentials"),
        pytest.param((NESTED - 1) * (NESTED + 1) - ROOT, id="root of a root"),
        pytest.param((sp.sqrt(y) - ROOT) * (sp.sqrt(y) + ROOT) + x**2, id="two roots"),
    ],
)
def test_what_is_zero_is_proved(expression):
    assert vanishes(expression)


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(ROOT**2 - x**2 + y, id="sign"),
        pytest.param(ROOT - x - sp.sqrt(y), id="root of a sum"),
        pytest.param(1 / ROOT - 2 * ROOT / (x**2 + y), id="factor"),
        pytest.param(ROOT * sp.exp(t) - ROOT * sp.exp(-t), id="exponentials"),
        pytest.param(NESTED**2 + ROOT, id="root of a root"),
    ],
)
def test_control_what_is_not_zero_is_not_proved(expression):
    assert not vanishes(expression)


free, other = sp.symbols("free other")


@pytest.mark.parametrize(
    "expression",
    [
        pytest.param(sp.sqrt(free * other) - sp.sqrt(free) * sp.sqrt(other), id="root of a product"),
        pytest.param(sp.sqrt(free / other) - sp.sqrt(free) / sp.sqrt(other), id="root of a quotient"),
        pytest.param(sp.sqrt(free) * (sp.sqrt(free**2) - free), id="root of a square"),
    ],
)
def test_control_what_holds_for_positive_numbers_alone_is_not_proved_for_all(expression):
    assert vanishes(expression.subs({free: x, other: y}))
    assert not vanishes(expression)


def test_what_has_too_many_roots_is_not_expanded():
    many = sum(sp.sqrt(x + i) for i in range(ROOTS + 1))
    assert not vanishes((many - x) * (many + x) - many**2 + x**2)


def test_what_is_too_long_is_not_expanded():
    long = ROOT + sum(sp.Symbol(f"z_{i}") for i in range(LONGEST))
    assert not vanishes((long - x) * (long + x) - long**2 + x**2)
