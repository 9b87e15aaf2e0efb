"""Balanced modes of any depth: times against quadrature at 40 digits, strengths against an ODE solver.

From a start ``u_0`` much smaller than ``s``, a mode of ``u' = L u^(2 - 2/L) (s - u)`` escapes at a time of the order of
``u_0^(2/L - 1) / L``. In deep networks its strength then changes within a far smaller fraction of the time that has
passed, so a rounding error of the time is a large one of the strength: there, the time of a strength is what can be
tested.
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused
from scipy.integrate import solve_ivp
from scipy.special import expit

from flowdln.errors import AssumptionError, InputError
from flowdln.exact import balanced_mode, balanced_mode_error, balanced_mode_time

TARGET = 1.7
DEPTHS = [1, 2, 3, 4, 7, 50, 1000]
STARTS = [1e-12, 0.1, 0.9]  # as fractions of the target
ENDS = [0.2, 0.5, 0.95, 1 - 1e-6]
ROUNDING = 1e-13
INTEGRATED = 1e-10

depths = pytest.mark.parametrize("depth", DEPTHS)
starts = pytest.mark.parametrize("start", STARTS)


def quadrature(u, u_0, s, depth, *, factor=1):
    """The integral of ``du / (L u^(2 - 2/L) (s - u))``, interval by interval with ends a factor 10 apart."""
    with mp.workdps(40):
        u, u_0, s = map(mp.mpf, (u, u_0, s))
        points = [u_0, u]
        while 10 * points[-2] < min(u, s / 2):
            points.insert(-1, 10 * points[-2])
        while s - points[-2] > 10 * (s - u):
            points.insert(-1, s - (s - points[-2]) / 10)
        return mp.quad(lambda x: factor / (depth * x ** (2 - mp.mpf(2) / depth) * (s - x)), points)


def integrate(ts, u_0, s, depth):
    """Strengths by SciPy at 1e-13, in log-odds ``z``: ``z' = L s u^(1 - 2/L)``."""

    def velocity(_, z):
        return depth * s * (s * expit(z)) ** (1 - 2 / depth)

    start = [np.log(u_0 / (s - u_0))]
    solution = solve_ivp(velocity, (0, ts[-1]), start, method="DOP853", t_eval=ts, rtol=1e-13, atol=1e-13)
    return s * expit(solution.y[0])


@pytest.mark.parametrize("end", ENDS)
@starts
@depths
def test_times_are_the_integral(depth, start, end):
    u_0, u = start * TARGET, max(end, (1 + start) / 2) * TARGET
    assert abs(balanced_mode_time(u, u_0, TARGET, depth) / quadrature(u, u_0, TARGET, depth) - 1) < ROUNDING


@pytest.mark.parametrize("factor", [2, -1, 1 + 1e-12], ids=["twice", "sign", "a trillionth"])
@depths
def test_another_factor_is_seen(depth, factor):
    reference = quadrature(1.5, 0.1, TARGET, depth, factor=factor)
    assert abs(balanced_mode_time(1.5, 0.1, TARGET, depth) / reference - 1) > ROUNDING


@depths
def test_another_depth_is_seen(depth):
    reference = quadrature(1.5, 0.1, TARGET, depth + 1)
    assert abs(balanced_mode_time(1.5, 0.1, TARGET, depth) / reference - 1) > 1e-4


@pytest.mark.parametrize(
    ("u_0", "u"),
    [
        pytest.param(1e-12, 1.001e-12, id="tiny"),
        pytest.param(0.5, 0.5005, id="halfway"),
        pytest.param(TARGET * (1 - 1e-9), TARGET * (1 - 0.999e-9), id="beside the target"),
    ],
)
@depths
def test_times_from_close_by(depth, u_0, u):
    reference = quadrature(u, u_0, TARGET, depth)
    assert abs(balanced_mode_time(u, u_0, TARGET, depth) / reference - 1) < 1e-10  # a thousandth of the way is left


@depths
def test_times_before_the_start_are_negative(depth):
    ahead = balanced_mode_time(0.9, 0.3, TARGET, depth)
    assert balanced_mode_time(0.3, 0.9, TARGET, depth) == pytest.approx(-ahead, rel=ROUNDING)


@pytest.mark.parametrize("start", [0.1, 0.9])
@depths
def test_strengths_against_an_integrator(depth, start):
    u_0 = start * TARGET
    ts = balanced_mode_time(TARGET * (1 - 1e-8), u_0, TARGET, depth) * np.linspace(0, 1, 30)
    np.testing.assert_allclose(
        balanced_mode(ts, u_0, TARGET, depth), integrate(ts, u_0, TARGET, depth), rtol=INTEGRATED
    )


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_strengths_from_a_tiny_start_against_an_integrator(depth):
    u_0 = 1e-12 * TARGET if depth < 3 else 1e-6 * TARGET
    ts = balanced_mode_time(TARGET * (1 - 1e-8), u_0, TARGET, depth) * np.linspace(0, 1, 30)
    np.testing.assert_allclose(balanced_mode(ts, u_0, TARGET, depth), integrate(ts, u_0, TARGET, depth), rtol=1e-8)


@pytest.mark.parametrize(
    ("u_0", "s", "deeper"),
    [
        pytest.param(0.1, TARGET, 1, id="depth"),
        pytest.param(0.1, TARGET * (1 + 1e-8), 0, id="target"),
        pytest.param(0.1 * (1 + 1e-8), TARGET, 0, id="start"),
    ],
)
@pytest.mark.parametrize("depth", [2, 3, 7])
def test_the_integrator_sees_a_wrong(depth, u_0, s, deeper):
    ts = np.linspace(0, 1, 5)
    ratio = balanced_mode(ts, u_0, s, depth + deeper) / integrate(ts, 0.1, TARGET, depth)
    assert np.abs(ratio - 1).max() > INTEGRATED


@starts
@depths
def test_the_strength_at_the_time_of_a_strength_is_that_strength(depth, start):
    u_0 = start * TARGET
    u = np.array([1 + 1e-3, 1.05, *(max(end / start, 1.09) for end in ENDS[:3])]) * u_0
    ts = balanced_mode_time(u, u_0, TARGET, depth)
    # dz = dt / (dt/dz), with dt/dz = (1 + e^-z)^gamma / (L s^(1 + gamma)): what a rounding error of the time costs
    pace = (TARGET / u) ** (1 - 2 / depth) / (depth * TARGET ** (2 - 2 / depth))
    allowed = ROUNDING * (1 + ts / pace)
    assert (np.abs(balanced_mode(ts, u_0, TARGET, depth) / u - 1) < allowed).all()


@starts
@depths
def test_the_time_of_the_strength_at_a_time_is_that_time(depth, start):
    u_0 = start * TARGET
    ts = balanced_mode_time(0.99 * TARGET, u_0, TARGET, depth) * np.array([1e-3, 0.1, 0.5, 0.9, 1.0])
    u = balanced_mode(ts, u_0, TARGET, depth)
    np.testing.assert_allclose(balanced_mode_time(u, u_0, TARGET, depth), ts, rtol=1e-11)


@starts
@depths
def test_strengths_at_all_times_are_finite_and_grow_to_the_target(depth, start):
    ts = np.concatenate([[0], np.geomspace(1e-25, 1e25, 501)])
    u = balanced_mode(ts, start * TARGET, TARGET, depth)
    np.testing.assert_allclose(u[0], start * TARGET, rtol=1e-14)
    assert u[-1] == TARGET
    assert (np.diff(u) >= -ROUNDING * u[1:]).all()


@given(st.floats(0.01, 0.99), st.floats(0.1, 10), st.integers(1, 60), st.floats(0, 5), st.floats(0, 5))
def test_two_times_in_a_row_are_their_sum(start, s, depth, first, second):
    ahead = balanced_mode(first + second, start * s, s, depth)
    between = min(float(balanced_mode(first, start * s, s, depth)), s * (1 - 1e-15))
    assert balanced_mode(second, between, s, depth) == pytest.approx(float(ahead), rel=1e-11)


@given(st.floats(0.01, 0.99), st.floats(0.1, 10), st.integers(1, 60), st.floats(0, 5))
def test_strengths_scale_with_the_target(start, s, depth, time):
    scaled = s * balanced_mode(time * s ** (2 - 2 / depth), start, 1.0, depth)
    assert balanced_mode(time, start * s, s, depth) == pytest.approx(float(scaled), rel=1e-11)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_results_are_shaped_like_the_times(shape):
    assert np.shape(balanced_mode(np.ones(shape), 0.1, TARGET, 3)) == shape
    assert np.shape(balanced_mode_time(np.ones(shape), 0.1, TARGET, 3)) == shape


@pytest.mark.parametrize(
    ("u_0", "s"),
    [
        pytest.param(0.0, 1.0, id="zero"),
        pytest.param(-0.1, 1.0, id="negative"),
        pytest.param(0.1, -1.0, id="negative target"),
    ],
)
@depths
def test_strengths_that_are_not_positive_are_refused(depth, u_0, s):
    words = [f"u_0 = {u_0:g} and s = {s:g}", "positive strengths", "deep_mode"]
    refused(AssumptionError, words, lambda: balanced_mode(1.0, u_0, s, depth))
    refused(AssumptionError, words, lambda: balanced_mode_error(1.0, u_0, s, depth))
    refused(AssumptionError, ["the same side of s"], lambda: balanced_mode_time(s / 2, u_0, s, depth))


@pytest.mark.parametrize(("u_0", "u"), [(0.1, 2.0), (2.0, 0.1), (0.1, 1.0), (1.0, 1.0)])
@depths
def test_times_across_the_target_are_refused(depth, u_0, u):
    words = [f"from {u_0} to {u}", "the same side of s = 1", "not reached in finite time"]
    refused(AssumptionError, words, lambda: balanced_mode_time(u, u_0, 1.0, depth))


def above(u, u_0, depth):
    """The time from ``u_0`` down to ``u``, both above ``s = 1``, at 40 digits; in ``y = 1/u``."""
    with mp.workdps(40):
        u, u_0 = mp.mpf(u), mp.mpf(u_0)
        points = [1 / u_0, 1 / u]
        while 10 * points[-2] < min(points[-1], mp.mpf(1) / 2):
            points.insert(-1, 10 * points[-2])
        while 1 - points[-2] > 10 * (1 - points[-1]):
            points.insert(-1, 1 - (1 - points[-2]) / 10)
        return mp.quad(lambda y: y ** (1 - mp.mpf(2) / depth) / (depth * (1 - y)), points)


@pytest.mark.parametrize(
    ("u_0", "u"), [(1.5, 1.1), (3.0, 1.001), (50.0, 3.0), (1e8, 1e7), (1e8, 1 + 1e-6)], ids=lambda value: f"{value:g}"
)
@depths
def test_times_above_the_target_are_the_integral(depth, u_0, u):
    assert abs(balanced_mode_time(u, u_0, 1.0, depth) / above(u, u_0, depth) - 1) < 1e-12 + 1e-16 / (u - 1)


@pytest.mark.parametrize("u_0", [1.1, 2.0, 50.0])
@depths
def test_strengths_above_the_target_invert_the_times(depth, u_0):
    u = 1 + (u_0 - 1) * np.array([0.9, 0.3, 1e-3, 1e-6])
    ts = balanced_mode_time(u, u_0, 1.0, depth)
    error = balanced_mode_error(ts, u_0, 1.0, depth)
    np.testing.assert_allclose(balanced_mode(ts, u_0, 1.0, depth), u, rtol=1e-12)
    np.testing.assert_allclose(error, 1 - u, rtol=1e-12 + 1e-15 / (u - 1).min())


@pytest.mark.parametrize("u_0", [0.1, 1.9])
@depths
def test_the_error_keeps_its_digits_where_the_strength_has_reached_the_target(depth, u_0):
    rate = depth  # of the last exponential, for s = 1
    first, second = balanced_mode_error(np.array([100.0, 200.0]) / rate, u_0, 1.0, depth)
    assert np.sign(first) == np.sign(1 - u_0)
    assert np.log(second / first) == pytest.approx(-100, abs=1e-9)


def test_a_start_at_the_target_stays_there():
    assert (balanced_mode([0.0, 1.0, 9.0], 2.0, 2.0, 3) == 2.0).all()
    assert (balanced_mode_error([0.0, 1.0, 9.0], 2.0, 2.0, 3) == 0.0).all()


@pytest.mark.parametrize("call", [balanced_mode, balanced_mode_error])
def test_targets_whose_power_underflows_are_refused(call):
    refused(InputError, ["s is 1e-200, below u_0 = 1e-100", "3e-147"], lambda: call(1.0, 1e-100, 1e-200, 100))


@pytest.mark.parametrize("call", [balanced_mode, balanced_mode_error])
def test_ratios_whose_power_underflows_are_refused(call):
    refused(InputError, ["is beyond float64", "closer in size"], lambda: call(1.0, 1e90, 1e-130, 5))
