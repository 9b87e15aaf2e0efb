"""The neural tangent kernel, against automatic differentiation, and its distance from the start."""

import jax
import numpy as np
import pytest
from hypothesis import given
from instances import ONE_TO_FOUR_LAYERS, problems, random_problem, random_rotation, random_weights

import flowdln as fl
from flowdln.observe import kernel_distance, neural_tangent_kernel, predictions
from flowdln.tangent import directional_derivative

ROUNDING = 1e-13
WRONG = 1e-3


def items_for(widths, count=3):
    return np.random.default_rng(5).standard_normal((count, widths[0]))


def relative(found, expected):
    return np.abs(found - expected).max() / np.abs(expected).max()


def kernel_of_jax(weights, items):
    with jax.enable_x64(True):
        jacobians = jax.jit(jax.jacrev(lambda layers: items @ fl.end_to_end(layers).T))(weights)
        rows = [np.asarray(block).reshape(-1, block.shape[2] * block.shape[3]) for block in jacobians]
    flat = np.concatenate(rows, axis=1)
    return (flat @ flat.T).reshape(len(items), -1, len(items), weights[-1].shape[0])


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_kernel_is_that_of_jax(widths):
    weights, items = random_weights(np.random.default_rng(0), widths), items_for(widths)
    assert relative(neural_tangent_kernel(weights, items), kernel_of_jax(weights, items)) < ROUNDING


def test_control_the_kernel_of_the_last_layer_alone_is_another():
    weights, items = random_weights(np.random.default_rng(0), (2, 4, 3)), items_for((2, 4, 3))
    hidden, _ = fl.observe.representations(weights, items)
    last = np.einsum("ab,ij->iajb", np.eye(3), hidden @ hidden.T)
    assert relative(neural_tangent_kernel(weights, items), last) > WRONG


@given(problems())
def test_predictions_move_by_the_kernel_of_the_error(problem):
    items = items_for(problem.widths, count=4)
    targets = np.random.default_rng(6).standard_normal((4, problem.widths[-1]))
    moments = fl.Moments.from_data(items, targets)
    velocity = fl.gradient_flow(0.0, problem.weights, moments)
    (moved,) = directional_derivative(lambda layers: (fl.end_to_end(layers),), problem.weights, velocity)
    error = targets - predictions(problem.weights, items)
    expected = np.einsum("iajb,jb->ia", neural_tangent_kernel(problem.weights, items), error) / 4
    assert np.abs(items @ moved.T - expected).max() < 1e-12 * max(np.abs(expected).max(), 1)


@given(problems())
def test_kernel_is_a_gram_matrix(problem):
    items = items_for(problem.widths)
    matrix = neural_tangent_kernel(problem.weights, items).reshape(3 * problem.widths[-1], -1)
    assert np.abs(matrix - matrix.T).max() < ROUNDING * max(np.abs(matrix).max(), 1)
    assert np.linalg.eigvalsh(matrix)[0] > -ROUNDING * max(np.abs(matrix).max(), 1)


def test_hidden_rotations_do_not_change_it():
    first, second = random_weights(np.random.default_rng(0), (2, 4, 3))
    turn = random_rotation(np.random.default_rng(1), 4)
    items = items_for((2, 4, 3))
    turned = neural_tangent_kernel((turn @ first, second @ turn.T), items)
    assert relative(turned, neural_tangent_kernel((first, second), items)) < ROUNDING


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_distance_is_that_of_the_kernels_themselves(widths):
    rng, items = np.random.default_rng(0), items_for(widths)
    initial, later = random_weights(rng, widths), random_weights(rng, widths)
    kernels = [neural_tangent_kernel(weights, items) for weights in (initial, later)]
    expected = np.linalg.norm(kernels[1] - kernels[0]) / np.linalg.norm(kernels[0])
    assert kernel_distance(later, initial, items) == pytest.approx(expected, rel=1e-12)


def test_small_distances_keep_their_digits():
    rng, items = np.random.default_rng(0), items_for((2, 4, 3))
    initial, direction = random_weights(rng, (2, 4, 3)), random_weights(rng, (2, 4, 3))
    steps = [
        float(kernel_distance(tuple(w + h * d for w, d in zip(initial, direction, strict=True)), initial, items)) / h
        for h in (1e-5, 1e-10)
    ]
    assert steps[1] == pytest.approx(steps[0], rel=1e-4)


def run_from(scale):
    moments = fl.Moments.from_modes([2.0, 1.0], 3, 3)
    problem = fl.Problem(moments, fl.initial.small_random((3, 60, 3), scale=scale, seed=0))
    return fl.solve(problem, np.linspace(0, 40 if scale < 0.1 else 1, 5))


def test_large_weights_are_lazy_and_small_ones_rich():
    lazy, rich = (kernel_distance(run, run.problem.weights, np.eye(3)) for run in (run_from(2.0), run_from(0.01)))
    assert max(lazy[0], rich[0]) < ROUNDING
    assert lazy[-1] < 0.2
    assert rich[-1] > 10


def test_the_kernel_of_one_layer_never_moves():
    weights = (np.ones((2, 3)), np.zeros((2, 3)))
    items = items_for((3, 2))
    assert kernel_distance(weights[:1], weights[1:], items) == 0


def test_a_trajectory_is_observed_at_once():
    run = fl.solve(random_problem(1, (2, 4, 3)), [0.0, 1.0], method="DOP853")
    items = items_for((2, 4, 3))
    kernels = neural_tangent_kernel(run, items)
    assert kernels.shape == (2, 3, 3, 3, 3)
    assert relative(kernels[1], neural_tangent_kernel(run.weights_at(1), items)) < ROUNDING
