"""Points at which formulas are compared."""

import pytest
import sympy as sp

from flowdln.symbolic.trial_points import POINTS, generic_point, trial_points

SYMBOLS = [*sp.symbols("a:14"), *sp.symbols("b:3", positive=True), *sp.symbols("c:3", negative=True)]
WHOLE = [*sp.symbols("m:10", integer=True), *sp.symbols("n:3", integer=True, positive=True)]


@pytest.mark.parametrize("index", range(POINTS))
def test_no_two_values_are_equal_and_none_of_a_fraction_is_whole(index):
    point = list(trial_points(SYMBOLS + WHOLE))[index]
    sizes = [abs(value) for value in point.values()]
    assert len(set(sizes)) == len(SYMBOLS + WHOLE)
    assert not any(point[symbol].is_integer for symbol in SYMBOLS)
    assert all(point[symbol].is_integer for symbol in WHOLE)


@pytest.mark.parametrize("index", range(POINTS))
def test_values_have_the_signs_declared(index):
    point = list(trial_points(SYMBOLS + WHOLE))[index]
    assert all(value.is_positive for symbol, value in point.items() if symbol.is_positive)
    assert all(value.is_negative for symbol, value in point.items() if symbol.is_negative)


def test_symbols_of_either_sign_are_positive_at_the_generic_point():
    point = generic_point(*SYMBOLS)
    assert [symbol for symbol, value in point.items() if value.is_negative] == list(sp.symbols("c:3", negative=True))
