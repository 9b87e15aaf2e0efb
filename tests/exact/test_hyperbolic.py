"""A mode of two layers, from any numbers or vectors, against an integrator and against other formulas at 1500 digits.

A strength is compared relative to the pair's length ``sqrt(|a|^2 + |b|^2)`` at that time; against the integrator, whose
errors at a time depend on the lengths before, relative to the largest of them.
"""

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused
from scipy.integrate import solve_ivp

from flowdln.errors import InputError
from flowdln.exact import two_layer_mode, two_layer_mode_error
from flowdln.exact.hyperbolic import growth

INTEGRATED = 1e-10
ROUNDING = 1e-12
DIGITS = 1500  # the fixed points below cancel where a strength starts at 1e-150
TIMES = np.array([0.0, 0.1, 0.7, 2.0, 4.0])  # beyond, an integrator loses its digits beside a saddle
LONG_TIMES = np.array([0.0, 1e-9, 1e-3, 0.3, 1.0, 3.0, 30.0, 330.0, 350.0, 400.0, 1e4, 1e6])


def random_starts(count):
    rng = np.random.default_rng(12)
    return [(*rng.uniform(-2, 2, 2), rng.uniform(-2, 3)) for _ in range(count)]


RANDOM = [pytest.param(*start, id=f"random {i}") for i, start in enumerate(random_starts(24))]
EDGES = [
    pytest.param(0.3, 0.3, 1.7, id="equal layers"),
    pytest.param(0.3, -0.3, 1.7, id="stable manifold"),
    pytest.param(2.0, -2.0, 0.1, id="stable manifold, far out"),
    pytest.param(-0.4, 0.7, 1.7, id="opposite signs"),
    pytest.param(-0.4, -0.7, 1.7, id="both negative"),
    pytest.param(3.0, 2.0, 1.7, id="overshoot"),
    pytest.param(0.2, 0.0, 1.7, id="second layer zero"),
    pytest.param(0.0, 0.2, 1.7, id="first layer zero"),
    pytest.param(0.0, 0.0, 1.7, id="both zero"),
    pytest.param(1.7, 1.0, 1.7, id="at the target"),
    pytest.param(0.5, 0.2, 0.0, id="s = 0"),
    pytest.param(0.5, 0.5, 0.0, id="s = 0, equal layers"),
    pytest.param(0.5, -0.5, 0.0, id="s = 0, opposite layers"),
    pytest.param(0.0, 0.0, 0.0, id="nothing"),
    pytest.param(0.5, 0.2, -1.2, id="s < 0"),
    pytest.param(0.5, 0.5, -1.2, id="s < 0, stable manifold"),
    pytest.param(0.5, -0.5, -1.2, id="s < 0, opposite layers"),
    pytest.param(0.3, 0.3 * (1 + 1e-9), 1.7, id="almost equal layers"),
    pytest.param(0.3, -0.3 * (1 + 1e-9), 1.7, id="beside the stable manifold"),
]
TINY = [
    pytest.param(1e-12, 1e-12, 1.0, id="1e-12"),
    pytest.param(1e-150, 1e-150, 1.0, id="1e-150"),
    pytest.param(1e-150, 0.0, 1.0, id="1e-150 and 0"),
    pytest.param(1e-150, -3e-150, 1.0, id="1e-150, opposite signs"),
    pytest.param(-1e-150, 0.5, 1.0, id="1e-150 and 0.5"),
    pytest.param(1e-150, -2e-150, -1.0, id="1e-150, s < 0"),
    pytest.param(1e-300, 2e-300, 1.0, id="1e-300"),
    pytest.param(1e-300, -3e-300, 1.0, id="1e-300, opposite signs"),
    pytest.param(1e-300, -2e-300, -1.0, id="1e-300, s < 0"),
    pytest.param(1e-151, 1e-151, 2.0, id="1e-151"),
    pytest.param(0.7, 1e-200, 1.0, id="1e-200 and 0.7"),
]


def integrate(ts, a_0, b_0, s):
    """Strengths of both layers by SciPy at 1e-13, each ``(T,)`` or, for vectors, ``(T, k)``."""
    start = np.concatenate([np.ravel(a_0), np.ravel(b_0)])

    def velocity(_, y):
        a, b = np.split(y, 2)
        return (s - a @ b) * np.concatenate([b, a])

    atol = 1e-14 * (np.abs(start).max() or 1)
    solution = solve_ivp(velocity, (0, ts[-1]), start, method="DOP853", t_eval=ts, rtol=1e-13, atol=atol)
    return [layer.reshape(-1, *np.shape(a_0)) for layer in np.split(solution.y.T, 2, axis=1)]


def evaluate(t, a_0, b_0, s):
    """``a``, ``b`` at one time with 1500 digits, by the cross ratio of the Riccati equation of ``(a + b)^2``."""
    with mp.workdps(DIGITS):
        t, a_0, b_0, s = map(mp.mpf, (t, a_0, b_0, s))
        p, m = a_0 + b_0, a_0 - b_0
        if p == 0:  # the same equation in m
            m = evaluate_sum(t, m, p, -s)
        else:
            start = p
            p = evaluate_sum(t, p, m, s)
            m *= start / p
        return (p + m) / 2, (p - m) / 2


def evaluate_sum(t, p, m, s):
    """``a + b``: with ``y = p^2``, ``y' = 2 s y - y^2 / 2 + c^2 / 2``, whose fixed points are ``2 s +- R``."""
    if p == 0:
        return p
    rate = mp.sqrt(4 * s**2 + (p * m) ** 2)
    if rate == 0:
        return p / mp.sqrt(1 + p**2 * t / 2)
    above, below = 2 * s + rate, 2 * s - rate
    ratio = (p**2 - above) / (p**2 - below) * mp.exp(-rate * t)
    return mp.sign(p) * mp.sqrt((above - ratio * below) / (1 - ratio))


def lengths(pair):
    """Lengths ``(T,)`` of pairs ``(a, b)`` of arrays ``(T,)`` or ``(T, k)``."""
    return np.sqrt(sum(np.sum(np.reshape(layer, (len(layer), -1)) ** 2, axis=1) for layer in pair))


def error(pair, reference):
    """Largest error of a pair, relative to its length at that time; absolute where that is zero."""
    sizes = lengths(reference)
    return (lengths(np.subtract(pair, reference)) / np.where(sizes > 0, sizes, 1)).max()


def integration_error(pair, ts, *start):
    """Largest difference from the integrator, relative to the largest length so far."""
    reference = integrate(ts, *start)
    sizes = np.maximum.accumulate(lengths(reference))
    return (lengths(np.subtract(pair, reference)) / np.where(sizes > 0, sizes, 1)).max()


def evaluated(ts, a_0, b_0, s):
    pairs = [evaluate(t, a_0, b_0, s) for t in ts]
    return [np.array([float(pair[i]) for pair in pairs]) for i in range(2)]


@pytest.mark.parametrize(("a_0", "b_0", "s"), RANDOM + EDGES)
def test_against_an_integrator(a_0, b_0, s):
    assert integration_error(two_layer_mode(TIMES, a_0, b_0, s), TIMES, a_0, b_0, s) < INTEGRATED


@pytest.mark.parametrize(("a_0", "b_0", "s"), RANDOM + EDGES + TINY)
def test_at_all_times_to_rounding(a_0, b_0, s):
    ts = LONG_TIMES / (abs(s) or 1)
    assert error(two_layer_mode(ts, a_0, b_0, s), evaluated(ts, a_0, b_0, s)) < ROUNDING


@pytest.mark.parametrize(("a_0", "b_0", "s"), RANDOM[:4] + EDGES[3:6])
@pytest.mark.parametrize(
    "mutate",
    [
        pytest.param(lambda t, a, b, s: two_layer_mode(2 * t, a, b, s), id="twice the time"),
        pytest.param(lambda t, a, b, s: two_layer_mode(t, a, b, -s), id="sign of s"),
        pytest.param(lambda t, a, b, s: two_layer_mode(t, a, -b, s), id="sums and differences exchanged"),
        pytest.param(lambda t, a, b, s: two_layer_mode(t, b, a, s), id="sign of a^2 - b^2"),
        pytest.param(lambda t, a, b, s: two_layer_mode(t, a, b, s * (1 + 1e-7)), id="a ten-millionth of s"),
    ],
)
def test_a_wrong_formula_is_seen(mutate, a_0, b_0, s):
    assert integration_error(mutate(TIMES, a_0, b_0, s), TIMES, a_0, b_0, s) > INTEGRATED
    assert error(mutate(TIMES, a_0, b_0, s), evaluated(TIMES, a_0, b_0, s)) > ROUNDING


@pytest.mark.parametrize("s", [1.3, 0.0, -0.8])
def test_vectors_against_an_integrator(s):
    a_0, b_0 = np.random.default_rng(3).standard_normal((2, 3))
    a, b = two_layer_mode(TIMES, a_0, b_0, s)
    assert a.shape == b.shape == (len(TIMES), 3)
    assert integration_error((a, b), TIMES, a_0, b_0, s) < INTEGRATED


def test_vectors_on_the_stable_manifold_end_at_the_saddle():
    start = np.array([1.0, -2.0, 0.5])
    assert integration_error(two_layer_mode(TIMES, start, -start, 1.3), TIMES, start, -start, 1.3) < INTEGRATED
    a, b = two_layer_mode(1e6, start, -start, 1.3)
    assert np.abs(a).max() == np.abs(b).max() == 0


def test_vectors_that_lie_along_one_direction_are_a_number():
    direction = np.array([2.0, -1.0, 2.0]) / 3
    a, b = two_layer_mode(TIMES, 0.3 * direction, -0.1 * direction, 1.3)
    assert error((a @ direction, b @ direction), two_layer_mode(TIMES, 0.3, -0.1, 1.3)) < ROUNDING


def test_one_time_gives_numbers():
    a, b = two_layer_mode(0.7, 0.2, 0.1, 1.3)
    assert a.shape == b.shape == ()


@pytest.mark.parametrize(("a_0", "b_0", "s"), RANDOM + EDGES + TINY)
def test_the_difference_of_squares_is_conserved(a_0, b_0, s):
    a, b = two_layer_mode(LONG_TIMES, a_0, b_0, s)
    assert (np.abs((a**2 - b**2) - (a_0**2 - b_0**2)) <= ROUNDING * np.maximum(a**2 + b**2, a_0**2 + b_0**2)).all()


@given(*[st.floats(0.01, 2)] * 2, st.floats(-2, 3), *[st.floats(0, 4)] * 2)
def test_two_times_in_a_row_are_their_sum(a_0, b_0, s, first, second):
    ahead = two_layer_mode(first + second, a_0, b_0, s)
    in_turn = two_layer_mode(second, *two_layer_mode(first, a_0, b_0, s), s)
    # For s < 0 the growing difference may be small beside the sum, whose rounding it then inherits, times exp(|s| t).
    loss = np.exp(abs(s) * (first + second)) if s <= 0 else 1
    assert np.hypot(*np.subtract(in_turn, ahead)) <= ROUNDING * loss * np.hypot(a_0, b_0) + ROUNDING * np.hypot(*ahead)


@pytest.mark.parametrize("s", [1.0, -1.0])
@pytest.mark.parametrize("size", [1e-150, 1e-300])
def test_short_vectors_follow_their_common_direction(size, s):
    direction = np.array([2.0, -1.0, 2.0]) / 3
    a, b = two_layer_mode(LONG_TIMES, size * direction, -3 * size * direction, s)
    expected = evaluated(LONG_TIMES, size, -3 * size, s)
    assert error((a @ direction, b @ direction), expected) < ROUNDING


def test_the_saddle_is_approached_exponentially():
    a, _ = two_layer_mode(np.array([200.0, 300.0]), 0.7, -0.7, 2.0)
    np.testing.assert_allclose(a, 0.7 * np.exp([-400.0, -600.0]) / np.sqrt(1 + 0.49 / 2), rtol=1e-12)


@pytest.mark.parametrize(("a_0", "b_0", "s"), [start for start in RANDOM + EDGES if start.values[2] != 0])
def test_the_error_keeps_its_digits_as_it_vanishes(a_0, b_0, s):
    squares = (a_0 + b_0) ** 2, (a_0 - b_0) ** 2
    ts = np.array([0.0, 0.3, 3.0, 30.0, 300.0]) / np.sqrt(4 * s**2 + squares[0] * squares[1])
    for t, result in zip(ts, growth(ts, s, *squares).error, strict=True):
        with mp.workdps(DIGITS):
            a, b = evaluate(t, a_0, b_0, s)
            departure = (s - a * b) - result * (s - mp.mpf(a_0) * mp.mpf(b_0))
            assert abs(departure) <= ROUNDING * abs(s - a * b)


@pytest.mark.parametrize(("a_0", "b_0", "s"), RANDOM[:4])
def test_an_error_of_half_the_rate_is_seen(a_0, b_0, s):
    result = growth(1.0, s, (a_0 + b_0) ** 2, (a_0 - b_0) ** 2).error
    a, b = two_layer_mode(1.0, a_0, b_0, s)
    assert (s - a * b) / (s - a_0 * b_0) == pytest.approx(result, rel=1e-11)
    assert (s - a * b) / (s - a_0 * b_0) != pytest.approx(np.sqrt(result), rel=1e-3)


def test_the_error_on_the_stable_manifold_stays():
    times = np.array([300.0, 360.0, 1e3, 1e6])
    np.testing.assert_allclose(growth(times, 1.7, 0.0, 4.0).error, 1.7 / (1.7 + 1), rtol=1e-14)


@pytest.mark.parametrize(
    ("a_0", "b_0", "s", "t"),
    [
        pytest.param(0.0, 30.0, 1e-3, 1.0, id="from zero, far beyond"),
        pytest.param(0.0, 100.0, 1e-2, 100.0, id="from zero, farther"),
        pytest.param(0.0, 1e-3, 1.0, 1e-8, id="at once"),
        pytest.param(1e-150, 2e-150, 1.0, 300.0, id="tiny"),
        pytest.param(-316.0, 1e-43, -4e-6, 613.0, id="a weak layer"),
        pytest.param(0.5, -0.2, 1.0, 9.0, id="after a change of sign"),
        pytest.param(2.0, 1.0, 0.5, 3.0, id="from beyond"),
    ],
)
def test_layers_strength_and_error_are_each_right_to_rounding(a_0, b_0, s, t):
    with mp.workdps(400):
        a, b, target = mp.mpf(a_0), mp.mpf(b_0), mp.mpf(s)
        X, Y = (a + b) ** 2, (a - b) ** 2
        rate = mp.sqrt(4 * target**2 + X * Y)
        decay = mp.exp(-rate * t)
        elapsed = (1 - decay) / rate
        g = mp.sqrt((2 * decay + elapsed * (rate + 2 * s + Y)) / (2 * decay + elapsed * (rate - 2 * target + X)))
        expected = ((a + b) * g + (a - b) / g) / 2, ((a + b) * g - (a - b) / g) / 2
        found = two_layer_mode(t, a_0, b_0, s)
        error = two_layer_mode_error(t, a_0, b_0, s)
        assert max(abs(x / y - 1) for x, y in zip(found, expected, strict=True)) < 1e-12
        assert abs(found[0] * found[1] / (expected[0] * expected[1]) - 1) < 1e-12
        remaining = target - expected[0] * expected[1]
        assert abs(remaining) < 1e-300 or abs(error / remaining - 1) < 1e-12


@pytest.mark.parametrize(
    ("a_0", "b_0", "s", "a", "b"),
    [
        pytest.param(0.1, 0.2, 2.0, None, None, id="target"),
        pytest.param(0.3, -0.3, 2.0, 0.0, 0.0, id="stable manifold"),
        pytest.param(0.3, 0.3, -2.0, 0.0, 0.0, id="stable manifold, negative target"),
        pytest.param(0.0, 0.0, 2.0, 0.0, 0.0, id="saddle"),
        pytest.param(0.3, 0.5, 0.0, 0.0, 0.4, id="no target"),
        pytest.param(0.1, 0.1, 0.0, 0.0, 0.0, id="no target, equal layers"),
        pytest.param([0.0, 0.0], [0.0, 0.0], 2.0, [0.0, 0.0], [0.0, 0.0], id="saddle of vectors"),
        pytest.param(1e70, 0.0, 0.0, 1e70, 0.0, id="large"),
    ],
)
@pytest.mark.parametrize("t", [1e300, np.inf], ids=str)
def test_limit_of_late_times(t, a_0, b_0, s, a, b):
    layers, error = two_layer_mode(t, a_0, b_0, s), two_layer_mode_error(t, a_0, b_0, s)
    product = s if a is None else np.sum(np.multiply(a, b))
    assert np.sum(layers[0] * layers[1]) == pytest.approx(product, rel=1e-14, abs=1e-16)
    assert error == pytest.approx(s - product, abs=1e-16)
    if a is not None:
        np.testing.assert_allclose(layers, (a, b), rtol=1e-14, atol=1e-16)


def test_strengths_whose_fourth_power_overflows_are_refused():
    refused(InputError, ["a_0 has the value 1e+100", "below 1e+75"], lambda: two_layer_mode(1.0, 1e100, 0.2, 2.0))
