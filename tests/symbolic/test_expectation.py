"""Closed forms of moments of initial weights, and closed forms that are slightly off."""

import numpy as np
import pytest

from flowdln import initial
from flowdln.symbolic import compare_expectation

WIDTHS = (4, 3, 2)
MEAN = 2 * 4 * 3 / (4 + 3)  # of |W_1|_F^2 for Glorot's variance 2 / (n_0 + n_1)


def glorot(rng):
    return initial.glorot(WIDTHS, seed=rng)


def squared_norm(weights):
    return float(np.sum(weights[0] ** 2))


def squared_deviation(stacks):
    return (np.sum(stacks[0] ** 2, axis=(1, 2)) - MEAN) ** 2


def glorot_stack(rng):
    """A thousand first layers at once, by the variance that ``initial.glorot`` documents."""
    return (rng.normal(0, np.sqrt(2 / (4 + 3)), (1000, 3, 4)),)


def entry(weights):
    return float(weights[0][0, 0])


def projected(weights):
    """Squared length of an isometry's first column, the projection of a unit vector to three of five dimensions."""
    return float(np.sum(weights[0][:, 0] ** 2))


CASES = [
    pytest.param(squared_norm, glorot, MEAN, id="squared norm"),
    pytest.param(squared_deviation, glorot_stack, 2 * 12 * (2 / 7) ** 2, id="its variance, in stacks"),
    pytest.param(projected, lambda rng: initial.orthogonal((5, 3), seed=rng), 3 / 5, id="a projection"),
]


@pytest.mark.parametrize(("function", "initialise", "value"), CASES)
def test_a_right_value_holds(function, initialise, value):
    evidence = compare_expectation(function, initialise, value)
    assert evidence.holds
    assert not evidence.symbolic


@pytest.mark.parametrize("factor", [1.07, 0.93, 2.0, -1.0])
@pytest.mark.parametrize(("function", "initialise", "value"), CASES)
def test_control_a_value_off_by_seven_per_cent_is_refuted(function, initialise, value, factor):
    evidence = compare_expectation(function, initialise, factor * value)
    assert evidence.holds is False
    assert {"closed_form", "mean", "half_interval", "draws"} == set(evidence.instance)


def test_a_mean_of_zero_holds_and_another_does_not():
    """Relative to zero nothing is small; so the interval is held against the size of the function."""
    assert compare_expectation(entry, glorot, 0.0).holds
    assert compare_expectation(entry, glorot, 0.05).holds is False


def test_control_a_wide_interval_decides_nothing():
    """A function with rare large values: 100,000 draws leave a wide interval."""

    def rare(weights):
        return np.exp(2.5 * weights[0][0, 0])

    assert compare_expectation(rare, lambda rng: (rng.standard_normal((1, 1, 1000)),), np.exp(2.5**2 / 2)).holds is None
