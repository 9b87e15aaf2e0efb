"""The tanh network against gradients by JAX, against linear networks, and as a stack of networks."""

from itertools import islice

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from instances import random_weights, relative_error

import flowdln as fl
from flowdln.backpropagation import Samples
from flowdln.tanh_network import tanh_descent, tanh_flow, tanh_outputs

WIDTHS = [(3, 2), (4, 3, 2), (2, 5, 4), (3, 4, 2, 3), (2, 3, 4, 3, 5)]
SAMPLES = 7


def instance(widths, *, seed=0, scale=1.0):
    rng = np.random.default_rng(seed)
    weights = tuple(scale * weight for weight in random_weights(rng, widths))
    return weights, rng.standard_normal((SAMPLES, widths[0])), rng.standard_normal((SAMPLES, widths[-1]))


def outputs_by_jax(weights, inputs, squash):
    activity = inputs.T
    for weight in weights[:-1]:
        activity = squash(weight @ activity)
    return (weights[-1] @ activity).T


def descent_direction_by_jax(weights, inputs, targets, *, squash=jnp.tanh, half=0.5):
    def loss(point):
        return half * jnp.mean(jnp.sum((targets - outputs_by_jax(point, inputs, squash)) ** 2, axis=1))

    with jax.enable_x64(True):
        return [-np.asarray(layer) for layer in jax.grad(loss)(weights)]


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_outputs_by_jax(widths):
    weights, inputs, _ = instance(widths)
    with jax.enable_x64(True):
        expected = outputs_by_jax(weights, inputs, jnp.tanh)
    np.testing.assert_allclose(tanh_outputs(weights, inputs), expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_velocity_is_minus_the_gradient_by_jax(widths):
    weights, inputs, targets = instance(widths)
    velocity = tanh_flow(0.0, weights, Samples(inputs, targets))
    assert relative_error(velocity, descent_direction_by_jax(weights, inputs, targets)) < 1e-13


@pytest.mark.parametrize("options", [{"squash": jnp.sin}, {"half": 1.0}], ids=["activation", "half"])
@pytest.mark.parametrize("widths", WIDTHS[1:], ids=str)
def test_control_another_network_or_loss_is_seen(widths, options):
    weights, inputs, targets = instance(widths)
    velocity = tanh_flow(0.0, weights, Samples(inputs, targets))
    assert relative_error(velocity, descent_direction_by_jax(weights, inputs, targets, **options)) > 1e-2


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_small_weights_make_it_the_linear_network_to_second_order(widths):
    gaps = []
    for scale in (1e-2, 1e-3):
        weights, inputs, targets = instance(widths, scale=scale)
        linear = fl.gradient_flow(0.0, weights, fl.Moments.from_data(inputs, targets))
        gaps.append(relative_error(tanh_flow(0.0, weights, Samples(inputs, targets)), linear))
    if len(widths) == 2:
        assert max(gaps) < 1e-13
    else:
        assert np.log10(gaps[0] / gaps[1]) == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_stacked_networks_are_independent_and_may_have_their_own_targets(widths):
    networks = [instance(widths, seed=seed) for seed in range(3)]
    inputs = networks[0][1]
    stacks = tuple(np.stack(layers) for layers in zip(*(weights for weights, _, _ in networks), strict=True))
    targets = np.stack([own for _, _, own in networks])
    velocity, outputs = tanh_flow(0.0, stacks, Samples(inputs, targets)), tanh_outputs(stacks, inputs)
    for i, (weights, _, own) in enumerate(networks):
        assert relative_error([layer[i] for layer in velocity], tanh_flow(0.0, weights, Samples(inputs, own))) < 1e-14
        np.testing.assert_allclose(outputs[i], tanh_outputs(weights, inputs), rtol=1e-13, atol=1e-13)


def test_rotation_of_the_outputs_rotates_the_last_layer_alone():
    weights, inputs, targets = instance((4, 3, 2))
    turn = np.linalg.qr(np.random.default_rng(1).standard_normal((2, 2))).Q
    first, last = tanh_flow(0.0, weights, Samples(inputs, targets))
    turned = tanh_flow(0.0, (weights[0], turn @ weights[1]), Samples(inputs, targets @ turn.T))
    assert relative_error(turned, (first, turn @ last)) < 1e-13


def test_descent_adds_the_learning_rate_times_the_velocity_at_each_step():
    weights, inputs, targets = instance((4, 3, 2))
    start, once, twice = islice(tanh_descent(weights, inputs, targets, learning_rate=0.1), 3)
    assert start is weights
    for before, after in ((start, once), (once, twice)):
        steps = [(b - a) / 0.1 for a, b in zip(before, after, strict=True)]
        assert relative_error(steps, tanh_flow(0.0, before, Samples(inputs, targets))) < 1e-13
