"""Pictures: axes with labels, a line for each thing, a legend that names it."""

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from instances import random_problem
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from refusal import refused

import flowdln as fl
from flowdln import plot
from flowdln.errors import InputError
from flowdln.modes import mode_targets

TS = np.linspace(0, 4, 9)
TAU = 2.0


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def trajectory():
    problem = random_problem(0, (5, 6, 4, 3))
    return fl.solve(fl.Problem(problem.moments, problem.weights, tau=TAU), TS)


@pytest.fixture(scope="module")
def comparison(trajectory):
    return fl.compare(trajectory.problem, learning_rate=0.05, steps=40)


@pytest.fixture(params=["learning_curves", "modes", "layer_norms", "gap"])
def picture(request, trajectory, comparison):
    """Each function of the module, with what it draws."""
    subject = comparison if request.param == "gap" else trajectory
    return lambda **options: getattr(plot, request.param)(subject, **options)


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def heights(axes):
    return [line.get_ydata() for line in axes.lines]


def test_new_axes_are_made_and_returned(picture):
    axes = picture()
    assert isinstance(axes, Axes)
    assert axes.figure.axes == [axes]


def test_given_axes_are_drawn_into_and_returned(picture):
    figure, (left, right) = plt.subplots(1, 2)
    assert picture(ax=right) is right
    assert right.lines
    assert not left.lines
    assert plt.get_fignums() == [figure.number]


def test_axes_are_labelled_and_lines_named(picture):
    axes = picture()
    assert axes.get_xlabel() == "time $t$ (units of $\\tau$)"
    assert axes.get_ylabel()
    assert all(legend(axes))


def test_time_is_in_units_of_tau(picture):
    curves = [line for line in picture().lines if len(line.get_xdata()) > 2]  # the others are targets
    assert [line.get_xdata()[-1] for line in curves] == pytest.approx([TS[-1] / TAU] * len(curves))


def test_everything_is_understood_by_the_renderer(picture):
    with plt.rc_context(plot.STYLE):
        picture().figure.canvas.draw()


class TestLearningCurves:
    def test_one_trajectory_is_named_by_its_method(self, trajectory):
        axes = plot.learning_curves(trajectory)
        assert legend(axes) == [trajectory.method]
        np.testing.assert_array_equal(heights(axes), [trajectory.loss])
        assert axes.get_ylabel() == "loss $E$"

    def test_several_are_named_by_their_keys_and_look_different(self, comparison):
        named = {"flow": comparison.flow, "descent": comparison.descent}
        axes = plot.learning_curves(named)
        assert legend(axes) == ["flow", "descent"]
        np.testing.assert_array_equal(heights(axes), [comparison.flow.loss, comparison.descent.loss])
        first, second = axes.lines
        assert first.get_linestyle() != second.get_linestyle()
        assert first.get_color() != second.get_color()

    def test_more_than_there_are_colours(self, trajectory):
        assert len(plot.learning_curves({str(i): trajectory for i in range(9)}).lines) == 9


class TestModes:
    def test_a_line_and_a_target_for_each(self, trajectory):
        axes = plot.modes(trajectory)
        assert legend(axes) == ["mode 1", "mode 2", "mode 3"]
        assert len(axes.lines) == 6
        curves, targets = heights(axes)[::2], heights(axes)[1::2]
        np.testing.assert_array_equal(np.transpose(curves), trajectory.modes)
        np.testing.assert_array_equal([target[0] for target in targets], mode_targets(trajectory.problem.moments))

    def test_without_targets(self, trajectory):
        assert len(plot.modes(trajectory, targets=False).lines) == 3

    def test_a_choice_is_named_by_its_numbers(self, trajectory):
        axes = plot.modes(trajectory, indices=[2, 0], targets=False)
        assert legend(axes) == ["mode 3", "mode 1"]
        np.testing.assert_array_equal(np.transpose(heights(axes)), trajectory.modes[:, [2, 0]])

    def test_six_are_drawn_where_there_are_more(self):
        moments = fl.Moments.from_modes(np.arange(8, 0, -1), 8, 8)
        problem = fl.Problem(moments, fl.initial.aligned(moments, (8, 8), 0.1))
        assert len(plot.modes(fl.solve(problem, TS), targets=False).lines) == 6


class TestLayerNorms:
    def test_a_line_for_each_layer(self, trajectory):
        axes = plot.layer_norms(trajectory)
        assert legend(axes) == ["$|W_{1}|_F$", "$|W_{2}|_F$", "$|W_{3}|_F$"]
        np.testing.assert_array_equal(np.transpose(heights(axes)), trajectory.layer_norms)

    def test_squared(self, trajectory):
        axes = plot.layer_norms(trajectory, squared=True)
        assert legend(axes)[0] == "$|W_{1}|_F^2$"
        assert axes.get_ylabel().endswith("^2$")
        drift = np.diff(heights(axes), axis=0) - np.diff(heights(axes), axis=0)[:, :1]
        assert np.abs(drift).max() < 1e-6, "adjacent layers differ by a constant"


def test_gap_is_measured_and_predicted_on_a_log_scale(comparison):
    axes = plot.gap(comparison)
    assert legend(axes)[0] == "measured"
    assert legend(axes)[1].startswith("predicted")
    np.testing.assert_array_equal(heights(axes), [comparison.gap[1:], comparison.predicted_gap[1:]])
    assert axes.get_yscale() == "log"


def test_colours_are_distinct_and_the_style_cycles_through_them():
    assert len(set(plot.COLOURS)) == len(plot.COLOURS)
    cycle = plot.STYLE["axes.prop_cycle"].by_key()["color"]
    assert tuple(map(to_hex, cycle)) == tuple(map(to_hex, plot.COLOURS))


def test_drawing_leaves_the_settings_of_matplotlib_alone(picture):
    before = dict(plt.rcParams)
    picture()
    assert dict(plt.rcParams) == before


SURVEY = """
import importlib, pkgutil, sys
import flowdln
for module in pkgutil.walk_packages(flowdln.__path__, "flowdln."):
    if not module.name.startswith(("flowdln.plot", "flowdln.reproduction.", "flowdln.integrate.diffrax")):  # slow
        importlib.import_module(module.name)
assert "matplotlib" not in sys.modules
import flowdln.plot
assert "matplotlib" in sys.modules
"""


def test_nothing_else_but_the_reproduction_imports_matplotlib():
    subprocess.run([sys.executable, "-c", SURVEY], check=True)  # noqa: S603


@pytest.mark.parametrize(
    ("indices", "words"),
    [
        pytest.param([5], ["indices has 5", "from 0 to 2", "Modes count from 0"], id="beyond the last"),
        pytest.param([0, -1], ["indices has -1", "from 0 to 2"], id="negative"),
        pytest.param([1.5], ["indices has 1.5", "integers from 0 to 2"], id="not an integer"),
        pytest.param([True], ["indices has True", "integers"], id="a truth value"),
        pytest.param(0, ["indices is 0", "a sequence of modes, such as [0, 1]"], id="one number"),
        pytest.param("01", ["indices is '01'", "a sequence"], id="text"),
        pytest.param([], ["indices is []", "a sequence"], id="none"),
        pytest.param(np.array(1), ["indices is array(1)", "a sequence"], id="array without axes"),
    ],
)
def test_indices_that_are_no_modes_are_refused(trajectory, indices, words):
    refused(InputError, words, lambda: plot.modes(trajectory, indices=indices))


def test_indices_may_be_an_array(trajectory):
    labels = [line.get_label() for line in plot.modes(trajectory, indices=np.array([2, 0]), targets=False).lines]
    assert labels == ["mode 3", "mode 1"]


@pytest.mark.parametrize(
    ("trajectories", "words"),
    [
        pytest.param([1], ["trajectories is of type list", "flowdln.Trajectory", "{name: trajectory, ...}"], id="list"),
        pytest.param({}, ["trajectories is empty", "at least one"], id="empty"),
        pytest.param({"a": 1}, ["trajectories['a'] is of type int", "flowdln.Trajectory"], id="a number"),
        pytest.param({"_a": 1}, ["the name '_a'", "does not begin with an underscore"], id="hidden name"),
        pytest.param({3: 1}, ["the name 3", "expected text"], id="name that is no text"),
    ],
)
def test_learning_curves_of_anything_but_named_trajectories_are_refused(trajectories, words):
    refused(InputError, words, lambda: plot.learning_curves(trajectories))


@pytest.mark.parametrize("name", ["learning_curves", "modes", "layer_norms", "gap"])
def test_anything_but_results_is_refused(name):
    refused(InputError, ["is of type NoneType", "expected flowdln."], lambda: getattr(plot, name)(None))


def test_anything_but_axes_is_refused(trajectory):
    refused(InputError, ["ax is of type int", "Matplotlib axes"], lambda: plot.modes(trajectory, ax=3))


def test_refusals_leave_no_figure_open(trajectory):
    refused(InputError, ["indices has 9"], lambda: plot.modes(trajectory, indices=[9]))
    assert plt.get_fignums() == []
