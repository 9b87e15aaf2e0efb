"""The weights of lambda-balanced layers, hidden frame and all, against Taylor series in extended precision."""

import numpy as np
import pytest

import flowdln as fl
from flowdln.exact import solve_lambda_balanced
from flowdln.exact.riccati_factor import factor
from flowdln.exact.stacked_layers import split_layers, stack_layers

TOLERANCE = 2e-14
ORDER, STEPS_A_UNIT = 24, 10
CASES = [  # seeds of flows that end at a minimum: a saddle amplifies the rounding of the start
    pytest.param((3, 3, 3), 0.0, 0.1, 4, id="3-3-3"),
    pytest.param((3, 3, 3), 0.7, 0.5, 1, id="3-3-3, lambda 0.7"),
    pytest.param((4, 2, 3), 0.0, 1e-3, 1, id="4-2-3, small"),
    pytest.param((2, 4, 2), 0.0, 0.5, 1, id="2-4-2"),
]


def made(widths, lam, scale, seed):
    moments = fl.Moments.from_modes(np.linspace(2, 1, min(widths[0], widths[-1])), widths[0], widths[-1], seed=3)
    return fl.Problem(moments, fl.initial.lambda_balanced(widths, lam, scale=scale, seed=seed))


def coefficients(first, second, task):
    """Taylor coefficients of both layers: ``n + 1`` times the next is the velocity's, by Cauchy products."""
    firsts, seconds, errors = [first], [second], [task - second @ first]
    for n in range(ORDER):
        below = sum(seconds[i].T @ errors[n - i] for i in range(n + 1))
        above = sum(errors[i] @ firsts[n - i].T for i in range(n + 1))
        firsts.append(below / (n + 1))
        seconds.append(above / (n + 1))
        errors.append(-sum(seconds[i] @ firsts[n + 1 - i] for i in range(n + 2)))
    return firsts, seconds


def reference(problem, t):
    task, *layers = (array.astype(np.longdouble) for array in (problem.moments.sigma_yx, *problem.weights))
    powers = (np.longdouble(1) / STEPS_A_UNIT) ** np.arange(ORDER + 1)
    for _ in range(t * STEPS_A_UNIT):
        layers = [np.tensordot(powers, np.stack(series), axes=1) for series in coefficients(*layers, task)]
    return layers


def largest_gap(weights, expected):
    return max(np.abs(weight - target).max() for weight, target in zip(weights, expected, strict=True))


@pytest.mark.parametrize("t", [2, 12])
@pytest.mark.parametrize(("widths", "lam", "scale", "seed"), CASES)
def test_against_taylor_series(widths, lam, scale, seed, t):
    problem = made(widths, lam, scale, seed)
    found = solve_lambda_balanced(problem, np.array([float(t)])).weights_at(0)
    assert largest_gap(found, reference(problem, t)) < TOLERANCE


def test_control_without_the_rotation_the_weights_are_others():
    problem = made((3, 3, 3), 0.0, 0.1, 4)
    stack = stack_layers(problem)
    still = factor(stack.riccati, np.array([2.0])) @ stack.riccati.rotation.T
    assert largest_gap([layer[0] for layer in split_layers(stack, still)], reference(problem, 2)) > 1e-3
