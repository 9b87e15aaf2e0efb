"""Hierarchical data against the covariance of the process that makes them."""

from itertools import product

import numpy as np
import pytest

from flowdln.datasets import hierarchy, hierarchy_singular_values
from flowdln.errors import InputError


def leaf_covariance(levels, branching, flip):
    """Expected product of the values of two leaves, from the level at which their paths part."""
    paths = list(product(range(branching), repeat=levels))
    shared = [[np.cumprod(np.equal(one, other)).sum() for other in paths] for one in paths]
    return (1 - 2 * flip) ** (2 * (levels - np.array(shared)))


@pytest.mark.parametrize(
    ("levels", "flip", "features", "expected", "decimals"),
    [
        pytest.param(5, 0.1, 1000, [81.04, 55.96, 46.54, 37.56, 28.65, 18.97], 2, id="five levels"),
        pytest.param(3, 0.15, 1, np.sqrt([2.4408, 1.4996, 1.0098, 0.51]), 4, id="three levels"),
    ],
)
def test_known_singular_values(levels, flip, features, expected, decimals):
    multiplicities = [1, *(2**level for level in range(levels))]
    values = hierarchy_singular_values(levels, flip=flip, features=features)
    np.testing.assert_allclose(values, np.repeat(expected, multiplicities), atol=0.6 * 10.0**-decimals)


@pytest.mark.parametrize("flip", [0.0, 0.1, 0.5, 0.8, 1.0])
@pytest.mark.parametrize(("levels", "branching"), [(1, 2), (4, 2), (1, 3), (3, 3), (2, 4)])
def test_closed_form_is_the_spectrum_of_the_covariance(levels, branching, flip):
    spectrum = np.linalg.eigvalsh(7 * leaf_covariance(levels, branching, flip))[::-1]
    values = hierarchy_singular_values(levels, branching=branching, flip=flip, features=7)
    np.testing.assert_allclose(values**2, spectrum, atol=1e-12 * spectrum[0])


def test_spectrum_of_another_flip_is_told_apart():
    spectrum = np.linalg.eigvalsh(leaf_covariance(3, 2, 0.11))[::-1]
    assert np.abs(hierarchy_singular_values(3, flip=0.1, features=1) ** 2 - spectrum).max() > 0.05


@pytest.mark.parametrize(("branching", "flip"), [(2, 0.1), (2, 0.7), (3, 0.2)])
def test_sample_covariance_tends_to_the_expected_one(branching, flip):
    features = 40_000
    targets = hierarchy(3, branching=branching, flip=flip, features=features).targets
    gap = np.abs(targets @ targets.T / features - leaf_covariance(3, branching, flip)).max()
    assert gap < 5 / np.sqrt(features)
    assert np.abs(targets @ targets.T / features - leaf_covariance(3, branching, flip + 0.05)).max() > gap * 3


def test_features_are_signs_of_mean_zero_and_independent():
    targets = hierarchy(2, flip=0.1, features=10_000).targets
    assert set(np.unique(targets)) == {-1.0, 1.0}
    assert abs(targets[0].mean()) < 0.05  # five standard errors
    assert abs(np.mean(targets[0, :-1] * targets[0, 1:])) < 0.05


def test_moments_have_the_singular_values_of_the_sum_convention():
    data = hierarchy(3, flip=0.1, features=20_000)
    expected = hierarchy_singular_values(3, flip=0.1, features=20_000)
    np.testing.assert_allclose(np.linalg.svdvals(data.moments("sum").sigma_yx), expected, rtol=0.03)
    np.testing.assert_allclose(np.linalg.svdvals(data.moments().sigma_yx), expected / 8, rtol=0.03)


def test_inputs_are_one_hot_and_names_are_paths():
    data = hierarchy(3, flip=0.1, features=4)
    np.testing.assert_array_equal(data.inputs, np.eye(8))
    assert data.items[:3] == ("item 000", "item 001", "item 010")
    assert data.features == ("feature 0", "feature 1", "feature 2", "feature 3")


def test_paths_past_ten_children_stay_unambiguous():
    items = hierarchy(2, branching=12, flip=0.1, features=1).items
    assert items[-1] == "item 11.11"
    assert len(set(items)) == 144


def test_seed_decides():
    first, same, other = (hierarchy(3, flip=0.3, features=20, seed=seed).targets for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).any()


@pytest.mark.parametrize("function", [hierarchy, hierarchy_singular_values])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"levels": 0}, "levels is 0; expected an integer of at least 1", id="no levels"),
        pytest.param({"levels": 2.0}, "levels is 2.0; expected an integer", id="levels not whole"),
        pytest.param({"branching": 1}, "branching is 1; expected an integer of at least 2", id="no branches"),
        pytest.param({"flip": -0.1}, "flip is -0.1; expected a number between 0 and 1", id="flip below 0"),
        pytest.param({"flip": 1.1}, "flip is 1.1; expected a number between 0 and 1", id="flip above 1"),
        pytest.param({"flip": float("nan")}, "flip is nan; expected a number between 0 and 1", id="flip NaN"),
        pytest.param({"flip": True}, "flip is True; expected a number between 0 and 1", id="flip a boolean"),
        pytest.param({"levels": 60}, r"a hierarchy with 2\^60 leaves would take .* GiB of memory", id="levels"),
        pytest.param({"flip": "often"}, "flip is 'often'; expected a number", id="flip text"),
        pytest.param({"features": 0}, "features is 0; expected an integer of at least 1", id="no features"),
        pytest.param({"features": True}, "features is True; expected an integer", id="features a boolean"),
    ],
)
def test_bad_arguments_are_named(function, change, message):
    with pytest.raises(InputError, match=message):
        function(**{"levels": 2, "branching": 2, "flip": 0.1, "features": 3, **change})
