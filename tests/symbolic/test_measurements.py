"""Digits, orders of errors and times of events: measured, and controls that are off."""

import mpmath as mp
import numpy as np
import pytest

import flowdln as fl
from flowdln.symbolic import compare_digits, compare_times, event_time, measure_order

POINTS = [{"x": "0.3"}, {"x": "7"}]


def test_two_forms_of_one_function_agree():
    evidence = compare_digits(mp.sinh, lambda x: (mp.exp(x) - mp.exp(-x)) / 2, POINTS)
    assert evidence.holds
    assert not evidence.symbolic


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda x: (mp.exp(x) + mp.exp(-x)) / 2, id="sign"),
        pytest.param(lambda x: mp.exp(x) - mp.exp(-x), id="factor"),
        pytest.param(lambda x: mp.sinh(x) + mp.mpf(10) ** -20, id="in the twentieth digit"),
        pytest.param(lambda x: mp.sinh(x) if x < 1 else mp.cosh(x), id="at the second point alone"),
        pytest.param(lambda x: mp.nan * x, id="NaN"),
    ],
)
def test_control_functions_that_differ_are_told_with_their_numbers(other):
    evidence = compare_digits(mp.sinh, other, POINTS)
    assert evidence.holds is False
    assert set(evidence.instance) == {"x", "left", "right"}


def test_infinities_do_not_agree():
    assert compare_digits(lambda **_: mp.inf, lambda **_: mp.inf, POINTS).holds is False


def test_without_points_nothing_is_known():
    assert compare_digits(mp.sinh, mp.sinh, []).holds is None


def test_the_order_of_an_error_is_measured():
    evidence = measure_order(lambda x: np.exp(x) - 1 - x, 0.1, expected=2)
    assert evidence.holds
    assert evidence.order == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(lambda x: np.exp(x) - 1, 2, id="order too high"),
        pytest.param(lambda x: np.exp(x) - 1 - x, 1, id="order too low"),
        pytest.param(lambda x: 0.3 + x**2, 2, id="an error that stays"),
        pytest.param(lambda x: 1 / x, 1, id="an error that grows"),
    ],
)
def test_control_another_order_is_rejected(error, expected):
    assert measure_order(error, 0.1, expected).holds is False


@pytest.mark.parametrize("error", [lambda _: 0.0, lambda _: np.nan, lambda x: -x], ids=["none", "NaN", "negative"])
def test_what_has_no_order_is_unknown(error):
    assert measure_order(error, 0.1, expected=1).holds is None


def logistic(y):
    return 2 * y * (1 - y)


def half(y):
    return y[0] - 0.5


def test_an_event_is_met_at_its_time():
    assert event_time(logistic, [1e-3], half, until=10) == pytest.approx(np.log(999) / 2, rel=1e-11)


def test_an_event_that_is_not_met_is_an_error():
    with pytest.raises(fl.SolveError, match="a zero before t = 1"):
        event_time(logistic, [1e-3], half, until=1)


def test_stated_times_are_held_to_measured_ones():
    pairs = [(np.log(1 / u - 1) / 2, event_time(logistic, [u], half, until=10)) for u in (1e-3, 0.1)]
    assert compare_times(pairs).holds


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param(2.0, id="factor"),
        pytest.param(1 + 1e-8, id="a little off"),
        pytest.param(-1.0, id="sign"),
        pytest.param(np.nan, id="NaN"),
        pytest.param(np.inf, id="never"),
    ],
)
def test_control_a_time_that_is_off_is_told_with_the_measured_one(stated):
    evidence = compare_times([(1.0, 1.0), (stated, 1.0)])
    assert evidence.holds is False
    assert evidence.instance["measured"] == "1"


def test_control_a_measured_time_that_is_no_number_is_not_passed_over():
    assert compare_times([(1.0, 1.0), (1.0, np.nan)]).holds is False
