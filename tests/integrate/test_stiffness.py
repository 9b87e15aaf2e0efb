"""Stiff problems, which Radau continues, and seeds below the tolerance that grow on a plateau."""

import numpy as np
import pytest
from instances import relative_error

import flowdln as fl
from flowdln.integrate import Equation, Tolerance, default_atol, integrate, stiffness

RTOL = 1e-8


def seeded(strength, seed):
    """Two layers with a learned mode of strength 3, and another of the given strength that starts at ``seed**2``."""
    moments = fl.Moments(np.eye(2), np.diag([3.0, strength]), 20.0)
    return fl.Problem(moments, (np.diag([0.7, seed]), np.diag([0.7, seed])))


def run(problem, ts, method, rtol=RTOL, **options):
    equation = Equation(fl.gradient_flow, problem.weights, problem.moments)
    tolerance = Tolerance(rtol, default_atol(problem.weights, rtol))
    return integrate(equation, np.asarray(ts, dtype=float), method=method, tolerance=tolerance, **options)


def growth_error(strength, seed, method):
    """Largest relative error of the second mode around the time at which it is half learned, and the story."""
    ts = np.log(strength / seed**2) / (2 * strength) * np.array([0.9, 1.0, 1.1])
    result = run(seeded(strength, seed), ts, method)
    exact = strength / (1 + (strength / seed**2 - 1) * np.exp(-2 * strength * ts))
    return np.abs(fl.end_to_end(result.kept)[:, 1, 1] / exact - 1).max(), result.story


@pytest.mark.parametrize("seed", [1e-4, 1e-8, 1e-30])
def test_explicit_steps_resolve_seeds_below_the_tolerance(seed):
    error, _ = growth_error(0.3, seed, "DOP853")
    assert error < 10 * RTOL


@pytest.mark.parametrize("seed", [1e-4, 1e-12, 1e-50])
def test_implicit_steps_resolve_seeds_below_the_tolerance(seed):
    error, story = growth_error(0.002, seed, "auto")
    assert "continued by Radau" in story
    assert error < 100 * RTOL


def test_control_implicit_steps_without_a_limit_do_not(monkeypatch):
    monkeypatch.setattr(stiffness.GrowthLimit, "__call__", lambda *_: None)
    error, story = growth_error(0.002, 1e-12, "auto")
    assert "continued by Radau" in story
    assert error > 1e-2


def plateau():
    """Three layers at a saddle: a learned mode, and one that takes until t = 400 to appear."""
    rng = np.random.default_rng(0)
    weights = tuple(np.diag([1.0, 0.0]) + 1e-3 * rng.standard_normal((2, 2)) for _ in range(3))
    return fl.Problem(fl.Moments(np.eye(2), np.diag([3.0, 2.0]), 13.0), weights)


def unequal_features():
    """Features of sizes 1 to 0.03: the last mode is a thousand times slower than the steps of DOP853 allow."""
    rng = np.random.default_rng(0)
    inputs, targets = rng.standard_normal((20, 4)) * [1, 0.3, 0.1, 0.03], rng.standard_normal((20, 3))
    return fl.Problem(fl.Moments.from_data(inputs, targets), fl.initial.small_random((4, 5, 3), scale=1e-2, seed=0))


@pytest.mark.parametrize(
    ("problem", "ts"),
    [
        pytest.param(plateau(), [100.0, 400.0, 1000.0, 5000.0], id="plateau"),
        pytest.param(unequal_features(), [100.0, 1e3, 1e5, 1e7], id="condition number 1000"),
    ],
)
def test_a_stiff_problem_is_continued_by_radau(problem, ts):
    trajectory = fl.solve(problem, ts)
    assert "Stiff from t / tau = " in trajectory.explain()
    assert trajectory.statistics["evaluations"] < 10_000
    assert {"Jacobians", "factorisations"} < set(trajectory.statistics)
    reference = fl.solve(problem, ts, method="LSODA", rtol=1e-11)
    assert relative_error([trajectory.product], [reference.product]) < 100 * RTOL


def test_a_stiff_solve_is_as_accurate_as_the_explicit_one():
    ts = [100.0, 400.0, 1000.0]
    stiff = fl.solve(plateau(), ts)
    assert "continued by Radau" in stiff.story
    assert relative_error(stiff.weights, fl.solve(plateau(), ts, method="DOP853").weights) < 10 * RTOL


def test_a_problem_that_is_soon_over_is_not_continued():
    assert "Stiff" not in fl.solve(unequal_features(), [300.0]).explain()


def test_large_networks_stay_with_the_explicit_method(monkeypatch):
    monkeypatch.setattr(stiffness, "LARGEST", 11)
    assert run(plateau(), [200.0], "auto").story == ""
