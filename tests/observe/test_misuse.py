"""What users hand to ``flowdln.observe`` by mistake, and what they are told."""

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln import observe
from flowdln.errors import InputError, ShapeError

MOMENTS = fl.Moments.from_modes([3.0, 1.0], 4, 3)
OTHERS = fl.Moments.from_modes([1.0], 2, 2)
WEIGHTS = fl.initial.small_random((4, 5, 3), scale=0.1, seed=0)
PROBLEM = fl.Problem(MOMENTS, WEIGHTS)
TRAJECTORY = fl.solve(PROBLEM, [0, 1, 2])
INPUTS = np.eye(4)
DATA = fl.datasets.semantic()
LAYERS = observe.representations(TRAJECTORY, INPUTS)


@pytest.mark.parametrize("observed", [observe.hessian, observe.sharpness, observe.data_alignment])
def test_a_trajectory_has_moments_of_its_own(observed):
    at_once = observed(TRAJECTORY)
    np.testing.assert_array_equal(at_once, observed(TRAJECTORY, MOMENTS))
    for i in range(len(TRAJECTORY)):
        np.testing.assert_allclose(at_once[i], observed(TRAJECTORY.weights_at(i), MOMENTS), rtol=1e-12)


def networks_first():
    return ["It comes first, before data", "problem.weights", "(W,)"]


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        pytest.param(InputError, lambda: observe.sharpness(MOMENTS, WEIGHTS), ["is a Moments"], id="swapped moments"),
        pytest.param(InputError, lambda: observe.predictions(INPUTS, WEIGHTS), ["is a ndarray"], id="swapped inputs"),
        pytest.param(InputError, lambda: observe.hessian(PROBLEM), ["is a Problem"], id="a problem"),
        pytest.param(InputError, lambda: observe.hessian(WEIGHTS[0], MOMENTS), ["is a ndarray"], id="a layer"),
        pytest.param(InputError, lambda: observe.singular_overlaps(TRAJECTORY.product), ["ndarray"], id="a product"),
    ],
)
def test_what_is_no_network(error, call, words):
    refused(error, ["the network", *words, *networks_first()], call)


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        pytest.param(InputError, lambda: observe.hessian(WEIGHTS), ["is missing"], id="no moments"),
        pytest.param(InputError, lambda: observe.hessian(WEIGHTS, PROBLEM), ["a Problem", ".moments"], id="a problem"),
        pytest.param(InputError, lambda: observe.sharpness(WEIGHTS, INPUTS), ["a ndarray", "from_data"], id="inputs"),
        pytest.param(ShapeError, lambda: observe.sharpness(WEIGHTS, OTHERS), ["(2, 2); expected (3, 4)"], id="others"),
        pytest.param(ShapeError, lambda: observe.data_alignment(WEIGHTS, OTHERS), ["(3, 4)"], id="others, alignment"),
    ],
)
def test_what_are_no_moments_of_the_network(error, call, words):
    refused(error, ["moments", *words], call)


@pytest.mark.parametrize(
    ("error", "call", "words"),
    [
        pytest.param(InputError, lambda: observe.representations(TRAJECTORY, MOMENTS), ["a Moments"], id="moments"),
        pytest.param(InputError, lambda: observe.predictions(WEIGHTS, DATA), ["dataset.inputs"], id="a data set"),
        pytest.param(
            InputError,
            lambda: observe.kernel_distance(TRAJECTORY, INPUTS[None], WEIGHTS),
            ["the network"],
            id="swapped",
        ),
        pytest.param(
            ShapeError,
            lambda: observe.representations(WEIGHTS, LAYERS[0]),
            ["(P, n_0) with 4 columns"],
            id="times in front",
        ),
        pytest.param(
            ShapeError,
            lambda: observe.kernel_distance(WEIGHTS, (np.ones((3, 4)),), INPUTS),
            ["initial has 1 layers; expected 2"],
            id="initial weights of another depth",
        ),
        pytest.param(ShapeError, lambda: observe.layer_alignment(WEIGHTS[::-1]), ["input side first"], id="reversed"),
    ],
)
def test_inputs_and_weights_that_do_not_fit(error, call, words):
    refused(error, words, call)


@pytest.mark.parametrize("observed", [observe.similarity, observe.distances, observe.multidimensional_scaling])
@pytest.mark.parametrize(
    ("given", "received"),
    [
        pytest.param(TRAJECTORY, "is a Trajectory", id="trajectory"),
        pytest.param(LAYERS, "is a tuple of different shapes", id="all layers"),
        pytest.param(DATA, "is a Dataset", id="data set"),
    ],
)
def test_what_are_no_activities(observed, given, received):
    refused(InputError, [f"activities {received}", "hidden, outputs = observe.rep"], lambda: observed(given))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        pytest.param(lambda: observe.effective_rank(TRAJECTORY), ["a Trajectory", "trajectory.product"], id="rank"),
        pytest.param(lambda: observe.effective_rank(WEIGHTS), ["different shapes", "weights[0]"], id="rank of layers"),
        pytest.param(
            lambda: observe.similarity_correlation(TRAJECTORY, INPUTS), ["similarities is a Tra"], id="similarities"
        ),
        pytest.param(
            lambda: observe.similarity_correlation(INPUTS, DATA), ["reference is a Dataset", "targets"], id="reference"
        ),
    ],
)
def test_a_whole_in_place_of_a_matrix(call, words):
    refused(InputError, words, call)
