"""What counts as aligned."""

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln.exact import solve_aligned
from flowdln.exact.alignment import align

TIMES = np.array([0.0, 1.0, 5.0])
TARGET = np.array([[2.0, 0.3], [0.3, 1.0]])
MOMENTS = fl.Moments(np.eye(2), TARGET, 10.0)


def test_hidden_directions_that_overlap_are_seen_though_every_layer_is_reproduced():
    # W_1 = R diag(a) V^T and W_2 = V diag(a) R^T hold for tied weights in any frame V, with R not orthogonal.
    first = np.random.default_rng(0).standard_normal((3, 2)) / 10
    problem = fl.Problem(MOMENTS, (first, first.T))
    refused(fl.AssumptionError, ["W_l = R_l diag(a_l) R_{l-1}^T"], lambda: solve_aligned(problem, TIMES))
    assert fl.solve(problem, TIMES).method == "exact: tied weights"


@pytest.mark.parametrize("angle", [1e-3, 1e-6, 1e-9])
def test_the_residual_is_the_overlap(angle):
    _, vectors = np.linalg.eigh(TARGET)
    hidden = np.array([[1.0, angle], [0.0, 1.0]])
    first = 0.3 * hidden @ vectors.T
    residual = align(fl.Problem(MOMENTS, (first, first.T))).weight_residual
    assert residual == pytest.approx(angle, rel=0.01)


@pytest.mark.parametrize("weak", [1e-3, 1e-8, 1e-14])
def test_a_weak_mode_beside_a_strong_one_is_aligned_up_to_its_rounding(weak):
    weights = fl.initial.aligned(MOMENTS, (2, 5, 2), [[1.0, weak], [1.0, weak]], seed=3)
    assert align(fl.Problem(MOMENTS, weights)).weight_residual < 1e-10


def test_modes_that_only_the_inputs_tell_apart_are_found():
    sigma_xx = np.array([[2.0, 0.5], [0.5, 1.0]])
    moments = fl.Moments(sigma_xx, np.eye(2), 10.0)
    problem = fl.Problem(moments, (0.1 * np.eye(2), 0.1 * np.eye(2)))
    exact = fl.solve(problem, TIMES, method="exact")
    assert exact.method == "exact: aligned modes"
    plain = fl.solve(problem, TIMES, method="DOP853", rtol=1e-12)
    assert np.abs(exact.product - plain.product).max() < 1e-10
