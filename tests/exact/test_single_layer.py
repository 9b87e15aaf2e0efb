"""One layer against an integration of the linear ODE written here."""

import numpy as np
import pytest
from instances import random_problem, random_rotation
from refusal import refused
from scipy.integrate import solve_ivp

import flowdln as fl
from flowdln.exact import single_layer, solve_single_layer

TOLERANCE = 1e-10
TIMES = np.array([0.0, 0.01, 0.3, 1.0, 4.0, 20.0])


def with_spectrum(eigenvalues):
    """A problem whose ``sigma_xx`` has these eigenvalues, in random directions, with noisy targets."""
    rng = np.random.default_rng(4)
    size = len(eigenvalues)
    axes = random_rotation(rng, size)
    inputs = axes * np.sqrt(eigenvalues) * np.sqrt(size)
    moments = fl.Moments.from_data(inputs.T, inputs.T @ rng.standard_normal((size, 2)) + 0.1)
    return fl.Problem(moments, (rng.standard_normal((2, size)),), tau=1.5)


PROBLEMS = [
    pytest.param(random_problem(0, (4, 3)), id="any inputs"),
    pytest.param(random_problem(1, (2, 5)), id="more outputs"),
    pytest.param(random_problem(2, (5, 2), input_rank=2), id="singular inputs"),
    pytest.param(random_problem(2, (3, 2), input_rank=0), id="no inputs"),
    pytest.param(with_spectrum([10.0, 1.0, 1e-4]), id="ill-conditioned inputs"),
    pytest.param(with_spectrum([2.0, 2.0, 2.0, 2.0]), id="white inputs"),
]


def reference(problem, *, rate=1.0):
    """Weights ``(T, n_1, n_0)`` by SciPy at 1e-13; ``rate`` multiplies the velocity."""
    moments, shape = problem.moments, problem.weights[0].shape

    def velocity(_, vector):
        return rate * (moments.sigma_yx - vector.reshape(shape) @ moments.sigma_xx).ravel() / problem.tau

    options = {"method": "DOP853", "t_eval": TIMES, "rtol": 1e-13, "atol": 1e-14}
    solution = solve_ivp(velocity, (0, TIMES[-1]), problem.weights[0].ravel(), **options)
    return solution.y.T.reshape(-1, *shape)


def error(problem, **options):
    return np.abs(solve_single_layer(problem, TIMES).weights[0] - reference(problem, **options)).max()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_against_an_integrator(problem):
    assert error(problem) < TOLERANCE


@pytest.mark.parametrize("rate", [2.0, 0.5, -0.01], ids=["twice", "half", "backwards"])
def test_another_rate_is_seen(rate):
    assert error(random_problem(0, (4, 3)), rate=rate) > 1e-3


def test_a_lost_sign_is_seen(monkeypatch):
    relaxation = single_layer.relaxation
    monkeypatch.setattr(single_layer, "relaxation", lambda t, w, drive, rate: relaxation(t, w, -drive, rate))
    assert error(random_problem(0, (4, 3))) > 1e-3


def test_directions_without_data_keep_their_weights_to_the_last_bit():
    weights = np.random.default_rng(0).standard_normal((3, 5))
    one_hot = fl.Moments.from_data(np.eye(5)[:3], np.eye(3))
    solution = solve_single_layer(fl.Problem(one_hot, (weights,)), np.array([0.0, 1.0, 1e6]))
    np.testing.assert_array_equal(solution.weights[0][:, :, 3:], np.tile(weights[:, 3:], (3, 1, 1)))
    assert (solution.weights[0][1:, :, :3] != weights[:, :3]).all()


def test_the_null_space_of_any_inputs_stays_put():
    problem = random_problem(2, (5, 2), input_rank=2)
    null_space = np.linalg.svd(problem.moments.sigma_xx).U[:, 2:]
    moved = solve_single_layer(problem, np.array([1e6])).weights[0][0] - problem.weights[0]
    assert np.abs(moved @ null_space).max() < 1e-14
    assert np.linalg.norm(moved) > 0.1


def test_the_end_is_least_squares():
    problem = with_spectrum([10.0, 1.0, 1e-4])
    solution = np.linalg.lstsq(problem.moments.sigma_xx, problem.moments.sigma_yx.T)[0].T
    np.testing.assert_allclose(solve_single_layer(problem, np.array([1e8])).weights[0][0], solution, rtol=1e-9)


def test_the_start_is_the_start():
    problem = random_problem(0, (4, 3))
    np.testing.assert_allclose(solve_single_layer(problem, np.zeros(1)).weights[0][0], problem.weights[0], atol=1e-15)


def test_deeper_networks_are_refused():
    words = ["'single layer' does not apply", "one layer (residual 1)", "The network should have 1, not 2."]
    refused(fl.AssumptionError, words, lambda: solve_single_layer(random_problem(0, (4, 3, 2)), TIMES))


def test_what_the_trajectory_says():
    solution = solve_single_layer(random_problem(0, (4, 3)), TIMES)
    assert solution.method == "exact: single layer"
    assert "linear ODE" in solution.explain()
