"""The mode of infinite depth: against mpmath, and as what balanced modes of growing depth tend to."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused
from scipy.integrate import solve_ivp

from flowdln.errors import AssumptionError, InputError
from flowdln.exact import balanced_mode, balanced_mode_time, infinite_depth_mode, infinite_depth_time

ROUNDING = 1e-12
TARGET = 1.7
TIMES = np.array([0.0, 1e-6, 0.1, 1.0, 5.0, 30.0, 300.0, 700.0, 760.0, 1e4, 1e6]) / TARGET**2
SHARES = [1e-6, 1e-3, 0.1, 0.5, 0.9, 1 - 1e-9, 1 + 1e-9, 1.1, 2.0, 10.0, 1e3, 1e9]
shares = pytest.mark.parametrize("share", SHARES)


def evaluate(t, u_0, s):
    """``u`` and ``s - u`` by Lambert W with 60 digits."""
    with mp.workdps(60):
        t, u_0, s = mp.mpf(float(t)), mp.mpf(u_0), mp.mpf(s)
        start = (s - u_0) / u_0
        ratio = mp.lambertw(start * mp.exp(start - s**2 * t)).real
        return s / (1 + ratio), s * ratio / (1 + ratio)


def evaluated(ts, u_0, s):
    """``u``, ``s - u``, and what a rounding error of the time costs of each, relative."""
    pairs = [evaluate(t, u_0, s) for t in ts]
    u, error = (np.array([float(pair[i]) for pair in pairs]) for i in range(2))
    return u, error, 1 + np.abs(u * error) * ts, 1 + u**2 * ts


@shares
def test_against_lambert_w(share):
    u_0 = share * TARGET
    ts = np.append(TIMES, np.array([0.5, 0.99, 1.01]) / (share * max(share, 1) * TARGET**2))
    u, error, cost, cost_of_error = evaluated(ts, u_0, TARGET)
    result, result_error = infinite_depth_mode(ts, u_0, TARGET)
    assert (np.abs(result - u) <= ROUNDING * cost * u).all()
    assert (np.abs(result_error - error) <= ROUNDING * cost_of_error * np.abs(error) + 5e-324).all()


@shares
@pytest.mark.parametrize("factor", [2, 1 + 1e-6], ids=["twice", "a millionth"])
def test_another_time_is_seen(share, factor):
    t = 0.1 / (share * max(share, 1) * TARGET**2)
    u, error, _, _ = evaluated([t], share * TARGET, TARGET)
    wrong, wrong_error = infinite_depth_mode(factor * t, share * TARGET, TARGET)
    assert max(abs(wrong / u[0] - 1), abs(wrong_error / error[0] - 1)) > 1e-9


@pytest.mark.parametrize("u_0", [0.3, 1.5, 3.0])
def test_against_an_integrator(u_0):
    ts = np.array([0.0, 0.1, 0.5, 2.0])
    options = {"method": "DOP853", "t_eval": ts, "rtol": 1e-13, "atol": 1e-14}
    reference = solve_ivp(lambda _, u: u**2 * (TARGET - u), (0, 2), [u_0], **options).y[0]
    u, error = infinite_depth_mode(ts, u_0, TARGET)
    np.testing.assert_allclose(u, reference, rtol=1e-10)
    np.testing.assert_allclose(error, TARGET - reference, rtol=0, atol=1e-10)


@pytest.mark.parametrize("u_0", [0.3, 3.0], ids=["below", "above"])
def test_balanced_modes_tend_to_it_as_one_over_their_depth(u_0):
    depths, ts = 1000 * 10.0 ** np.arange(3), np.array([0.1, 0.5, 1.0])
    limit = infinite_depth_mode(ts, u_0, TARGET)[0]
    gaps = [np.abs(balanced_mode(ts / depth, u_0, TARGET, int(depth)) - limit).max() for depth in depths]
    orders = -np.diff(np.log10(gaps))
    assert (np.abs(orders - 1) < 0.01).all()
    assert gaps[0] < 0.01


def test_without_the_clock_of_the_depth_they_do_not():
    limit = infinite_depth_mode(0.5, 0.3, TARGET)[0]
    assert abs(balanced_mode(0.5, 0.3, TARGET, 10**5) - limit) > 0.1


@pytest.mark.parametrize(("u_0", "u"), [(0.3, 1.5), (3.0, 2.0)], ids=["below", "above"])
def test_times_of_balanced_modes_tend_to_its_time(u_0, u):
    limit = infinite_depth_time(u, u_0, TARGET)
    gaps = [abs(depth * balanced_mode_time(u, u_0, TARGET, depth) - limit) for depth in (1000, 10**5)]
    assert np.log10(gaps[0] / gaps[1]) / 2 == pytest.approx(1, abs=0.01)


@shares
def test_the_strength_at_the_time_of_a_strength_is_that_strength(share):
    u_0 = share * TARGET
    u = TARGET + (u_0 - TARGET) * np.array([0.9, 0.5, 0.1, 1e-3])
    t = infinite_depth_time(u, u_0, TARGET)
    result, _ = infinite_depth_mode(t, u_0, TARGET)
    assert (np.abs(result - u) <= ROUNDING * (u + u**2 * np.abs(TARGET - u) * t)).all()


@shares
def test_times_to_rounding(share):
    u_0 = share * TARGET
    for u in TARGET + (u_0 - TARGET) * np.array([0.9, 0.1, 1e-3]):
        with mp.workdps(40):
            end, start = ((mp.mpf(TARGET) - v) / v for v in (mp.mpf(float(u)), mp.mpf(u_0)))
            exact = (start - end + mp.log(start / end)) / mp.mpf(TARGET) ** 2
            cost = sum(1 / (v * abs(mp.mpf(TARGET) - v)) for v in (mp.mpf(float(u)), mp.mpf(u_0)))  # |u dt/du|
            assert abs(infinite_depth_time(u, u_0, TARGET) - exact) <= ROUNDING * exact + 1e-15 * cost


@given(st.floats(0.05, 5), st.floats(0.2, 3), st.floats(0, 4), st.floats(0, 4))
def test_two_times_in_a_row_are_their_sum(u_0, s, first, second):
    between = float(infinite_depth_mode(first, u_0, s)[0])
    onwards = infinite_depth_mode(second, between, s)[0]
    assert onwards == pytest.approx(float(infinite_depth_mode(first + second, u_0, s)[0]), rel=1e-11)


@given(st.floats(0.05, 5), st.floats(0.01, 100), st.floats(0, 9))
def test_strengths_scale_with_the_target(u_0, s, t):
    scaled = s * infinite_depth_mode(t, u_0, 1.0)[0]
    assert infinite_depth_mode(t / s**2, s * u_0, s)[0] == pytest.approx(float(scaled), rel=1e-11)


def test_a_start_at_the_target_stays_there():
    u, error = infinite_depth_mode(TIMES, TARGET, TARGET)
    np.testing.assert_array_equal(u, TARGET)
    np.testing.assert_array_equal(error, 0)


@pytest.mark.parametrize("u_0", [1e-300, 1e-100, 1e100], ids=lambda u_0: f"{u_0:g}")
def test_extreme_starts_are_finite(u_0):
    u, error = infinite_depth_mode(TIMES, u_0, TARGET)
    assert u[0] == pytest.approx(u_0, rel=1e-12)
    assert np.isfinite([u, error]).all()


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_results_are_shaped_like_the_times(shape):
    assert [part.shape for part in infinite_depth_mode(np.ones(shape), 0.1, TARGET)] == [shape, shape]
    assert np.shape(infinite_depth_time(np.ones(shape), 0.1, TARGET)) == shape


@pytest.mark.parametrize(("u_0", "s"), [(0.0, 1.0), (-0.1, 1.0), (0.1, 0.0), (0.1, -1.0)])
def test_strengths_that_are_not_positive_are_refused(u_0, s):
    words = [f"u_0 = {u_0:g} and s = {s:g}", "positive strengths", "does not move"]
    refused(AssumptionError, words, lambda: infinite_depth_mode(1.0, u_0, s))


@pytest.mark.parametrize(
    ("u", "u_0", "s"),
    [(2.0, 0.1, 1.0), (0.1, 2.0, 1.0), (1.0, 0.1, 1.0), (1.0, 1.0, 1.0), (-0.1, 0.1, 1.0), (0.1, -0.1, 1.0),
     (0.0, 0.1, 1.0), (-2.0, -3.0, -1.0)],
)  # fmt: skip
def test_times_across_the_target_are_refused(u, u_0, s):
    words = [f"from {u_0} to {u}", f"the same side of s = {s:g}", "not reached in finite time"]
    refused(AssumptionError, words, lambda: infinite_depth_time(u, u_0, s))


def test_start_far_above_the_target():
    """Far above, ``u' = -u^3``, so that ``u = 1 / sqrt(2 t)`` from any start."""
    assert infinite_depth_mode(1e-20, 1e300, 1.0)[0] == pytest.approx(1 / np.sqrt(2e-20), rel=1e-9)


def test_targets_whose_square_underflows_are_refused():
    refused(InputError, ["s is 1e-300, below u_0 = 0.1", "1e-145"], lambda: infinite_depth_mode(1.0, 0.1, 1e-300))
    refused(InputError, ["the time is beyond float64"], lambda: infinite_depth_time(1.0, 0.1, 1e-300))


def test_large_target_is_reached():
    np.testing.assert_array_equal(infinite_depth_mode([1.0, np.inf], 0.1, 1e100)[0], [1e100, 1e100])
