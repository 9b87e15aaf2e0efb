"""The law of singular values of products of wide random layers."""

from math import comb

import numpy as np
import pytest

import flowdln as fl
from flowdln.errors import InputError
from flowdln.initial import product_spectrum

UNITS = 200


@pytest.mark.parametrize("depth", [1, 2, 5, 20])
@pytest.mark.parametrize("order", [1, 2, 3])
def test_moments_are_fuss_catalan_numbers(depth, order):
    values, shares = product_spectrum(depth)
    powers = values ** (2 * order)
    moment = np.diff(shares) @ (powers[1:] + powers[:-1]) / 2
    number = comb((depth + 1) * order, order) / (depth * order + 1)
    np.testing.assert_allclose(moment, number, rtol=2e-4 * (order + 1))


@pytest.mark.parametrize("depth", [1, 2, 5, 20, 100])
def test_shares_rise_to_one(depth):
    _, shares = product_spectrum(depth)
    assert (np.diff(shares) > 0).all()
    np.testing.assert_allclose(shares[-1], 1, atol=6e-4)


def test_one_layer_has_the_quarter_circle():
    values, shares = product_spectrum(1)
    circle = (values * np.sqrt(4 - values**2) / 2 + 2 * np.arcsin(values / 2)) / np.pi
    np.testing.assert_allclose(shares, circle, atol=1e-6)


def test_the_largest_value_is_the_edge_of_the_law():
    values, _ = product_spectrum(5)
    np.testing.assert_allclose(values[-1] ** 2, 6**6 / 5**5, rtol=1e-5)


@pytest.mark.parametrize(("depth", "holds"), [(3, True), pytest.param(4, False, id="control, another depth")])
def test_products_of_random_layers_follow_it(depth, holds):
    product = fl.end_to_end(fl.initial.glorot((UNITS,) * 4, seed=0))
    found = np.linalg.svd(product, compute_uv=False)[::-1]
    gaps = np.interp(found, *product_spectrum(depth)) - (np.arange(UNITS) + 0.5) / UNITS
    assert (np.abs(gaps).max() < 4 / UNITS) == holds


@pytest.mark.parametrize("depth", [0, 2.0, -1])
def test_a_depth_that_counts_nothing_is_refused(depth):
    with pytest.raises(InputError, match="positive integer"):
        product_spectrum(depth)
