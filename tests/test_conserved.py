"""What the flow conserves, what it spends, and what a step of descent changes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from instances import COMPLEX_STEP, ahead, largest_gap, problems, random_problem

import flowdln as fl
from flowdln.descent import descent_step

ROUNDING = 1e-13  # absolute, where all factors are of order one
WRONG = 1e-3


def test_imbalance_is_the_difference_of_the_gram_matrices_of_adjacent_layers():
    first, second, third = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([[5.0, 6.0]])
    one, two = fl.imbalance((first, second, third))
    np.testing.assert_array_equal(one, [[25.0 - 5.0]])
    np.testing.assert_array_equal(two, [[25.0 - 9.0, 30.0 - 12.0], [30.0 - 12.0, 36.0 - 16.0]])


def test_one_layer_has_no_imbalance():
    assert fl.imbalance((np.ones((2, 3)),)) == ()


def imbalance_rate(problem, velocity):
    """Time derivative of the imbalance when the weights move with ``velocity``."""
    return [matrix.imag / COMPLEX_STEP for matrix in fl.imbalance(ahead(problem.weights, velocity))]


@given(problems(min_depth=2))
def test_imbalance_stays_along_the_flow(problem):
    rates = imbalance_rate(problem, fl.gradient_flow(0.0, problem.weights, problem.moments))
    assert [rate.shape for rate in rates] == [(width, width) for width in problem.widths[1:-1]]
    assert max(np.abs(rate).max() for rate in rates) < ROUNDING


def test_control_imbalance_moves_when_one_layer_is_twice_as_fast():
    problem = random_problem(0, (3, 4, 2))
    first, second = fl.gradient_flow(0.0, problem.weights, problem.moments)
    (rate,) = imbalance_rate(problem, (2 * first, second))
    assert np.abs(rate).max() > WRONG


@given(problems(min_depth=2), st.floats(1e-3, 1))
def test_a_step_of_descent_changes_imbalance_by_that_of_the_velocities_times_the_squared_rate(problem, rate):
    # (W + eta V) expands the Gram matrices to second order in eta; the first order is the flow's, which is zero.
    velocity = fl.gradient_flow(0.0, problem.weights, problem.moments)
    after = fl.imbalance(descent_step(problem.weights, problem.moments, rate))
    expected = [
        before + rate**2 * (above.T @ above - below @ below.T)
        for before, below, above in zip(fl.imbalance(problem.weights), velocity, velocity[1:], strict=False)
    ]
    assert largest_gap(after, expected) < ROUNDING


def test_control_a_step_changes_imbalance_and_the_sign_of_the_change_matters():
    problem = random_problem(0, (3, 4, 2))
    first, second = fl.gradient_flow(0.0, problem.weights, problem.moments)
    (before,) = fl.imbalance(problem.weights)
    (after,) = fl.imbalance(descent_step(problem.weights, problem.moments, 0.1))
    assert largest_gap([after], [before]) > WRONG
    assert largest_gap([after], [before + 0.1**2 * (second.T @ second + first @ first.T)]) > WRONG


def loss_rate(problem, velocity):
    """Time derivative of the loss when the weights move with ``velocity``."""
    return fl.loss(ahead(problem.weights, velocity), problem.moments).imag / COMPLEX_STEP


@given(problems())
def test_loss_falls_at_the_squared_speed_of_the_weights(problem):
    velocity = fl.gradient_flow(0.0, problem.weights, problem.moments)
    speed = sum(np.sum(layer**2) for layer in velocity)
    assert abs(loss_rate(problem, velocity) + speed) < ROUNDING * (1 + speed)


def test_control_loss_falls_otherwise_when_one_layer_is_turned_around():
    problem = random_problem(0, (3, 4, 2))
    first, second = fl.gradient_flow(0.0, problem.weights, problem.moments)
    speed = np.sum(first**2) + np.sum(second**2)
    assert abs(loss_rate(problem, (first, -second)) + speed) > WRONG
