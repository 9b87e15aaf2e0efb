"""What a ReLU problem refuses, and what it makes of what it takes."""

import numpy as np
import pytest
from refusal import refused
from relu_networks import random_relu_problem

import flowdln as fl
from flowdln.relu import Loss, ReLUProblem

GOOD = {
    "inputs": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]],
    "targets": [[1.0, 0.0], [0.0, 1.0], [0.5, 0.5]],
    "weights": (np.ones((4, 2)), np.ones((2, 4))),
    "loss": "cross_entropy",
    "biases": (np.zeros(4), np.zeros(2)),
}

REFUSED = [
    pytest.param({"inputs": [[np.nan, 0.0]] * 3}, fl.InputError, ["inputs", "NaN"], id="NaN"),
    pytest.param({"targets": np.ones((2, 2)) / 2}, fl.ShapeError, ["targets", "(2, 2)", "3 rows"], id="rows"),
    pytest.param({"weights": (np.ones((4, 3)), np.ones((2, 4)))}, fl.ShapeError, ["weights[0]", "(4, 3)"], id="widths"),
    pytest.param({"loss": "hinge"}, fl.InputError, ["loss", "'hinge'", "'squared'", "flowdln.relu.Loss"], id="loss"),
    pytest.param({"targets": np.ones((3, 2))}, fl.InputError, ["targets", "sums 2", "one-hot"], id="sums"),
    pytest.param({"targets": [[2.0, -1.0]] * 3}, fl.InputError, ["targets", "-1", "probabilities"], id="negative"),
    pytest.param({"biases": (np.zeros(4),)}, fl.ShapeError, ["biases", "1 arrays", "2"], id="number of biases"),
    pytest.param({"biases": (np.zeros(3), np.zeros(2))}, fl.ShapeError, ["biases[0]", "(3,)", "(4,)"], id="bias"),
    pytest.param({"tau": 0}, fl.InputError, ["tau", "0", "positive"], id="tau"),
]


@pytest.mark.parametrize(("change", "error", "words"), REFUSED)
def test_what_does_not_fit_is_refused(change, error, words):
    refused(error, words, lambda: ReLUProblem(**GOOD | change))


def test_control_what_fits_is_taken_and_cannot_be_changed():
    problem = ReLUProblem(**GOOD)
    assert problem.widths == (2, 4, 2)
    assert [layer.shape for layer in problem.layers] == [(4, 3), (2, 5)]
    with pytest.raises(ValueError, match="read-only"):
        problem.inputs[0, 0] = 2.0


def test_targets_of_the_squared_loss_may_be_anything():
    assert ReLUProblem(**GOOD | {"loss": "squared", "targets": -3 * np.ones((3, 2))}).depth == 2


def test_a_loss_of_ones_own_is_used():
    absolute = Loss("absolute", lambda z, y: np.abs(z - y).sum(-1), lambda z, y: np.sign(y - z))
    problem = random_relu_problem(0, (3, 4, 2))
    other = ReLUProblem(problem.inputs, problem.targets, problem.weights, absolute)
    run = fl.relu.descend(other, learning_rate=0.001, steps=300)
    expected = np.abs(run.outputs[0] - problem.targets).sum(1).mean()
    assert run.loss[0] == pytest.approx(expected, rel=1e-14)
    assert run.loss[-1] < 0.9 * run.loss[0]
