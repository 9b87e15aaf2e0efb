"""Flips and sliding gates, against a closed form and descent with small steps; and what stepping over them costs."""

import numpy as np
import pytest
from refusal import refused
from relu_networks import random_relu_problem

import flowdln as fl
from flowdln.relu import ReLUProblem, descend, piecewise, sliding, solve
from flowdln.relu.gate_modes import Group, Mode
from flowdln.relu.sliding import gate_rates, settled
from flowdln.relu.vector_field import gated_flow
from flowdln.tangent import directional_derivative

END = 5.0


def largest_gap(run, other):
    return max(np.abs(a[-1] - b[-1]).max() for a, b in zip(run.layers, other.layers, strict=True))


def sliding_unit(first_weight=0.0):
    """One unit, on the edge of its first sample, which the second sample pulls it over and the first pushes it back."""
    inputs, targets = [[1.0, 0.0], [1.0, 1.0]], [[-1.0], [1.5]]
    return ReLUProblem(inputs, targets, ([[first_weight, 1.0]], [[1.0]]), "squared")


def test_a_sliding_unit_learns_its_other_sample_by_the_closed_form():
    ts = np.linspace(0, 20, 11)
    run = solve(sliding_unit(), ts, rtol=1e-11)
    into, out = fl.exact.two_layer_mode(ts / 2, np.array(1.0), np.array(1.0), 1.5)  # the second sample is half of all
    assert run.statistics["slides"] == 1
    assert np.abs(run.weights[0][:, 0, 0]).max() < 1e-10
    assert np.abs(run.outputs[:, 1, 0] - into * out).max() < 1e-9


def test_it_stays_on_the_edge_though_no_gate_holds_it_there():
    problem = sliding_unit()
    rates = [
        gate_rates(problem.layers, problem.samples, [np.array([[g], [1.0]])], problem.loss_function) for g in (0, 1)
    ]
    assert [float(rate[0, 0]) for (rate,) in rates] == [0.25, -0.25]


def test_it_comes_to_the_edge_in_finite_time_and_descent_flips_there_for_ever():
    run = solve(sliding_unit(-0.1), [1.0, 5.0])
    assert np.abs(run.weights[0][:, 0, 0]).max() < 1e-8
    steps = descend(sliding_unit(-0.1), learning_rate=0.01, steps=500)
    flips = (np.diff(steps.gates[0][:, 0, 0].astype(int)) != 0).sum()
    assert flips > 30
    assert largest_gap(run, steps) < 0.01


@pytest.mark.parametrize(
    ("loss", "biased"), [("squared", False), ("cross_entropy", True)], ids=["squared", "cross-entropy, biases"]
)
def test_descent_tends_to_it_with_the_first_order_of_its_step(loss, biased):
    problem = random_relu_problem(1, (4, 5, 4, 2), count=8, loss=loss, biased=biased)
    run = solve(problem, [END])
    assert run.statistics["flips"] >= 3
    assert run.statistics["slides"] >= 1
    gaps = [largest_gap(run, descend(problem, learning_rate=h, steps=round(END / h))) for h in (1e-2, 1e-3)]
    assert gaps[1] < 2e-4
    assert 5 < gaps[0] / gaps[1] < 20


@pytest.fixture(scope="module")
def precise():
    return solve(random_relu_problem(0, (4, 8, 2), count=12), [END], rtol=1e-12)


@pytest.mark.parametrize(("rtol", "error"), [(1e-6, 1e-5), (1e-8, 1e-7), (1e-10, 1e-9)])
def test_flips_and_slides_cost_no_accuracy(precise, rtol, error):
    assert precise.statistics["flips"] + precise.statistics["slides"] >= 10
    assert largest_gap(precise, solve(precise.problem, [END], rtol=rtol)) < error


@pytest.mark.parametrize(
    ("method", "rtol", "error"), [("RK23", 1e-4, 1e-2), ("RK23", 1e-5, 2e-3), ("DOP853", 1e-4, 1e-2)]
)
def test_stepping_over_them_leaves_what_is_documented(precise, method, rtol, error):
    run = solve(precise.problem, [END], method=method, rtol=rtol)
    assert rtol / 10 < largest_gap(precise, run) < error


def test_reported_times_do_not_change_the_run(precise):
    many = solve(precise.problem, np.linspace(0, END, 37), rtol=1e-10)
    assert largest_gap(precise, many) < 1e-9
    assert len(many) == 37


def test_samples_given_twice_slide_together_as_one():
    once = random_relu_problem(0, (3, 5, 2), count=8)
    twice = ReLUProblem(np.repeat(once.inputs, 2, 0), np.repeat(once.targets, 2, 0), once.weights, "squared")
    assert largest_gap(solve(once, [3.0]), solve(twice, [3.0])) < 1e-6


def test_a_sample_of_zeros_keeps_its_gates_closed():
    problem = random_relu_problem(0, (3, 5, 2), count=4)
    silent = ReLUProblem(np.vstack([problem.inputs, np.zeros(3)]), np.ones((5, 2)), problem.weights, "squared")
    run = solve(silent, [3.0])
    assert not run.gates[0][0, -1].any()


def test_rates_of_gates_are_derivatives_along_the_flow():
    problem = random_relu_problem(2, (3, 5, 4, 2), count=6)
    held = [pattern.astype(float) for pattern in fl.relu.gates(problem.layers, problem.inputs)]
    velocity = gated_flow(problem.layers, problem.samples, held, loss=problem.loss_function)
    first, second, _ = problem.layers

    def expected(i):
        path = np.diag(held[0][i])
        (change,) = directional_derivative(lambda w: (w[1] @ path @ w[0],), (first, second), velocity[:2])
        return change @ problem.inputs[i]

    _, rates = gate_rates(problem.layers, problem.samples, held, problem.loss_function)
    assert max(np.abs(rates[i] - expected(i)).max() for i in range(6)) < 1e-13


def alone(place):
    layer, sample, unit = place
    return Group(layer, unit, (sample,), (1,))


def test_numbers_of_sliding_gates_hold_them():
    problem = sliding_unit()
    mode = settled(
        problem.layers, problem.samples, Mode((np.array([[0.9], [1.0]]),), (alone((0, 0, 0)),)), problem.loss_function
    )
    assert mode.alphas() == pytest.approx([0.5], abs=1e-15)


def flipped(_layers, _samples, mode, place, _loss):
    return mode.with_group(alone(place), 1 - mode.gates[place[0]][place[1:]], sliding=False)


def unsettled(_layers, _samples, mode, _loss):
    return mode


def test_control_gates_that_only_flip_never_get_on(monkeypatch):
    monkeypatch.setattr(piecewise, "after_crossing", flipped)
    refused(fl.SolveError, ["piecewise", "stopped after", "RK23"], lambda: solve(sliding_unit(), [1.0]))


def test_control_a_gate_held_at_another_number_leaves_the_edge(monkeypatch):
    monkeypatch.setattr(sliding, "settled", unsettled)
    monkeypatch.setattr(piecewise, "settled", unsettled)
    run = solve(sliding_unit(), [5.0])
    assert np.abs(run.weights[0][:, 0, 0]).max() > 1e-3
