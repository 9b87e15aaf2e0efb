"""Alignment: 1 exactly where singular vectors are shared, and what does not change it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import random_moments, random_problem, random_rotation, random_weights

import flowdln as fl
from flowdln.observe import data_alignment, layer_alignment, singular_overlaps

ROUNDING = 1e-12
CLEARLY_LESS = 0.99
WIDTHS = (4, 6, 5, 3)


def test_balanced_layers_are_aligned():
    assert np.abs(layer_alignment(fl.initial.balanced(WIDTHS, scale=0.3)) - 1).max() < ROUNDING


def test_control_random_layers_are_not():
    assert layer_alignment(random_weights(np.random.default_rng(0), WIDTHS)).max() < CLEARLY_LESS


def test_control_shared_vectors_in_another_order_are_not():
    assert layer_alignment((np.diag([2.0, 1.0]), np.diag([1.0, 3.0])))[0] == pytest.approx(5 / 7, rel=1e-14)


def aligned_problem(strengths=0.2):
    moments = random_moments(np.random.default_rng(1), 4, 3)
    return fl.Problem(moments, fl.initial.aligned(moments, WIDTHS, strengths))


def test_aligned_networks_are_aligned_with_the_data():
    problem = aligned_problem()
    assert np.abs(data_alignment(problem.weights, problem.moments) - 1).max() < ROUNDING


def test_each_end_is_held_to_its_own_side_of_the_data():
    problem = aligned_problem([[3.0, 2.0, 1.0]] * 3)
    first, *others = problem.weights
    turned = (first @ random_rotation(np.random.default_rng(0), 4), *others)
    read, written = data_alignment(turned, problem.moments)
    assert read < CLEARLY_LESS
    assert abs(written - 1) < ROUNDING


@given(st.integers(0, 2**32 - 1))
def test_rotations_of_every_layer_and_scales_change_nothing(seed):
    rng = np.random.default_rng(seed)
    problem = random_problem(seed, WIDTHS)
    turns = [random_rotation(rng, width) for width in WIDTHS]
    turned = tuple(2.5 * turns[i + 1] @ w @ turns[i].T for i, w in enumerate(problem.weights))
    moments = problem.moments._replace(sigma_yx=turns[-1] @ problem.moments.sigma_yx @ turns[0].T)
    assert np.abs(layer_alignment(turned) - layer_alignment(problem.weights)).max() < ROUNDING
    change = data_alignment(turned, moments) - data_alignment(problem.weights, problem.moments)
    assert np.abs(change).max() < ROUNDING


@given(st.integers(0, 2**32 - 1))
def test_no_layers_are_more_than_aligned(seed):
    found = layer_alignment(random_weights(np.random.default_rng(seed), (3, 1, 4, 2)))
    assert ((found >= 0) & (found <= 1 + ROUNDING)).all()


def test_alignment_needs_no_choice_of_vectors_of_equal_values():
    turn = random_rotation(np.random.default_rng(4), 3)
    assert abs(layer_alignment((np.eye(3), turn))[0] - 1) < ROUNDING
    assert np.abs(singular_overlaps((np.eye(3), turn))[0] - np.eye(3)).max() > 0.1


def test_overlaps_of_aligned_layers_are_the_identity():
    weights = aligned_problem([[3.0, 2.0, 1.0], [2.0, 1.5, 0.5], [4.0, 2.0, 1.0]]).weights
    for overlaps in singular_overlaps(weights):
        assert np.abs(overlaps[:3, :3] - np.eye(3)).max() < ROUNDING


def test_learning_from_small_weights_aligns_layers_and_data():
    data = fl.datasets.hierarchy(2, flip=0.1, features=30, seed=0)
    problem = fl.Problem(data.moments(), fl.initial.small_random((4, 8, 30), scale=1e-4, seed=0))
    run = fl.solve(problem, [0.0, 60.0])
    before, after = layer_alignment(run)
    assert before < 0.9
    assert after > 1 - 1e-6
    assert (data_alignment(run, problem.moments)[1] > 1 - 1e-6).all()


def test_a_trajectory_is_observed_at_once():
    run = fl.solve(random_problem(1, WIDTHS), [0.0, 1.0], method="DOP853")
    assert layer_alignment(run).shape == (2, 2)
    assert np.abs(layer_alignment(run)[1] - layer_alignment(run.weights_at(1))).max() < ROUNDING
    assert [overlaps.shape for overlaps in singular_overlaps(run)] == [(2, 5, 4), (2, 3, 5)]


def test_one_layer_meets_only_the_data_and_zeros_meet_nothing():
    assert layer_alignment((np.eye(2),)).shape == (0,)
    assert np.isnan(layer_alignment((np.zeros((2, 2)), np.eye(2)))).all()
