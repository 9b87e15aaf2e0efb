"""The SVD frame of the data, and strengths read in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import random_moments

import flowdln as fl
from flowdln.modes import mode_strengths, mode_targets, svd_frame

TASKS = [
    pytest.param([3.0, 2.0, 0.5], 4, 3, id="full rank, fewer outputs"),
    pytest.param([3.0, 2.0], 2, 5, id="full rank, fewer inputs"),
    pytest.param([3.0, 0.5], 4, 5, id="rank deficient"),
    pytest.param([3.0, 0.0, 0.5], 4, 3, id="a zero among the modes"),
    pytest.param([2.0, 2.0, 1.0], 4, 3, id="two equal strengths"),
    pytest.param([3.0, 3e-8], 4, 3, id="a weak mode"),
    pytest.param([2e-200, 1e-200], 3, 2, id="tiny units"),
]


@pytest.mark.parametrize(("strengths", "n_in", "n_out"), TASKS)
def test_frame_holds_the_modes_that_the_task_has(strengths, n_in, n_out):
    moments = fl.Moments.from_modes(strengths, n_in, n_out)
    frame = svd_frame(moments)
    present = sorted((s for s in strengths if s > 0), reverse=True)
    rank, largest = len(present), max(strengths)
    assert (frame.left.shape, frame.right.shape) == ((n_out, rank), (n_in, rank))
    np.testing.assert_allclose(frame.strengths, present, rtol=0, atol=1e-14 * largest)
    np.testing.assert_allclose(frame.left.T @ frame.left, np.eye(rank), atol=1e-14)
    np.testing.assert_allclose(frame.right.T @ frame.right, np.eye(rank), atol=1e-14)
    rebuilt = frame.left * frame.strengths @ frame.right.T
    np.testing.assert_allclose(rebuilt, moments.sigma_yx, rtol=0, atol=1e-14 * largest)


def test_frame_of_a_task_without_correlations_has_no_modes():
    moments = fl.Moments(np.eye(3), np.zeros((2, 3)), 1.0)
    frame = svd_frame(moments)
    assert [part.shape for part in frame] == [(2, 0), (0,), (3, 0)]
    assert mode_strengths(np.ones((5, 2, 3)), frame).shape == (5, 0)
    assert mode_targets(moments).shape == (0,)


@pytest.mark.parametrize("shape", [(), (4,), (4, 2)], ids=["one product", "a trajectory", "a sweep"])
def test_strengths_are_those_along_each_pair_of_singular_vectors(shape):
    frame = svd_frame(fl.Moments.from_modes([3.0, 1.0], 4, 3))
    products = np.random.default_rng(0).standard_normal((*shape, 3, 4))
    strengths = mode_strengths(products, frame)
    assert strengths.shape == (*shape, 2)
    for mode in range(2):
        expected = (products @ frame.right[:, mode]) @ frame.left[:, mode]
        np.testing.assert_allclose(strengths[..., mode], expected, rtol=1e-13)


def test_control_strengths_along_other_vectors_differ():
    frame = svd_frame(fl.Moments.from_modes([3.0, 1.0], 4, 3))
    product = np.random.default_rng(0).standard_normal((3, 4))
    swapped = frame._replace(left=frame.left[:, ::-1])
    assert np.abs(mode_strengths(product, swapped) - mode_strengths(product, frame)).min() > 1e-3


@given(samples=st.integers(1, 8), n_in=st.integers(1, 5), n_out=st.integers(1, 5), seed=st.integers(0, 2**32 - 1))
def test_targets_are_the_modes_of_the_least_squares_fit_to_the_samples(samples, n_in, n_out, seed):
    rng = np.random.default_rng(seed)
    modes = min(samples, n_in)
    left, right = (
        np.linalg.qr(rng.standard_normal((samples, modes))).Q,
        np.linalg.qr(rng.standard_normal((n_in, modes))).Q,
    )
    inputs = left * np.linspace(2, 1, modes) @ right.T
    targets = rng.standard_normal((samples, n_out))
    moments = fl.Moments.from_data(inputs, targets)
    fit = np.linalg.lstsq(inputs, targets, rcond=1e-10)[0].T
    np.testing.assert_allclose(mode_targets(moments), mode_strengths(fit, svd_frame(moments)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("power", [1.0, 4.0])
def test_targets_for_white_inputs_are_the_strengths_divided_by_the_power(power):
    moments = fl.Moments.from_modes([3.0, 1.0], 4, 3)._replace(sigma_xx=power * np.eye(4))
    np.testing.assert_allclose(mode_targets(moments), np.array([3.0, 1.0]) / power, rtol=1e-14)


def test_control_targets_for_correlated_inputs_are_not_the_strengths():
    moments = random_moments(np.random.default_rng(0), 4, 3)
    assert np.abs(mode_targets(moments) - svd_frame(moments).strengths).max() > 1e-3
