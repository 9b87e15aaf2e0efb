"""The velocity of a ReLU network, against automatic differentiation, and its symmetries."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import relative_error
from relu_networks import WIDTHS, random_relu_problem, velocity_of

import flowdln as fl
from flowdln.relu import gates, outputs, relu_flow
from flowdln.relu.losses import LOSSES
from flowdln.relu.vector_field import gated_flow

ROUNDING = 1e-13
WRONG = 1e-3

EVERY_LOSS = pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
EVERY_DEPTH = pytest.mark.parametrize("widths", WIDTHS, ids=lambda widths: f"depth {len(widths) - 1}")
WITH_AND_WITHOUT_BIASES = pytest.mark.parametrize("biased", [False, True], ids=["no biases", "biases"])


def loss_as_it_is_usually_written(parameters, problem):
    activity = problem.inputs
    for i, (weight, bias) in enumerate(parameters):
        activity = activity @ weight.T + bias
        activity = jax.nn.relu(activity) if i < len(parameters) - 1 else activity
    if problem.loss_function.name == "squared":
        return jnp.mean(jnp.sum((problem.targets - activity) ** 2, 1)) / 2
    return -jnp.mean(jnp.sum(problem.targets * jax.nn.log_softmax(activity), 1))


def parameters_of(problem):
    biases = problem.biases or [np.zeros(len(weight)) for weight in problem.weights]
    return list(zip(problem.weights, biases, strict=True))


def gradient_of_jax(problem):
    with jax.enable_x64(True):
        pairs = jax.jit(jax.grad(lambda p: loss_as_it_is_usually_written(p, problem)))(parameters_of(problem))
    if problem.biases is None:
        return [np.asarray(weight) for weight, _ in pairs]
    return [np.column_stack([np.asarray(part) for part in pair]) for pair in pairs]


@EVERY_LOSS
@EVERY_DEPTH
@WITH_AND_WITHOUT_BIASES
def test_flow_is_minus_the_gradient_of_jax(widths, loss, biased):
    problem = random_relu_problem(1, widths, loss=loss, biased=biased)
    assert relative_error([-v for v in velocity_of(problem)], gradient_of_jax(problem)) < ROUNDING


@EVERY_LOSS
@WITH_AND_WITHOUT_BIASES
def test_loss_is_that_of_jax(loss, biased):
    problem = random_relu_problem(2, (3, 5, 2), loss=loss, biased=biased)
    with jax.enable_x64(True):
        expected = float(loss_as_it_is_usually_written(parameters_of(problem), problem))
    assert fl.relu.solve(problem, [0.0]).loss[0] == pytest.approx(expected, rel=1e-13)


@EVERY_LOSS
def test_outputs_of_huge_size_neither_overflow_nor_lose_the_loss(loss):
    value = LOSSES[loss].value(np.array([[1e4, 0.0]]), np.array([[0.0, 1.0]]))
    assert value[0] == (1e4 if loss == "cross_entropy" else (1e8 + 1) / 2)


def test_control_gates_left_out_give_another_velocity():
    problem = random_relu_problem(1, (3, 5, 2))
    open_gates = [np.ones((6, 5))]
    linear = gated_flow(problem.layers, problem.samples, open_gates, loss=problem.loss_function)
    assert relative_error(linear, velocity_of(problem)) > WRONG


@EVERY_DEPTH
@WITH_AND_WITHOUT_BIASES
def test_a_network_held_at_its_own_gates_moves_the_same(widths, biased):
    problem = random_relu_problem(3, widths, biased=biased)
    held = gates(problem.layers, problem.inputs)
    fixed = gated_flow(problem.layers, problem.samples, held, loss=problem.loss_function)
    assert relative_error(fixed, velocity_of(problem)) < ROUNDING


def test_open_gates_make_it_the_linear_flow():
    problem = random_relu_problem(4, (3, 5, 4, 2))
    open_gates = [np.ones((6, 5)), np.ones((6, 4))]
    moments = fl.Moments.from_data(problem.inputs, problem.targets)
    found = gated_flow(problem.layers, problem.samples, open_gates, loss=problem.loss_function)
    assert relative_error(found, fl.gradient_flow(0.0, problem.weights, moments)) < ROUNDING


@given(st.integers(0, 2**32 - 1), st.booleans(), st.sampled_from(["squared", "cross_entropy"]))
def test_permuted_units_move_as_they_did(seed, biased, loss):
    problem = random_relu_problem(seed, (3, 5, 2), biased=biased, loss=loss)
    order = np.random.default_rng(seed).permutation(5)

    def permuted(layers):
        first, second = layers
        columns = [*order, 5] if biased else order
        return first[order], second[:, columns]

    moved = relu_flow(0.0, permuted(problem.layers), problem.samples, loss=problem.loss_function)
    assert relative_error(moved, permuted(velocity_of(problem))) < ROUNDING


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 10))
def test_what_goes_in_may_be_scaled_against_what_comes_out(seed, factor):
    first, second = random_relu_problem(seed, (3, 5, 2)).layers
    inputs = np.random.default_rng(seed).standard_normal((4, 3))
    scaled = outputs((factor * first, second / factor), inputs)
    assert np.abs(scaled - outputs((first, second), inputs)).max() < 1e-12


def test_control_a_negative_scale_is_not_allowed():
    first, second = random_relu_problem(0, (3, 5, 2)).layers
    inputs = np.random.default_rng(0).standard_normal((4, 3))
    assert np.abs(outputs((-first, -second), inputs) - outputs((first, second), inputs)).max() > WRONG


@WITH_AND_WITHOUT_BIASES
def test_stacks_of_layers_give_stacks_of_outputs(biased):
    problem = random_relu_problem(5, (3, 5, 4, 2), biased=biased)
    stack = tuple(np.stack([layer, 2 * layer]) for layer in problem.layers)
    found = outputs(stack, problem.inputs)
    expected = [outputs(tuple(layer[i] for layer in stack), problem.inputs) for i in range(2)]
    assert relative_error(found, expected) < ROUNDING


def test_flow_of_jax_arrays_is_that_of_numpy_arrays():
    problem = random_relu_problem(5, (3, 5, 2), biased=True, loss="cross_entropy")
    with jax.enable_x64(True):
        moved = jax.jit(lambda layers: relu_flow(0.0, layers, problem.samples, loss=problem.loss_function))(
            problem.layers
        )
    assert relative_error([np.asarray(layer) for layer in moved], velocity_of(problem)) < ROUNDING


def test_layers_below_are_paired_with_layers_above():
    problem = random_relu_problem(6, (3, 4, 2, 5, 2), biased=True)
    shapes = [layer.shape for layer in problem.layers]
    assert shapes == [layer.shape for layer in velocity_of(problem)]
    assert all(above[1] == below[0] + 1 for below, above in pairwise(shapes))
