"""Piecewise integration of random small networks, held to descent with falling steps and to the order of samples."""

import numpy as np
import pytest

import flowdln as fl
from flowdln.relu import ReLUProblem, descend, piecewise, solve
from flowdln.relu.gate_modes import Group

UNTIL = 3.0


def random_network(seed):
    """A network of two or three layers on few samples, some repeated, some on a line through 0."""
    rng = np.random.default_rng(seed)
    depth, count = int(rng.integers(2, 4)), int(rng.integers(2, 6))
    widths = [int(rng.integers(1, 4)), *(int(rng.integers(2, 5)) for _ in range(depth - 1)), int(rng.integers(1, 3))]
    inputs, targets = rng.standard_normal((count, widths[0])), rng.standard_normal((count, widths[-1]))
    kind = rng.integers(4)
    if kind == 0:
        inputs[-1] = inputs[0]
    elif kind == 1:
        inputs[1:] = inputs[0] * rng.standard_normal((count - 1, 1))
    loss = "squared"
    if rng.random() < 0.3 and widths[-1] > 1:
        loss, targets = "cross_entropy", np.eye(widths[-1])[rng.integers(widths[-1], size=count)]
    weights = tuple(0.8 * rng.standard_normal((widths[i + 1], widths[i])) for i in range(depth))
    biases = tuple(0.3 * rng.standard_normal(n) for n in widths[1:]) if kind == 2 else None
    return inputs, targets, weights, loss, biases


def problem(seed, order=None):
    inputs, targets, weights, loss, biases = random_network(seed)
    rows = slice(None) if order is None else order
    return ReLUProblem(inputs[rows], targets[rows], weights, loss, biases=biases)


def gap(first, second):
    return max(np.abs(a[-1] - b[-1]).max() for a, b in zip(first.layers, second.layers, strict=True))


def distances(run, given, until):
    """Gaps from descent with falling learning rates, until one is as small as its rate allows."""
    for rate in (1e-3, 2.5e-4, 5e-5):
        yield rate, gap(run, descend(given, learning_rate=rate, steps=round(until / rate), every=10**6))


def assert_agrees(seed):
    given = problem(seed)
    run = solve(given, [UNTIL])
    found = []
    for rate, distance in distances(run, given, UNTIL):
        found.append((rate, distance))
        if distance < 10 * rate:
            break
    else:
        pytest.fail(f"gaps do not fall with the learning rate: {found}")
    order = np.random.default_rng(seed).permutation(len(given.samples.inputs))
    assert gap(run, solve(problem(seed, order), [UNTIL])) < 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_random_networks(seed):
    assert_agrees(seed)


def test_parallel_activities_with_different_sliding_gates_below_change_apart():
    assert_agrees(96)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6, 200))
def test_many_random_networks(seed):
    assert_agrees(seed)


@pytest.mark.parametrize("order", [[0, 1, 2], [1, 0, 2], [2, 1, 0]], ids=str)
def test_repeated_input_with_two_targets_passes_zero(order):
    inputs, targets = np.array([[1.0, 0.0], [1.0, 0.0], [-1.0, 0.5]])[order], np.array([[-3.0], [1.0], [1.0]])[order]
    run = solve(ReLUProblem(inputs, targets, ([[0.3, 0.2]], [[1.0]]), "squared"), [6.0])
    assert run.loss[0] == pytest.approx(1.66674, abs=1e-5)
    np.testing.assert_allclose(run.weights[0][0], [[-0.566415, 0.498784]], atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 20, 300])
def test_dying_unit_stays_dead(count):
    inputs = np.linspace(0.1, 1.0, count)[:, None] if count > 1 else np.ones((1, 1))
    run = solve(ReLUProblem(inputs, np.full((count, 1), -2.0), ([[0.3]], [[1.0]]), "squared"), [0.0, 5.0])
    assert run.loss[-1] == pytest.approx(2.0, abs=1e-9)
    assert abs(run.weights[0][-1, 0, 0]) < 1e-9


@pytest.mark.parametrize("depth", [2, 3])
def test_network_of_zeros_rests(depth):
    """Gates count as closed at 0, on either side of which the unit would move away; descent rests there too."""
    weights = ([[0.0]], *(([[1.0]],) * (depth - 1)))
    given = ReLUProblem([[1.0], [-2.0]], [[1.0], [1.0]], weights, "squared")
    run = solve(given, [0.0, 5.0])
    np.testing.assert_array_equal(run.loss, [0.5, 0.5])
    assert gap(run, descend(given, learning_rate=0.1, steps=50)) == 0


def test_steps_beyond_float64_end_in_one_error():
    given = ReLUProblem([[1e99], [1e100]], [[-2e100], [-2e100]], ([[0.3]], [[1.0]]), "squared")
    with pytest.raises(fl.SolveError, match="piecewise") as caught:
        solve(given, [0.0, 1.0])
    assert caught.value.trajectory.ts == pytest.approx([0.0])


def test_velocities_beyond_float64_are_refused():
    given = ReLUProblem([[1e200]], [[2e200]], ([[1.0]], [[1.0]]), "squared")
    with pytest.raises(fl.SolveError, match="velocity at t = 0 overflows"):
        solve(given, [0.0, 1.0])


@pytest.mark.parametrize("rate", [1e-3, 5e-4, 2e-4])
def test_slide_that_begins_to_repel_is_left_to_the_steeper_side(rate):
    """Descent leaves to this side at most rates, and to the other at 2.5e-4 and 1e-4: the solution is not unique."""
    rng = np.random.default_rng(110)
    depth = int(rng.integers(2, 4))
    widths = [int(rng.integers(1, 4)) for _ in range(depth + 1)]
    count = int(rng.integers(2, 6))
    widths = [widths[0], *(n + 1 for n in widths[1:-1]), widths[-1]]
    inputs, targets = rng.standard_normal((count, widths[0])), rng.standard_normal((count, widths[-1]))
    weights = tuple(0.8 * rng.standard_normal((widths[i + 1], widths[i])) for i in range(depth))
    rng.random()
    biases = tuple(
        0.3 * rng.standard_normal(widths[i + 1]) if rng.random() < 0.6 else np.zeros(widths[i + 1])
        for i in range(depth)
    )
    given = ReLUProblem(inputs, targets, weights, "squared", biases=biases)
    run = solve(given, [4.0])
    assert gap(run, descend(given, learning_rate=rate, steps=round(4 / rate), every=10**6)) < 0.5 * rate


def test_control_a_wrong_gate_is_seen(monkeypatch):
    right = piecewise.after_crossing

    def flipped(layers, samples, mode, place, loss):
        return right(layers, samples, mode, place, loss).with_group(
            Group(*place[::2], (place[1],), (1,)), 1.0, sliding=False
        )

    monkeypatch.setattr(piecewise, "after_crossing", flipped)
    with pytest.raises((pytest.fail.Exception, AssertionError, fl.SolveError)):
        assert_agrees(143)
