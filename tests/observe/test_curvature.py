"""Hessian and sharpness, against automatic differentiation and closed forms."""

import jax
import numpy as np
import pytest
from instances import ONE_TO_FOUR_LAYERS, random_problem

import flowdln as fl
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.observe import hessian, sharpness

ROUNDING = 1e-12
WRONG = 1e-3


def hessian_of_jax(problem):
    shapes = [weight.shape for weight in problem.weights]
    with jax.enable_x64(True):
        return np.asarray(
            jax.jit(jax.hessian(lambda vector: fl.loss(unflatten(vector, shapes), problem.moments)))(
                flatten(problem.weights)
            )
        )


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_hessian_is_that_of_jax(widths):
    problem = random_problem(1, widths)
    reference = hessian_of_jax(problem)
    found = hessian(problem.weights, problem.moments)
    assert np.abs(found - reference).max() < ROUNDING * np.abs(reference).max()


def test_control_hessian_of_half_the_loss_is_another():
    problem = random_problem(1, (2, 4, 3))
    assert np.abs(hessian(problem.weights, problem.moments) - hessian_of_jax(problem) / 2).max() > WRONG


@pytest.mark.parametrize("widths", [(2, 4, 3), (8, 25, 9)], ids=["dense", "by Lanczos"])
def test_sharpness_is_the_largest_eigenvalue(widths):
    problem = random_problem(1, widths)
    expected = np.linalg.eigvalsh(hessian(problem.weights, problem.moments))[-1]
    assert sharpness(problem.weights, problem.moments) == pytest.approx(expected, rel=1e-10)


def test_control_the_iteration_is_used_where_no_hessian_is_formed():
    problem = random_problem(1, (8, 25, 9))
    assert sum(weight.size for weight in problem.weights) > fl.observe.curvature.DENSE_UP_TO


def test_descent_is_stable_below_two_over_the_sharpness_and_not_above():
    moments = fl.Moments.from_modes([2.0], 1, 1)
    minimum = (np.array([[0.5]]), np.array([[4.0]]))
    off = tuple(weight + 1e-6 for weight in minimum)
    limit = 2 / float(sharpness(minimum, moments))
    below, above = (
        fl.descend(fl.Problem(moments, off), learning_rate=factor * limit, steps=200) for factor in (0.98, 1.02)
    )
    assert below.loss[-1] < 1e-3 * below.loss[0]
    assert above.loss[-1] > 1e3 * above.loss[0]


def test_sharpness_of_a_balanced_minimum_is_that_of_theory():
    moments = fl.Moments.from_modes([2.0], 1, 1)
    weights = tuple(np.array([[2.0 ** (1 / 3)]]) for _ in range(3))
    assert sharpness(weights, moments) == pytest.approx(fl.exact.balanced_sharpness(2.0, 3), rel=1e-12)


def test_a_trajectory_is_observed_at_once():
    run = fl.solve(random_problem(1, (2, 4, 3)), [0.0, 1.0, 2.0], method="DOP853")
    found = sharpness(run, run.problem.moments)
    assert found.shape == (3,)
    assert found[1] == pytest.approx(sharpness(run.weights_at(1), run.problem.moments), rel=1e-12)
