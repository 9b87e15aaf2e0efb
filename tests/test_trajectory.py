"""What is read off a trajectory, and the labelled data it becomes."""

import numpy as np
import pytest
from instances import random_problem, random_weights

import flowdln as fl
from flowdln import trajectory as module

OBSERVABLES = ["product", "loss", "frame", "modes", "imbalance", "layer_norms"]


def wandering(widths, *, times=4, problem=None):
    """Random weights at each time, which no solver made."""
    problem = random_problem(0, widths) if problem is None else problem
    rng = np.random.default_rng(1)
    weights = tuple(
        np.stack(layers) for layers in zip(*(random_weights(rng, widths) for _ in range(times)), strict=True)
    )
    return fl.Trajectory(problem, np.linspace(0, 3, times), weights, method="wandering")


def test_length_and_representation():
    run = wandering((3, 4, 2))
    assert len(run) == 4
    assert repr(run) == "Trajectory(wandering, 4 times up to 3, widths (3, 4, 2))"


def test_weights_at_one_time_are_a_network():
    run = wandering((3, 4, 2))
    first, second = run.weights_at(2)
    np.testing.assert_array_equal(first, run.weights[0][2])
    np.testing.assert_array_equal(second, run.weights[1][2])


@pytest.mark.parametrize("widths", [(3, 2), (3, 4, 2), (2, 3, 1, 4)], ids=["depth 1", "depth 2", "depth 3"])
class TestObservables:
    def test_product(self, widths):
        run = wandering(widths)
        expected = [fl.end_to_end(run.weights_at(k)) for k in range(4)]
        assert run.product.shape == (4, widths[-1], widths[0])
        np.testing.assert_allclose(run.product, expected, rtol=0, atol=1e-14)

    def test_loss(self, widths):
        run = wandering(widths)
        expected = [fl.loss(run.weights_at(k), run.problem.moments) for k in range(4)]
        assert run.loss.shape == (4,)
        np.testing.assert_allclose(run.loss, expected, rtol=1e-13)

    def test_modes(self, widths):
        run = wandering(widths)
        left, _, right = np.linalg.svd(run.problem.moments.sigma_yx, full_matrices=False)
        expected = [[left[:, a] @ product @ right[a] for a in range(len(right))] for product in run.product]
        assert run.modes.shape == (4, min(widths[0], widths[-1]))
        np.testing.assert_allclose(run.modes, expected, rtol=0, atol=1e-14)

    def test_imbalance(self, widths):
        run = wandering(widths)
        assert [stack.shape for stack in run.imbalance] == [(4, width, width) for width in widths[1:-1]]
        for k in range(4):
            for stack, matrix in zip(run.imbalance, fl.imbalance(run.weights_at(k)), strict=True):
                np.testing.assert_array_equal(stack[k], matrix)

    def test_layer_norms(self, widths):
        run = wandering(widths)
        expected = [[np.sqrt(np.sum(weight**2)) for weight in run.weights_at(k)] for k in range(4)]
        assert run.layer_norms.shape == (4, len(widths) - 1)
        np.testing.assert_allclose(run.layer_norms, expected, rtol=1e-14)


def test_control_observables_at_other_times_differ():
    run = wandering((3, 4, 2))
    assert np.abs(np.diff(run.loss)).min() > 1e-3
    assert np.abs(np.diff(run.modes, axis=0)).max() > 1e-3


@pytest.mark.parametrize("name", OBSERVABLES)
def test_an_observable_is_computed_once_and_when_asked_for(name):
    run = wandering((3, 4, 2))
    assert not set(OBSERVABLES) & set(vars(run))
    assert getattr(run, name) is getattr(run, name)
    assert name in vars(run)


def test_the_product_is_shared_by_what_is_read_off_it(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "end_to_end", lambda weights: calls.append(weights) or fl.end_to_end(weights))
    run = wandering((3, 4, 2))
    assert calls == []
    assert run.loss.shape == run.modes.shape[:1] == run.product.shape[:1]
    assert len(calls) == 1


def test_a_task_without_correlations_has_no_modes():
    moments = fl.Moments(np.eye(3), np.zeros((2, 3)), 1.0)
    problem = fl.Problem(moments, random_problem(0, (3, 4, 2)).weights)
    run = wandering((3, 4, 2), problem=problem)
    assert run.modes.shape == (4, 0)


@pytest.mark.parametrize("name", ["problem", "ts", "weights", "method"])
def test_is_frozen(name):
    with pytest.raises(AttributeError, match=name):
        setattr(wandering((3, 2)), name, None)


@pytest.mark.parametrize(
    ("statistics", "written"),
    [
        pytest.param({}, "RK45: asked for by name.", id="no costs"),
        pytest.param(
            {"steps": 12, "evaluations": 34567, "seconds": 0.25},
            "RK45: asked for by name. Cost: 12 steps, 34,567 evaluations, 0.25 seconds.",
            id="costs",
        ),
    ],
)
def test_explains_itself(statistics, written):
    problem = random_problem(0, (3, 2))
    run = fl.Trajectory(problem, np.zeros(1), problem.weights, "RK45", "asked for by name.", statistics)
    assert run.explain() == written


class TestLabelledData:
    def test_dimensions_are_named_by_what_they_count(self):
        data = wandering((3, 4, 5, 2)).to_xarray()
        assert dict(data.sizes) == {
            "layer_0": 3,
            "layer_0_": 3,
            "layer_1": 4,
            "layer_1_": 4,
            "layer_2": 5,
            "layer_2_": 5,
            "layer_3": 2,
            "time": 4,
            "mode": 2,
        }
        assert {name: variable.dims for name, variable in data.data_vars.items()} == {
            "sigma_xx": ("layer_0", "layer_0_"),
            "sigma_yx": ("layer_3", "layer_0"),
            "loss": ("time",),
            "modes": ("time", "mode"),
            "W_1": ("time", "layer_1", "layer_0"),
            "W_2": ("time", "layer_2", "layer_1"),
            "W_3": ("time", "layer_3", "layer_2"),
            "W_1_initial": ("layer_1", "layer_0"),
            "W_2_initial": ("layer_2", "layer_1"),
            "W_3_initial": ("layer_3", "layer_2"),
            "product": ("time", "layer_3", "layer_0"),
            "imbalance_1": ("time", "layer_1", "layer_1_"),
            "imbalance_2": ("time", "layer_2", "layer_2_"),
        }

    def test_values_and_times_are_those_of_the_trajectory(self):
        run = wandering((3, 4, 2))
        data = run.to_xarray()
        np.testing.assert_array_equal(data.coords["time"], run.ts)
        for name in ("loss", "modes", "product"):
            np.testing.assert_array_equal(data[name], getattr(run, name))
        for name, array in (("W_1", run.weights[0]), ("W_2", run.weights[1]), ("imbalance_1", run.imbalance[0])):
            np.testing.assert_array_equal(data[name], array)
        assert float(data["loss"].sel(time=3.0)) == run.loss[-1]

    def test_product_is_the_product_along_the_labels(self):
        data = wandering((3, 4, 2)).to_xarray()
        product = data["W_2"].dot(data["W_1"], dim="layer_1").transpose("time", "layer_2", "layer_0")
        np.testing.assert_allclose(product, data["product"], rtol=0, atol=1e-14)

    def test_without_observables_keeps_the_loss_and_the_modes(self):
        full = set(wandering((3, 4, 2)).to_xarray().data_vars)
        short = set(wandering((3, 4, 2)).to_xarray(observables=False).data_vars)
        assert full - short == {"product", "imbalance_1"}
