"""The front door: which route is taken, what it says of itself, and what it refuses."""

import numpy as np
import pytest
from instances import random_problem
from refusal import refused

import flowdln as fl
from flowdln.integrate import default_atol

TIMES = np.array([0.0, 0.5, 2.0])
MOMENTS = fl.Moments.from_modes([2.0, 1.0], 3, 3)
ALIGNED = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (3, 4, 3), 0.1), tau=2.0)
ANY = random_problem(0, (4, 3, 2))


@pytest.mark.parametrize(
    ("problem", "method", "reason"),
    [
        pytest.param(
            random_problem(0, (4, 3)), "exact: single layer", "one layer makes the flow a linear ODE", id="linear"
        ),
        pytest.param(ALIGNED, "exact: aligned modes", "the weights are aligned with the data", id="aligned"),
        pytest.param(ANY, "DOP853", "no closed form applies", id="neither"),
    ],
)
def test_auto_takes_a_closed_form_where_one_applies_and_says_so(problem, method, reason):
    solution = fl.solve(problem, TIMES)
    assert solution.method == method
    assert solution.explain().startswith(f"{method}: {reason}")
    assert fl.solve(problem, TIMES, method="auto").method == method


WIDE = fl.Problem(MOMENTS, fl.initial.small_random((3, 40, 3), scale=0.05, seed=2))
ONE_HOT = fl.Moments.from_data(np.eye(4)[:2], np.array([[1.0, 0.5], [-0.3, 0.8]]))
FROZEN = fl.Problem(ONE_HOT, fl.initial.balanced((4, 2, 2), scale=0.5, seed=1))
SADDLE = fl.Problem(fl.Moments(np.eye(2), np.diag([3.0, 1.0]), 10.0), (0.1 * np.eye(2), np.diag([0.1, -0.1])))
BALANCED = fl.Problem(MOMENTS, fl.initial.lambda_balanced((3, 3, 3), 0.4, scale=0.3))


def test_auto_reduces_a_wide_network_and_says_so():
    solution = fl.solve(WIDE, TIMES, rtol=1e-12)
    assert "3-40-3 moves as one of 3-6-3" in solution.explain()
    assert "no closed form applies" in solution.explain()
    plain = fl.solve(WIDE, TIMES, rtol=1e-12, method="DOP853")
    assert max(np.abs(a - b).max() for a, b in zip(solution.weights, plain.weights, strict=True)) < 1e-10
    assert solution.problem is WIDE


@pytest.mark.parametrize(
    "problem", [ALIGNED, ANY, WIDE, BALANCED, FROZEN], ids=["aligned", "any", "wide", "balanced", "frozen inputs"]
)
@pytest.mark.parametrize("method", ["auto", "RK45"])
def test_what_is_kept_is_that_of_the_weights(problem, method):
    full = fl.solve(problem, TIMES, method=method, rtol=1e-11)
    product = fl.solve(problem, TIMES, method=method, rtol=1e-11, save="product")
    saved = fl.solve(problem, TIMES, method=method, rtol=1e-11, save=lambda weights: weights[-1][0])
    np.testing.assert_allclose(product.product, full.product, atol=1e-10)
    np.testing.assert_allclose(saved.saved, full.weights[-1][:, 0], atol=1e-10)
    assert product.weights == saved.weights == ()
    assert product.problem is saved.problem is problem
    assert product.method == saved.method == full.method


def test_the_product_of_lambda_balanced_layers_costs_no_integration():
    assert fl.solve(BALANCED, TIMES, save="product").statistics == {}
    assert fl.solve(BALANCED, TIMES).statistics["evaluations"] > 0


TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


@pytest.mark.parametrize("save", ["weights", "product"])
@pytest.mark.parametrize(
    "weights", [SADDLE.weights, (0.1 * TURN, TURN.T @ np.diag([0.1, -0.1]) @ TURN)], ids=["aligned", "not aligned"]
)
def test_the_story_tells_of_a_saddle(weights, save):
    story = fl.solve(fl.Problem(SADDLE.moments, weights), TIMES, save=save).explain()
    assert "ends at a saddle" in story
    assert "saddle" not in fl.solve(ALIGNED, TIMES, save=save).explain()
    assert "saddle" not in fl.solve(BALANCED, TIMES, save=save).explain()


def test_layers_as_small_as_float64_allows_are_neither_zero_nor_aligned():
    problem = fl.Problem(MOMENTS, fl.initial.small_random((3, 3, 3), scale=1e-165))
    assert fl.exact.applicable(problem)[1].applies is False
    assert default_atol(problem.weights, 1e-8) < 1e-172


def test_what_was_not_kept_is_missed_with_advice(tmp_path):
    product = fl.solve(ANY, TIMES, save="product")
    refused(fl.InputError, ["weights was not kept", "kept product", "save="], lambda: product.imbalance)
    refused(fl.InputError, ["saved was not kept"], lambda: product.saved)
    refused(fl.InputError, ["save is 'all'", "'weights', 'product'"], lambda: fl.solve(ANY, TIMES, save="all"))
    saved = fl.solve(ANY, TIMES, save=lambda weights: weights[0])
    refused(fl.InputError, ["product was not kept", "kept saved"], lambda: saved.loss)
    for trajectory in (product, saved):
        trajectory.save(tmp_path / "run.nc")
        back = fl.Trajectory.load(tmp_path / "run.nc")
        assert back.weights == ()
        assert {name: value.tolist() for name, value in back.kept.items()} == {
            name: value.tolist() for name, value in trajectory.kept.items()
        }


def test_a_million_hidden_units_are_no_matrix_of_a_million_squared():
    problem = fl.Problem(MOMENTS, fl.initial.small_random((3, 100_000, 3), scale=1e-4, seed=2))
    assert "moves as one of 3-6-3" in fl.solve(problem, [1.0], save="product").explain()


def test_exact_is_a_closed_form_or_an_error():
    assert fl.solve(ALIGNED, TIMES, method="exact").method == "exact: aligned modes"
    refused(fl.AssumptionError, ["no closed form"], lambda: fl.solve(ANY, TIMES, method="exact"))


def test_a_solver_asked_for_by_name_is_used_even_where_a_closed_form_applies():
    solution = fl.solve(ALIGNED, TIMES, method="RK45")
    assert solution.method == "RK45"
    assert "asked for by name" in solution.explain()
    np.testing.assert_allclose(solution.product, fl.solve(ALIGNED, TIMES).product, atol=1e-7)


def test_the_story_has_the_tolerances():
    assert "rtol = 1.0e-07, atol = 3.0e-09" in fl.solve(ANY, TIMES, rtol=1e-7, atol=3e-9).explain()


def test_the_cost_is_counted():
    solution = fl.solve(ANY, TIMES)
    assert solution.statistics["evaluations"] > 12
    assert f"Cost: {solution.statistics['evaluations']:,} evaluations." in solution.explain()
    assert fl.solve(ALIGNED, TIMES).statistics == {}


def test_the_trajectory_is_that_of_the_problem_at_the_times():
    solution = fl.solve(ANY, [0, 1, 3])
    assert solution.problem is ANY
    np.testing.assert_array_equal(solution.ts, [0.0, 1.0, 3.0])
    assert [weight.shape for weight in solution.weights] == [(3, 3, 4), (3, 2, 3)]


def test_a_tighter_tolerance_changes_the_result_by_less():
    fine, coarse, coarser = (fl.solve(ANY, TIMES, method="RK45", rtol=rtol).product for rtol in (1e-12, 1e-6, 1e-4))
    assert 0 < np.abs(coarse - fine).max() < np.abs(coarser - fine).max() / 10


@pytest.mark.parametrize("method", ["auto", "exact", "RK45"])
@pytest.mark.parametrize(
    ("ts", "error", "words"),
    [
        pytest.param([-1.0, 1.0], fl.InputError, ["ts starts at -1", "from 0 on"], id="negative"),
        pytest.param([0.0, 2.0, 1.0], fl.InputError, ["ts has 1 after 2 (at index 2)", "numpy.unique"], id="unsorted"),
        pytest.param([0.0, 1.0, 1.0], fl.InputError, ["ts has 1 after 1 (at index 2)", "numpy.unique"], id="duplicate"),
        pytest.param([], fl.ShapeError, ["ts has shape (0,)", "It is empty"], id="empty"),
        pytest.param([0.0, np.nan], fl.InputError, ["ts has 1 entries that are NaN", "(1,)"], id="NaN"),
        pytest.param([0.0, np.inf], fl.InputError, ["ts has 1 entries that are NaN or infinite"], id="infinite"),
        pytest.param([[0.0, 1.0]], fl.ShapeError, ["ts has shape (1, 2)", "1 axes"], id="two axes"),
        pytest.param(1.0, fl.ShapeError, ["ts has shape ()", "1 axes"], id="a number"),
        pytest.param(["soon"], fl.InputError, ["ts has entries of type", "real numbers"], id="text"),
    ],
)
def test_times_that_cannot_be_used_are_named(method, ts, error, words):
    refused(error, words, lambda: fl.solve(ALIGNED, ts, method=method))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"rtol": 1e-14}, ["rtol is 1e-14", "from 1e-13 to 0.1", "float64"], id="rtol too small"),
        pytest.param({"rtol": 0.5}, ["rtol is 0.5", "from 1e-13 to 0.1"], id="rtol too large"),
        pytest.param({"rtol": 0}, ["rtol is 0", "a positive number"], id="rtol zero"),
        pytest.param({"rtol": -1e-8}, ["rtol is -1e-08", "a positive number"], id="rtol negative"),
        pytest.param({"rtol": np.nan}, ["rtol is nan", "a positive number"], id="rtol NaN"),
        pytest.param({"rtol": "fine"}, ["rtol is 'fine'", "a positive number"], id="rtol text"),
        pytest.param({"rtol": None}, ["rtol is None", "a positive number"], id="rtol None"),
        pytest.param({"atol": 0.0}, ["atol is 0.0", "a positive number", "Leave it out"], id="atol zero"),
        pytest.param({"atol": -1.0}, ["atol is -1.0", "a positive number"], id="atol negative"),
        pytest.param({"atol": np.inf}, ["atol is inf", "a positive number"], id="atol infinite"),
        pytest.param({"atol": [1e-8]}, ["atol is [1e-08]", "a positive number"], id="atol a list"),
        pytest.param({"method": "rk45"}, ["method is 'rk45'", "'auto', 'exact'", "mean 'RK45'?"], id="method misspelt"),
        pytest.param({"method": "atuo"}, ["method is 'atuo'", "mean 'auto'?"], id="auto misspelt"),
        pytest.param({"method": "euler"}, ["method is 'euler'", "closed form"], id="no method"),
        pytest.param({"method": None}, ["method is None", "'auto', 'exact'"], id="method None"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, words):
    refused(fl.InputError, words, lambda: fl.solve(ANY, TIMES, **options))


@pytest.mark.parametrize("rtol", [1e-13, 0.1, np.float32(1e-4)], ids=["smallest", "largest", "NumPy's"])
def test_tolerances_at_the_limits_are_taken(rtol):
    assert len(fl.solve(ANY, TIMES, method="DOP853", rtol=rtol)) == 3
