"""Singular values and powers accurate relative to themselves, and ranks that do not depend on units."""

import mpmath as mp
import numpy as np
import pytest
from instances import random_rotation

import flowdln as fl
from flowdln.exact.limits import least_loss
from flowdln.modes import svd_frame
from flowdln.rounding import clean_product
from flowdln.spectra import graded_svd, principal_axes, truncated_svd

CORRELATION = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, -0.3], [0.2, -0.3, 1.0]])
UNITS = [
    pytest.param([1.0, 1.0, 1.0], id="equal"),
    pytest.param([1e-6, 1.0, 1e3], id="1e-6 to 1e3"),
    pytest.param([1e-30, 1.0, 1e-8], id="1e-30 to 1"),
]


def exact_singular_values(matrix):
    with mp.workdps(300):
        return np.array([float(value) for value in mp.svd_r(mp.matrix(matrix.tolist()), compute_uv=False)])


@pytest.mark.parametrize("units", UNITS)
def test_singular_values_have_full_relative_accuracy(units):
    matrix = np.random.default_rng(0).standard_normal((3, 5)) * np.array(units)[:, None]
    left, values, right = graded_svd(matrix)
    np.testing.assert_allclose(values, exact_singular_values(matrix), rtol=1e-13)
    np.testing.assert_allclose(left * values @ right.T, matrix, rtol=0, atol=1e-14 * np.abs(matrix).max())


def test_control_bidiagonalisation_loses_them():
    matrix = np.random.default_rng(0).standard_normal((3, 5)) * np.array([[1e-30], [1.0], [1e-8]])
    values = np.linalg.svd(matrix, compute_uv=False)
    assert np.abs(values / exact_singular_values(matrix) - 1).max() > 1


@pytest.mark.parametrize("units", UNITS)
def test_powers_have_full_relative_accuracy(units):
    moment = CORRELATION * np.outer(units, units)
    powers, directions, _ = principal_axes(moment, moment)
    np.testing.assert_allclose(powers, exact_singular_values(moment), rtol=1e-12)
    np.testing.assert_allclose(directions.T @ directions, np.eye(3), rtol=0, atol=1e-14)


@pytest.mark.parametrize("units", UNITS)
def test_rank_of_moments_does_not_depend_on_units(units):
    rng = np.random.default_rng(1)
    inputs = rng.standard_normal((20, 2)) @ rng.standard_normal((2, 3)) * units
    moment = inputs.T @ inputs / 20
    assert principal_axes(moment, moment).powers.shape == (2,)


@pytest.mark.parametrize("units", UNITS)
def test_rank_of_the_task_does_not_depend_on_units(units):
    rng = np.random.default_rng(1)
    teacher = rng.standard_normal((3, 2)) @ rng.standard_normal((2, 3))
    frame = truncated_svd(teacher * units, np.array(units))
    assert frame.values.shape == (2,)
    np.testing.assert_allclose(frame.values, exact_singular_values(teacher * units)[:2], rtol=1e-12)


def test_svd_frame_keeps_a_mode_in_a_small_unit():
    moments = fl.Moments(np.diag([1.0, 1e-40]), np.diag([3.0, 2e-20]), 13.0)
    np.testing.assert_allclose(svd_frame(moments).strengths, [3.0, 2e-20], rtol=1e-14)


@pytest.mark.parametrize("units", [[1e-4, 1, 1, 1e3], [1, 1, 1, 1], [1e-20, 1, 1, 1], [1e-20, 1e20, 1, 1]])
def test_whitening_keeps_what_small_units_explain(units):
    inputs = np.random.default_rng(0).standard_normal((1000, 4))
    white = fl.Moments.from_data(inputs * np.array(units, dtype=float), inputs @ np.ones((4, 1))).whitened()
    assert np.trace(white.sigma_xx) == pytest.approx(4)
    assert np.sum(white.sigma_yx**2) / white.trace_yy == pytest.approx(1, rel=1e-10)


@pytest.mark.parametrize("unit", [1.0, 1e-5, 1e-6, 1e-9, 1e-100])
def test_single_layer_learns_features_in_any_unit(unit):
    moments = fl.Moments(np.diag([1.0, unit**2]), np.array([[1.0, 0.9 * unit]]), 2.0)
    times = np.array([0.1, 1.0, 30.0]) / unit**2
    trajectory = fl.solve(fl.Problem(moments, ([[0.0, 0.0]],)), times)
    np.testing.assert_allclose(trajectory.weights[0][:, 0, 1], -0.9 / unit * np.expm1(-(unit**2) * times), rtol=1e-13)
    assert trajectory.loss[-1] == pytest.approx(0.095, rel=1e-12)


@pytest.mark.parametrize("unit", [1.0, 1e-9, 1e-30])
def test_least_loss_does_not_depend_on_units(unit):
    moments = fl.Moments(np.diag([1.0, unit**2]), np.array([[1.0, 0.0], [0.0, 0.5 * unit]]), 2.0)
    assert least_loss(moments, 2) == pytest.approx(0.375, rel=1e-14)


def test_moments_that_no_data_have_are_seen_in_any_unit():
    fl.Problem(fl.Moments(np.diag([1.0, 1e-20]), [[0.5, 0.5e-10]], 0.51), ([[1.0, 1.0]],))
    with pytest.raises(fl.InputError, match="trace_yy is"):
        fl.Problem(fl.Moments(np.diag([1.0, 1e-20]), [[0.5, 0.5e-10]], 0.49), ([[1.0, 1.0]],))


@pytest.mark.parametrize("size", [1.0, 1e-16, 1e-300])
def test_products_keep_entries_that_stand_alone(size):
    assert clean_product(np.eye(2), np.diag([1.0, size]), np.eye(2)).matrix[1, 1] == size


@pytest.mark.parametrize("seed", range(5))
def test_products_lose_entries_that_cancel(seed):
    turn = random_rotation(np.random.default_rng(seed), 4)
    matrix = turn * [1.0, 0.5, 0.0, 1e-17] @ turn.T
    cleaned, rounding = clean_product(turn, matrix, turn)
    np.testing.assert_array_equal(cleaned[2:], 0)
    np.testing.assert_array_less(np.abs(cleaned - np.diag([1.0, 0.5, 0.0, 0.0])), rounding)
