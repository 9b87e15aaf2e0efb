"""Gradient descent against a loop written here, its two loops against each other, and what it refuses."""

from functools import reduce

import numpy as np
import pytest
from instances import largest_gap, random_problem, relative_error
from refusal import refused

import flowdln as fl
from flowdln import descent

RATE = 0.03
PROBLEM = random_problem(6, (4, 5, 3, 2))
WIDTHS = [(3, 2), (4, 3, 2), (2, 6, 5), (4, 5, 3, 2), (2, 3, 1, 3, 4)]


def chain(matrices, size):
    """Product ``M_k ... M_1`` of the matrices ``(M_1, ..., M_k)``; the identity of that size where there are none."""
    return reduce(lambda product, matrix: matrix @ product, matrices, np.eye(size))


def by_hand(problem, rate, steps):
    """Weights after each step, with the gradient of each layer as the textbook writes it."""
    moments, weights = problem.moments, list(problem.weights)
    history = [weights]
    for _ in range(steps):
        error = moments.sigma_yx - chain(weights, problem.widths[0]) @ moments.sigma_xx
        gradients = [
            -chain(weights[i + 1 :], problem.widths[i + 1]).T @ error @ chain(weights[:i], problem.widths[0]).T
            for i in range(len(weights))
        ]
        weights = [weight - rate * gradient for weight, gradient in zip(weights, gradients, strict=True)]
        history.append(weights)
    return [np.stack(layer) for layer in zip(*history, strict=True)]


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_descent_is_the_loop_written_by_hand(widths):
    problem = random_problem(1, widths)
    descent = fl.descend(problem, learning_rate=RATE, steps=60)
    assert relative_error(descent.weights, by_hand(problem, RATE, 60)) < 1e-13


@pytest.mark.parametrize("rate", [-RATE, 2 * RATE, RATE * (1 + 1e-9)], ids=["ascent", "twice", "a billionth"])
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_another_rate_is_seen(widths, rate):
    problem = random_problem(1, widths)
    assert relative_error(fl.descend(problem, learning_rate=RATE, steps=3).weights, by_hand(problem, rate, 3)) > 1e-12


@pytest.mark.parametrize(
    ("steps", "every"),
    [
        pytest.param(100, 1, id="every step"),
        pytest.param(100, 7, id="thinned, with a last stride of its own"),
        pytest.param(2503, 2, id="more than one block"),
        pytest.param(1, 1, id="one step"),
        pytest.param(10, 50, id="first and last only"),
    ],
)
def test_the_compiled_loop_agrees_to_rounding(steps, every):
    options = {"learning_rate": RATE, "steps": steps, "every": every}
    slow, fast = (fl.descend(PROBLEM, **options, compiled=compiled) for compiled in (False, True))
    assert relative_error(fast.weights, slow.weights) < 1e-13
    np.testing.assert_array_equal(fast.ts, slow.ts)
    assert all(type(stack) is np.ndarray and stack.dtype == np.float64 for stack in fast.weights)


def test_the_compiled_loop_takes_many_steps_by_default(monkeypatch):
    def never(*_):
        pytest.fail("the NumPy loop was used")

    monkeypatch.setattr("flowdln.descent.descent_path", never)
    assert len(fl.descend(PROBLEM, learning_rate=RATE, steps=20_000, every=20_000)) == 2


@pytest.mark.parametrize(
    ("steps", "every", "kept"),
    [
        pytest.param(6, 1, [0, 1, 2, 3, 4, 5, 6], id="all"),
        pytest.param(6, 3, [0, 3, 6], id="dividing"),
        pytest.param(7, 3, [0, 3, 6, 7], id="not dividing"),
        pytest.param(2, 5, [0, 2], id="larger than steps"),
        pytest.param(np.int64(4), np.int32(2), [0, 2, 4], id="NumPy integers"),
    ],
)
@pytest.mark.parametrize("compiled", [False, True])
def test_every_thins_and_keeps_the_first_and_the_last(steps, every, kept, compiled):
    thinned = fl.descend(PROBLEM, learning_rate=RATE, steps=steps, every=every, compiled=compiled)
    full = fl.descend(PROBLEM, learning_rate=RATE, steps=steps, compiled=False)
    assert relative_error(thinned.weights, [stack[kept] for stack in full.weights]) < 1e-14
    np.testing.assert_array_equal(thinned.ts, PROBLEM.tau * RATE * np.array(kept))


def test_the_clock_counts_in_tau_and_the_steps_do_not():
    slow = fl.Problem(PROBLEM.moments, PROBLEM.weights, tau=3.0)
    descent, reference = (fl.descend(problem, learning_rate=RATE, steps=5) for problem in (slow, PROBLEM))
    np.testing.assert_allclose(descent.ts, 3.0 * RATE * np.arange(6), rtol=1e-15)
    assert largest_gap(descent.weights, reference.weights) == 0


def test_the_first_weights_are_the_initial_ones_and_stay_untouched():
    before = [weight.copy() for weight in PROBLEM.weights]
    descent = fl.descend(PROBLEM, learning_rate=RATE, steps=5)
    assert largest_gap([stack[0] for stack in descent.weights], before) == 0
    assert largest_gap(PROBLEM.weights, before) == 0


def test_what_the_trajectory_says():
    descent = fl.descend(PROBLEM, learning_rate=RATE, steps=5)
    assert descent.method == "gradient descent"
    assert descent.statistics == {"steps": 5}
    assert "learning rate 0.03, on the clock t = tau * learning_rate * step. Cost: 5 steps." in descent.explain()


@pytest.mark.parametrize("compiled", [False, True])
def test_divergence_names_the_steps_and_what_to_do(compiled):
    words = ["learning rate 50", "diverged between steps 0 and 10", "Lower the learning rate", "Hessian"]

    def call():
        fl.descend(PROBLEM, learning_rate=50.0, steps=25, every=10, compiled=compiled)

    refused(fl.SolveError, words, call)


def test_late_divergence_names_the_stride():
    """On ``w -> 3 w - 2 sigma`` the weight, from 2, passes 1e308 at step 646."""
    problem = fl.Problem(fl.Moments(np.eye(1), np.eye(1), 1.0), (np.array([[2.0]]),))

    def call():
        fl.descend(problem, learning_rate=4.0, steps=1000, every=100)

    refused(fl.SolveError, ["diverged between steps 600 and 700"], call)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"learning_rate": 0.0}, ["learning_rate is 0.0", "a positive number"], id="rate zero"),
        pytest.param({"learning_rate": -0.1}, ["learning_rate is -0.1", "a positive number"], id="rate negative"),
        pytest.param({"learning_rate": np.nan}, ["learning_rate is nan", "a positive number"], id="rate NaN"),
        pytest.param({"learning_rate": np.inf}, ["learning_rate is inf", "a positive number"], id="rate infinite"),
        pytest.param({"learning_rate": "0.1"}, ["learning_rate is '0.1'", "a positive number"], id="rate text"),
        pytest.param({"steps": 0}, ["steps is 0", "a positive integer"], id="steps zero"),
        pytest.param({"steps": -5}, ["steps is -5", "a positive integer"], id="steps negative"),
        pytest.param({"steps": 10.0}, ["steps is 10.0", "a positive integer"], id="steps a float"),
        pytest.param({"steps": True}, ["steps is True", "a positive integer"], id="steps a boolean"),
        pytest.param({"every": 0}, ["every is 0", "a positive integer"], id="every zero"),
        pytest.param({"every": 1.5}, ["every is 1.5", "a positive integer"], id="every a float"),
        pytest.param({"every": None}, ["every is None", "a positive integer"], id="every None"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, words):
    refused(fl.InputError, words, lambda: fl.descend(PROBLEM, **{"learning_rate": RATE, "steps": 5, **options}))


@pytest.mark.parametrize("compiled", [False, True])
def test_progress_is_shown_on_request_only(capsys, compiled):
    fl.descend(PROBLEM, learning_rate=RATE, steps=5, compiled=compiled)
    assert capsys.readouterr().err == ""
    fl.descend(PROBLEM, learning_rate=RATE, steps=5, compiled=compiled, progress=True)
    shown = capsys.readouterr().err
    assert "descent: 100%" in shown
    assert "5/5" in shown


@pytest.mark.parametrize("compiled", [False, True])
def test_a_descent_that_diverges_keeps_the_steps_before(compiled):
    """On ``w -> 3 w - 2 sigma`` the weight is ``1 + 3^k``."""
    problem = fl.Problem(fl.Moments(np.eye(1), np.eye(1), 1.0), (np.array([[2.0]]),), tau=2.0)
    with pytest.raises(fl.SolveError) as caught:
        fl.descend(problem, learning_rate=4.0, steps=1000, every=100, compiled=compiled)
    part = caught.value.trajectory
    np.testing.assert_array_equal(part.ts, 8.0 * np.arange(0, 700, 100))
    np.testing.assert_allclose(part.weights[0][:, 0, 0], 1 + 3.0 ** np.arange(0, 700, 100), rtol=1e-12)
    assert part.statistics == {"steps": 600}


def test_the_loop_is_compiled_once_for_all_rates_and_most_lengths():
    compiled = descent._compiled_strides()
    compiled.clear_cache()
    for rate, steps in ((RATE, 100), (2 * RATE, 100), (RATE, 70)):
        fl.descend(PROBLEM, learning_rate=rate, steps=steps, compiled=True)
    assert compiled._cache_size() == 1
    fl.descend(random_problem(6, (4, 5, 4, 2)), learning_rate=RATE, steps=100, compiled=True)
    assert compiled._cache_size() == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(
            {"steps": 10**12, "every": 10**12}, ["steps is 1000000000000", "at most 1,000,000,000"], id="steps"
        ),
        pytest.param({"steps": 10**9}, ["1,000,000,001 copies of 41 weights, 328 GB", "Raise every"], id="memory"),
        pytest.param({"learning_rate": 1e308, "steps": 10}, ["tau * learning_rate * step is inf"], id="time too long"),
        pytest.param({"learning_rate": True}, ["learning_rate is True"], id="rate a boolean"),
        pytest.param({"every": True}, ["every is True"], id="every a boolean"),
        pytest.param({"steps": np.nan}, ["steps is nan"], id="steps NaN"),
    ],
)
@pytest.mark.parametrize("run", [fl.descend, fl.compare])
def test_descents_without_an_end_or_a_place_are_refused_at_once(run, options, words):
    refused(fl.InputError, words, lambda: run(PROBLEM, **{"learning_rate": RATE, "steps": 5, **options}))


@pytest.mark.parametrize("run", [fl.descend, fl.compare])
@pytest.mark.parametrize("problem", [None, "problem", PROBLEM.moments])
def test_only_a_problem_has_a_descent(run, problem):
    refused(fl.InputError, ["problem is a", "flowdln.Problem"], lambda: run(problem, learning_rate=0.1, steps=5))


def test_a_huge_last_stride_is_no_obstacle():
    assert len(fl.descend(PROBLEM, learning_rate=RATE, steps=3, every=10**15)) == 2
