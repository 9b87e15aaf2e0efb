"""Hessian and sharpness, against automatic differentiation and closed forms."""

import jax
import numpy as np
import pytest
from instances import ONE_TO_FOUR_LAYERS, random_problem
from refusal import refused

import flowdln as fl
from flowdln.errors import SolveError
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


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1e40])
def test_the_iteration_is_as_exact_at_any_scale(scale):
    moments = fl.Moments.from_modes(np.linspace(3, 1, 5), 12, 10)
    weights = fl.initial.small_random((12, 11, 11, 10), scale=scale, seed=0)
    expected = np.linalg.eigvalsh(hessian(weights, moments))[-1]
    assert sharpness(weights, moments) == pytest.approx(expected, rel=ROUNDING, abs=0)


@pytest.mark.parametrize(("widths", "expected"), [((12, 11, 11, 10), 0.0), ((20, 20, 20), 2.0)])
def test_sharpness_of_no_weights_is_that_of_the_only_derivative_left(widths, expected):
    weights = tuple(np.zeros(shape) for shape in zip(widths[1:], widths[:-1], strict=True))
    moments = fl.Moments.from_modes([2.0, 1.0], widths[0], widths[-1])
    assert sharpness(weights, moments) == pytest.approx(expected, rel=ROUNDING)


def test_an_iteration_that_does_not_converge_is_told(monkeypatch):
    monkeypatch.setattr(fl.observe.curvature, "DENSE_UP_TO", 30)  # of few parameters it gives up soon
    crowded = 1 - np.exp(-np.linspace(0, 30, 60))
    moments = fl.Moments(np.diag(crowded), np.zeros((1, 60)), 1.0)
    words = ["the sharpness", "No convergence", "eigvalsh of flowdln.observe.hessian"]
    refused(SolveError, words, lambda: sharpness((np.ones((1, 60)),), moments))


@pytest.mark.parametrize("observed", [hessian, sharpness])
@pytest.mark.parametrize("widths", [(3, 3, 3, 2), (12, 11, 11, 10)], ids=["dense", "by Lanczos"])
def test_curvature_that_overflows_is_told(observed, widths):
    moments = fl.Moments.from_modes([2.0, 1.0], widths[0], widths[-1])
    weights = fl.initial.small_random(widths, scale=1e120, seed=0)
    refused(SolveError, ["the Hessian overflows", "Leave out times"], lambda: observed(weights, moments))


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
