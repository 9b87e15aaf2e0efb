"""Symmetries of gradient flow, which reductions and closed forms rest on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import largest_gap, problems, random_problem, random_rotation

import flowdln as fl

ROUNDING = 1e-13  # absolute, where all factors are of order one
WRONG = 1e-3
SEEDS = st.integers(0, 2**32 - 1)


def rotating_inputs(flow, problem, seed):
    """Gap between the velocity of a network whose inputs are rotated, and the rotated velocity."""
    rotation = random_rotation(np.random.default_rng(seed), problem.widths[0])
    sigma_xx, sigma_yx, trace_yy = problem.moments
    moments = fl.Moments(rotation @ sigma_xx @ rotation.T, sigma_yx @ rotation.T, trace_yy)

    def rotated(matrices):
        first, *others = matrices
        return (first @ rotation.T, *others)

    return equivariance_gap(flow, problem, moments, rotated)


def rotating_outputs(flow, problem, seed):
    """As for inputs, with rotated outputs."""
    rotation = random_rotation(np.random.default_rng(seed), problem.widths[-1])
    moments = problem.moments._replace(sigma_yx=rotation @ problem.moments.sigma_yx)

    def rotated(matrices):
        *others, last = matrices
        return (*others, rotation @ last)

    return equivariance_gap(flow, problem, moments, rotated)


def rotating_hidden(flow, problem, seed):
    """As for inputs, with one hidden layer rotated, at random; the data stay as they are."""
    rng = np.random.default_rng(seed)
    layer = int(rng.integers(1, problem.depth))
    rotation = random_rotation(rng, problem.widths[layer])

    def rotated(matrices):
        below, above = rotation @ matrices[layer - 1], matrices[layer] @ rotation.T
        return (*matrices[: layer - 1], below, above, *matrices[layer + 1 :])

    return equivariance_gap(flow, problem, problem.moments, rotated)


def transposing(flow, problem, seed):
    """Gap between a network and its mirror image, inputs for outputs; the inputs are made white."""
    power = np.random.default_rng(seed).uniform(0.1, 3)
    n_in, n_out = problem.widths[0], problem.widths[-1]
    _, sigma_yx, trace_yy = problem.moments
    white = fl.Problem(fl.Moments(power * np.eye(n_in), sigma_yx, 1e3), problem.weights)

    def mirrored(matrices):
        return tuple(matrix.T for matrix in reversed(matrices))

    return equivariance_gap(flow, white, fl.Moments(power * np.eye(n_out), sigma_yx.T, trace_yy), mirrored)


def equivariance_gap(flow, problem, moments, transformed):
    """Between ``flow`` of the transformed network with data ``moments`` and the transformed ``flow``."""
    before = flow(0.0, problem.weights, problem.moments)
    return largest_gap(flow(0.0, transformed(problem.weights), moments), transformed(before))


@pytest.mark.parametrize("symmetry", [rotating_inputs, rotating_outputs, transposing])
@given(problem=problems(), seed=SEEDS)
def test_flow_has_the_symmetry(symmetry, problem, seed):
    assert symmetry(fl.gradient_flow, problem, seed) < ROUNDING


@given(problem=problems(min_depth=2), seed=SEEDS)
def test_flow_is_the_same_in_every_frame_of_a_hidden_layer(problem, seed):
    assert rotating_hidden(fl.gradient_flow, problem, seed) < ROUNDING


def entrywise(t, weights, moments):
    """A flow that prefers the axes of the first layer: it has none of the symmetries."""
    first, *others = fl.gradient_flow(t, weights, moments)
    return (first + weights[0] ** 3, *others)


@pytest.mark.parametrize("symmetry", [rotating_inputs, rotating_hidden, transposing])
def test_control_a_flow_that_prefers_axes_has_no_symmetry(symmetry):
    problem = random_problem(0, (3, 4, 2))
    assert symmetry(fl.gradient_flow, problem, 0) < ROUNDING
    assert symmetry(entrywise, problem, 0) > WRONG


def test_control_a_last_layer_that_prefers_axes_breaks_the_rotation_of_outputs():
    problem = random_problem(0, (3, 2))
    assert rotating_outputs(entrywise, problem, 0) > WRONG


def test_control_inputs_with_correlations_break_the_mirror_image():
    problem = random_problem(0, (3, 4, 3))
    moments = problem.moments._replace(sigma_yx=problem.moments.sigma_yx.T)

    def mirrored(matrices):
        return tuple(matrix.T for matrix in reversed(matrices))

    assert equivariance_gap(fl.gradient_flow, problem, moments, mirrored) > WRONG
