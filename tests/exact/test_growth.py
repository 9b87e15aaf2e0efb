"""Rates and bounds of growth beside the flow."""

import numpy as np
import pytest

import flowdln as fl
from flowdln.exact import (
    balanced_mode_time,
    fastest_growth,
    fastest_growth_time,
    growth_bound,
    rise_time,
    squared_norm_rate,
)
from flowdln.vector_field import gradient_flow

DEPTHS = (1, 2, 3, 5)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_squared_norm_of_every_layer_grows_at_one_rate(depth):
    rng = np.random.default_rng(depth)
    widths = (4, *rng.integers(1, 5, depth - 1), 3)
    weights = fl.initial.glorot(widths, seed=rng)
    moments = fl.Moments.from_data(rng.standard_normal((9, 4)), rng.standard_normal((9, 3)))
    velocity = gradient_flow(0.0, weights, moments)
    rates = [2 * np.sum(weight * change) for weight, change in zip(weights, velocity, strict=True)]
    assert rates == pytest.approx([squared_norm_rate(weights, moments)] * depth, rel=1e-12)


@pytest.mark.parametrize("depth", DEPTHS)
def test_balanced_weights_of_rank_one_grow_as_fast_as_the_bound_allows(depth):
    moments = fl.Moments(np.eye(1), np.array([[2.0]]), 4.0)
    ts = np.linspace(0, 2, 9)
    problem = fl.Problem(moments, (np.full((1, 1), 0.5),) * depth)
    flow = fl.solve(problem, ts, method="DOP853", rtol=1e-12)
    assert flow.product[:, 0, 0] == pytest.approx(fastest_growth(ts, 0.5**depth, 2.0, depth, 1.0), rel=1e-9)


@pytest.mark.parametrize("kappa", [0.3, 1.0])
@pytest.mark.parametrize("depth", DEPTHS)
def test_growth_obeys_its_bound_and_its_time(depth, kappa):
    ts, step = np.linspace(0.02, 0.5, 7), 1e-6
    U, later, earlier = (fastest_growth(ts + shift, 0.2, 1.5, depth, kappa) for shift in (0, step, -step))
    assert (later - earlier) / (2 * step) == pytest.approx(growth_bound(U, 1.5, depth, kappa), rel=1e-7, abs=1e-8)
    assert fastest_growth_time(U, 0.2, 1.5, depth, kappa) == pytest.approx(ts, rel=1e-9)


def test_control_kappa_is_not_a_mere_factor_of_the_time():
    """As eq. (18) of Basu et al. has it, up to its limit of infinite depth."""
    wrong = 0.3 * balanced_mode_time(1.0, 0.2, 1.5, 3)
    assert fastest_growth_time(1.0, 0.2, 1.5, 3, 0.3) != pytest.approx(wrong, rel=0.1)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_a_rise_leads_from_a_tenth_to_nine_tenths(depth):
    ceiling, kappa = 1.5, 0.6
    start = 0.1 * ceiling / kappa
    end = fastest_growth([rise_time(ceiling, depth, kappa)], start, ceiling, depth, kappa)
    assert end == pytest.approx([9 * start], rel=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_a_rise_scales_as_a_power_of_the_target(depth):
    top, kappa = 3.0, 0.6
    expected = top ** (2 / depth - 2) / kappa * rise_time(1.0, depth, 1.0)
    assert rise_time(kappa * top, depth, kappa) == pytest.approx(expected, rel=1e-10)
