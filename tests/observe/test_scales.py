"""Observables that do not depend on units, at sizes whose squares leave float64."""

import numpy as np
import pytest
from refusal import refused

import flowdln as fl
from flowdln import observe
from flowdln.errors import InputError

ITEMS = np.random.default_rng(0).standard_normal((6, 4))
WEIGHTS = fl.initial.small_random((4, 5, 3), scale=0.1, seed=0)
LATER = tuple(weight + 0.1 for weight in WEIGHTS)
SCALES = [1e-300, 1e-165, 1e170, 1e300]

INVARIANT = {
    "cosine": lambda scale: observe.similarity(scale * ITEMS, measure="cosine"),
    "correlation": lambda scale: observe.similarity(scale * ITEMS, measure="correlation"),
    "distances": lambda scale: observe.distances(scale * ITEMS) / scale,
    "effective rank": lambda scale: observe.effective_rank(scale * ITEMS),
    "layer alignment": lambda scale: observe.layer_alignment([scale * weight for weight in WEIGHTS]),
    "kernel distance, inputs": lambda scale: observe.kernel_distance(LATER, WEIGHTS, scale * ITEMS),
    "kernel distance, weights": lambda scale: observe.kernel_distance(
        [scale * weight for weight in LATER], [scale * weight for weight in WEIGHTS], ITEMS
    ),
}


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("observed", INVARIANT.values(), ids=INVARIANT)
def test_observables_do_not_depend_on_units(observed, scale):
    np.testing.assert_allclose(observed(scale), observed(1.0), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("words", "call"),
    [
        pytest.param("a similarity", lambda: observe.similarity(1e170 * ITEMS), id="similarity"),
        pytest.param("a prediction", lambda: observe.predictions([1e160 * w for w in WEIGHTS], ITEMS), id="prediction"),
        pytest.param("an activity", lambda: observe.representations([1e160 * w for w in WEIGHTS], ITEMS), id="layers"),
        pytest.param("the kernel", lambda: observe.neural_tangent_kernel(WEIGHTS, 1e160 * ITEMS), id="kernel"),
        pytest.param(
            "the velocity",
            lambda: fl.exact.end_to_end_flow(0.0, 1e200 * np.eye(2), fl.Moments(np.eye(2), np.eye(2), 2.0), 3),
            id="velocity",
        ),
        pytest.param("a weight", lambda: fl.initial.balanced((3, 3), scale=1.7e308), id="weights"),
    ],
)
def test_results_that_overflow_are_refused(words, call):
    refused(InputError, [words, "is beyond float64", "Use other units"], call)


def test_kernel_distance_from_a_kernel_of_zero_is_refused():
    zeros = tuple(np.zeros_like(weight) for weight in WEIGHTS)
    refused(InputError, ["the initial kernel is zero"], lambda: observe.kernel_distance(WEIGHTS, zeros, ITEMS))
