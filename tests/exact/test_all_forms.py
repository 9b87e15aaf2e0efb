"""What every closed form must do: agree with an integrator, go on from where it was, and turn with its data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import largest_gap, random_problem, random_rotation

import flowdln as fl

TIMES = np.array([0.4, 1.5, 4.0])
SEEDS = range(20)


def single_layer(rng):
    """Any data, of any rank."""
    return random_problem(int(rng.integers(1000)), (4, 3), input_rank=int(rng.integers(1, 5)))


def modes(rng, n_in, n_out):
    """Whitened data with modes of strengths from 0.5 to 2, scaled as one-hot items are."""
    moments = fl.Moments.from_modes(rng.uniform(0.5, 2, min(n_in, n_out)), n_in, n_out, seed=rng)
    scale = rng.uniform(0.3, 1.5)
    return fl.Moments(scale * moments.sigma_xx, scale * moments.sigma_yx, scale * moments.trace_yy)


def aligned(rng):
    """Depth 2 to 4, strengths of both signs."""
    moments, depth = modes(rng, 4, 3), int(rng.integers(2, 5))
    strengths = rng.uniform(0.1, 1.2, (depth, 3)) * rng.choice([-1, 1], (depth, 3))
    return fl.Problem(moments, fl.initial.aligned(moments, (4, *(5,) * (depth - 1), 3), strengths, seed=rng))


def lambda_balanced(rng):
    """Square layers, lambda of both signs."""
    lam = rng.uniform(-0.6, 0.6)
    return fl.Problem(modes(rng, 3, 3), fl.initial.lambda_balanced((3, 3, 3), lam, scale=0.4, seed=rng))


def tied(rng):
    """A positive definite task, so that no mode is stuck at the saddle."""
    turn, first = random_rotation(rng, 3), rng.standard_normal((4, 3)) / 2
    sigma_yx = turn * rng.uniform(0.5, 2, 3) @ turn.T
    return fl.Problem(fl.Moments(np.eye(3), sigma_yx, np.sum(sigma_yx**2)), (first, first.T))


FORMS = {
    "single layer": single_layer,
    "aligned modes": aligned,
    "lambda-balanced": lambda_balanced,
    "tied weights": tied,
}
forms = pytest.mark.parametrize("name", FORMS)


def exact(problem, ts):
    return fl.solve(problem, ts, method="exact")


@pytest.mark.parametrize("seed", SEEDS)
@forms
def test_against_an_integrator(name, seed):
    problem = FORMS[name](np.random.default_rng(seed))
    solution = exact(problem, TIMES)
    assert solution.method == f"exact: {name}"
    reference = fl.solve(problem, TIMES, method="DOP853", rtol=1e-13, atol=1e-15)
    assert largest_gap(solution.weights, reference.weights) < 1e-10
    assert largest_gap(exact(problem, 1.001 * TIMES).weights, reference.weights) > 1e-6  # the control: another time


@forms
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6), first=st.floats(0.01, 3), second=st.floats(0.01, 3))
def test_two_times_in_a_row_are_their_sum(name, seed, first, second):
    problem = FORMS[name](np.random.default_rng(seed))
    middle = exact(problem, [first]).weights_at(0)
    onwards = exact(fl.Problem(problem.moments, middle, problem.tau), [second])
    assert largest_gap(onwards.weights, exact(problem, [first + second]).weights) < 1e-9


@forms
@settings(max_examples=5)
@given(seed=st.integers(0, 10**6))
def test_data_that_are_turned_turn_the_solution(name, seed):
    rng = np.random.default_rng(seed)
    problem = FORMS[name](rng)
    n_in, n_out = problem.widths[0], problem.widths[-1]
    inputs = random_rotation(rng, n_in)
    outputs = inputs if name == "tied weights" else random_rotation(rng, n_out)
    moments = problem.moments
    turned = fl.Moments(inputs @ moments.sigma_xx @ inputs.T, outputs @ moments.sigma_yx @ inputs.T, moments.trace_yy)
    weights = [*problem.weights]
    weights[0] = weights[0] @ inputs.T
    weights[-1] = outputs @ weights[-1]
    expected = outputs @ exact(problem, TIMES).product @ inputs.T
    assert np.abs(exact(fl.Problem(turned, tuple(weights)), TIMES).product - expected).max() < 1e-9
