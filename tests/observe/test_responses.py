"""What units answer: against products written out, over time and at once."""

import numpy as np
import pytest
from instances import random_problem, random_rotation, relative_error
from refusal import refused

import flowdln as fl

ROUNDING = 1e-13
WRONG = 1e-3


def items_for(problem, count=4):
    return np.random.default_rng(3).standard_normal((count, problem.widths[0]))


@pytest.fixture
def run():
    return fl.solve(random_problem(1, (3, 5, 4, 2)), [0.0, 0.5, 2.0], method="DOP853")


def test_every_layer_answers_with_the_product_below_it(run):
    items = items_for(run.problem)
    found = fl.observe.representations(run, items)
    for t in range(len(run)):
        first, second, third = run.weights_at(t)
        expected = [items @ first.T, items @ (second @ first).T, items @ (third @ second @ first).T]
        assert relative_error([layer[t] for layer in found], expected) < ROUNDING


def test_a_stack_of_weights_and_one_time_of_it_agree(run):
    items = items_for(run.problem)
    stacked = fl.observe.representations(run.weights, items)
    alone = fl.observe.representations(run.weights_at(1), items)
    assert relative_error([layer[1] for layer in stacked], alone) < ROUNDING


def test_predictions_are_the_last_representation(run):
    items = items_for(run.problem)
    found = fl.observe.predictions(run, items)
    assert found.shape == (3, 4, 2)
    assert relative_error([found], [fl.observe.representations(run, items)[-1]]) < ROUNDING


def test_predictions_need_only_the_product(run):
    kept = fl.solve(run.problem, run.ts, method="DOP853", save="product")
    items = items_for(run.problem)
    assert relative_error([fl.observe.predictions(kept, items)], [fl.observe.predictions(run, items)]) < ROUNDING


def test_predictions_of_a_learned_task_are_its_targets():
    data = fl.datasets.semantic()
    problem = fl.Problem(data.moments(), fl.initial.balanced((8, 8, data.targets.shape[1]), scale=0.1))
    learned = fl.solve(problem, [500.0])
    assert np.abs(fl.observe.predictions(learned, data.inputs)[0] - data.targets).max() < 1e-6


def test_control_predictions_before_learning_are_not():
    data = fl.datasets.semantic()
    problem = fl.Problem(data.moments(), fl.initial.balanced((8, 8, data.targets.shape[1]), scale=0.1))
    assert np.abs(fl.observe.predictions(problem.weights, data.inputs) - data.targets).max() > 0.5


def test_rotating_hidden_units_rotates_what_they_say_and_nothing_else(run):
    items, (first, *others) = items_for(run.problem), run.weights_at(2)
    rotation = random_rotation(np.random.default_rng(0), 5)
    turned = (rotation @ first, others[0] @ rotation.T, others[1])
    plain, seen = (fl.observe.representations(weights, items) for weights in (run.weights_at(2), turned))
    assert relative_error(seen, [plain[0] @ rotation.T, *plain[1:]]) < ROUNDING
    assert relative_error(seen[:1], plain[:1]) > WRONG


def test_a_trajectory_without_weights_is_refused(run):
    kept = fl.solve(run.problem, run.ts, method="DOP853", save="product")
    words = ["the network", "no weights", "save='weights'"]
    refused(fl.InputError, words, lambda: fl.observe.representations(kept, items_for(run.problem)))


@pytest.mark.parametrize("function", [fl.observe.representations, fl.observe.predictions], ids=lambda f: f.__name__)
def test_items_of_another_size_are_refused(run, function):
    refused(fl.ShapeError, ["inputs", "(4, 2)", "3 columns", "rows"], lambda: function(run, np.ones((4, 2))))
