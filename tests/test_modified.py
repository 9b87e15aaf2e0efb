"""The leading error of descent, against gradients and Hessians by JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from instances import random_problem, random_weights, relative_error

import flowdln as fl
from flowdln.modified import leading_error_flow

WIDTHS = [(3, 2), (4, 3, 2), (2, 5, 4), (3, 4, 2, 3)]


def by_jax(weights, errors, moments, *, half=0.5, sign=-1):
    """``-g`` and ``e' = -H e - H g / 2``, from the loss of the samples' moments."""

    def loss(point):
        product = point[0]
        for weight in point[1:]:
            product = weight @ product
        return jnp.sum(product @ moments.sigma_xx * product) / 2 - jnp.sum(product * moments.sigma_yx)

    with jax.enable_x64(True):
        gradient = jax.grad(loss)(weights)
        direction = tuple(e + half * g for e, g in zip(errors, gradient, strict=True))
        _, curvature = jax.jvp(jax.grad(loss), (weights,), (direction,))
        velocity = [-np.asarray(g) for g in gradient]
        return velocity, [sign * np.asarray(layer) for layer in curvature]


def at_random(widths):
    problem = random_problem(2, widths)
    return problem.weights, random_weights(np.random.default_rng(5), widths), problem.moments


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_velocity_is_the_flow_beside_the_error_by_jax(widths):
    weights, errors, moments = at_random(widths)
    velocity = leading_error_flow(0.0, (*weights, *errors), moments)
    gradient, growth = by_jax(weights, errors, moments)
    assert relative_error(velocity[: len(weights)], gradient) < 1e-13
    assert relative_error(velocity[len(weights) :], growth) < 1e-13


@pytest.mark.parametrize("options", [{"half": 1.0}, {"half": -0.5}, {"sign": 1}], ids=["half", "sign of g", "sign"])
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_another_coefficient_is_seen(widths, options):
    weights, errors, moments = at_random(widths)
    velocity = leading_error_flow(0.0, (*weights, *errors), moments)
    _, growth = by_jax(weights, errors, moments, **options)
    assert relative_error(velocity[len(weights) :], growth) > 1e-2


def test_the_flow_is_the_shipped_one():
    weights, errors, moments = at_random((4, 3, 2))
    velocity = leading_error_flow(0.0, (*weights, *errors), moments)
    for change, reference in zip(velocity, fl.gradient_flow(0.0, weights, moments), strict=False):
        np.testing.assert_array_equal(change, reference)


def test_one_number_by_hand():
    """``E = (1 - w)^2 / 2`` has ``g = w - 1`` and ``H = 1``, so ``e' = -e + (1 - w) / 2``."""
    moments = fl.Moments(np.eye(1), np.eye(1), 1.0)
    flow, growth = leading_error_flow(0.0, (np.array([[0.2]]), np.array([[0.3]])), moments)
    np.testing.assert_allclose([flow, growth], [[[0.8]], [[0.1]]], rtol=1e-15)
