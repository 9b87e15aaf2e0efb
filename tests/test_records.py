"""Immutability of problems and results, in copies and pickles too."""

import copy
import pickle
from types import SimpleNamespace

import numpy as np
import pytest
from instances import random_problem

import flowdln as fl
from flowdln import relu

PROBLEM = random_problem(0, (3, 4, 2))
COPIES = {
    "original": lambda record: record,
    "copy": copy.copy,
    "deep copy": copy.deepcopy,
    "pickle": lambda record: pickle.loads(pickle.dumps(record)),  # noqa: S301
}


@pytest.fixture(scope="module")
def records():
    run = fl.solve(PROBLEM, [0.0, 0.5], method="RK45")
    product = fl.solve(PROBLEM, [0.0, 0.5], method="RK45", save="product")
    comparison = fl.compare(PROBLEM, learning_rate=0.01, steps=5)
    network = relu.ReLUProblem(np.eye(3), np.eye(3), (PROBLEM.weights[0], np.ones((3, 4))), "squared")
    rectified = relu.descend(network, learning_rate=0.1, steps=2)
    data = fl.datasets.semantic()
    return SimpleNamespace(
        data=data,
        network=network,
        rectified=rectified,
        problem=PROBLEM,
        run=run,
        product=product,
        comparison=comparison,
    )


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
@pytest.mark.parametrize(
    ("name", "array"),
    [
        pytest.param("problem", lambda problem: problem.weights[1], id="initial weights"),
        pytest.param("problem", lambda problem: problem.moments.sigma_xx, id="sigma_xx"),
        pytest.param("problem", lambda problem: problem.moments.sigma_yx, id="sigma_yx"),
        pytest.param("run", lambda run: run.ts, id="times"),
        pytest.param("run", lambda run: run.weights[0], id="weights"),
        pytest.param("run", lambda run: run.product, id="product"),
        pytest.param("run", lambda run: run.loss, id="loss"),
        pytest.param("run", lambda run: run.modes, id="modes"),
        pytest.param("run", lambda run: run.frame.left, id="frame of the modes"),
        pytest.param("data", lambda data: data.inputs, id="samples"),
        pytest.param("network", lambda network: network.inputs, id="samples of a ReLU network"),
        pytest.param("network", lambda network: network.weights[0], id="initial weights of a ReLU network"),
        pytest.param("rectified", lambda run: run.layers[0], id="layers of a ReLU network"),
        pytest.param("rectified", lambda run: run.loss, id="loss of a ReLU network"),
        pytest.param("rectified", lambda run: run.gates[0], id="gates of a ReLU network"),
        pytest.param("run", lambda run: run.imbalance[0], id="imbalance"),
        pytest.param("run", lambda run: run.layer_norms, id="layer norms"),
        pytest.param("run", lambda run: run.problem.weights[0], id="weights of the problem"),
        pytest.param("product", lambda run: run.product, id="saved product"),
        pytest.param("comparison", lambda comparison: comparison.gap, id="gap"),
        pytest.param("comparison", lambda comparison: comparison.predicted_gap, id="predicted gap"),
        pytest.param("comparison", lambda comparison: comparison.product_gap, id="gap of the product"),
        pytest.param("comparison", lambda comparison: comparison.loss_gap, id="gap of the loss"),
        pytest.param("comparison", lambda comparison: comparison.modes_gap, id="gap of modes"),
        pytest.param("comparison", lambda comparison: comparison.flow.weights[0], id="weights of the flow"),
    ],
)
def test_arrays_are_read_only_and_equal(name, array, copied, records):
    original = getattr(records, name)
    same = array(copied(original))
    with pytest.raises(ValueError, match="read-only"):
        same[...] = 0
    assert same.tobytes() == array(original).tobytes()


def test_arrays_of_the_caller_stay_writable():
    ts, weights = np.array([0.0]), [weight[None].copy() for weight in PROBLEM.weights]
    fl.Trajectory(PROBLEM, ts, tuple(weights), method="none")
    ts[0] = 1.0
    weights[0][...] = 1.0
