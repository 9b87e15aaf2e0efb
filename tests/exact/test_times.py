"""Times of modes: against the strengths they invert, an integrator, mpmath, and a formula that is misprinted."""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused
from scipy.integrate import solve_ivp

import flowdln as fl
from flowdln.exact import (
    balanced_mode,
    balanced_mode_error,
    balanced_mode_loss,
    balanced_sharpness,
    half_time,
    learning_time,
    overtaking_strength,
    two_layer_mode,
    two_layer_mode_time,
)
from flowdln.exact.hyperbola import hyperbola_clock
from flowdln.tangent import jacobian

ROUNDING = 1e-12
SHARES = np.array([0.0, 1e-12, 1e-6, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-6, 1 - 1e-9])  # of the way
STARTS = [
    pytest.param(0.3, 0.1, 1.7, id="first layer larger"),
    pytest.param(0.1, 0.3, 1.7, id="second layer larger"),
    pytest.param(0.2, 0.2, 1.7, id="equal layers"),
    pytest.param(-0.2, -0.3, 1.7, id="both negative"),
    pytest.param(0.5, -0.4, 1.7, id="opposite signs"),
    pytest.param(0.5, 0.0, 1.7, id="one zero"),
    pytest.param(3.0, 2.0, 1.7, id="overshoot"),
    pytest.param(1e-6, 1e-6, 1.7, id="1e-6"),
    pytest.param(1e-100, -1e-120, 1.7, id="1e-100"),
    pytest.param(0.1, -80.0, 0.05, id="far below, out of balance"),
    pytest.param(1.4, 1900.0, 0.05, id="far above, out of balance"),
]
starts = pytest.mark.parametrize(("a_0", "b_0", "s"), STARTS)
depths = pytest.mark.parametrize("depth", [1, 2, 3, 4, 7, 100])


def evaluate(u, a_0, b_0, s):
    """The time by the Riccati equation of ``(a + b)^2``, and what a rounding error of ``u`` costs."""
    with mp.workdps(300):
        u, a_0, b_0, s = map(mp.mpf, (float(u), a_0, b_0, s))
        squared = (a_0**2 - b_0**2) ** 2
        rate = mp.sqrt(4 * s**2 + squared)
        above, below = 2 * s + rate, 2 * s - rate
        y_0, y = (a_0 + b_0) ** 2, 2 * u + mp.sqrt(4 * u**2 + squared)
        t = mp.log((y_0 - above) / (y_0 - below) * (y - below) / (y - above)) / rate
        cost = sum(abs(v) / (mp.sqrt(4 * v**2 + squared) * abs(s - v)) for v in (u, a_0 * b_0))
        return float(t), float(cost)


@starts
def test_two_layers_to_rounding(a_0, b_0, s):
    u = a_0 * b_0 + SHARES[1:] * (s - a_0 * b_0)
    exact, cost = np.transpose([evaluate(v, a_0, b_0, s) for v in u])
    assert (np.abs(two_layer_mode_time(u, a_0, b_0, s) - exact) <= ROUNDING * exact + 1e-15 * cost).all()


@starts
def test_two_layers_have_the_strength_at_the_time_of_the_strength(a_0, b_0, s):
    u = a_0 * b_0 + SHARES * (s - a_0 * b_0)
    t = two_layer_mode_time(u, a_0, b_0, s)
    a, b = two_layer_mode(t, a_0, b_0, s)
    speed = (a**2 + b**2) * np.abs(s - u)
    assert (np.abs(a * b - u) <= ROUNDING * (speed * t + np.abs(u) + abs(a_0 * b_0))).all()
    assert t[0] == 0


@pytest.mark.parametrize("u", [0.2, 0.9, 1.69])
def test_two_layers_against_an_event_of_an_integrator(u):
    def velocity(_, y):
        return (1.7 - y[0] * y[1]) * y[::-1]

    def reached(_, y):
        return y[0] * y[1] - u

    solution = solve_ivp(velocity, (0, 9), [0.5, -0.1], method="DOP853", rtol=1e-13, atol=1e-14, events=reached)
    assert two_layer_mode_time(u, 0.5, -0.1, 1.7) == pytest.approx(solution.t_events[0][0], rel=1e-10)


def printed(u, a_0, b_0, s, c_0):
    """Saxe et al., supplement, eq. (4), for strengths ``a b = c_0 sinh(theta)``, as the text says."""
    last, first = (np.tanh(np.arcsinh(strength / c_0) / 2) for strength in (u, a_0 * b_0))
    return hyperbola_clock(last, c_0, s) - hyperbola_clock(first, c_0, s)


PRINTED = [(0.7, 0.2, 1.3), (0.2, 0.7, 1.3), (0.5, 0.49, 1.3), (2.0, -0.1, 0.5)]


@pytest.mark.parametrize(("a_0", "b_0", "s"), PRINTED)
def test_the_printed_formula_is_twice_the_time_of_half_its_constant(a_0, b_0, s):
    half = abs(a_0**2 - b_0**2) / 2  # from a b = c_0 sinh(theta), a^2 + b^2 = 2 c_0 cosh(theta)
    assert two_layer_mode_time(0.4, a_0, b_0, s) == pytest.approx(printed(0.4, a_0, b_0, s, half) / 2, rel=1e-11)


@pytest.mark.parametrize("factor", [1, 0.5], ids=["as printed", "half the time"])
@pytest.mark.parametrize(("a_0", "b_0", "s"), PRINTED)
def test_the_printed_formula_is_wrong_with_the_constant_as_printed(a_0, b_0, s, factor):
    wrong = factor * printed(0.4, a_0, b_0, s, abs(a_0**2 - b_0**2))
    assert abs(wrong / two_layer_mode_time(0.4, a_0, b_0, s) - 1) > 1e-5


@given(st.floats(0.01, 2), st.floats(0.01, 2), st.floats(0.1, 5), st.floats(0.01, 0.98), st.floats(0.01, 0.98))
def test_times_of_two_stretches_add(a_0, b_0, s, first, second):
    first, second = (a_0 * b_0 + share * (s - a_0 * b_0) for share in sorted((first, second)))
    a, b = two_layer_mode(two_layer_mode_time(first, a_0, b_0, s), a_0, b_0, s)
    rest = two_layer_mode_time(second, a, b, s) if (second - a * b) * (s - second) > 0 else 0
    both = two_layer_mode_time(second, a_0, b_0, s)
    assert two_layer_mode_time(first, a_0, b_0, s) + rest == pytest.approx(both, rel=1e-10, abs=1e-13)


@pytest.mark.parametrize(
    ("u", "a_0", "b_0", "s"),
    [
        pytest.param(1.7, 0.3, 0.1, 1.7, id="the target"),
        pytest.param(2.0, 0.3, 0.1, 1.7, id="beyond the target"),
        pytest.param(0.02, 0.3, 0.1, 1.7, id="before the start"),
        pytest.param(7.0, 3.0, 2.0, 1.7, id="before an overshoot"),
        pytest.param(0.5, 0.3, -0.3, 1.7, id="stable manifold"),
        pytest.param(-0.5, 0.3, 0.1, -1.7, id="negative target"),
    ],
)
def test_strengths_that_are_not_on_the_way_are_refused(u, a_0, b_0, s):
    words = [f"from a b = {a_0 * b_0:g} to {u}", f"s = {s:g} > 0", "a_0 + b_0 not zero", "not reached in finite time"]
    refused(fl.AssumptionError, words, lambda: two_layer_mode_time(u, a_0, b_0, s))


@depths
def test_half_of_the_strength_is_there_at_the_half_time(depth):
    s = np.array([0.5, 1.0, 3.0])
    for strength, t in zip(s, half_time(1e-2, s, depth), strict=True):
        assert balanced_mode(t, 1e-2, strength, depth) == pytest.approx(strength / 2, rel=1e-10)


@depths
@pytest.mark.parametrize("cutoff", [0.5, 0.1, 1e-6])
def test_the_cutoff_is_left_at_the_learning_time(depth, cutoff):
    t = learning_time(1e-2, 1.3, depth, cutoff=cutoff)
    assert balanced_mode_error(t, 1e-2, 1.3, depth) == pytest.approx(cutoff * 1.3, rel=1e-9)
    assert balanced_mode_error(1.001 * t, 1e-2, 1.3, depth) != pytest.approx(cutoff * 1.3, rel=1e-6)


def test_a_cutoff_that_the_start_has_passed_is_in_the_past():
    assert learning_time(0.9, 1.0, 3, cutoff=0.5) < 0


@pytest.mark.parametrize("cutoff", [0.0, -0.1, 1.0])
def test_cutoffs_that_are_not_shares_are_refused(cutoff):
    refused(
        fl.InputError,
        [f"cutoff has the value {cutoff:g}", "above 0 and below 1"],
        lambda: learning_time(0.1, 1.0, 3, cutoff=cutoff),
    )


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_the_loss_of_an_aligned_network_is_the_sum_over_its_modes(depth):
    strengths, ts = np.array([2.0, 1.0]), np.array([0.0, 0.5, 2.0])
    moments = fl.Moments.from_modes(strengths, 3, 2)
    widths = (3, *(4,) * (depth - 1), 2)
    problem = fl.Problem(moments, fl.initial.aligned(moments, widths, 0.3 ** (1 / depth)))
    loss = fl.solve(problem, ts, method="DOP853", rtol=1e-13).loss
    shares = [balanced_mode_loss(ts, 0.3, s, depth) for s in strengths]
    np.testing.assert_allclose(sum(shares), loss, rtol=0, atol=1e-10)


def sharpness(strengths, widths):
    """Largest Hessian eigenvalue of the loss at the balanced optimum, from the Jacobian of the flow."""
    moments = fl.Moments.from_modes(strengths, widths[0], widths[-1])
    depth = len(widths) - 1
    weights = fl.initial.aligned(moments, widths, np.tile(np.array(strengths) ** (1 / depth), (depth, 1)))
    return -np.linalg.eigvalsh(jacobian(lambda w: fl.gradient_flow(0, w, moments), weights)).min()


WIDTHS = [(3, 2), (3, 4, 2), (3, 4, 2, 2), (3, 3, 5, 2, 2)]


@pytest.mark.parametrize("widths", WIDTHS, ids=len)
@pytest.mark.parametrize("strengths", [(3.0, 1.0), (0.6, 0.5), (1.7, 1.7)])
def test_the_sharpness_is_the_largest_hessian_eigenvalue(widths, strengths):
    assert balanced_sharpness(strengths[0], len(widths) - 1) == pytest.approx(sharpness(strengths, widths), rel=1e-12)


@pytest.mark.parametrize("widths", WIDTHS[1:], ids=len)
def test_the_sharpness_of_another_depth_or_strength_is_seen(widths):
    depth = len(widths) - 1
    wrong = np.array([balanced_sharpness(s, d) for s, d in ((3.0, depth - 1), (3.0, depth + 1), (1.0, depth))])
    assert (np.abs(wrong / sharpness((3.0, 1.0), widths) - 1) > 0.1).all()


def pace_gained(depth, strength):
    """How much faster one more equal layer is, by the flow of the weights, relative."""
    moments = fl.Moments(np.eye(1), np.array([[2.0]]), 4.0)
    paces = [
        fl.exact.end_to_end_flow(0, np.array([[strength]]), moments, layers)[0, 0] for layers in (depth, depth + 1)
    ]
    return paces[1] / paces[0] - 1


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_a_layer_more_is_slower_below_the_overtaking_strength_and_faster_beyond(depth):
    strength = overtaking_strength(depth)
    assert pace_gained(depth, strength) == pytest.approx(0, abs=1e-13)
    assert pace_gained(depth, 0.99 * strength) < 0 < pace_gained(depth, 1.01 * strength)
