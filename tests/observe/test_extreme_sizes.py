"""Observables of very small and very large numbers, whose squares float64 does not hold."""

import numpy as np
import pytest

import flowdln as fl
from flowdln import observe

SIZES = [1e-300, 1e-170, 1e-30, 1.0, 1e170]
ITEMS = np.random.default_rng(0).standard_normal((5, 3))
LAYERS = tuple(np.random.default_rng(1).standard_normal(shape) for shape in ((4, 3), (2, 4)))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("measure", ["cosine", "correlation"])
def test_similarity_does_not_depend_on_size(measure, size):
    np.testing.assert_allclose(
        observe.similarity(size * ITEMS, measure=measure), observe.similarity(ITEMS, measure=measure), rtol=1e-12
    )


def test_deep_small_network_has_similar_items():
    rng = np.random.default_rng(2)
    weights = tuple(1e-12 * rng.standard_normal((4, 4)) for _ in range(14))
    *_, outputs = observe.representations(weights, np.eye(4))
    np.testing.assert_allclose(np.diag(observe.similarity(outputs, measure="cosine")), 1, rtol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_distances_scale(size):
    np.testing.assert_allclose(observe.distances(size * ITEMS), size * observe.distances(ITEMS), rtol=1e-12)


@pytest.mark.parametrize("size", SIZES)
def test_correlation_of_similarities_does_not_depend_on_size(size):
    first, second = observe.similarity(ITEMS), observe.similarity(ITEMS[:, :2])
    assert observe.similarity_correlation(size * first, second) == pytest.approx(
        float(observe.similarity_correlation(first, second)), rel=1e-12
    )


@pytest.mark.parametrize("size", [1e-200, 1e-30, 1.0, 1e100])
def test_alignment_and_rank_do_not_depend_on_size(size):
    scaled = tuple(size * layer for layer in LAYERS)
    np.testing.assert_allclose(observe.layer_alignment(scaled), observe.layer_alignment(LAYERS), rtol=1e-12)
    assert observe.effective_rank(scaled[0]) == pytest.approx(float(observe.effective_rank(LAYERS[0])), rel=1e-12)


@pytest.mark.parametrize("size", [1e-150, 1e-80, 1.0])
def test_kernel_distance_does_not_depend_on_size(size):
    scaled, doubled = tuple(size * layer for layer in LAYERS), tuple(2 * size * layer for layer in LAYERS)
    assert observe.kernel_distance(doubled, scaled, ITEMS) == pytest.approx(3.0, rel=1e-12)


def test_layer_norms_of_tiny_weights():
    problem = fl.Problem(fl.Moments(np.eye(1), [[2.0]], 4.0), ([[3e-200], [4e-200]], [[1.0, 1.0]]))
    trajectory = fl.solve(problem, [0.0], method="DOP853")
    np.testing.assert_allclose(trajectory.layer_norms[0], [5e-200, np.sqrt(2)], rtol=1e-12)
