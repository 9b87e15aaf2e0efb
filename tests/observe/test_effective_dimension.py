"""The effective rank, against SciPy's entropy."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from instances import random_rotation
from refusal import refused
from scipy.stats import entropy

import flowdln as fl
from flowdln.observe import effective_rank

ROUNDING = 1e-12
WRONG = 1e-3


def stack(seed=0):
    return np.random.default_rng(seed).standard_normal((3, 4, 6))


def test_it_is_the_exponential_of_scipys_entropy_of_the_singular_values():
    expected = [np.exp(entropy(np.linalg.svd(matrix).S)) for matrix in stack()]
    assert np.abs(effective_rank(stack()) - expected).max() < ROUNDING


def test_control_the_entropy_of_their_squares_is_another():
    squares = [np.exp(entropy(np.linalg.svd(matrix).S ** 2)) for matrix in stack()]
    assert np.abs(effective_rank(stack()) - squares).max() > WRONG


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.floats(1e-8, 1e8))
def test_it_lies_between_one_and_the_rank_at_any_scale_and_turn(seed, rank, scale):
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((5, rank)) @ rng.standard_normal((rank, 4))
    found = effective_rank(matrix)
    assert 1 - ROUNDING < found < rank + 1e-9
    turned = random_rotation(rng, 5) @ matrix @ random_rotation(rng, 4)
    assert abs(effective_rank(scale * turned) - found) < 1e-9


def test_a_product_of_zeros_has_none():
    refused(fl.InputError, ["zeros", "Leave that time out"], lambda: effective_rank(np.zeros((2, 3, 3))))


def test_modes_learned_one_after_another_count_one_after_another():
    moments = fl.Moments.from_modes([9.0, 3.0, 1.0], 4, 4)
    run = fl.solve(fl.Problem(moments, fl.initial.aligned(moments, (4, 4, 4), 1e-4)), [0.0, 2.0, 50.0])
    start, one, all_three = effective_rank(run.product)
    assert abs(start - 3) < 1e-6
    assert one < 1.01
    assert abs(all_three - np.exp(entropy([9.0, 3.0, 1.0]))) < 1e-6
