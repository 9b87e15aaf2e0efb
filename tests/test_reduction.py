"""Reductions are exact: what is solved small and lifted is what is solved large."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import largest_gap, random_moments, random_problem, random_rotation, random_weights
from refusal import refused

import flowdln as fl
from flowdln.reduction import column_space, frames, reduce
from flowdln.trajectory import Trajectory

ROUNDING = 1e-13
SOLVED = 1e-9  # two integrations at rtol = 1e-12
WRONG = 1e-5
TIMES = [0.0, 0.3, 1.0, 4.0]


def moments_with(powers, n_out, rank, seed=0):
    """Moments with eigenvalues ``powers`` of ``sigma_xx``, in random axes, and a noisy teacher of this rank."""
    rng = np.random.default_rng(seed)
    axes = random_rotation(rng, len(powers))
    sigma_xx = axes * powers @ axes.T
    teacher = rng.standard_normal((n_out, rank)) @ rng.standard_normal((rank, len(powers))) / 2
    sigma_yx = teacher @ (axes * np.not_equal(powers, 0) @ axes.T)  # in units in which the spread of x is its variance
    trace_yy = np.trace(sigma_yx @ np.linalg.pinv(sigma_xx, rcond=1e-10) @ sigma_yx.T) + 0.1
    return fl.Moments((sigma_xx + sigma_xx.T) / 2, sigma_yx, trace_yy)


def problem_with(powers, n_out, rank, hidden, scales=None, tau=1.0):
    """A problem with those moments and random weights, each layer times its scale."""
    weights = random_weights(np.random.default_rng(1), (len(powers), *hidden, n_out))
    scales = np.ones(len(weights)) if scales is None else scales
    return fl.Problem(
        moments_with(powers, n_out, rank), tuple(s * w for s, w in zip(scales, weights, strict=True)), tau
    )


WHITE = np.full(8, 0.7)
UNSEEN = problem_with([2.0, 1.5, 1.0, 0.0, 0.0], 1, 1, (4,))
INPUTS = problem_with(WHITE, 2, 2, (3,))
OUTPUTS = problem_with([2.0, 1.0], 9, 2, (3,))
HIDDEN = problem_with([3.0, 2.0, 1.0], 2, 2, (12,))
ONE_HOT = fl.Moments.from_data(np.eye(3, 6), [[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
AXES = fl.Moments(np.eye(2), np.diag([2.0, 1.0]), 5.0)

CASES = [
    pytest.param(UNSEEN, (3, 4, 1), id="inputs outside the data"),
    pytest.param(INPUTS, (5, 3, 2), id="inputs outside the task"),
    pytest.param(OUTPUTS, (2, 3, 5), id="outputs outside the task"),
    pytest.param(HIDDEN, (3, 5, 2), id="hidden directions"),
    pytest.param(problem_with([*WHITE, 0.0], 9, 2, (3, 20, 3), tau=0.5), (5, 3, 6, 3, 5), id="all at once"),
    pytest.param(problem_with([*WHITE, 0.0], 7, 2, ()), (8, 7), id="depth 1"),
    pytest.param(problem_with([1.0, 0.0, 0.0], 7, 1, ()), (1, 2), id="depth 1, few data"),
    pytest.param(problem_with(WHITE, 2, 1, (2, 9, 3)), (3, 2, 5, 3, 2), id="depth 4"),
    pytest.param(problem_with([2, 2, 2, 2, 1, 1, 1], 1, 1, (1,)), (4, 1, 1), id="coinciding eigenvalues"),
    pytest.param(problem_with([3.0, 2.0, 1.0], 2, 2, (12,), (1e-12, 1)), (3, 5, 2), id="tiny first layer"),
    pytest.param(problem_with(WHITE, 9, 2, (12,), (1, 1e-12)), (8, 12, 9), id="tiny last layer, nothing to cut"),
    pytest.param(problem_with(WHITE, 2, 2, (30,), (1, 1e-12)), (8, 10, 2), id="tiny last layer"),
    pytest.param(problem_with(WHITE, 2, 2, (3, 30, 4), (1e-12, 1, 1e-12, 1)), (5, 3, 7, 4, 2), id="tiny layers"),
    pytest.param(problem_with(WHITE, 2, 2, (7,), (0, 1)), (2, 2, 2), id="first layer zero"),
    pytest.param(problem_with(WHITE, 2, 2, (12,), (1, 0)), (8, 8, 2), id="last layer zero"),
    pytest.param(problem_with(WHITE, 3, 2, (7, 5), (0, 0, 0)), (2, 1, 1, 2), id="all layers zero"),
    pytest.param(problem_with(WHITE, 4, 0, (2,)), (2, 2, 2), id="no task"),
    pytest.param(problem_with(np.zeros(3), 4, 0, (2,)), (1, 2, 2), id="no data"),
    pytest.param(fl.Problem(ONE_HOT, random_problem(0, (6, 9, 4)).weights), (3, 7, 4), id="three one-hot items of six"),
    pytest.param(fl.Problem(AXES, fl.initial.balanced((2, 9, 2), scale=0.3)), (2, 2, 2), id="balanced"),
    pytest.param(random_problem(0, (3, 4, 2)), (3, 4, 2), id="nothing to reduce"),
]


def gap(problem, ts=TIMES):
    """Largest error of the lifted weights against the problem solved as it is, relative to the size of each layer."""
    reduction = reduce(problem)
    small, large = (fl.solve(p, ts, method="DOP853", rtol=1e-12) for p in (reduction.problem, problem))
    return max(layerwise_errors(reduction.lift(small).weights, large.weights))


def layerwise_errors(results, references):
    """Error of each layer relative to its largest entry; absolute if the layer is zero."""
    return [np.abs(a - b).max() / (np.abs(b).max() or 1) for a, b in zip(results, references, strict=True)]


def velocity_gap(problem):
    """Largest difference of the lifted velocity from the velocity, at ``t = 0``."""
    reduction = reduce(problem)
    velocity = fl.gradient_flow(0.0, reduction.problem.weights, reduction.problem.moments)
    still = tuple(np.zeros_like(weight) for weight in velocity)
    lifted = [a - b for a, b in zip(*map(reduction.lift_weights, (velocity, still)), strict=True)]
    return largest_gap(lifted, fl.gradient_flow(0.0, problem.weights, problem.moments))


@pytest.mark.parametrize(("problem", "widths"), CASES)
def test_widths_are_the_ranks(problem, widths):
    assert reduce(problem).widths == (problem.widths, widths)


@pytest.mark.parametrize("problem", [pytest.param(case.values[0], id=case.id) for case in CASES])
class TestEveryCase:
    def test_lifts_to_the_trajectory_of_the_problem(self, problem):
        assert gap(problem) < SOLVED

    def test_velocity_lifts(self, problem):
        assert velocity_gap(problem) < ROUNDING

    def test_weights_lift(self, problem):
        reduction = reduce(problem)
        lifted = reduction.lift_weights(reduction.problem.weights)
        assert max(layerwise_errors(lifted, problem.weights)) < ROUNDING

    def test_observables_lift(self, problem):
        reduction = reduce(problem)
        small = fl.solve(reduction.problem, TIMES, method="DOP853")
        large = reduction.lift(small)
        assert largest_gap([small.loss, reduction.lift_product(small.weights)], [large.loss, large.product]) < ROUNDING
        for conserved, start in zip(large.imbalance, fl.imbalance(problem.weights), strict=True):
            assert np.abs(conserved - start).max() < 1e-6

    def test_is_reduced_in_one_pass(self, problem):
        reduced = reduce(problem).problem
        assert reduce(reduced).problem is reduced


@st.composite
def degenerate_problems(draw):
    """Problems with coinciding and vanishing eigenvalues of ``sigma_xx``, any rank of the task, layers of any scale."""
    powers = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=8))
    n_out = draw(st.integers(1, 8))
    hidden = draw(st.lists(st.integers(1, 8), max_size=3))
    scales = draw(st.lists(st.sampled_from([0, 1e-12, 0.1, 1]), min_size=len(hidden) + 1, max_size=len(hidden) + 1))
    return problem_with(np.array(powers), n_out, draw(st.integers(0, n_out)), hidden, scales)


@given(problem=degenerate_problems())
def test_degenerate_velocities_lift(problem):
    assert velocity_gap(problem) < ROUNDING


@settings(max_examples=25)
@given(problem=degenerate_problems())
def test_degenerate_trajectories_lift(problem):
    assert gap(problem, [1.0, 3.0]) < SOLVED


@pytest.mark.parametrize("problem", [INPUTS, OUTPUTS, HIDDEN], ids=["inputs", "outputs", "hidden"])
def test_control_one_direction_too_few_is_noticed(problem, monkeypatch):
    right = column_space.numerical_rank
    monkeypatch.setattr(column_space, "numerical_rank", lambda values: right(values) - 1)
    assert gap(problem) > WRONG
    assert velocity_gap(problem) > WRONG


def test_control_inputs_taken_for_unseen_are_noticed(monkeypatch):
    right = frames.eigenspaces
    monkeypatch.setattr(frames, "eigenspaces", lambda sigma_xx: (0 * right(sigma_xx)[0], right(sigma_xx)[1]))
    assert gap(UNSEEN) > WRONG


def test_nothing_to_reduce_gives_the_problem_and_its_trajectory_back():
    problem = random_problem(0, (3, 4, 2))
    reduction = reduce(problem)
    trajectory = fl.solve(problem, TIMES, method="RK45")
    assert reduction.problem is problem
    assert reduction.story == ""
    assert reduction.lift(trajectory) is trajectory
    np.testing.assert_array_equal(reduction.lift_product(trajectory.weights), trajectory.product)


def test_lifted_trajectory_says_how_it_came_about():
    reduction = reduce(HIDDEN)
    small = fl.solve(reduction.problem, TIMES, method="RK45")
    large = reduction.lift(small)
    assert large.problem is HIDDEN
    assert (large.method, large.statistics) == (small.method, small.statistics)
    assert large.story == small.story + " By symmetry the network 3-12-2 moves as one of 3-5-2, exactly."


def test_trajectory_of_another_network_is_refused():
    moments = random_moments(np.random.default_rng(0), 3, 2)
    other = fl.Problem(moments, random_weights(np.random.default_rng(0), (3, 6, 2)))
    trajectory = Trajectory(other, np.zeros(1), tuple(weight[None] for weight in other.weights), "none")
    words = ["trajectory has widths (3, 6, 2); expected (3, 5, 2).", "reduction.problem"]
    refused(fl.ShapeError, words, lambda: reduce(HIDDEN).lift(trajectory))


def test_width_costs_memory_in_proportion():
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 10, 10)
    problem = fl.Problem(moments, fl.initial.small_random((10, 200_000, 10), scale=1e-3))
    tracemalloc.start()
    reduction = reduce(problem)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reduction.widths[1] == (10, 20, 10)
    assert peak < 6 * sum(weight.nbytes for weight in problem.weights)


class TestUnits:
    """The reduced widths do not depend on the units of inputs and outputs."""

    MOMENTS = fl.Moments.from_data(*np.split(np.random.default_rng(0).standard_normal((50, 7)), [4], axis=1))

    def widths(self, input_units, output_units):
        sigma_xx, sigma_yx, _ = self.MOMENTS
        units = np.array(input_units)
        moments = fl.Moments(sigma_xx * np.outer(units, units), np.array(output_units)[:, None] * sigma_yx * units, 1e3)
        weights = fl.initial.small_random((4, 30, 3), scale=0.1)
        return reduce(fl.Problem(moments, weights)).widths[1]

    @pytest.mark.parametrize("unit", [1.0, 1e-7, 1e-12, 1e-30])
    def test_small_units_keep_every_direction(self, unit):
        assert self.widths([1, unit, 1, 1], [1, 1, unit]) == self.widths([1] * 4, [1] * 3) == (4, 7, 3)
