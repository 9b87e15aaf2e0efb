"""What each unit conserves: at a point, along the flow, across flips of gates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from relu_networks import random_relu_problem, velocity_of

import flowdln as fl
from flowdln.relu import neuron_imbalance
from flowdln.relu.vector_field import gated_flow

ROUNDING = 1e-13
WRONG = 1e-3


def rates(quantity, layers, velocity, step=1e-30):
    """Derivatives of a polynomial along ``velocity``, to rounding."""
    ahead = tuple(layer + 1j * step * change for layer, change in zip(layers, velocity, strict=True))
    return [rate.imag / step for rate in quantity(ahead)]


@given(st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from(["squared", "cross_entropy"]))
def test_it_does_not_move_at_any_weights(seed, biased, loss):
    problem = random_relu_problem(seed, (3, 4, 2, 5, 2), biased=biased, loss=loss)
    found = rates(neuron_imbalance, problem.layers, velocity_of(problem))
    assert max(np.abs(rate).max() for rate in found) < ROUNDING


@given(st.integers(0, 2**32 - 1))
def test_it_does_not_move_with_gates_of_any_numbers(seed):
    problem = random_relu_problem(seed, (3, 4, 2, 2), biased=True)
    rng = np.random.default_rng(seed)
    gates = [rng.random((6, 4)), rng.random((6, 2))]
    velocity = gated_flow(problem.layers, problem.samples, gates, loss=problem.loss_function)
    assert max(np.abs(rate).max() for rate in rates(neuron_imbalance, problem.layers, velocity)) < ROUNDING


def test_control_without_its_bias_a_unit_is_not_balanced():
    problem = random_relu_problem(1, (3, 4, 2), biased=True)

    def without_biases(layers):
        return neuron_imbalance((layers[0][:, :-1], layers[1][:, :-1]))

    assert np.abs(rates(without_biases, problem.layers, velocity_of(problem))[0]).max() > WRONG


def test_control_pairs_of_units_are_not_balanced_as_in_a_linear_network():
    problem = random_relu_problem(1, (3, 4, 2))
    (rate,) = rates(fl.imbalance, problem.layers, velocity_of(problem))
    assert np.abs(np.diag(rate)).max() < ROUNDING
    assert np.abs(rate).max() > WRONG


@pytest.mark.parametrize("biased", [False, True], ids=["no biases", "biases"])
def test_it_is_conserved_across_flips_and_slides(biased):
    problem = random_relu_problem(2, (3, 6, 2), biased=biased)
    run = fl.relu.solve(problem, np.linspace(0, 5, 6))
    (pattern,), (conserved,) = run.gates, run.neuron_imbalance
    assert (pattern[0] != pattern[-1]).any()
    assert np.abs(conserved - conserved[0]).max() < 1e-7
    assert np.abs(run.layer_norms[-1] - run.layer_norms[0]).max() > 0.1
