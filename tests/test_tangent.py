"""Directional derivatives and Jacobians of the flow, against those of JAX."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from hypothesis import given
from instances import (
    COMPLEX_STEP,
    ONE_TO_FOUR_LAYERS,
    ahead,
    largest_gap,
    problems,
    random_problem,
    random_weights,
    relative_error,
)

import flowdln as fl
from flowdln.tangent import DualMatrix, directional_derivative, jacobian

ROUNDING = 1e-13
WRONG = 1e-6


def flow_of(problem):
    return lambda weights: fl.gradient_flow(0.0, weights, problem.moments)


def directions_for(problem, *, count=None):
    rng = np.random.default_rng(9)
    if count is None:
        return random_weights(rng, problem.widths)
    return tuple(rng.standard_normal((count, *weight.shape)) for weight in problem.weights)


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_derivative_in_a_direction_is_that_of_jax(widths):
    problem = random_problem(1, widths)
    directions = directions_for(problem)
    with jax.enable_x64(True):
        _, reference = jax.jvp(jax.jit(flow_of(problem)), (problem.weights,), (directions,))
    derivative = directional_derivative(flow_of(problem), problem.weights, directions)
    assert relative_error(derivative, [np.asarray(layer) for layer in reference]) < ROUNDING


@given(problems())
def test_derivative_of_any_problem_is_that_of_a_complex_step(problem):
    directions = directions_for(problem)
    stepped = flow_of(problem)(ahead(problem.weights, directions))
    derivative = directional_derivative(flow_of(problem), problem.weights, directions)
    assert largest_gap(derivative, [layer.imag / COMPLEX_STEP for layer in stepped]) < ROUNDING


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_derivatives_in_many_directions_are_those_in_each(widths):
    problem = random_problem(2, widths)
    batch = directions_for(problem, count=3)
    each = [
        directional_derivative(flow_of(problem), problem.weights, tuple(layer[k] for layer in batch)) for k in range(3)
    ]
    together = directional_derivative(flow_of(problem), problem.weights, batch)
    assert relative_error(together, [np.stack(layers) for layers in zip(*each, strict=True)]) < ROUNDING


def test_derivatives_of_jax_arrays_in_many_directions():
    problem = random_problem(2, (3, 4, 2))
    batch = directions_for(problem, count=4)
    reference = directional_derivative(flow_of(problem), problem.weights, batch)
    with jax.enable_x64(True):
        weights, directions = jax.tree.map(jnp.asarray, (problem.weights, batch))
        derivative = directional_derivative(flow_of(problem), weights, directions)
    assert relative_error([np.asarray(layer) for layer in derivative], reference) < ROUNDING


def test_derivative_of_symbols_follows_the_product_rule():
    sizes = sympy.symbols("n m", integer=True, positive=True)
    weight, direction = sympy.MatrixSymbol("W", *sizes), sympy.MatrixSymbol("V", *sizes)
    (derivative,) = directional_derivative(lambda weights: (weights[0].T @ weights[0],), [weight], [direction])
    assert derivative == direction.T * weight + weight.T * direction


def test_derivative_of_imbalance_along_the_flow_is_zero():
    problem = random_problem(3, (3, 4, 5, 2))
    rates = directional_derivative(fl.imbalance, problem.weights, flow_of(problem)(problem.weights))
    assert max(np.abs(rate).max() for rate in rates) < ROUNDING


@pytest.mark.parametrize("widths", ONE_TO_FOUR_LAYERS)
def test_jacobian_is_that_of_jax(widths):
    problem = random_problem(4, widths)
    with jax.enable_x64(True):
        blocks = jax.jit(jax.jacfwd(flow_of(problem)))(problem.weights)
    sizes = [weight.size for weight in problem.weights]
    reference = np.block(
        [
            [np.reshape(block, (rows, columns)) for block, columns in zip(row, sizes, strict=True)]
            for row, rows in zip(blocks, sizes, strict=True)
        ]
    )
    assert relative_error([jacobian(flow_of(problem), problem.weights)], [reference]) < ROUNDING


@given(problems())
def test_jacobian_of_the_flow_is_symmetric_as_a_hessian_is(problem):
    matrix = jacobian(flow_of(problem), problem.weights)
    parameters = sum(weight.size for weight in problem.weights)
    assert matrix.shape == (parameters, parameters)
    assert np.abs(matrix - matrix.T).max() < ROUNDING


def test_control_jacobian_of_a_flow_that_is_no_gradient_is_not_symmetric():
    problem = random_problem(5, (3, 4, 2))

    def swirling(weights):
        first, second = flow_of(problem)(weights)
        return (first @ np.diag([1.0, 2.0, 3.0]), second)

    matrix = jacobian(swirling, problem.weights)
    assert np.abs(matrix - matrix.T).max() > WRONG


def half_a_product_rule(self, other):
    if not isinstance(other, DualMatrix):
        return DualMatrix(self.value @ other, self.tangent @ other)
    return DualMatrix(self.value @ other.value, self.tangent @ other.value)


def a_sign_lost(self, other):
    return DualMatrix(other - self.value, self.tangent)


@pytest.mark.parametrize(
    ("operation", "wrong"),
    [("__matmul__", half_a_product_rule), ("__rsub__", a_sign_lost)],
    ids=["half a product rule", "a sign lost"],
)
def test_control_a_wrong_rule_gives_a_wrong_derivative(operation, wrong, monkeypatch):
    problem = random_problem(1, (2, 4, 3))
    directions = directions_for(problem)
    reference = directional_derivative(flow_of(problem), problem.weights, directions)
    monkeypatch.setattr(DualMatrix, operation, wrong)
    assert relative_error(directional_derivative(flow_of(problem), problem.weights, directions), reference) > WRONG
