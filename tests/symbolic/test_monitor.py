"""Inequalities along the flow: the true ones hold, false ones are found where they fail."""

import numpy as np
import pytest

from flowdln import Moments, Problem, initial
from flowdln.symbolic import Course, monitor_flow

TS = np.linspace(0, 6, 40)


def problems(count=3):
    moments = Moments.from_modes([2.0, 1.0], 3, 2)
    return [Problem(moments, initial.glorot((3, 2, 2), seed=seed)) for seed in range(count)]


def decreasing_loss(trajectory):
    return Course(np.diff(trajectory.loss), np.zeros(len(TS) - 1), trajectory.loss[0])


def conserved(trajectory, factor=1.0):
    difference = np.diff(trajectory.layer_norms**2, axis=1)[:, 0] * np.linspace(1, factor, len(TS))
    return Course(abs(difference - difference[0]), np.zeros(len(TS)), trajectory.layer_norms[:, 0] ** 2)


@pytest.mark.parametrize(
    ("inequality", "method"),
    [
        pytest.param(decreasing_loss, "auto", id="the loss decreases"),
        pytest.param(conserved, "auto", id="the difference of squared norms is conserved"),
        pytest.param(conserved, "DOP853", id="by another solver"),
    ],
)
def test_a_true_inequality_holds(inequality, method):
    evidence = monitor_flow(inequality, problems(), TS, method=method)
    assert evidence.holds
    assert not evidence.symbolic
    assert "3 trajectories" in evidence.text


@pytest.mark.parametrize(
    "inequality",
    [
        pytest.param(lambda trajectory: Course(*decreasing_loss(trajectory)[1::-1]), id="swapped sides"),
        pytest.param(lambda trajectory: conserved(trajectory, factor=1.001), id="a slow drift"),
        pytest.param(lambda trajectory: Course(trajectory.modes[:, 0], np.full(len(TS), 1.9)), id="only at the end"),
    ],
)
def test_control_a_false_inequality_is_refuted_with_its_time_and_problem(inequality):
    evidence = monitor_flow(inequality, problems(), TS)
    assert evidence.holds is False
    assert {"W_1", "W_2", "sigma_xx", "sigma_yx", "t", "left", "right"} == set(evidence.instance)


def test_the_worst_time_is_named():
    evidence = monitor_flow(lambda _: Course(TS, np.full(len(TS), 3.0)), problems(1), TS)
    assert evidence.instance["t"] == f"{TS[-1]:g}"


def test_control_sides_that_are_zero_throughout_decide_nothing():
    assert monitor_flow(lambda _: Course(0 * TS, 0 * TS), problems(), TS).holds is None
