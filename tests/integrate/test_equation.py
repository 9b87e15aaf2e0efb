"""Input of integrators: the default absolute tolerance, and initial weights that are refused."""

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln.integrate import Equation, default_atol
from flowdln.integrate.equation import check_start

RTOL = 1e-8
ONE = fl.Moments(np.eye(1), np.eye(1), 1.0)


def constant(*values):
    return tuple(np.full((2, 3), value) for value in values)


@pytest.mark.parametrize(
    ("weights", "size"),
    [
        pytest.param(constant(1e-6, 1e-3), 1e-6, id="smallest layer"),
        pytest.param(constant(1e-3, 1e-12), 1e-12, id="whichever it is"),
        pytest.param(constant(0.0, 1e-3), 1e-3, id="zero layers do not count"),
        pytest.param(constant(0.0, 0.0), 1.0, id="all zero"),
        pytest.param(constant(5.0, 7.0), 1.0, id="at most rtol"),
        pytest.param((np.array([[3e-6, 4e-6]]),), np.sqrt(12.5) * 1e-6, id="root mean square"),
    ],
)
def test_default_atol_is_rtol_times_the_size_of_the_weights(weights, size):
    assert default_atol(weights, RTOL) == pytest.approx(RTOL * size, rel=1e-14)


def test_a_velocity_that_overflows_is_refused():
    equation = Equation(fl.gradient_flow, (np.full((1, 1), 1e200), np.full((1, 1), 1e200)), ONE)
    words = ["the velocity at t = 0", "overflows", "finite numbers", "smaller initial weights"]
    refused(fl.SolveError, words, lambda: check_start(equation))


def test_a_finite_velocity_passes():
    check_start(Equation(fl.gradient_flow, (np.full((1, 1), 1e50), np.full((1, 1), 1e50)), ONE))
