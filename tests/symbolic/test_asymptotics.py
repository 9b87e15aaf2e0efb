"""Limits and leading orders: true ones, wrong ones, and those that are not known."""

import pytest
import sympy as sp

from flowdln.symbolic import asymptotics, prove_leading_order, prove_limit

x, s = sp.symbols("x s", positive=True)


@pytest.mark.parametrize(
    ("expression", "point", "value"),
    [
        pytest.param((sp.exp(s * x) - 1) / x, 0, s, id="a symbol"),
        pytest.param((1 + s / x) ** x, sp.oo, sp.exp(s), id="at infinity"),
        pytest.param(x ** (1 / x), sp.oo, 1, id="slow"),
        pytest.param(sp.log(x / s), sp.oo, sp.oo, id="infinite"),
        pytest.param((x**2 - s**2) / (x - s), s, 2 * s, id="at a symbol"),
    ],
)
def test_a_limit_is_proved(expression, point, value):
    evidence = prove_limit(expression, x, point, value)
    assert evidence.holds, evidence.text


@pytest.mark.parametrize(
    ("expression", "point", "value"),
    [
        pytest.param((sp.exp(s * x) - 1) / x, 0, 2 * s, id="factor"),
        pytest.param((sp.exp(s * x) - 1) / x, 0, -s, id="sign"),
        pytest.param((sp.exp(s * x) - 1) / x, 0, sp.oo, id="finite, not infinite"),
        pytest.param(sp.log(x), sp.oo, 1, id="infinite, not finite"),
        pytest.param((1 + s / x) ** x, sp.oo, sp.exp(-s), id="sign in an exponent"),
    ],
)
def test_control_another_limit_is_rejected(expression, point, value):
    evidence = prove_limit(expression, x, point, value)
    assert evidence.holds is False
    assert "the limit is" in evidence.text


def test_no_limit_is_unknown():
    assert prove_limit(sp.Function("f")(x), x, 0, 1).holds is None


def test_a_limit_of_sympy_that_the_numbers_do_not_show_is_unknown(monkeypatch):
    monkeypatch.setattr(asymptotics.sp, "limit", lambda *_: sp.Integer(1))
    assert prove_limit(2 + x, x, 0, 1).holds is None


def test_a_leading_order_is_proved():
    evidence = prove_leading_order(sp.sqrt(1 + s * x) - 1 - s * x / 2, x, -(s**2) / 8, 2)
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize(
    ("coefficient", "power"),
    [
        pytest.param(s**2 / 8, 2, id="sign"),
        pytest.param(-(s**2) / 4, 2, id="factor"),
        pytest.param(-(s**2) / 8, 1, id="order too low"),
        pytest.param(-(s**2) / 8, 3, id="order too high"),
    ],
)
def test_control_another_leading_order_is_rejected(coefficient, power):
    assert prove_leading_order(sp.sqrt(1 + s * x) - 1 - s * x / 2, x, coefficient, power).holds is False
