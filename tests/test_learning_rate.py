"""The search for the best learning rate, on losses whose best is known."""

from itertools import count, repeat

import numpy as np
import pytest
from refusal import refused

from flowdln.errors import InputError
from flowdln.learning_rate import FINER, fewest_epochs


def quadratic(*curvatures):
    """Losses of descent on a sum of parabolas from distance 1, at a learning rate."""
    curved = np.array(curvatures)

    def losses(rate):
        return (float(np.sum(curved * (1 - rate * curved) ** (2 * epoch)) / 2) for epoch in count())

    return losses


def test_the_best_rate_is_within_a_ratio_of_the_best_for_two_curvatures():
    found = fewest_epochs(quadratic(1.0, 10.0), goal=1e-6, largest=1.0, most=1000)
    assert 1 / FINER < found.learning_rate / (2 / 11) < FINER  # 2 / (least + largest curvature)


def test_no_rate_of_a_grid_needs_fewer_epochs():
    losses = quadratic(1.0, 3.0, 7.0)
    found = fewest_epochs(losses, goal=1e-5, largest=1.0, most=1000)
    needed = [
        next(k for k, loss in enumerate(losses(rate)) if loss <= 1e-5) for rate in 1.0 / FINER ** np.arange(6, 20)
    ]
    assert found.epochs <= min(needed)


def test_the_epochs_are_those_of_a_run_at_the_rate():
    losses = quadratic(1.0, 10.0)
    found = fewest_epochs(losses, goal=1e-6, largest=1.0, most=1000)
    run = losses(found.learning_rate)
    assert found.epochs == next(k for k, loss in enumerate(run) if loss <= 1e-6)


@pytest.mark.parametrize(
    ("losses", "most"),
    [
        pytest.param(quadratic(1.0, 10.0), 5, id="too few epochs"),
        pytest.param(lambda _: repeat(1.0), 50, id="a plateau"),
    ],
)
def test_what_does_not_learn_takes_for_ever(losses, most):
    found = fewest_epochs(losses, goal=1e-6, largest=1.0, most=most)
    assert np.isinf(found.epochs)
    assert np.isnan(found.learning_rate)


def test_learned_from_the_start_takes_no_epoch():
    assert fewest_epochs(lambda _: repeat(0.0), goal=1e-6, largest=1.0, most=50).epochs == 0


@pytest.mark.parametrize("name", ["goal", "largest", "most"])
@pytest.mark.parametrize("value", [0, -1.0, np.nan, "1", None])
def test_arguments_that_are_not_positive_are_refused(name, value):
    arguments = {"goal": 1e-3, "largest": 4.0, "most": 10} | {name: value}
    refused(InputError, [f"{name} is", "expected a positive"], lambda: fewest_epochs(quadratic(1.0), **arguments))
