"""Back-propagation against gradients by JAX, for units that no network here has, with biases and in stacks."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from instances import random_weights, relative_error

from flowdln.backpropagation import extended, propagate_back

WIDTHS = [(3, 2), (4, 3, 2), (3, 4, 2, 3), (2, 3, 4, 3, 5)]
SAMPLES = 7


def instance(widths, *, biased, seed=0):
    rng = np.random.default_rng(seed)
    layers = random_weights(rng, widths)
    if biased:
        layers = tuple(np.column_stack([layer, rng.standard_normal(len(layer))]) for layer in layers)
    return layers, rng.standard_normal((SAMPLES, widths[0])), rng.standard_normal((SAMPLES, widths[-1]))


def forward(layers, inputs):
    """Activities and slopes of sine units, and the outputs."""
    activities, slopes = [inputs], []
    for layer in layers[:-1]:
        current = extended(activities[-1], layer) @ layer.mT
        activities.append(jnp.sin(current))
        slopes.append(jnp.cos(current))
    return activities, slopes, extended(activities[-1], layers[-1]) @ layers[-1].mT


def velocity(layers, inputs, targets, *, slope=lambda slopes: slopes):
    with jax.enable_x64(True):
        activities, slopes, outputs = forward(layers, inputs)
        found = propagate_back(layers, activities, slope(slopes), targets - outputs)
        return [np.asarray(layer) for layer in found]


def minus_gradient(layers, inputs, targets):
    def loss(point):
        return jnp.mean(jnp.sum((targets - forward(point, inputs)[-1]) ** 2, axis=1)) / 2

    with jax.enable_x64(True):
        return [-np.asarray(layer) for layer in jax.grad(loss)(layers)]


@pytest.mark.parametrize("biased", [False, True], ids=["weights", "weights and biases"])
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_velocity_is_minus_the_gradient_by_jax(widths, biased):
    layers, inputs, targets = instance(widths, biased=biased)
    assert relative_error(velocity(layers, inputs, targets), minus_gradient(layers, inputs, targets)) < 1e-13


@pytest.mark.parametrize("widths", WIDTHS[1:], ids=str)
def test_control_other_slopes_are_seen(widths):
    layers, inputs, targets = instance(widths, biased=True)
    wrong = velocity(layers, inputs, targets, slope=lambda slopes: [-slope for slope in slopes])
    assert relative_error(wrong, minus_gradient(layers, inputs, targets)) > 1e-2


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_stacked_networks_are_independent(widths):
    networks = [instance(widths, biased=True, seed=seed) for seed in range(3)]
    _, inputs, targets = networks[0]
    stacks = tuple(np.stack(layers) for layers in zip(*(layers for layers, _, _ in networks), strict=True))
    together = velocity(stacks, np.broadcast_to(inputs, (3, *inputs.shape)), targets)
    for i, (layers, _, _) in enumerate(networks):
        assert relative_error([layer[i] for layer in together], velocity(layers, inputs, targets)) < 1e-13
