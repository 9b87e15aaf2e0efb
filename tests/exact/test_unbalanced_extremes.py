"""Modes of any depth where an integrator has no digits: late, tiny, nearly tied, very deep; against mpmath."""

import numpy as np
import pytest
from refusal import refused
from scalar_modes import Clock

from flowdln.errors import InputError
from flowdln.exact import deep_mode
from flowdln.exact.panels import PanelIntegral

ROUNDING = 1e-12


def spread(depth, first, last):
    return tuple(np.linspace(first, last, depth))


# The times are those of the departure and of the arrival; between them lies a plateau in some.
CASES = [
    pytest.param((0.3, 0.3 * (1 + 1e-9), 0.8), 1.5, (1.0, 3.0), id="nearly tied"),
    pytest.param((0.3, -0.3 * (1 + 1e-9), 0.8), 1.5, (8.0, 17.0), id="nearly tied, across zero"),
    pytest.param((0.3, 0.3 * (1 + 1e-12), -0.3 * (1 + 3e-12), 0.8), 1.5, (1.0, 1e5), id="nearly tied, before zero"),
    pytest.param((1e-100, 1e-100), 1.0, (100.0, 231.0), id="1e-100, two layers"),
    pytest.param((1e-100, -3e-100), 1.0, (0.1, 231.0), id="1e-100, two layers, opposite signs"),
    pytest.param((1e-100, 1e-100, 0.5), 1.0, (100.0, 461.0), id="1e-100 twice, three layers"),
    pytest.param((-1e-100, 0.3, 0.5), 1.0, (1e-90, 8.0), id="1e-100 once, three layers"),
    pytest.param((1e-170, 1e-200, 0.5), 1.0, (1.0, 780.0), id="1e-170 and 1e-200"),
    pytest.param((1e-3, 1e-3, 1e-3), 1.0, (1.0, 999.0), id="1e-3, three layers"),
    pytest.param((1e-3, 2e-3, 5e-3, -7e-3), 2.0, (1.0, 1e4), id="1e-3, four layers, across zero"),
    pytest.param((-0.9, 1.345, 1.2), 1e-6, (0.1, 3.0), id="from far beyond a tiny target"),
    pytest.param((0.9, 0.9, 1e8), -1e-3, (1e-17, 1e-9), id="one layer of 1e8"),
    pytest.param((1.5,) * 30, -1.0, (1.0,), id="30 layers, to the saddle"),
    pytest.param((-1.05, *spread(29, 1.06, 1.3)), 1.0, (1.0,), id="30 layers, across zero"),
    pytest.param((-1.3, *(1.3 * (1 + 1e-9 * i) for i in range(1, 30))), 30.0, (0.03,), id="30 layers, nearly tied"),
]
TARGETS = [
    pytest.param((0.3, 0.5, 0.7), 1.5, id="three layers"),
    pytest.param((0.5, 0.5, 0.5, 0.5), 0.1, id="four equal layers"),
    pytest.param((1.5, 1.2, 1.1), 1.0, id="overshoot"),
    pytest.param((-0.2, 0.5, 0.7), 1.5, id="across zero"),
    pytest.param((-0.4, -0.4, 0.9, 0.9, 1.0, 1.2), 2.0, id="six layers"),
    pytest.param((0.2,), 30.0, id="one layer"),
    pytest.param((0.2, -0.1), -1.0, id="two layers, s < 0"),
]


def departures(clock, ts, result):
    """Errors relative to what a rounding error of the time, or of the start, costs."""
    for t, y in zip(ts, result.strengths[clock.layer], strict=True):
        worth = 1 + t * abs(float(clock.velocity(y) / y))
        yield abs(clock.departure(t, y)) / worth


@pytest.mark.parametrize(("start", "s", "ts"), CASES)
def test_times_of_the_strengths_are_the_integral(start, s, ts):
    assert max(departures(Clock(start, s), ts, deep_mode(ts, start, s))) < ROUNDING / 10


@pytest.mark.parametrize(("start", "s", "ts"), CASES[::3])
def test_a_millionth_more_of_a_layer_is_seen(start, s, ts):
    changed = np.array(start)
    changed[np.argmax(np.abs(start))] *= 1 + 1e-6
    assert max(departures(Clock(start, s), ts, deep_mode(ts, changed, s))) > ROUNDING


@pytest.mark.parametrize(("start", "s", "ts"), CASES[-3:-1])
def test_panels_of_length_one_are_too_long_for_many_layers(start, s, ts, monkeypatch):
    monkeypatch.setattr(PanelIntegral, "_halved", lambda _, edges: edges)
    assert max(departures(Clock(start, s), ts, deep_mode(ts, start, s))) > ROUNDING


def last_rate(start, s):
    """Of ``s - u`` at the end."""
    return np.sum((s / deep_mode([1e6 / abs(s)], start, s).strengths[:, 0]) ** 2)


@pytest.mark.parametrize(("start", "s"), TARGETS)
def test_the_error_keeps_its_digits_as_it_vanishes(start, s):
    clock, ts = Clock(start, s), np.array([8.0, 25.0, 50.0]) / last_rate(start, s)
    strengths, error = deep_mode(ts, start, s)
    departed = [
        clock.departure_of_error(*row) for row in zip(ts, error, strengths[clock.layer] * (1 - 1e-9), strict=True)
    ]
    assert np.abs(departed).max() < ROUNDING
    assert 0 < abs(error[-1]) < 1e-17
    assert abs(clock.departure_of_error(ts[0], error[0] * (1 + 1e-11), strengths[clock.layer, 0])) > ROUNDING


@pytest.mark.parametrize(("start", "s"), TARGETS)
def test_the_error_decays_at_its_last_rate_until_it_underflows(start, s):
    rate = last_rate(start, s)
    error = deep_mode(np.array([100.0, 300.0, 660.0, 800.0]) / rate, start, s).error
    np.testing.assert_allclose(np.log(error[1:3] / error[0]), [-200, -560], rtol=0, atol=1e-12)
    assert error[3] == 0


@pytest.mark.parametrize("s", [1e-3, 1.0, -1.0, 30.0, 0.0])
@pytest.mark.parametrize(
    "start",
    [
        pytest.param((1e-100,) * 6, id="1e-100, six layers"),
        pytest.param((1e-300, 1e-300), id="1e-300, two layers"),
        pytest.param((1e-300, 0.5, -0.5), id="1e-300 and 0.5"),
        pytest.param((0.3, -0.5, 0.7), id="three layers"),
        pytest.param((0.99,) * 1000, id="a thousand equal layers"),
        pytest.param(spread(100, -1.01, 0.98), id="a hundred layers"),
        pytest.param((-1.5, *[1.500001] * 999), id="a thousand layers, beyond float64 when squared"),
    ],
)
def test_all_times_are_finite_and_end_at_the_target_or_on_the_way(start, s):
    ts = np.array([0.0, 1e-9, 1.0, 1e3, 1e6]) / (abs(s) or 1)
    strengths, error = deep_mode(ts, start, s)
    assert np.isfinite(strengths).all()
    assert np.isfinite(error).all()
    np.testing.assert_allclose(strengths[:, 0], start, rtol=1e-12)
    distance = np.abs(s - np.prod(start))
    assert (np.diff(np.abs(error)) <= 1e-10 * distance).all()


def test_a_product_beyond_float64_comes_down():
    strengths, error = deep_mode([0.0, 1e-3, 10.0], (3.0,) * 1000, 1.0)  # 3^1000 is infinite
    assert error[0] == -np.inf
    np.testing.assert_allclose(strengths[:, -1], 1, rtol=1e-12)
    assert abs(error[-1]) < 1e-12


def test_strengths_beyond_float64_are_refused():
    refused(
        InputError, ["start has the value 1e+160", "below 1.01e+100"], lambda: deep_mode([1.0], [1e160, -0.2, 0.3], 2.0)
    )
    assert np.isfinite(deep_mode([1.0], [1e100, -0.2, 0.3], 2.0).strengths).all()
