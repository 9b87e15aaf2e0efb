"""Curvatures and Newton steps of equal layers, against the Jacobian of the shipped flow."""

import numpy as np
import pytest

import flowdln as fl
from flowdln.exact import balanced_sharpness
from flowdln.exact.balanced_curvature import balanced_curvature, balanced_descent_step, balanced_newton_step
from flowdln.tangent import jacobian

depths = pytest.mark.parametrize("depth", [2, 3, 4, 7])
strengths = pytest.mark.parametrize("a", [0.3, 0.9, 1.4, -0.8])
TARGET = 1.3


def chain(a, depth):
    return [np.array([[a]])] * depth, fl.Moments(np.eye(1), np.array([[TARGET]]), TARGET**2)


def hessian(a, depth):
    weights, moments = chain(a, depth)
    return -jacobian(lambda w: fl.gradient_flow(0, w, moments), weights)


@depths
@strengths
def test_the_eigenvalues_are_those_of_the_hessian(a, depth):
    along, across = balanced_curvature(a, TARGET, depth)
    expected = np.sort([along, *[across] * (depth - 1)])
    np.testing.assert_allclose(np.linalg.eigvalsh(hessian(a, depth)), expected, rtol=1e-11, atol=1e-12)


@depths
def test_control_the_eigenvalues_of_another_depth_are_not(depth):
    along, _ = balanced_curvature(0.9, TARGET, depth + 1)
    assert np.abs(np.linalg.eigvalsh(hessian(0.9, depth)) - along).min() > 1e-2


@depths
def test_at_the_optimum_the_first_is_the_sharpness(depth):
    along, across = balanced_curvature(TARGET ** (1 / depth), TARGET, depth)
    assert along == pytest.approx(balanced_sharpness(TARGET, depth))
    assert across == pytest.approx(0, abs=1e-12)


@depths
@strengths
def test_the_newton_step_is_that_of_the_whole_network(a, depth):
    weights, moments = chain(a, depth)
    gradient = -np.ravel(fl.gradient_flow(0, weights, moments))
    expected = a - np.linalg.solve(hessian(a, depth), gradient)
    np.testing.assert_allclose(balanced_newton_step(a, TARGET, depth), expected, rtol=1e-10)


@depths
@strengths
def test_the_descent_step_is_that_of_the_whole_network(a, depth):
    weights, moments = chain(a, depth)
    moved = fl.descend(fl.Problem(moments, weights), learning_rate=0.1, steps=1)
    np.testing.assert_allclose(
        [layer[-1].item() for layer in moved.weights],
        [balanced_descent_step(a, TARGET, depth, 0.1)] * depth,
        rtol=1e-12,
    )
