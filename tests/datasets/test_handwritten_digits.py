"""The digits of scikit-learn."""

import numpy as np
import pytest

from flowdln.datasets import digits


@pytest.fixture(scope="module")
def data():
    return digits()


def test_images_are_scaled_and_targets_one_hot(data):
    assert data.inputs.shape == (1797, 64)
    assert (data.inputs.min(), data.inputs.max()) == (0.0, 1.0)
    assert data.targets.sum(axis=0).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    np.testing.assert_array_equal(data.targets.sum(axis=1), 1.0)
    assert data.features[3] == "digit 3"


def test_a_linear_map_reads_most_digits(data):
    guesses = data.inputs @ np.linalg.lstsq(data.inputs, data.targets)[0]
    labels = data.targets.argmax(axis=1)
    assert np.mean(guesses.argmax(axis=1) == labels) > 0.9
    assert np.mean(guesses.argmax(axis=1) == np.roll(labels, 1)) < 0.2


def test_rank_is_the_number_of_pixels_in_use(data):
    assert np.linalg.matrix_rank(data.moments().sigma_xx) == 61


def test_center_moves_the_inputs_only(data):
    centred = digits(center=True)
    np.testing.assert_allclose(centred.inputs.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(centred.inputs - centred.inputs[0], data.inputs - data.inputs[0], atol=1e-14)
    np.testing.assert_array_equal(centred.targets, data.targets)
    assert data.inputs.mean() > 0.2
