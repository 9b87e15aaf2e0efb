"""Integrals by panels against mpmath, and their inverses."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdln.exact import panels
from flowdln.exact.panels import PanelIntegral

ROUNDING = 1e-13
PACES = [
    pytest.param(lambda v, _: 1 + 0 * v, -1.0, 2.5, id="constant"),
    pytest.param(lambda v, lib: lib.exp(v), 0.0, 30.0, id="exp(v)"),
    pytest.param(lambda v, lib: lib.exp(20 * v), -1.0, 3.0, id="exp(20 v)"),
    pytest.param(lambda v, lib: lib.exp(-4 * v), -1.0, 3.0, id="exp(-4 v)"),
    pytest.param(lambda v, lib: 1 / lib.cosh(v), -7.3, 9.1, id="1 / cosh(v)"),
    pytest.param(lambda v, _: 1 / (1e-4 + v**2), -2.2, 1.0, id="poles 0.01 from the axis"),
    pytest.param(lambda v, _: 1 / (1.001 - v), -5.0, 1.0, id="a pole 0.001 beyond the end"),
    pytest.param(lambda v, lib: 1 / (lib.exp(30 * v) + 1), -3.0, 0.3, id="poles pi / 30 from the axis"),
]
paces = pytest.mark.parametrize(("pace", "start", "end"), PACES)


def quadrature(pace, start, end):
    """Integral with 30 digits."""
    with mp.workdps(30):
        nearer = [0.0, *(sign * 10.0**k for k in range(-4, 2) for sign in (-1, 1)), *(1 - 10.0**-k for k in (1, 2, 3))]
        points = sorted({start, end, *np.arange(np.ceil(start), end), *(x for x in nearer if start < x < end)})
        return float(mp.quad(lambda v: pace(v, mp), points))


def integral(pace, start, end):
    return PanelIntegral(lambda v: pace(v, np), start, end)


@paces
def test_the_total_is_the_integral(pace, start, end):
    assert integral(pace, start, end).total == pytest.approx(quadrature(pace, start, end), rel=ROUNDING)


@paces
def test_the_inverse_inverts(pace, start, end):
    total = integral(pace, start, end)
    v = start + (end - start) * np.array([0.0, 1e-3, 0.123, 0.5, 0.77, 0.999])
    t = np.array([integral(pace, start, place).total for place in v])
    found = total.inverse(t)
    allowed = 1e-14 * (1 + np.abs(v)) + 4e-15 * t / pace(v, np)  # a rounding error of the place, and of the time
    assert (np.abs(found - v) <= allowed).all()


@paces
def test_from_the_end_on_the_pace_is_constant(pace, start, end):
    beyond = integral(pace, start, end)
    later = beyond.total + 3 * pace(end, np)
    allowed = 1e-14 + 1e-15 * later / pace(end, np)  # what a rounding error of the time costs
    np.testing.assert_allclose(beyond.inverse(np.array([beyond.total, later])), [end, end + 3], rtol=0, atol=allowed)


@pytest.mark.parametrize(("pace", "start", "end"), PACES[5:7])
def test_panels_that_are_not_halved_are_too_long(pace, start, end, monkeypatch):
    monkeypatch.setattr(PanelIntegral, "_halved", lambda _, edges: edges)
    assert abs(integral(pace, start, end).total / quadrature(pace, start, end) - 1) > 1e-9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("NODES", np.roll(panels.NODES, 1), id="nodes out of order"),
        pytest.param("GAUSS_WEIGHTS", panels.GAUSS_WEIGHTS * (1 + 1e-12), id="a trillionth of the weights"),
    ],
)
def test_another_rule_is_seen(name, value, monkeypatch):
    monkeypatch.setattr(panels, name, value)
    pace, start, end = PACES[4].values
    assert abs(integral(pace, start, end).total / quadrature(pace, start, end) - 1) > ROUNDING


def test_an_empty_range_takes_no_time():
    empty = integral(lambda v, lib: lib.exp(v), 1.0, 1.0)
    assert empty.total == 0
    np.testing.assert_allclose(empty.inverse(np.array([0.0, np.e])), [1.0, 2.0], rtol=1e-15)


@given(st.floats(-5, 5), st.floats(0.01, 20), st.floats(0, 1))
def test_any_place_in_any_range_is_found(start, length, share):
    total = integral(lambda v, lib: 1 / lib.cosh(v), start, start + length)
    v = start + share * length
    t = 2 * (np.arctan(np.tanh(v / 2)) - np.arctan(np.tanh(start / 2)))
    assert total.inverse(np.array([t]))[0] == pytest.approx(v, abs=1e-14 * np.cosh(v) + 1e-14)
