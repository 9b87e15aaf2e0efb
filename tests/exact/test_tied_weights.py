"""Tied weights against an integrator and against the lambda-balanced solution, which covers them too."""

import numpy as np
import pytest
from instances import largest_gap, random_rotation
from refusal import refused

import flowdln as fl
from flowdln.errors import AssumptionError
from flowdln.exact import solve_lambda_balanced, solve_tied

TOLERANCE = 1e-10
TIMES = np.array([0.0, 0.2, 1.0, 5.0, 15.0])


def tied(values, hidden, scale=0.4, seed=0, power=1.0, **options):
    """Whitened inputs, a symmetric task with these eigenvalues, random tied weights."""
    rng, size = np.random.default_rng(seed), len(values)
    frame = random_rotation(rng, size)
    task = frame * np.array(values) @ frame.T
    first = scale * rng.standard_normal((hidden, size))
    moments = fl.Moments(power * np.eye(size), power * (task + task.T) / 2, 1 + power * np.sum(np.square(values)))
    return fl.Problem(moments, (first, first.T), **options)


def unseen_input():
    """One input is always zero, and so are the weights that belong to it."""
    small = tied([2.0, 1.0], 3)
    task, first = (
        np.pad(array, ((0, rows), (0, 1))) for array, rows in ((small.moments.sigma_yx, 1), (small.weights[0], 0))
    )
    return fl.Problem(fl.Moments(np.diag([1.0, 1.0, 0.0]), task, 9.0), (first, first.T))


TIED = [
    pytest.param(tied([3.0, 2.0, 1.0], 3), id="square"),
    pytest.param(tied([3.0, 2.0, 1.0], 2), id="narrow"),
    pytest.param(tied([3.0, 2.0, 1.0], 7), id="wide"),
    pytest.param(tied([3.0, -1.0, -2.0], 3), id="negative eigenvalues"),
    pytest.param(tied([-0.5, -1.0], 2), id="all eigenvalues negative"),
    pytest.param(tied([2.0, 0.0, -1.0], 2), id="a zero eigenvalue"),
    pytest.param(tied([2.0, 2.0, 1.0], 3, scale=1e-5), id="equal eigenvalues, small start"),
    pytest.param(tied([2.0, 1.0], 3, scale=4.0), id="overshoot"),
    pytest.param(tied([2.0, 1.0], 3, power=0.3, tau=2.0), id="inputs c I and tau"),
    pytest.param(tied([2.0, 1.0, -1.0], 1), id="one hidden unit"),
    pytest.param(unseen_input(), id="an input without data"),
]


@pytest.mark.parametrize("problem", TIED)
def test_both_layers_against_an_integrator(problem):
    learnable = np.linalg.eigvalsh(problem.moments.sigma_yx)[0] > -1e-9
    ts = TIMES if learnable else TIMES[:-1]  # the integrator's two layers come apart by rounding later on
    expected = fl.solve(problem, ts, method="DOP853", rtol=1e-13, atol=1e-15).weights
    assert largest_gap(solve_tied(problem, ts).weights, expected) < TOLERANCE


@pytest.mark.parametrize("problem", TIED)
def test_it_is_the_lambda_balanced_solution_with_lambda_zero(problem):
    expected = solve_lambda_balanced(problem, TIMES).weights
    assert largest_gap(solve_tied(problem, TIMES).weights, expected) < TOLERANCE


@pytest.mark.parametrize("problem", TIED)
def test_the_layers_stay_tied(problem):
    first, second = solve_tied(problem, np.array([0.0, 1.0, 100.0, 1e6])).weights
    np.testing.assert_array_equal(first, second.transpose(0, 2, 1))


def test_the_product_ends_at_the_positive_part_of_the_task():
    problem = tied([3.0, 1.0, -2.0], 3)
    values, frame = np.linalg.eigh(problem.moments.sigma_yx)
    run = solve_tied(problem, np.array([0.0, 1e6]))
    np.testing.assert_allclose(run.product[-1], frame * np.maximum(values, 0) @ frame.T, atol=1e-13)
    assert "cannot learn" in run.explain()


def test_a_mode_that_the_weights_do_not_have_is_never_learnt():
    problem = tied([3.0, 1.0], 2)
    weak = problem.weights[0] @ np.linalg.eigh(problem.moments.sigma_yx).eigenvectors[:, :1]
    first = weak @ np.linalg.eigh(problem.moments.sigma_yx).eigenvectors[:, :1].T
    run = solve_tied(fl.Problem(problem.moments, (first, first.T)), np.array([0.0, 1e6]))
    np.testing.assert_allclose(np.linalg.eigvalsh(run.product[-1]), [0, 1], atol=1e-13)
    assert "saddle" in run.explain()


def test_control_a_task_of_the_other_sign_is_another_flow():
    problem = tied([3.0, 2.0, 1.0], 3)
    other = fl.Problem(problem.moments._replace(sigma_yx=-problem.moments.sigma_yx), problem.weights)
    assert largest_gap(solve_tied(other, TIMES).weights, solve_tied(problem, TIMES).weights) > 0.1


def with_data(problem, **fields):
    return fl.Problem(problem.moments._replace(**fields), problem.weights)


SQUARE = tied([2.0, 1.0], 2)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        pytest.param(
            fl.Problem(SQUARE.moments, (SQUARE.weights[0], 2 * SQUARE.weights[1])),
            ["W_2 = W_1^T (residual 1)"],
            id="untied",
        ),
        pytest.param(
            with_data(SQUARE, sigma_yx=np.array([[1.0, 0.5], [0.0, 1.0]])),
            ["sigma_yx symmetric (residual 0.4"],
            id="task",
        ),
        pytest.param(with_data(SQUARE, sigma_xx=np.diag([1.0, 2.0])), ["inputs whitened (residual 0."], id="inputs"),
        pytest.param(
            fl.Problem(fl.Moments(np.diag([1.0, 0.0]), np.diag([1.0, 0.0]), 9.0), SQUARE.weights),
            ["W_1 = 0 outside the span of the data (residual 0."],
            id="frozen weights",
        ),
        pytest.param(
            fl.Problem(fl.Moments.from_modes([1.0], 3, 2), fl.initial.balanced((3, 2, 2), scale=1.0)),
            ["as many outputs as inputs (residual 1)", "3 inputs, 2 outputs"],
            id="widths",
        ),
        pytest.param(
            fl.Problem(SQUARE.moments, fl.initial.balanced((2, 2, 2, 2), scale=1.0)),
            ["2 layers (residual 1)"],
            id="depth",
        ),
    ],
)
def test_what_it_does_not_apply_to_is_refused(problem, words):
    refused(AssumptionError, ["the closed form 'tied weights'", *words], lambda: solve_tied(problem, TIMES))
