"""Gradients of any pointwise loss, and the wrong velocities that the prover rejects."""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp

import flowdln as fl
from flowdln import vector_field
from flowdln.symbolic import matrix_flow, pointwise_network, prove_conserved, prove_pointwise_gradient

DEPTHS = [1, 2, 3, 4]
LAYERS = [pytest.param(depth, layer, id=f"layer {layer + 1} of {depth}") for depth in DEPTHS for layer in range(depth)]


def scaled(layer, factor):
    def flow(t, weights, moments):
        return tuple(factor * v if i == layer else v for i, v in enumerate(fl.gradient_flow(t, weights, moments)))

    return flow


def of_square_layers(depth):
    """The network with all sizes and the number of samples equal, so that a lost transpose fits."""
    n = sp.Symbol("m", positive=True, integer=True)
    weights = tuple(sp.MatrixSymbol(f"W{i}", n, n) for i in range(1, depth + 1))
    return weights, fl.Moments(sp.MatrixSymbol("Sxx", n, n), sp.MatrixSymbol("Syx", n, n), sp.Symbol("trace_yy"))


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_shipped_flow_descends_any_pointwise_loss(depth):
    evidence = prove_pointwise_gradient(fl.gradient_flow, [depth])
    assert evidence.holds
    assert evidence.symbolic


@pytest.mark.parametrize("depth", DEPTHS[1:])
def test_the_imbalance_is_conserved_for_any_pointwise_loss(depth):
    assert prove_conserved(fl.imbalance, fl.gradient_flow, [depth], pointwise_network).holds


@pytest.mark.parametrize("factor", [-1, 2, 0], ids=["sign", "twice", "lost"])
@pytest.mark.parametrize(("depth", "layer"), LAYERS)
def test_control_a_scaled_layer_is_rejected_with_numbers(depth, layer, factor):
    evidence = prove_pointwise_gradient(scaled(layer, factor), [depth])
    assert evidence.holds is False
    assert float(evidence.instance["remainder"]) != 0


@pytest.mark.parametrize(("depth", "layer"), LAYERS[1:])
def test_control_a_reversed_layer_conserves_nothing(depth, layer):
    assert prove_conserved(fl.imbalance, scaled(layer, -1), [depth], pointwise_network).holds is False


def test_control_the_sum_over_samples_is_not_the_mean():
    samples = sp.Symbol("m", positive=True, integer=True)

    def summed(t, weights, moments):
        return fl.gradient_flow(t, weights, moments._replace(sigma_yx=samples * moments.sigma_yx))

    assert prove_pointwise_gradient(summed, [2]).holds is False


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("tail.T @ error", "tail @ error", id="transpose of tail"),
        pytest.param("tail.T @ error", "error @ tail.T", id="order"),
        pytest.param("error @ weight.T", "error @ weight", id="transpose of weight"),
    ],
)
def test_control_a_lost_transpose_in_the_shipped_file_is_noticed(right, wrong, tmp_path, monkeypatch):
    from mutants import mutant

    from flowdln.symbolic import pointwise_loss

    monkeypatch.setattr(pointwise_loss, "symbolic_network", of_square_layers)
    changed = mutant(vector_field, right, wrong, tmp_path)
    assert prove_pointwise_gradient(lambda _, *network: vector_field.flow_from_output(*network), [3]).holds
    assert prove_pointwise_gradient(lambda _, *network: changed.flow_from_output(*network), [3]).holds is False


def test_the_velocity_of_cross_entropy_agrees_with_differences():
    rng = np.random.default_rng(0)
    widths, samples = (3, 4, 2, 3), 5
    weights = [rng.standard_normal((above, below)) for below, above in pairwise(widths)]
    inputs, labels = rng.standard_normal((samples, 3)), np.eye(3)[rng.integers(0, 3, samples)]

    def cross_entropy(layers):
        outputs = inputs @ fl.end_to_end(layers).T
        return np.mean(np.log(np.exp(outputs).sum(axis=1)) - (labels * outputs).sum(axis=1))

    outputs = inputs @ fl.end_to_end(weights).T
    slopes = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True) - labels
    velocity = fl.gradient_flow(0, weights, fl.Moments(np.zeros((3, 3)), -slopes.T @ inputs / samples, 0.0))
    for layer, weight in enumerate(weights):
        for entry in np.ndindex(weight.shape):
            step = np.zeros_like(weight)
            step[entry] = 1e-5
            up, down = ([*weights[:layer], weight + sign * step, *weights[layer + 1 :]] for sign in (1, -1))
            assert (cross_entropy(up) - cross_entropy(down)) / 2e-5 == pytest.approx(-velocity[layer][entry], abs=1e-8)


def test_what_is_not_known_to_fail_is_not_called_false(monkeypatch):
    monkeypatch.setattr(matrix_flow, "find_nonzero", lambda *_, **__: None)
    evidence = prove_pointwise_gradient(scaled(0, 2), [1])
    assert evidence.holds is None
    assert "no matrices were found" in evidence.text
