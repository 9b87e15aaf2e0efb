"""Inequalities are proved by a certificate that fits, and refuted where they are false."""

import pytest
import sympy as sp

from flowdln.symbolic import decide_inequality

a, b = sp.symbols("a b", positive=True)
x, y = sp.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("smaller", "larger", "certificate", "assumed"),
    [
        pytest.param(2 * x * y, x**2 + y**2, [[(x - y) ** 2]], (), id="a square"),
        pytest.param(b**2, a**2, [[a - b, a + b]], (a - b,), id="an assumption"),
        pytest.param(a * b, a * b + a + x**2, [[a], [x**2]], (), id="two products"),
        pytest.param(a, a, [], (), id="equality"),
        pytest.param(a * (1 - a), sp.Rational(1, 4), [[(a - sp.Rational(1, 2)) ** 2]], (), id="a maximum"),
    ],
)
def test_a_true_inequality_is_proved(smaller, larger, certificate, assumed):
    evidence = decide_inequality(smaller, larger, certificate, assumed)
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize(
    ("smaller", "larger", "certificate", "assumed"),
    [
        pytest.param(2 * x * y, x**2 - y**2, [[(x - y) ** 2]], (), id="flipped sign"),
        pytest.param(3 * x * y, x**2 + y**2, [[(x - y) ** 2]], (), id="factor"),
        pytest.param(b**2, a**2, [[a - b, a + b]], (), id="assumption dropped"),
        pytest.param(b**2, a**2, [[a - b, a + b]], (b - a,), id="assumption reversed"),
        pytest.param(a, a * b, [[a, b - 1]], (), id="unproved factor"),
    ],
)
def test_control_a_false_inequality_is_refuted(smaller, larger, certificate, assumed):
    evidence = decide_inequality(smaller, larger, certificate, assumed)
    assert evidence.holds is False
    assert float(evidence.instance["left"]) > float(evidence.instance["right"])


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        pytest.param(sp.Symbol("c", negative=True), 0, id="negative"),
        pytest.param(sp.Symbol("k", integer=True), sp.Symbol("k", integer=True) ** 2, id="integer"),
    ],
)
def test_control_what_symbols_exclude_is_no_counterexample(smaller, larger):
    assert decide_inequality(smaller, larger, []).holds is None


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        pytest.param([[x**2]], "right minus left", id="it does not add up"),
        pytest.param([[x - y, x - y]], "may be negative", id="a factor of unknown sign"),
        pytest.param([[2 * (x - y) ** 2], [-((x - y) ** 2)]], "may be negative", id="a negative product"),
    ],
)
def test_control_a_certificate_that_proves_nothing_decides_nothing(certificate, reason):
    evidence = decide_inequality(2 * x * y, x**2 + y**2, certificate)
    assert evidence.holds is None
    assert reason in evidence.text
