"""Trajectories of ReLU networks: against the linear flow, against descent, and how accurate flips leave them."""

import numpy as np
import pytest
from refusal import refused
from relu_networks import random_relu_problem

import flowdln as fl
from flowdln.relu import ReLUProblem, descend, solve

TS = [0.0, 1.0, 2.0]


def always_open(tau=1.0):
    """Positive inputs and weights, and targets beyond what is reached: no gate ever closes."""
    rng = np.random.default_rng(0)
    inputs = rng.uniform(0.5, 1, (5, 3))
    weights = (rng.uniform(0.1, 0.5, (4, 3)), rng.uniform(0.1, 0.5, (2, 4)))
    return ReLUProblem(inputs, inputs @ rng.uniform(1, 2, (3, 2)), weights, "squared", tau=tau)


@pytest.mark.parametrize("method", ["piecewise", "RK45", "Tsit5"])
def test_with_open_gates_it_is_the_linear_flow(method):
    problem = always_open()
    moments = fl.Moments.from_data(problem.inputs, problem.targets)
    linear = fl.solve(fl.Problem(moments, problem.weights), TS, rtol=1e-10)
    run = solve(problem, TS, method=method, rtol=1e-9)
    assert all(pattern.all() for pattern in run.gates)
    assert max(np.abs(a - b).max() for a, b in zip(run.weights, linear.weights, strict=True)) < 1e-7
    assert np.abs(run.loss - linear.loss).max() < 1e-7


def test_time_is_measured_in_tau():
    slow, fast = solve(always_open(tau=4.0), [8.0], rtol=1e-9), solve(always_open(), [2.0], rtol=1e-9)
    assert np.abs(slow.outputs - fast.outputs).max() < 1e-7
    slow = descend(always_open(tau=4.0), learning_rate=0.1, steps=3)
    assert slow.ts == pytest.approx([0, 0.4, 0.8, 1.2])


def test_descent_tends_to_the_flow_with_the_first_order_of_its_step_where_gates_rest():
    problem, end = always_open(), solve(always_open(), [1.0], method="DOP853", rtol=1e-11).layers
    gaps = []
    for steps in (100, 200):
        run = descend(problem, learning_rate=1 / steps, steps=steps)
        gaps.append(max(np.abs(a[-1] - b[0]).max() for a, b in zip(run.layers, end, strict=True)))
    assert np.log2(gaps[0] / gaps[1]) == pytest.approx(1, abs=0.1)


def test_descent_keeps_what_it_is_asked_to():
    run = descend(random_relu_problem(0, (3, 4, 2)), learning_rate=0.1, steps=7, every=3)
    assert run.ts == pytest.approx([0, 0.3, 0.6, 0.7])
    every = descend(random_relu_problem(0, (3, 4, 2)), learning_rate=0.1, steps=7)
    assert (run.layers[0] == every.layers[0][[0, 3, 6, 7]]).all()


def test_descent_that_diverges_is_an_error():
    problem = random_relu_problem(0, (3, 4, 2))
    words = ["learning rate 1e+06", "diverged", "Lower"]
    refused(fl.SolveError, words, lambda: descend(problem, learning_rate=1e6, steps=200))


@pytest.mark.parametrize("name", ["steps", "every"])
@pytest.mark.parametrize("value", [-1, 0, 2.5])
def test_numbers_of_steps_that_are_none_are_refused(name, value):
    options = {"learning_rate": 0.1, "steps": 3} | {name: value}
    refused(fl.InputError, [name, repr(value), "positive integer"], lambda: descend(always_open(), **options))


def test_methods_with_jacobians_are_refused():
    words = ["method", "'BDF'", "piecewise, RK23", "Jacobian"]
    refused(fl.InputError, words, lambda: solve(always_open(), TS, method="BDF"))


def test_a_trajectory_reads_as_its_problem_does():
    problem = random_relu_problem(1, (3, 4, 2), biased=True)
    run = solve(problem, TS)
    assert repr(run) == "ReLUTrajectory(piecewise, 3 times up to 2, widths (3, 4, 2))"
    assert len(run) == 3
    assert all((a[0] == b).all() for a, b in zip(run.weights, problem.weights, strict=True))
    assert all((a[0] == b).all() for a, b in zip(run.biases, problem.biases, strict=True))
