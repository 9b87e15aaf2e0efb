"""Similarities and distances of items, against NumPy's, SciPy's and scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instances import random_problem, random_rotation
from refusal import refused
from scipy.spatial.distance import cdist
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics.pairwise import cosine_similarity

import flowdln as fl
from flowdln.observe import distances, similarity, similarity_correlation

ROUNDING = 1e-13
WRONG = 1e-3


def activities(seed=0, shape=(3, 5, 4)):
    return np.random.default_rng(seed).standard_normal(shape)


@pytest.mark.parametrize(
    ("measure", "reference"),
    [("product", lambda h: h @ h.T), ("cosine", cosine_similarity), ("correlation", np.corrcoef)],
    ids=["product", "cosine", "correlation"],
)
def test_similarity_is_that_of_other_libraries(measure, reference):
    found = similarity(activities(), measure=measure)
    assert np.abs(found - [reference(items) for items in activities()]).max() < ROUNDING


def test_control_the_measures_differ():
    product, cosine, correlation = (similarity(activities(), measure=m) for m in ("product", "cosine", "correlation"))
    assert min(np.abs(product - cosine).max(), np.abs(cosine - correlation).max()) > WRONG


@pytest.mark.parametrize("measure", ["cosine", "correlation"])
def test_a_silent_item_is_similar_to_none(measure):
    found = similarity([[0.0, 0.0, 0.0], [1.0, 2.0, 4.0]], measure=measure)
    assert np.abs(found - np.diag([0, 1])).max() < ROUNDING


def test_an_item_that_varies_by_rounding_alone_correlates_with_none():
    even = np.full(3, 0.1)
    assert np.abs(even - even.mean()).max() > 0
    assert (similarity([even, [1.0, 2.0, 4.0]], measure="correlation")[0] == 0).all()


def test_an_unknown_measure_is_refused():
    refused(fl.InputError, ["measure is 'dot'", "cosine"], lambda: similarity(activities(), measure="dot"))


def test_distances_are_those_of_scipy():
    assert np.abs(distances(activities()) - [cdist(items, items) for items in activities()]).max() < ROUNDING


def test_items_that_have_just_parted_are_apart():
    near = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-40]])
    assert distances(near)[0, 1] == 2.0**-40


def test_control_distances_from_inner_products_would_not_see_it():
    near = np.array([[1.0, 1.0], [1.0, 1.0 + 2.0**-40]])
    products = similarity(near)
    assert abs(products[0, 0] + products[1, 1] - 2 * products[0, 1]) < 2.0**-60


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 6))
def test_rotated_units_see_the_same_geometry(seed, items, units):
    h = activities(seed, (items, units))
    turned = h @ random_rotation(np.random.default_rng(seed), units)
    assert np.abs(similarity(turned) - similarity(h)).max() < ROUNDING * np.abs(similarity(h)).max()
    assert np.abs(distances(turned) - distances(h)).max() < 1e-7 * max(distances(h).max(), 1)


@pytest.mark.parametrize(("ranks", "reference"), [(False, pearsonr), (True, spearmanr)], ids=["Pearson", "Spearman"])
def test_correlation_of_similarities_is_scipys_of_the_upper_triangles(ranks, reference):
    task, layers = similarity(activities(9, (5, 7))), similarity(activities())
    above = np.triu_indices(5, 1)
    expected = [reference(layer[above], task[above]).statistic for layer in layers]
    found = similarity_correlation(layers, task, ranks=ranks)
    assert np.abs(found - expected).max() < ROUNDING


def test_control_the_diagonal_would_change_the_correlation():
    task, layers = similarity(activities(9, (5, 7))), similarity(activities())
    with_diagonal = np.triu_indices(5)
    wrong = [pearsonr(layer[with_diagonal], task[with_diagonal]).statistic for layer in layers]
    assert np.abs(similarity_correlation(layers, task) - wrong).max() > WRONG


def test_equal_similarities_correlate_with_nothing():
    task = similarity(activities(9, (5, 7)))
    assert np.isnan(similarity_correlation(np.stack([np.eye(5), np.ones((5, 5)) * 0.1]), task)).all()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [pytest.param((2, 4, 4), (5, 5), id="sizes"), pytest.param((2, 2), (2, 2), id="two items")],
)
def test_matrices_that_cannot_be_correlated_are_refused(ours, theirs):
    refused(
        fl.ShapeError,
        ["similarities", str(ours), str(theirs), "(..., P, P)"],
        lambda: similarity_correlation(np.zeros(ours), np.zeros(theirs)),
    )


def test_hidden_layers_come_to_resemble_the_task():
    data = fl.datasets.hierarchy(3, flip=0.1, features=100, seed=0)
    problem = fl.Problem(data.moments(), fl.initial.small_random((8, 16, 100), scale=1e-3, seed=0))
    run = fl.solve(problem, np.linspace(0, 40, 5))
    hidden, _ = fl.observe.representations(run, data.inputs)
    found = similarity_correlation(similarity(hidden), similarity(data.targets))
    assert found[0] < 0.5
    assert found[-1] > 0.98


def test_a_trajectory_is_observed_at_once():
    problem = random_problem(2, (4, 3, 5))
    run = fl.solve(problem, [0.0, 1.0], method="DOP853")
    hidden, output = fl.observe.representations(run, np.eye(4))
    assert similarity(hidden).shape == distances(output).shape == (2, 4, 4)
