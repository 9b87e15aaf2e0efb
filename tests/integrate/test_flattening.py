"""The one flatten and unflatten pair."""

import numpy as np
import pytest

from flowdln.integrate.flattening import flatten, unflatten

SHAPES = [
    pytest.param([(2, 3)], id="one matrix"),
    pytest.param([(2, 3), (4, 2)], id="two"),
    pytest.param([(1, 1), (3, 1), (1, 3), (2, 2)], id="rows, columns and a number"),
]


def numbered(shapes, leading=()):
    """Matrices whose entries are all different."""
    rng = np.random.default_rng(0)
    return tuple(rng.standard_normal((*leading, *shape)) for shape in shapes)


@pytest.mark.parametrize("shapes", SHAPES)
def test_matrices_come_back(shapes):
    matrices = numbered(shapes)
    for back, matrix in zip(unflatten(flatten(matrices), shapes), matrices, strict=True):
        np.testing.assert_array_equal(back, matrix)


@pytest.mark.parametrize("shapes", SHAPES)
def test_vectors_come_back(shapes):
    vector = np.arange(sum(rows * columns for rows, columns in shapes), dtype=float)
    np.testing.assert_array_equal(flatten(unflatten(vector, shapes)), vector)


def test_entries_are_laid_out_row_by_row_and_matrix_by_matrix():
    first, second = np.array([[0.0, 1.0], [2.0, 3.0]]), np.array([[4.0, 5.0]])
    np.testing.assert_array_equal(flatten((first, second)), np.arange(6.0))


@pytest.mark.parametrize("leading", [(5,), (2, 3)], ids=["stack", "stack of stacks"])
@pytest.mark.parametrize("shapes", SHAPES)
def test_leading_axes_stay_in_front(shapes, leading):
    stacks = numbered(shapes, leading)
    vectors = np.concatenate([stack.reshape(*leading, -1) for stack in stacks], axis=-1)
    for back, stack in zip(unflatten(vectors, shapes), stacks, strict=True):
        np.testing.assert_array_equal(back, stack)
