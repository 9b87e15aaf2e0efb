"""What must be true of a mode of any depth, whatever its strengths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdln.exact import deep_mode

ROUNDING = 1e-12
TIMES = np.array([0.0, 0.1, 1.0, 3.0, 30.0])
sizes = st.floats(0.2, 1.5)
strengths = st.lists(st.builds(np.copysign, sizes, st.sampled_from([-1.0, 1.0])), min_size=1, max_size=6)
targets = st.floats(-2, 3)


@given(strengths, targets)
def test_differences_of_squares_are_conserved(start, s):
    squares = deep_mode(TIMES, start, s).strengths ** 2
    assert np.abs(np.diff(squares, axis=0) - np.diff(np.square(start))[:, None]).max(initial=0) < ROUNDING


@given(strengths, targets)
def test_the_error_is_the_target_less_the_product(start, s):
    moved, error = deep_mode(TIMES, start, s)
    assert np.abs(s - moved.prod(axis=0) - error).max() < ROUNDING * max(1, abs(s - np.prod(start)))


@given(strengths, targets)
def test_the_error_shrinks_and_keeps_its_sign(start, s):
    error = deep_mode(TIMES, start, s).error * np.sign(s - np.prod(start))
    assert (error >= 0).all()
    assert (np.diff(error) <= ROUNDING * abs(s - np.prod(start))).all()


@given(st.lists(sizes, min_size=1, max_size=6), st.floats(0.2, 3), st.floats(0, 4), st.floats(0, 4))
def test_two_times_in_a_row_are_their_sum(start, s, first, second):
    between = deep_mode([first], start, s).strengths[:, 0]
    in_turn = deep_mode([second], between, s).strengths
    np.testing.assert_allclose(in_turn, deep_mode([first + second], start, s).strengths, rtol=ROUNDING)


@given(strengths, targets, st.randoms(use_true_random=False))
def test_layers_may_be_permuted(start, s, random):
    order = random.sample(range(len(start)), len(start))
    permuted = deep_mode(TIMES, np.array(start)[order], s).strengths
    np.testing.assert_allclose(permuted, deep_mode(TIMES, start, s).strengths[order], rtol=0, atol=ROUNDING)


@given(strengths, targets, st.data())
def test_a_layer_may_be_reversed_with_the_target(start, s, data):
    signs = np.ones(len(start))
    signs[data.draw(st.integers(0, len(start) - 1))] = -1
    moved, error = deep_mode(TIMES, start, s)
    reversed_moved, reversed_error = deep_mode(TIMES, signs * start, -s)
    np.testing.assert_allclose(reversed_moved, signs[:, None] * moved, rtol=0, atol=ROUNDING)
    np.testing.assert_allclose(reversed_error, -error, rtol=0, atol=ROUNDING)


@given(strengths, targets, st.floats(0.01, 100))
def test_strengths_scale_with_the_target_and_the_time(start, s, factor):
    depth = len(start)
    scaled = deep_mode(TIMES * factor ** (2 - 2 * depth), factor * np.array(start), factor**depth * s).strengths
    np.testing.assert_allclose(scaled / factor, deep_mode(TIMES, start, s).strengths, rtol=0, atol=ROUNDING)


@pytest.mark.parametrize("power", [-2, 0, 2], ids=["slower", "none", "faster"])
def test_another_scale_of_time_is_seen(power):
    start = np.array([0.3, 0.5, 0.7])
    scaled = deep_mode(TIMES * 2.0 ** (power - 4), 2 * start, 8.0).strengths / 2
    same = np.allclose(scaled, deep_mode(TIMES, start, 1.0).strengths, rtol=0, atol=ROUNDING)
    assert same == (power == 0)
