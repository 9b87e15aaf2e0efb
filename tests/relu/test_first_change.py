"""The first change of gates in a step: those that change back at once, which come first, and what is missed."""

import numpy as np
import pytest

from flowdln.relu import ReLUProblem, first_change, solve
from flowdln.relu.first_change import find_first_change

END = 5.0
DIPS = pytest.mark.parametrize("ends", [(0.02, 0.03), (0.3, 0.45), (0.6, 0.62), (0.9, 0.905)], ids=str)
VISITS = pytest.mark.parametrize(("begin", "length"), [(0.5, 0.005), (0.7, 0.005), (1.1, 0.02), (1.7, 0.01)])


def dipping(first, second):
    """Margin that is below 0 between two times, by no polynomial of low degree."""
    return lambda t: np.array([np.exp(t / 3) * (t - first) * (t - second), 1.0])


@pytest.fixture
def only_quarters(monkeypatch):
    monkeypatch.setattr(first_change, "_dips", lambda _: np.array([]))


@DIPS
def test_a_margin_used_up_and_regained_between_two_looks_is_found(ends):
    assert find_first_change(dipping(*ends), 0.0, 1.0) == pytest.approx(ends[0], abs=1e-14)


@DIPS
@pytest.mark.usefixtures("only_quarters")
def test_control_looks_at_quarters_miss_it(ends):
    assert find_first_change(dipping(*ends), 0.0, 1.0) is None


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        pytest.param(lambda t: np.array([0.8 - t, (t - 0.4) * (t - 0.3)]), 0.3, id="a dip before a crossing"),
        pytest.param(lambda t: np.array([0.2 - t, (t - 0.4) * (t - 0.3)]), 0.2, id="a dip after a crossing"),
        pytest.param(lambda t: np.array([1.0, t - 0.5]), 0.0, id="due at the start"),
        pytest.param(lambda t: np.array([1.0, t**2 + 1e-3]), None, id="near, but never"),
        pytest.param(lambda _: np.array([]), None, id="no gates"),
    ],
)
def test_the_first_of_several(margins, expected):
    assert find_first_change(margins, 0.0, 1.0) == (None if expected is None else pytest.approx(expected, abs=1e-14))


def test_of_two_dips_of_one_margin_in_one_step_one_may_be_missed_as_documented():
    def margins(t):
        return np.array([(t - 0.3) * (t - 0.31) * (t - 0.8) * (t - 0.83)])

    assert find_first_change(margins, 0.0, 1.0) == pytest.approx(0.8, abs=1e-14)
    assert find_first_change(margins, 0.0, 0.7) == pytest.approx(0.3, abs=1e-14)


def observed(sample):
    """One unit that learns from three samples, and does not from a fourth as long as its gate is closed."""
    inputs = np.vstack([np.diag([1.0, 2.0, 3.0]), sample])
    return ReLUProblem(inputs, [[2.0], [2.0], [2.0], [0.0]], ([[0.5, 0.4, 0.3]], [[0.8]]), "squared")


def visited(begin, length):
    """The problem with a sample whose gate opens at one time and closes soon after, and the times before, in, after."""
    times = begin + length * np.array([0, 0.5, 1])
    before, within, after = solve(observed(np.zeros(3)), times, rtol=1e-11).weights[0][:, 0]
    sample = np.cross(before, after)
    return observed(sample * np.sign(within @ sample)), [begin / 2, times[1], END]


@VISITS
def test_a_gate_that_opens_and_closes_within_a_quarter_step_is_found(begin, length):
    problem, times = visited(begin, length)
    run = solve(problem, times)
    assert run.statistics["flips"] == 2
    assert run.gates[0][:, 3, 0].tolist() == [False, True, False]


@VISITS
@pytest.mark.usefixtures("only_quarters")
def test_control_by_quarters_it_is_not(begin, length):
    assert "flips" not in solve(*visited(begin, length)).statistics


def test_one_layer_has_no_gates():
    run = solve(ReLUProblem([[1.0]], [[2.0]], ([[1.0]],), "squared"), [1.0])
    assert run.outputs.item() == pytest.approx(2 - np.exp(-1), rel=1e-7)
