"""The flow of the product of balanced layers against the flow of the layers."""

from itertools import accumulate

import numpy as np
import pytest
from instances import random_moments
from scipy.integrate import solve_ivp

import flowdln as fl
from flowdln.exact import end_to_end_flow

NETWORKS = [
    pytest.param((4, 3), id="depth 1"),
    pytest.param((3, 3, 3), id="depth 2, square"),
    pytest.param((5, 6, 2), id="depth 2, wide"),
    pytest.param((2, 6, 5), id="depth 2, fewer inputs"),
    pytest.param((4, 2, 5, 4), id="depth 3, bottleneck"),
    pytest.param((3, 4, 5, 4, 3), id="depth 4"),
    pytest.param((4, 1, 3, 2), id="depth 3, rank 1"),
    pytest.param((3, 4, 2, 5, 4, 4), id="depth 5, bottleneck"),
]


def network(widths, scale=0.9, seed=2):
    """Moments of inputs that are not whitened, and balanced weights."""
    rng = np.random.default_rng(seed)
    return random_moments(rng, widths[0], widths[-1]), fl.initial.balanced(widths, scale=scale, seed=seed)


def by_product_rule(weights, moments):
    """Velocity of the product: the sum over layers of what is above, the layer's velocity, and what is below."""
    velocity = fl.gradient_flow(0.0, weights, moments)
    below = [np.eye(weights[0].shape[1]), *accumulate(weights, lambda product, weight: weight @ product)]
    above = [np.eye(len(weights[-1])), *accumulate(reversed(weights), np.matmul)]
    return sum(above[len(weights) - 1 - i] @ change @ below[i] for i, change in enumerate(velocity))


def relative_gap(matrix, expected):
    return np.abs(matrix - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("widths", NETWORKS)
def test_velocity_of_the_product_of_balanced_layers(widths):
    moments, weights = network(widths)
    velocity = end_to_end_flow(0.0, fl.end_to_end(weights), moments, len(weights))
    assert velocity.shape == moments.sigma_yx.shape
    assert relative_gap(velocity, by_product_rule(weights, moments)) < 1e-12


@pytest.mark.parametrize("widths", NETWORKS)
def test_control_another_depth_means_other_powers(widths):
    moments, weights = network(widths)
    velocity = end_to_end_flow(0.0, fl.end_to_end(weights), moments, len(weights) + 1)
    assert relative_gap(velocity, by_product_rule(weights, moments)) > 1e-3


@pytest.mark.parametrize("widths", NETWORKS[1:])
def test_control_layers_that_are_not_balanced_move_their_product_otherwise(widths):
    moments, weights = network(widths)
    unbalanced = (2 * weights[0], *weights[1:-1], weights[-1] / 2)
    velocity = end_to_end_flow(0.0, fl.end_to_end(unbalanced), moments, len(weights))
    assert relative_gap(velocity, by_product_rule(unbalanced, moments)) > 1e-3


@pytest.mark.parametrize("widths", [(4, 3), (3, 4, 4), (2, 6, 5), (3, 4, 4, 3), (3, 4, 3, 5, 4)], ids=str)
def test_integrated_it_follows_the_layers(widths):
    moments, weights = network(widths)
    ts, depth, shape = np.linspace(0, 3, 7), len(weights), moments.sigma_yx.shape
    layers = fl.solve(fl.Problem(moments, weights), ts, method="DOP853", rtol=1e-12)

    def velocity(t, entries):
        return end_to_end_flow(t, entries.reshape(shape), moments, depth).ravel()

    start = layers.product[0].ravel()
    result = solve_ivp(velocity, (0, ts[-1]), start, method="DOP853", t_eval=ts, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(result.y.T.reshape(-1, *shape), layers.product, atol=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_a_network_that_computes_nothing_does_not_move(depth):
    moments, _ = network((4, 3))
    np.testing.assert_array_equal(end_to_end_flow(0.0, np.zeros((3, 4)), moments, depth), 0)


def test_one_layer_moves_from_zero():
    moments, _ = network((4, 3))
    np.testing.assert_allclose(end_to_end_flow(0.0, np.zeros((3, 4)), moments, 1), moments.sigma_yx, rtol=1e-14)
