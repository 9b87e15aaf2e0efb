"""The rate that limits the steps of an explicit method, against the eigenvalues of the Jacobian."""

from types import SimpleNamespace

import numpy as np
import pytest
from instances import random_problem

import flowdln as fl
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.integrate.stability import StabilityLimit
from flowdln.tangent import jacobian


def at_rest(problem):
    """What of a solver is needed, at the initial weights, with a step of any length ahead."""
    shapes = [weight.shape for weight in problem.weights]

    def velocity(_, vector):
        return flatten(fl.gradient_flow(0, unflatten(vector, shapes), problem.moments))

    state = flatten(problem.weights)
    return SimpleNamespace(t=0.0, y=state, f=velocity(0, state), fun=velocity, h_abs=np.inf)


@pytest.mark.parametrize("seed", range(5))
def test_steps_end_at_the_limit_over_the_largest_rate(seed):
    problem = random_problem(seed, (4, 3, 5))
    solver, limit = at_rest(problem), StabilityLimit(4.0, 27)
    for _ in range(300):
        limit(solver)
    rates = np.linalg.eigvalsh(jacobian(lambda w: fl.gradient_flow(0, w, problem.moments), problem.weights))
    assert solver.h_abs == pytest.approx(4 / np.abs(rates).max(), rel=1e-3)


def test_shorter_steps_are_left_alone():
    solver = at_rest(random_problem(0, (4, 3, 5)))
    solver.h_abs = 1e-9
    limit = StabilityLimit(4.0, 27)
    limit(solver)
    assert solver.h_abs == 1e-9
    assert limit.cuts == 0


def test_weights_of_zero_have_a_rate_too():
    problem = fl.Problem(fl.Moments.from_modes([2.0], 3, 3), (np.zeros((2, 3)), np.zeros((3, 2))))
    solver, limit = at_rest(problem), StabilityLimit(4.0, 12)
    for _ in range(50):
        limit(solver)
    assert solver.h_abs == pytest.approx(2.0, rel=1e-6)


def test_no_rate_is_no_limit():
    solver = SimpleNamespace(t=0.0, y=np.ones(2), f=np.zeros(2), fun=lambda _, y: np.zeros_like(y), h_abs=3.0)
    StabilityLimit(4.0, 2)(solver)
    assert solver.h_abs == 3.0


def test_consecutive_cuts_are_counted():
    solver, limit = at_rest(random_problem(0, (4, 3, 5))), StabilityLimit(4.0, 27)
    counts = []
    for proposed in (np.inf, np.inf, 1e-9, np.inf):
        solver.h_abs = proposed
        limit(solver)
        counts.append(limit.cuts)
    assert counts == [1, 2, 0, 1]
