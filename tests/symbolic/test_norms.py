"""The inequality of Cauchy and Schwarz with its constant, and with one that is too large."""

import pytest
import sympy as sp

from flowdln.symbolic import decide_cauchy_schwarz


def test_it_holds_with_constant_one():
    evidence = decide_cauchy_schwarz(1)
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize("factor", [2, sp.Rational(11, 10)])
def test_control_with_a_larger_constant_it_fails(factor):
    assert decide_cauchy_schwarz(factor).holds is False


def test_control_a_smaller_constant_has_another_proof():
    assert decide_cauchy_schwarz(sp.Rational(1, 2)).holds is None
