"""Accuracy at output times, which are not where the solver would step by itself."""

from functools import cache

import numpy as np
import pytest
from instances import random_moments, relative_error

import flowdln as fl
from flowdln.integrate import DIFFRAX, SCIPY, Equation, Tolerance, default_atol, integrate
from flowdln.integrate import output as integrate_output

TIMES = np.array([0.3, 0.7, 1.3, 2.55, 4.1, 6.8, 11.0])
LATER = 30.0
METHODS = (*SCIPY, *(pytest.param(name, marks=pytest.mark.slow) for name in DIFFRAX))


def generic(seed, widths, *, input_rank=None, scale=1.0):
    """A problem without a closed form, with weights of Glorot's size times ``scale``."""
    rng = np.random.default_rng(seed)
    moments = random_moments(rng, widths[0], widths[-1], input_rank=input_rank)
    return fl.Problem(moments, tuple(scale * weight for weight in fl.initial.glorot(widths, seed=seed)))


PROBLEMS = [
    pytest.param(generic(0, (4, 2, 1, 4, 1), input_rank=2), id="bottleneck, singular inputs"),
    pytest.param(generic(1, (3, 4, 2)), id="two layers"),
    pytest.param(generic(2, (3, 5, 4, 2), scale=0.5), id="three layers"),
    pytest.param(generic(3, (2, 3, 3, 3, 3, 2), scale=0.8), id="five layers"),
]


def run(problem, ts, method, rtol):
    equation = Equation(fl.gradient_flow, problem.weights, problem.moments)
    tolerance = Tolerance(rtol, default_atol(problem.weights, rtol))
    return integrate(equation, np.asarray(ts), method=method, tolerance=tolerance).kept


def alone(problem, method, rtol):
    """Weights at each of the times, from an integration that ends there."""
    parts = [run(problem, [t], method, rtol) for t in TIMES]
    return tuple(np.concatenate(layer) for layer in zip(*parts, strict=True))


@cache
def reference(problem):
    return run(problem, TIMES, "DOP853", 1e-13)


def error(problem, weights, rtol):
    """Largest error at any of the times, relative to the layer, in units of ``rtol``."""
    pairs = [(a, b) for layer in zip(weights, reference(problem), strict=True) for a, b in zip(*layer, strict=True)]
    return max(np.abs(a - b).max() / np.abs(b).max() for a, b in pairs) / rtol


def between(problem, method, rtol):
    """Weights at each of the times, from one integration that goes on."""
    return tuple(layer[:-1] for layer in run(problem, [*TIMES, LATER], method, rtol))


@pytest.mark.parametrize("rtol", [1e-6, 1e-8, 1e-9])
@pytest.mark.parametrize("problem", PROBLEMS)
def test_error_of_dop853_at_output_times_is_a_few_times_the_tolerance(problem, rtol):
    assert error(problem, between(problem, "DOP853", rtol), rtol) < 5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("problem", PROBLEMS[:2])
def test_error_is_the_same_whether_or_not_later_times_are_asked_for(problem, method):
    errors = [error(problem, weights(problem, method, 1e-7), 1e-7) for weights in (alone, between)]
    assert errors[1] < 3 * errors[0] + 1


def test_many_output_times_are_as_accurate_at_a_few_times_the_cost():
    (problem,) = PROBLEMS[0].values
    tolerance = Tolerance(1e-8, default_atol(problem.weights, 1e-8))
    equation = Equation(fl.gradient_flow, problem.weights, problem.moments)
    many, fine, one = (
        integrate(equation, ts, method="DOP853", tolerance=tolerance._replace(rtol=rtol))
        for ts, rtol in ((np.linspace(0, 40, 401), 1e-8), (np.linspace(0, 40, 401), 1e-12), (np.array([40.0]), 1e-8))
    )
    assert relative_error(many.kept, fine.kept) < 5e-8
    assert many.statistics["evaluations"] < 5 * one.statistics["evaluations"]


def test_control_interpolation_within_long_steps_is_less_accurate(monkeypatch):
    (problem,) = PROBLEMS[0].values
    monkeypatch.setattr(integrate_output, "LANDING", frozenset())
    assert max(error(problem, between(problem, "DOP853", rtol), rtol) for rtol in (1e-6, 1e-8, 1e-9)) > 10
