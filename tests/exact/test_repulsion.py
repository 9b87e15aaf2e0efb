"""The velocity of cosines between tied vectors, against the flow itself."""

import numpy as np
import pytest

import flowdln as fl
from flowdln.exact import cosine_rate, neglected_square, volume_growth

STEP = 1e-6


def cosine_matrix(weights):
    directions = weights / np.linalg.norm(weights, axis=0)
    return directions.T @ directions


def difference_quotient(weights, task):
    """Central difference of the cosines along the shipped velocity."""
    first, second = fl.gradient_flow(0, (weights, weights.T), fl.Moments(np.eye(len(task)), np.diag(task), 0.0))
    assert np.allclose(second, first.T)
    return (cosine_matrix(weights + STEP * first) - cosine_matrix(weights - STEP * first)) / (2 * STEP)


@pytest.mark.parametrize(("n", "hidden"), [(2, 1), (2, 3), (3, 2), (4, 6), (6, 4)])
@pytest.mark.parametrize("task", ["zero", "random"])
def test_rate_is_that_of_the_flow_for_any_task(n, hidden, task):
    rng = np.random.default_rng(n)
    weights = rng.standard_normal((hidden, n))
    values = rng.standard_normal(n) if task == "random" else np.zeros(n)
    cosines, lengths = cosine_matrix(weights), np.sum(weights**2, axis=0)
    rates = [[cosine_rate(i, j, cosines, lengths) for j in range(n)] for i in range(n)]
    assert np.allclose(rates, difference_quotient(weights, values), atol=1e-7)


def test_control_the_rate_of_the_pair_alone_is_not_that_of_the_flow():
    weights = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
    cosines, lengths = cosine_matrix(weights), np.sum(weights**2, axis=0)
    assert cosine_rate(0, 1, cosines[:2, :2], lengths[:2]) == 0
    assert difference_quotient(weights, np.zeros(3))[0, 1] == pytest.approx(-2)


def test_many_times_at_once():
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((5, 4, 3))
    cosines = np.moveaxis([cosine_matrix(w) for w in weights], 0, -1)
    lengths = np.sum(weights**2, axis=1).T
    alone = [cosine_rate(0, 2, cosines[..., k], lengths[:, k]) for k in range(5)]
    assert np.array_equal(cosine_rate(0, 2, cosines, lengths), alone)


@pytest.mark.parametrize(("n", "hidden"), [(2, 3), (3, 3), (4, 6)])
def test_growth_of_the_volume_is_that_of_the_flow(n, hidden):
    weights = np.random.default_rng(n).standard_normal((hidden, n))
    first, _ = fl.gradient_flow(0, (weights, weights.T), fl.Moments(np.eye(n), np.eye(n), 0.0))
    after, before = (np.linalg.slogdet(cosine_matrix(weights + step * first))[1] for step in (STEP, -STEP))
    growth = volume_growth(cosine_matrix(weights), np.sum(weights**2, axis=0))
    assert (after - before) / (2 * STEP) == pytest.approx(growth, rel=1e-7)


@pytest.mark.parametrize(("n", "hidden"), [(3, 2), (6, 10)])
def test_what_is_neglected_has_the_mean_square_of_random_directions(n, hidden):
    vectors = np.random.default_rng(n).standard_normal((20_000, hidden, n))
    directions = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = np.einsum("dhi,dhk->dik", directions, directions)
    squares = hidden * np.sum(cosines[:, 0, 2:] * cosines[:, 1, 2:], axis=1) ** 2
    error = squares.std() / np.sqrt(len(squares))
    assert squares.mean() == pytest.approx(neglected_square(n, hidden), abs=4 * error)
    assert squares.mean() != pytest.approx(neglected_square(n, hidden + 1), abs=4 * error)
