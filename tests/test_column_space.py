"""What counts as a direction: neither too little, or modes are lost, nor too much, or nothing shrinks."""

import numpy as np
import pytest
from instances import largest_gap, random_weights

import flowdln as fl
from flowdln.reduction import frames, reduce
from flowdln.reduction.column_space import clearly_spans, column_space

RNG = np.random.default_rng(0)
TALL = RNG.standard_normal((9, 3)) @ RNG.standard_normal((3, 5))


@pytest.mark.parametrize("matrix", [TALL, TALL.T, TALL @ TALL.T], ids=["tall", "wide", "square"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_basis_is_orthonormal_and_holds_the_columns(matrix, scale):
    basis = column_space(scale * matrix)
    assert basis.shape == (len(matrix), 3)
    np.testing.assert_allclose(basis.T @ basis, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(basis @ basis.T @ matrix, matrix, atol=1e-13)


@pytest.mark.parametrize(
    ("values", "rank"), [([1, 1e-13], 2), ([1, 1e-15], 1), ([1e-15], 0), ([50, 1e-13], 1)], ids=str
)
def test_directions_of_rounding_size_are_left_out(values, rank):
    assert column_space(np.eye(3, len(values)) * values).shape == (3, rank)


def test_whole_spaces_are_recognised_with_and_without_singular_values():
    assert clearly_spans(np.eye(2))
    assert not clearly_spans(np.diag([1, 1e-10]))
    assert column_space(np.eye(2)) is column_space(np.diag([1, 1e-10])) is None


@pytest.mark.parametrize("scale", [1e-12, 1e-200], ids=str)
@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_the_scale_of_a_layer_does_not_change_the_ranks(scale, layer):
    weights = list(random_weights(RNG, (8, 3, 20, 3, 9)))
    weights[layer] = scale * weights[layer]
    reduction = reduce(fl.Problem(fl.Moments.from_modes([2.0, 1.0], 8, 9), tuple(weights)))
    assert reduction.widths[1] == (5, 3, 6, 3, 5)


def test_inputs_of_little_power_are_seen():
    axes = np.linalg.qr(RNG.standard_normal((5, 5))).Q
    powers, weak = [1, 1, 3e-8, 2e-8, 1e-8], axes[:, 2:]
    sigma_yx = RNG.standard_normal((2, 3)) * np.sqrt(powers[2:]) @ weak.T
    weights = (RNG.standard_normal((4, 3)) @ weak.T, RNG.standard_normal((2, 4)))
    problem = fl.Problem(fl.Moments(axes * powers @ axes.T, sigma_yx, 1e3), weights)
    reduced = reduce(problem).problem
    assert reduced.widths == (3, 4, 2)
    np.testing.assert_allclose(np.linalg.eigvalsh(reduced.moments.sigma_xx), [1e-8, 2e-8, 3e-8], rtol=1e-6)


def slow_mode_problem():
    """Two modes along the axes of five hidden units, the weaker one from 1e-20."""
    first = np.zeros((5, 2))
    first[0, 0], first[1, 1] = 0.1, 1e-20
    return fl.Problem(fl.Moments(np.eye(2), np.diag([2.0, 1.0]), 5.0), (first, 2 * first.T))


def test_a_mode_far_below_the_rounding_of_another_is_learned():
    problem = slow_mode_problem()
    reduction, ts = reduce(problem), [10.0, 40.0, 50.0, 70.0]
    large = fl.solve(problem, ts, method="DOP853", rtol=1e-12)
    small = reduction.lift(fl.solve(reduction.problem, ts, method="DOP853", rtol=1e-12))
    assert reduction.widths[1] == (2, 2, 2)
    assert large.modes[0, 1] < 1e-9
    assert large.modes[-1, 1] > 0.99
    assert largest_gap(small.weights, large.weights) < 1e-6  # what the solver makes of errors that grow by 1e20


def test_control_columns_as_they_are_lose_it(monkeypatch):
    monkeypatch.setattr(frames, "unit_norm", lambda matrix, **_: matrix)
    reduction = reduce(slow_mode_problem())
    assert reduction.widths[1] == (2, 1, 2)
    assert fl.solve(reduction.problem, [70.0], method="DOP853").loss > 0.4


def small_unit_problem():
    """Five hidden units, of which two are copies and one has weights of size 1e-16."""
    first, second = random_weights(np.random.default_rng(3), (8, 5, 8))
    first[1], second[:, 1] = first[0], second[:, 0]
    first[4], second[:, 4] = 1e-16 * first[4], 1e-16 * second[:, 4]
    return fl.Problem(fl.Moments.from_modes(np.full(8, 2.0), 8, 8), (first, second))


def test_a_unit_far_below_the_rounding_of_the_others_is_kept():
    problem = small_unit_problem()
    reduction = reduce(problem)
    assert reduction.widths[1] == (8, 5, 8)
    for lifted, weight in zip(reduction.lift_weights(reduction.problem.weights), problem.weights, strict=True):
        np.testing.assert_allclose(lifted, weight, rtol=1e-12)


def test_control_without_it_the_copies_go():
    problem = small_unit_problem()
    weights = (problem.weights[0][:4], problem.weights[1][:, :4])
    assert reduce(fl.Problem(problem.moments, weights)).widths[1] == (8, 3, 8)


def test_columns_that_a_rotation_leaves_as_rounding_are_no_directions():
    axes = np.linalg.qr(RNG.standard_normal((6, 6))).Q
    seen = axes[:, :4]
    sigma_xx = seen * [4, 3, 2, 1] @ seen.T
    first = RNG.standard_normal((9, 1)) @ axes[:, [4]].T  # sees nothing but inputs without data
    second = RNG.standard_normal((1, 9))
    problem = fl.Problem(fl.Moments(sigma_xx, second[:, :1] @ seen[:, :1].T, 1e3), (first, second))
    assert reduce(problem).widths[1] == (1, 1, 1)
