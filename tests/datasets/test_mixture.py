"""The Gaussian mixture against what its docstring promises."""

import numpy as np
import pytest

from flowdln.datasets import gaussian_mixture
from flowdln.errors import InputError


def test_shapes():
    data = gaussian_mixture(5, 2, clusters=4, samples_per_cluster=7)
    assert data.inputs.shape == (28, 5)
    assert data.targets.shape == (28, 2)


@pytest.mark.parametrize("whiten", [False, True])
def test_targets_are_a_linear_image_of_the_inputs(whiten):
    data = gaussian_mixture(whiten=whiten)
    teacher, residual, rank, _ = np.linalg.lstsq(data.inputs, data.targets)
    assert teacher.shape == (10, 3)
    assert rank == 10
    assert residual.max() < 1e-20
    bent = np.linalg.lstsq(data.inputs, np.abs(data.targets))
    assert bent[1].min() > 1


def test_whitened_inputs_have_identity_second_moment():
    identity = np.eye(6)
    np.testing.assert_allclose(gaussian_mixture(6, whiten=True).moments().sigma_xx, identity, atol=1e-13)
    assert np.abs(gaussian_mixture(6).moments().sigma_xx - identity).max() > 0.1


def test_whitening_is_the_symmetric_one():
    raw, white = gaussian_mixture(6).inputs, gaussian_mixture(6, whiten=True).inputs
    transform = np.linalg.lstsq(raw, white)[0]
    np.testing.assert_allclose(transform, transform.T, atol=1e-12)
    np.testing.assert_allclose(transform @ (raw.T @ raw / len(raw)) @ transform, np.eye(6), atol=1e-12)
    assert np.linalg.eigvalsh(transform).min() > 0


def test_clusters_have_their_own_mean_and_a_rotated_covariance():
    rows = gaussian_mixture(3, clusters=2, samples_per_cluster=20_000, seed=4).inputs.reshape(2, 20_000, 3)
    means, covariances = rows.mean(axis=1), [np.cov(cluster.T) for cluster in rows]
    assert np.linalg.norm(means[0] - means[1]) > 0.5
    for covariance in covariances:
        deviations = np.sqrt(np.linalg.eigvalsh(covariance))
        assert 0.48 < deviations.min() < deviations.max() < 1.52
        assert np.abs(covariance - np.diag(np.diag(covariance))).max() > 0.05
    assert np.abs(covariances[0] - covariances[1]).max() > 0.1


def test_seed_decides():
    first, same, other = (gaussian_mixture(seed=seed).inputs for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).all()


@pytest.mark.parametrize("name", ["n_in", "n_out", "clusters", "samples_per_cluster"])
@pytest.mark.parametrize("value", [0, 1.5])
def test_counts_below_one_are_named(name, value):
    with pytest.raises(InputError, match=f"{name} is {value}; expected an integer of at least 1"):
        gaussian_mixture(**{name: value})


def test_too_few_samples_to_whiten():
    assert gaussian_mixture(6, clusters=2, samples_per_cluster=3, whiten=True).inputs.shape == (6, 6)
    with pytest.raises(InputError, match="whiten is True with 6 samples of 7 inputs; expected at least 7 samples"):
        gaussian_mixture(7, clusters=2, samples_per_cluster=3, whiten=True)
