"""The corrected flows: proved on symbols, held to descent by their orders, and to derivatives by JAX."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from instances import random_problem, relative_error
from refusal import refused

import flowdln as fl
from flowdln.errors import InputError
from flowdln.integrate import Equation, Tolerance, integrate
from flowdln.modified import corrected_flow, growth_lag
from flowdln.observe import crossing_times

WIDTHS = [(3, 2), (4, 3, 2), (2, 5, 4), (3, 4, 2, 3)]
ETA, S, A, B = sp.symbols("eta s a b")


def one_step_of_the_flow(terms):
    """Where the corrected flow is after the time ``eta``, minus one step of descent: a power series in ``eta``."""
    moments = fl.Moments(np.array([[sp.Integer(1)]]), np.array([[S]]), S**2)
    weights = (np.array([[A]]), np.array([[B]]))
    velocity = [layer[0, 0] for layer in corrected_flow(0, weights, moments, learning_rate=ETA, terms=terms)]
    plain = [layer[0, 0] for layer in fl.gradient_flow(0, weights, moments)]
    derivatives, series = [A, B], [A, B]
    for k in range(1, 4):
        derivatives = [
            sum(sp.diff(value, name) * speed for name, speed in zip((A, B), velocity, strict=True))
            for value in derivatives
        ]
        series = [total + ETA**k / sp.factorial(k) * value for total, value in zip(series, derivatives, strict=True)]
    return [sp.expand(total - start - ETA * step) for total, start, step in zip(series, (A, B), plain, strict=True)]


@pytest.mark.slow
@pytest.mark.parametrize("terms", [0, 1, 2])
def test_a_step_of_two_layers_agrees_with_descent_to_the_order_promised_and_no_further(terms):
    for gap in one_step_of_the_flow(terms):
        assert all(sp.expand(gap.coeff(ETA, k)) == 0 for k in range(terms + 2))
        if terms < 2:
            assert sp.expand(gap.coeff(ETA, terms + 2)) != 0


def largest_gap(problem, rate, terms):
    descent = fl.descend(problem, learning_rate=rate, steps=round(4 / rate))
    velocity = partial(corrected_flow, learning_rate=rate, terms=terms)
    equation = Equation(velocity, problem.weights, problem.moments)
    weights = integrate(equation, descent.ts, method="DOP853", tolerance=Tolerance(1e-12, 1e-13)).kept
    squares = [np.sum((a - b) ** 2, axis=(1, 2)) for a, b in zip(descent.weights, weights, strict=True)]
    return np.sqrt(sum(squares).max())


@pytest.mark.parametrize("terms", [0, 1, 2])
@pytest.mark.parametrize("widths", [(3, 2), (4, 3, 2), (3, 4, 2, 3)], ids=str)
def test_the_gap_to_descent_falls_with_the_learning_rate_to_the_power_of_terms_plus_one(widths, terms):
    problem = random_problem(3, widths)
    coarse, fine = (largest_gap(problem, rate, terms) for rate in (0.02, 0.01))
    assert np.log2(coarse / fine) == pytest.approx(terms + 1, abs=0.1)


def by_jax(problem, eta, *, half=0.5, twelfth=1 / 12, third=1 / 3):
    """The second correction from nested forward differentiation."""

    def flow(point):
        return fl.gradient_flow(0.0, point, problem.moments)

    def along(function, direction):
        return lambda point: jax.jvp(function, (point,), (direction,))[1]

    with jax.enable_x64(True):
        start = tuple(map(jnp.asarray, problem.weights))
        f = flow(start)
        slope = along(flow, f)(start)
        curved, twice = along(along(flow, f), f)(start), along(flow, slope)(start)
        terms = zip(f, slope, curved, twice, strict=True)
        return [np.asarray(a - half * eta * b + eta**2 * (twelfth * c + third * d)) for a, b, c, d in terms]


@pytest.mark.slow
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_velocity_by_jax(widths):
    problem = random_problem(1, widths)
    velocity = corrected_flow(0.0, problem.weights, problem.moments, learning_rate=0.3, terms=2)
    assert relative_error(velocity, by_jax(problem, 0.3)) < 1e-13


@pytest.mark.parametrize("options", [{"half": 1.0}, {"twelfth": 1 / 6}, {"third": 1 / 4}], ids=str)
@pytest.mark.parametrize("widths", WIDTHS[1:], ids=str)
def test_control_another_coefficient_is_seen(widths, options):
    problem = random_problem(1, widths)
    velocity = corrected_flow(0.0, problem.weights, problem.moments, learning_rate=0.3, terms=2)
    assert relative_error(velocity, by_jax(problem, 0.3, **options)) > 1e-4


def test_without_terms_it_is_the_gradient_flow():
    problem = random_problem(2, (4, 3, 2))
    velocity = corrected_flow(0.0, problem.weights, problem.moments, learning_rate=0.3, terms=0)
    for layer, reference in zip(velocity, fl.gradient_flow(0.0, problem.weights, problem.moments), strict=True):
        np.testing.assert_array_equal(layer, reference)


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0])
def test_a_growing_mode_is_later_by_descent_by_its_lag(rate):
    moments = fl.Moments.from_modes([1.0], 1, 1)
    problem = fl.Problem(moments, fl.initial.aligned(moments, (1, 1, 1), 1e-6))
    descent = fl.descend(problem, learning_rate=rate, steps=round(12 / rate))
    flow = fl.solve(problem, descent.ts)
    late, early = (crossing_times(run.ts, np.log(run.modes), np.log(1e-6))[0] for run in (descent, flow))
    assert late / early == pytest.approx(growth_lag(rate), rel=1e-5)


@pytest.mark.parametrize("terms", [0, 1, 2])
def test_the_lag_is_that_of_the_corrected_flow_to_its_order(terms):
    """``dw/dt = -w`` decays in a step by the learning rate."""
    moments, weights = fl.Moments(np.eye(1), np.zeros((1, 1)), 1.0), (np.ones((1, 1)),)
    gaps = []
    for rate in (1e-2, 1e-3):
        (velocity,) = corrected_flow(0.0, weights, moments, learning_rate=rate, terms=terms)
        gaps.append(abs(velocity[0, 0] + 1 / growth_lag(-rate)))
    assert np.log10(gaps[0] / gaps[1]) == pytest.approx(terms + 1, abs=0.1)


@pytest.mark.parametrize("terms", [3, -1, 1.0, True, None])
def test_unknown_numbers_of_corrections_are_refused(terms):
    problem = random_problem(0, (3, 2))
    call = partial(corrected_flow, 0.0, problem.weights, problem.moments, learning_rate=0.1, terms=terms)
    refused(InputError, ["terms is", "the series is known up to 2"], call)


def test_growth_lag_is_one_without_growth():
    np.testing.assert_allclose(growth_lag([0.0, 1.0]), [1, 1 / np.log(2)])


@pytest.mark.parametrize("growth", [-1.0, -2.0, np.nan, "x"])
def test_growth_lag_of_what_cannot_grow_is_refused(growth):
    refused(InputError, ["growth has"], lambda: growth_lag(growth))
