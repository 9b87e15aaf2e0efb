"""Malformed arguments of every public function: one clear error, or a right answer.

The public API is enumerated by introspection; each function has one valid call, in which one argument at a time is
replaced by a malformed value. The outcome must be a ``FlowdlnError``, a ``TypeError`` that names the argument, or
finite numbers.
"""

import inspect
import signal
import types
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest

import flowdln as fl

MOMENTS = fl.Moments.from_modes([2.0, 1.0], 3, 2)
PROBLEM = fl.Problem(MOMENTS, fl.initial.small_random((3, 2, 2), scale=0.3))
ALIGNED = fl.Problem(MOMENTS, fl.initial.aligned(MOMENTS, (3, 2, 2), 0.3))
TRAJECTORY = fl.solve(PROBLEM, [0.0, 0.5, 1.0])
COMPARISON = fl.compare(PROBLEM, learning_rate=0.05, steps=4)
SAMPLES = np.random.default_rng(0).standard_normal((6, 3))
TARGETS = np.random.default_rng(1).standard_normal((6, 2))
SEMANTIC = fl.datasets.hierarchy(levels=2, flip=0.1, features=5, seed=0)
RELU = fl.relu.ReLUProblem(SAMPLES, TARGETS, fl.initial.glorot((3, 3, 2)), "squared")

RECIPES = {
    "flowdln.compare": {"problem": PROBLEM, "learning_rate": 0.05, "steps": 4},
    "flowdln.descend": {"problem": PROBLEM, "learning_rate": 0.05, "steps": 4, "every": 2},
    "flowdln.solve": {"problem": PROBLEM, "ts": [0.0, 1.0], "method": "auto", "rtol": 1e-6, "save": "weights"},
    "flowdln.Moments.from_data": {"inputs": SAMPLES, "targets": TARGETS, "reduction": "mean"},
    "flowdln.Moments.from_modes": {"singular_values": [2.0, 1.0], "n_in": 3, "n_out": 2, "seed": 0},
    "flowdln.Problem": {"moments": MOMENTS, "weights": PROBLEM.weights, "tau": 1.0},
    "flowdln.initial.aligned": {"moments": MOMENTS, "widths": (3, 2, 2), "strengths": 0.1, "seed": 0},
    "flowdln.initial.balanced": {"widths": (3, 2, 2), "scale": 0.1, "seed": 0},
    "flowdln.initial.glorot": {"widths": (3, 2, 2), "distribution": "normal", "seed": 0},
    "flowdln.initial.lambda_balanced": {"widths": (3, 2, 2), "lam": 0.5, "scale": 0.1, "seed": 0},
    "flowdln.initial.orthogonal": {"widths": (3, 2, 2), "scale": 0.1, "seed": 0},
    "flowdln.initial.small_random": {"widths": (3, 2, 2), "scale": 0.1, "seed": 0},
    "flowdln.initial.product_spectrum": {"depth": 2},
    "flowdln.exact.applicable": {"problem": ALIGNED},
    "flowdln.exact.find_closed_form": {"problem": ALIGNED, "ts": [1.0]},
    "flowdln.exact.limit": {"problem": ALIGNED},
    "flowdln.exact.solve_exactly": {"problem": ALIGNED, "ts": [1.0]},
    "flowdln.exact.solve_aligned": {"problem": ALIGNED, "ts": [1.0]},
    "flowdln.exact.solve_lambda_balanced": {"problem": ALIGNED, "ts": [1.0]},
    "flowdln.exact.lambda_balanced_grams": {"problem": ALIGNED, "ts": [1.0]},
    "flowdln.exact.solve_single_layer": {"problem": fl.Problem(MOMENTS, (np.ones((2, 3)),)), "ts": [1.0]},
    "flowdln.exact.solve_tied": {
        "problem": fl.Problem(fl.Moments(np.eye(1), [[2.0]], 4.0), ([[0.5]], [[0.5]])),
        "ts": [1.0],
    },
    "flowdln.exact.balanced_mode": {"t": [0.0, 1.0], "u_0": 0.1, "s": 2.0, "depth": 3},
    "flowdln.exact.balanced_mode_error": {"t": [0.0, 1.0], "u_0": 0.1, "s": 2.0, "depth": 3},
    "flowdln.exact.balanced_mode_loss": {"t": [0.0, 1.0], "u_0": 0.1, "s": 2.0, "depth": 3},
    "flowdln.exact.balanced_mode_time": {"u": 1.0, "u_0": 0.1, "s": 2.0, "depth": 3},
    "flowdln.exact.balanced_sharpness": {"s": 2.0, "depth": 3},
    "flowdln.exact.cosine_rate": {
        "i": 0,
        "j": 1,
        "cosines": np.array([[1.0, 0.5], [0.5, 1.0]]),
        "squared_lengths": [1.0, 3.0],
    },
    "flowdln.exact.deep_mode": {"t": [0.0, 1.0], "start": [0.1, 0.2, 0.3], "s": 2.0, "rounding": 0.0},
    "flowdln.exact.end_to_end_flow": {"product": np.ones((2, 3)), "moments": MOMENTS, "depth": 2},
    "flowdln.exact.fastest_growth": {"t": [0.0, 1.0], "U_0": 0.1, "ceiling": 2.0, "depth": 2, "kappa": 0.5},
    "flowdln.exact.fastest_growth_time": {"U": 1.0, "U_0": 0.1, "ceiling": 2.0, "depth": 2, "kappa": 0.5},
    "flowdln.exact.growth_bound": {"U": 0.5, "ceiling": 2.0, "depth": 2, "kappa": 0.5},
    "flowdln.exact.half_time": {"u_0": 0.1, "s": 2.0, "depth": 2},
    "flowdln.exact.infinite_depth_mode": {"t": [0.0, 1.0], "u_0": 0.1, "s": 2.0},
    "flowdln.exact.infinite_depth_time": {"u": 1.0, "u_0": 0.1, "s": 2.0},
    "flowdln.exact.learning_time": {"u_0": 0.1, "s": 2.0, "depth": 2, "cutoff": 0.1},
    "flowdln.exact.neglected_square": {"modes": 6, "hidden": 10},
    "flowdln.exact.overtaking_strength": {"depth": 2},
    "flowdln.exact.rise_time": {"ceiling": 2.0, "depth": 2, "kappa": 0.5},
    "flowdln.exact.two_layer_mode": {"t": [0.0, 1.0], "a_0": 0.1, "b_0": 0.2, "s": 2.0},
    "flowdln.exact.two_layer_mode_error": {"t": [0.0, 1.0], "a_0": 0.1, "b_0": 0.2, "s": 2.0},
    "flowdln.exact.two_layer_mode_time": {"u": 1.0, "a_0": 0.1, "b_0": 0.2, "s": 2.0},
    "flowdln.exact.volume_growth": {"cosines": np.array([[1.0, 0.5], [0.5, 1.0]]), "squared_lengths": [1.0, 3.0]},
    "flowdln.observe.crossing_times": {"ts": [0.0, 1.0, 2.0], "curves": [[0.0], [1.0], [2.0]], "levels": 0.5},
    "flowdln.observe.data_alignment": {"network": PROBLEM.weights, "moments": MOMENTS},
    "flowdln.observe.distances": {"activities": SAMPLES},
    "flowdln.observe.effective_rank": {"matrices": SAMPLES},
    "flowdln.observe.hessian": {"network": PROBLEM.weights, "moments": MOMENTS},
    "flowdln.observe.kernel_distance": {"network": TRAJECTORY, "initial": PROBLEM.weights, "inputs": SAMPLES},
    "flowdln.observe.layer_alignment": {"network": PROBLEM.weights},
    "flowdln.observe.multidimensional_scaling": {"activities": SAMPLES, "dimensions": 2},
    "flowdln.observe.neural_tangent_kernel": {"network": PROBLEM.weights, "inputs": SAMPLES},
    "flowdln.observe.predictions": {"network": PROBLEM.weights, "inputs": SAMPLES},
    "flowdln.observe.representations": {"network": PROBLEM.weights, "inputs": SAMPLES},
    "flowdln.observe.sharpness": {"network": PROBLEM.weights, "moments": MOMENTS},
    "flowdln.observe.similarity": {"activities": SAMPLES, "measure": "cosine"},
    "flowdln.observe.similarity_correlation": {"similarities": SAMPLES @ SAMPLES.T, "reference": TARGETS @ TARGETS.T},
    "flowdln.observe.singular_overlaps": {"network": PROBLEM.weights},
    "flowdln.plot.learning_curves": {"trajectories": TRAJECTORY, "ax": None},
    "flowdln.plot.modes": {"trajectory": TRAJECTORY, "indices": [0], "ax": None},
    "flowdln.plot.layer_norms": {"trajectory": TRAJECTORY, "ax": None},
    "flowdln.plot.gap": {"comparison": COMPARISON, "ax": None},
    "flowdln.datasets.gaussian_mixture": {"n_in": 3, "n_out": 2, "clusters": 2, "samples_per_cluster": 4, "seed": 0},
    "flowdln.datasets.hierarchy": {"levels": 2, "flip": 0.1, "features": 5, "seed": 0},
    "flowdln.datasets.hierarchy_singular_values": {"levels": 2, "branching": 2, "flip": 0.1, "features": 5},
    "flowdln.relu.solve": {"problem": RELU, "ts": [0.0, 0.5], "method": "piecewise", "rtol": 1e-6},
    "flowdln.relu.descend": {"problem": RELU, "learning_rate": 0.01, "steps": 3, "every": 1},
    "flowdln.relu.ReLUProblem": {
        "inputs": SAMPLES,
        "targets": TARGETS,
        "weights": RELU.weights,
        "loss": "squared",
        "tau": 1.0,
    },
    "flowdln.relu.gate_agreement": {"pattern": [[True, False], [True, True]], "labels": [0, 1], "whole": False},
}
FORMULAS = {  # take arrays, tracers and symbols alike, and cannot look at them
    "flowdln.gradient_flow",
    "flowdln.loss",
    "flowdln.end_to_end",
    "flowdln.imbalance",
    "flowdln.exact.squared_norm_rate",
    "flowdln.relu.relu_flow",
    "flowdln.relu.outputs",
    "flowdln.relu.preactivations",
    "flowdln.relu.neuron_imbalance",
    "flowdln.relu.gates",
}
READERS = {
    "flowdln.datasets.from_file",
    "flowdln.datasets.mnist",
    "flowdln.datasets.digits",
    "flowdln.datasets.handwriting",
    "flowdln.datasets.semantic",
}
RECORDS = {
    "flowdln.exact.Limit",
    "flowdln.relu.Loss",
    "flowdln.relu.Samples",
    "flowdln.relu.ReLUTrajectory",
    "flowdln.Trajectory",
    "flowdln.Comparison",
    "flowdln.Moments",
    "flowdln.datasets.Dataset",
}
MAY_BE_NAN = {  # documented: a level that is never reached, pairs that do not exist, constant entries
    "flowdln.observe.crossing_times",
    "flowdln.observe.similarity_correlation",
    "flowdln.relu.gate_agreement",
}
MALFORMED = {
    "None": None,
    "object": object(),
    "text": "x",
    "bytes": b"ab",
    "dict": {"a": 1},
    "set": {1},
    "function": len,
    "NaN": np.nan,
    "inf": np.inf,
    "-inf": -np.inf,
    "negative": -1,
    "zero": 0,
    "half": 0.5,
    "huge": 1e300,
    "tiny": 1e-320,
    "complex": 1j,
    "bool": True,
    "big integer": 10**100,
    "list of None": [None, None],
    "ragged": [[1.0], [1.0, 2.0]],
    "empty": [],
    "empty array": np.empty((0, 3)),
    "array of NaN": np.full((3, 2), np.nan),
    "scalar array": np.array(1.0),
    "3-d": np.ones((2, 2, 2)),
    "texts": ["a", "b"],
    "objects": np.array([object()], dtype=object),
    "masked": np.ma.masked_array([[1.0, 2.0, 3.0]] * 2, mask=[[0, 1, 0]] * 2),
    "dates": np.array(["2020-01-01"], "M8[D]"),
    "long double": np.full((3, 2), np.longdouble("1e4000")),
    "weights": PROBLEM.weights,
    "moments": MOMENTS,
    "problem": PROBLEM,
    "trajectory": TRAJECTORY,
    "wrong shape": np.ones((7, 5)),
    "vector": np.ones(4),
}


def public_functions():
    """Qualified names and functions of the public modules; classes stand for their constructors."""
    for module in (fl, fl.initial, fl.exact, fl.observe, fl.datasets, fl.relu):
        for name in module.__all__:
            value, path = getattr(module, name), f"{module.__name__}.{name}"
            if isinstance(value, types.ModuleType) or (inspect.isclass(value) and issubclass(value, BaseException)):
                continue
            if callable(value):
                yield path, value


FUNCTIONS = dict(public_functions()) | {
    **{f"flowdln.plot.{name}": getattr(fl.plot, name) for name in ("learning_curves", "modes", "layer_norms", "gap")},
    "flowdln.Moments.from_data": fl.Moments.from_data,
    "flowdln.Moments.from_modes": fl.Moments.from_modes,
}
CALLS = [(path, argument, label) for path, recipe in RECIPES.items() for argument in recipe for label in MALFORMED]


def numbers_in(value, depth=0):
    """Arrays of numbers in a result."""
    if isinstance(value, (fl.Trajectory, fl.relu.ReLUTrajectory)):
        yield from value.weights
    elif isinstance(value, (fl.Comparison,)):
        yield value.gap
    elif isinstance(value, (tuple, list)) and depth < 4:
        for part in value:
            yield from numbers_in(part, depth + 1)
    elif isinstance(value, (float, np.ndarray, np.floating)) and np.asarray(value).dtype.kind == "f":
        yield np.asarray(value)


class TookTooLong(BaseException):
    """A call that does not come back."""


def fault(path, argument, label, seconds=30):
    """The fault of one malformed call, as a sentence; empty if there is none."""

    def stop(*_):
        raise TookTooLong

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    call = f"{path}({argument}={label})"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = FUNCTIONS[path](**(_arguments(path) | {argument: MALFORMED[label]}))
    except fl.FlowdlnError:
        return ""
    except TypeError as error:
        return "" if f"'{argument}'" in str(error) else f"{call}: {type(error).__name__}: {error}"
    except TookTooLong:
        return f"{call}: no answer"
    except Exception as error:  # noqa: BLE001 (any other error is the fault sought)
        return f"{call}: {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        plt.close("all")
    if path not in MAY_BE_NAN and not all(np.isfinite(part).all() for part in numbers_in(result)):
        return f"{call}: accepted, with a result that is not finite"
    return ""


def _arguments(path):
    extra = {"t": 0.0} if path == "flowdln.exact.end_to_end_flow" else {}
    return extra | RECIPES[path]


def test_every_public_function_has_a_recipe():
    assert set(FUNCTIONS) - set(RECIPES) - FORMULAS - READERS - RECORDS == set()
    assert set(RECIPES) - set(FUNCTIONS) == set()


@pytest.mark.parametrize("path", RECIPES)
def test_recipes_are_valid(path):
    FUNCTIONS[path](**_arguments(path))


def test_sampled_malformed_arguments_are_answered():
    chosen = np.random.default_rng(0).choice(len(CALLS), size=400, replace=False)
    assert [sentence for sentence in (fault(*CALLS[i]) for i in chosen) if sentence] == []


@pytest.mark.slow
@pytest.mark.parametrize("path", RECIPES)
def test_malformed_arguments_are_answered(path):
    assert [sentence for sentence in (fault(*call) for call in CALLS if call[0] == path) if sentence] == []


def test_control_a_raw_error_is_a_fault(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "flowdln.solve", lambda **arguments: arguments["rtol"] + "x")
    assert "TypeError" in fault("flowdln.solve", "rtol", "NaN")


def test_control_a_result_of_nan_is_a_fault(monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "flowdln.solve", lambda **_: np.array([np.nan]))
    assert "not finite" in fault("flowdln.solve", "rtol", "NaN")


def test_control_a_call_that_hangs_is_a_fault(monkeypatch):
    def loop(**_):
        while True:
            pass

    monkeypatch.setitem(FUNCTIONS, "flowdln.solve", loop)
    assert "no answer" in fault("flowdln.solve", "rtol", "NaN", seconds=0.2)
