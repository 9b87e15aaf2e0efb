"""Gates and their agreement, counted pair by pair."""

from itertools import combinations

import numpy as np
import pytest
from refusal import refused
from relu_networks import random_relu_problem

import flowdln as fl
from flowdln.relu import gate_agreement


def counted(pattern, labels, *, whole):
    kinds = {True: [], False: []}
    for i, j in combinations(range(len(labels)), 2):
        equal = pattern[i] == pattern[j]
        kinds[bool(labels[i] == labels[j])].append(float(equal.all()) if whole else equal.mean())
    return [np.mean(kinds[True]), np.mean(kinds[False])]


@pytest.mark.parametrize("whole", [False, True], ids=["units", "whole patterns"])
def test_agreement_is_that_of_counted_pairs(whole):
    rng = np.random.default_rng(0)
    pattern, labels = rng.random((3, 9, 2)) < 0.4, rng.integers(0, 3, 9)
    found = gate_agreement(pattern, labels, whole=whole)
    assert np.abs(found - [counted(rows, labels, whole=whole) for rows in pattern]).max() < 1e-14


def test_control_the_two_ways_of_counting_differ():
    rng = np.random.default_rng(0)
    pattern, labels = rng.random((9, 2)) < 0.4, rng.integers(0, 3, 9)
    assert np.abs(gate_agreement(pattern, labels) - gate_agreement(pattern, labels, whole=True)).min() > 0.1


def test_gates_are_where_activities_are_positive():
    problem = random_relu_problem(0, (3, 5, 4, 2), biased=True)
    run = fl.relu.solve(problem, [0.0, 1.0])
    (first, second) = (weights[1] for weights in run.weights[:2])
    hidden = problem.inputs @ first.T + run.biases[0][1]
    deeper = np.maximum(hidden, 0) @ second.T + run.biases[1][1]
    assert (run.gates[0][1] == (hidden > 0)).all()
    assert (run.gates[1][1] == (deeper > 0)).all()


def test_a_trajectory_is_observed_at_once():
    problem = random_relu_problem(0, (3, 5, 4, 2), loss="cross_entropy")
    run = fl.relu.solve(problem, [0.0, 1.0, 2.0])
    found = run.gate_agreement()
    assert found.shape == (3, 2, 2)
    labels = problem.targets.argmax(1)
    assert np.abs(found[2, 1] - counted(run.gates[1][2], labels, whole=False)).max() < 1e-14


def test_without_pairs_there_is_no_agreement():
    assert np.isnan(gate_agreement([[True], [False]], [0, 1])[0])


def test_labels_of_another_number_are_refused():
    words = ["labels", "(2,)", "(3, 1)", "argmax"]
    refused(fl.ShapeError, words, lambda: gate_agreement(np.ones((3, 1)), [0, 1]))
