"""Modes of any depth from any strengths: against an integrator, and against the closed forms of special cases."""

import importlib
from functools import cache

import numpy as np
import pytest
from mutants import mutant
from scalar_modes import integrate

from flowdln.exact import balanced_mode, balanced_mode_error, deep_mode, deep_pace, deep_path, two_layer_mode

module = importlib.import_module("flowdln.exact.unbalanced")
INTEGRATED = 1e-10
TIMES = np.array([0.0, 0.05, 0.3, 1.0, 2.0, 4.0])
LONG_TIMES = np.array([0.0, 1e-9, 0.1, 3.0, 30.0, 1e3, 1e6])


def random_starts(count):
    rng = np.random.default_rng(12)
    return [
        (tuple(rng.uniform(-1.4, 1.4, depth)), rng.uniform(-2, 3)) for depth in (1, 2, 3, 4, 6) for _ in range(count)
    ]


RANDOM = [pytest.param(start, s, id=f"{len(start)} layers, {i}") for i, (start, s) in enumerate(random_starts(5))]
CROSSING = (-0.2, 0.5, 0.7), 1.5
TIED = (0.3, -0.3, 0.8), 1.5
NEARLY_TIED = (0.3, 0.3 * (1 + 1e-9), 0.8), 1.5
BEYOND = (1.5, 1.2, 1.1), 1.0
DECAYING = (0.5, 0.5, 0.8), -1.2
EDGES = [
    pytest.param(*CROSSING, id="smallest layer changes sign"),
    pytest.param((0.2, 0.5, 0.7, 0.9), -1.5, id="smallest of four changes sign, s < 0"),
    pytest.param((0.5, -0.6), 1.5, id="smallest of two changes sign"),
    pytest.param((-0.9, 1.345, 1.2), 1e-3, id="smallest layer comes from far beyond a small target"),
    pytest.param((-1.5, 1.6, 1.7), 1.0, id="product comes from far below, across zero"),
    pytest.param(*TIED, id="two tied, to the saddle"),
    pytest.param((0.3, 0.3, -0.8), 1.5, id="two tied, to the saddle by the largest"),
    pytest.param((-0.5, -0.5, -0.5), 1.5, id="three tied, to the saddle"),
    pytest.param((0.3, 0.3, 0.3, -0.8), 1.5, id="three tied of four, to the saddle"),
    pytest.param((-0.3, -0.3, 0.8), 1.5, id="two tied, away from zero"),
    pytest.param((0.3, 0.5, 0.5), 1.5, id="two tied, not the smallest"),
    pytest.param(*NEARLY_TIED, id="nearly tied"),
    pytest.param((0.3, -0.3 * (1 + 1e-9), 0.8), 1.5, id="nearly tied, beside the saddle"),
    pytest.param((0.6, 0.6, 0.6), 1.5, id="all equal"),
    pytest.param(*BEYOND, id="overshoot"),
    pytest.param((1.3, 1.3, 1.3, 1.3), 0.5, id="overshoot, all equal"),
    pytest.param((2.0, 0.5, 1.0), 1.0, id="at the fixed point"),
    pytest.param((2.0, 0.5, 1.0 + 1e-12), 1.0, id="beside the fixed point"),
    pytest.param((0.9, 0.5, 0.8), -1.2, id="s < 0"),
    pytest.param(*DECAYING, id="s < 0, two tied"),
    pytest.param((0.5, 0.5, 0.5), -1.2, id="s < 0, all tied"),
    pytest.param((1.4, 1.4, 1.4, 1.4), -1.2, id="s < 0, all tied, from far"),
    pytest.param((0.9, -0.5, 0.8), 0.0, id="s = 0"),
    pytest.param((0.9, -0.5, 0.5), 0.0, id="s = 0, two tied"),
    pytest.param((-1.1, 1.1, 1.1, 1.1), 0.0, id="s = 0, all tied"),
    pytest.param((0.0, 0.5, 0.7), 1.5, id="one zero"),
    pytest.param((0.5, 0.0, -0.7), 1.5, id="one zero, opposite signs"),
    pytest.param((0.5, 0.7, 0.0), -1.5, id="one zero, s < 0"),
    pytest.param((0.5, 0.7, 0.0), 0.0, id="one zero, s = 0"),
    pytest.param((0.0, 0.5, 0.0), 1.5, id="two zeros"),
    pytest.param((0.0, 0.0, 0.0), 1.5, id="all zero"),
    pytest.param((-3.0,), 1e-3, id="one layer, from far below"),
    pytest.param((0.0,), 1.5, id="one layer, from zero"),
    pytest.param((0.4,), 0.0, id="one layer, s = 0"),
]


@cache
def reference(start, s):
    return integrate(TIMES, start, s)


def error(result, start, s):
    """Largest error of the strengths and of ``s - u``; both are of order one."""
    strengths = reference(start, s)
    return max(np.abs(result.strengths - strengths).max(), np.abs(result.error - (s - strengths.prod(axis=0))).max())


@pytest.mark.parametrize(("start", "s"), RANDOM + EDGES)
def test_against_an_integrator(start, s):
    assert error(deep_mode(TIMES, start, s), start, s) < INTEGRATED


@pytest.mark.parametrize(("start", "s"), RANDOM + EDGES)
def test_the_start_is_the_start(start, s):
    result = deep_mode([0.0], start, s)
    np.testing.assert_allclose(result.strengths[:, 0], start, rtol=1e-14)
    assert result.error[0] == pytest.approx(s - np.prod(start), abs=1e-14)


@pytest.mark.parametrize(("start", "s"), [CROSSING, TIED, BEYOND, DECAYING])
@pytest.mark.parametrize(
    "mutate",
    [
        pytest.param(lambda t, start, s: deep_mode(1.0001 * t, start, s), id="time"),
        pytest.param(lambda t, start, s: deep_mode(t, start, -s), id="sign of s"),
        pytest.param(lambda t, start, s: deep_mode(t, start, s * (1 + 1e-8)), id="a hundred-millionth of s"),
        pytest.param(lambda t, start, s: deep_mode(t, np.abs(start) * [-1, 1, -1], s), id="signs of the layers"),
        pytest.param(lambda t, start, s: deep_mode(t, start[::-1], s), id="layers exchanged"),
    ],
)
def test_a_wrong_mode_is_seen(mutate, start, s):
    assert error(mutate(TIMES, start, s), start, s) > INTEGRATED


@pytest.mark.parametrize(
    ("start", "s", "right", "wrong"),
    [
        pytest.param(*NEARLY_TIED, "excess <= known[smallest]", "excess <= 1e-6 + known[smallest]", id="ties"),
        pytest.param(*BEYOND, "np.sqrt(np.abs(others) + abs(least))", "np.sqrt(np.abs(others))", id="squares"),
        pytest.param((0.2, 0.5, 0.7), -1.5, "orientation * y,", "y,", id="orientation"),
        pytest.param((0.9, -0.5, 0.8), 1.0, "side * error)", "-error)", id="sign of the error"),
        pytest.param(*TIED, "side = np.sign(least) * np.prod(signs)", "side = 1.0", id="side of a tie"),
        pytest.param((-0.2, -0.5, 0.7), 1.5, "signs[:, None] * np.hypot", "np.hypot", id="signs of the others"),
    ],
)
def test_a_change_in_the_mode_is_seen(start, s, right, wrong, tmp_path):
    changed = mutant(module, right, wrong, tmp_path)
    assert error(changed.deep_mode(TIMES, start, s), start, s) > INTEGRATED


@pytest.mark.parametrize(
    ("start", "s", "right", "wrong"),
    [
        pytest.param(*CROSSING, "np.where(leaving, 0.0, t - departure.total)", "t", id="time of the departure"),
        pytest.param(*CROSSING, "self._others) - goal\n\n", "self._others) - goal - 1e-9\n\n", id="fixed point"),
    ],
)
def test_a_change_in_the_path_is_seen(start, s, right, wrong, tmp_path, monkeypatch):
    changed = mutant(deep_path, right, wrong, tmp_path)
    monkeypatch.setattr(module, "DeepPath", changed.DeepPath)
    assert error(deep_mode(TIMES, start, s), start, s) > INTEGRATED


@pytest.mark.parametrize(
    ("start", "s", "right", "wrong", "name"),
    [
        pytest.param(
            *CROSSING, "slope / gap(y, target, others, xp)", "slope / target", "departure_pace", id="departure"
        ),
        pytest.param(
            *BEYOND, "-log_others(root - below", "-log_others(root + 0 * below", "approach_pace", id="approach"
        ),
        pytest.param(
            *DECAYING, "- xp.logaddexp(xp.log(-target), log_y + log_g)", "- xp.log(-target)", "decay_pace", id="decay"
        ),
        pytest.param(*BEYOND, "@ others.counts / 2", "@ others.counts", "excess", id="excess"),
    ],
)
def test_a_change_in_a_pace_is_seen(start, s, right, wrong, name, tmp_path, monkeypatch):
    changed = mutant(deep_pace, right, wrong, tmp_path)
    monkeypatch.setattr(deep_path, name, getattr(changed, name))
    assert error(deep_mode(TIMES, start, s), start, s) > INTEGRATED


@pytest.mark.parametrize("u_0", [1e-3, 0.4, 1.1, 4.0])
@pytest.mark.parametrize("depth", [1, 2, 3, 4, 7, 50, 1000])
def test_equal_layers_are_a_balanced_mode(depth, u_0):
    ts = np.array([0.0, 0.1, 0.5, 1.0, 3.0]) / depth
    strengths, missing = deep_mode(ts, np.full(depth, u_0 ** (1 / depth)), 1.0)
    np.testing.assert_allclose(strengths, np.tile(balanced_mode(ts, u_0, 1.0, depth) ** (1 / depth), (depth, 1)), 1e-13)
    np.testing.assert_allclose(missing, balanced_mode_error(ts, u_0, 1.0, depth), 1e-15 * (100 + depth / abs(1 - u_0)))


@pytest.mark.parametrize(("start", "s"), RANDOM[5:10])
def test_two_layers_are_the_hyperbolic_solution(start, s):
    np.testing.assert_allclose(deep_mode(TIMES, start, s).strengths, two_layer_mode(TIMES, *start, s), rtol=1e-13)


@pytest.mark.parametrize(("start", "s"), RANDOM[:5])
def test_one_layer_is_an_exponential(start, s):
    result = deep_mode(LONG_TIMES, start, s)
    np.testing.assert_allclose(result.error, (s - start[0]) * np.exp(-LONG_TIMES), rtol=1e-12)
    np.testing.assert_allclose(result.strengths[0], s - (s - start[0]) * np.exp(-LONG_TIMES), rtol=1e-13)


@pytest.mark.parametrize("size", [1e-100, 1e-3, 0.8, 1.5])
@pytest.mark.parametrize("depth", [2, 3, 4, 6, 30])
def test_equal_layers_without_a_target_decay_as_a_power(depth, size):
    power = 2 * depth - 2
    exact = size * (1 + power * size**power * LONG_TIMES) ** (-1 / power)  # a' = -a^(2L-1), as u' = -L u^(3-2/L)
    np.testing.assert_allclose(deep_mode(LONG_TIMES, [-size] * depth, 0.0).strengths[0], -exact, rtol=1e-12)


@pytest.mark.parametrize(("start", "s"), [((0.0, 0.5, 0.0), 1.5), ((0.0, 0.0, -0.5), -1.5), ((0.0, 0.5, 0.7), 0.0)])
def test_what_does_not_move_stays_to_the_last_bit(start, s):
    result = deep_mode(LONG_TIMES, start, s)
    np.testing.assert_array_equal(result.strengths, np.tile(start, (len(LONG_TIMES), 1)).T)
    np.testing.assert_array_equal(result.error, s)


@pytest.mark.parametrize(("start", "s"), [TIED, ((-0.5, -0.5, -0.5), 1.5), DECAYING, ((0.3, 0.3, 0.3, -0.8), 1.5)])
def test_the_saddle_is_reached_and_not_left(start, s):
    result = deep_mode(np.array([1e6, 1e12]), start, s)
    assert np.abs(np.sort(np.abs(result.strengths), axis=0)[:2]).max() < 1e-5
    np.testing.assert_allclose(result.error, s, rtol=1e-10)
