"""When curves reach their levels: against the closed form of a mode, and at the ends."""

import numpy as np
import pytest
from refusal import refused

from flowdln.errors import InputError, ShapeError
from flowdln.exact import balanced_mode, half_time
from flowdln.observe import crossing_times

TS = np.linspace(0, 12, 6001)
STRENGTHS = np.array([3.0, 2.0, 1.0])


def logistic_modes(u_0):
    return np.stack([balanced_mode(TS, u_0, s, depth=2) for s in STRENGTHS], axis=1)


def test_half_times_of_modes_are_those_of_the_closed_form():
    times = crossing_times(TS, logistic_modes(1e-4), STRENGTHS / 2)
    assert times == pytest.approx(half_time(1e-4, STRENGTHS, depth=2), rel=1e-6)


def test_stacks_of_curves_have_times_of_their_own():
    stack = np.stack([logistic_modes(u_0) for u_0 in (1e-4, 1e-3)])
    times = crossing_times(TS, stack, STRENGTHS / 2)
    assert (times == [crossing_times(TS, modes, STRENGTHS / 2) for modes in stack]).all()
    assert (times[1] < times[0]).all()


@pytest.mark.parametrize(
    ("curve", "level", "time"),
    [
        pytest.param([0.0, 4.0, 5.0], 1.0, 0.25, id="between two times"),
        pytest.param([0.0, 1.0, 2.0], 1.0, 1.0, id="at one of the times"),
        pytest.param([3.0, 1.0, 4.0], 2.0, 0.0, id="above from the start"),
        pytest.param([0.0, 2.0, 0.0], 1.0, 0.5, id="the first of two"),
        pytest.param([0.0, 0.1, 0.2], 1.0, np.nan, id="never"),
    ],
)
def test_the_first_time_at_or_above_the_level(curve, level, time):
    found = crossing_times(np.arange(3.0), np.array(curve)[:, None], level)
    assert found == pytest.approx([time], nan_ok=True)


def test_lists_are_curves_too():
    assert crossing_times([0, 1, 2], [[0], [1], [3]], [2]).tolist() == [1.5]


@pytest.mark.parametrize(
    ("error", "ts", "curves", "levels", "words"),
    [
        pytest.param(ShapeError, [0, 1], [0.0, 1.0], 0.5, ["curves has shape (2,)", "reshape(-1, 1)"], id="one axis"),
        pytest.param(ShapeError, [0, 1, 2], np.ones((2, 3)), 1, ["(2, 3)", "(..., 3, r)"], id="rows of curves"),
        pytest.param(ShapeError, [0, 1], np.ones((2, 3)), [1, 2], ["levels", "(2,); expected (3,)"], id="levels"),
        pytest.param(ShapeError, [[0, 1]], np.ones((2, 3)), 1, ["ts has shape (1, 2)"], id="times of two axes"),
        pytest.param(InputError, [0, 1], [[0.0], [np.nan]], 1, ["curves has 1 entries that are NaN"], id="no number"),
        pytest.param(InputError, [0, 1], [[0.0], [1.0]], np.inf, ["levels has 1 entries"], id="infinite level"),
        pytest.param(InputError, [1, 0], [[0.0], [1.0]], 1, ["ts has 0 after 1", "increasing"], id="times backwards"),
    ],
)
def test_what_does_not_fit_is_refused(error, ts, curves, levels, words):
    refused(error, words, lambda: crossing_times(ts, curves, levels))
