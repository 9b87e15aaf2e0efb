"""Multidimensional scaling, against scikit-learn's, and its frames over time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from refusal import refused
from scipy.linalg import orthogonal_procrustes
from sklearn import manifold
from sklearn.decomposition import PCA

import flowdln as fl
from flowdln.errors import ShapeError
from flowdln.observe import distances, multidimensional_scaling

ROUNDING = 1e-12
WRONG = 1e-3


def items_in_a_plane(seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((6, 2)) @ np.linalg.qr(rng.standard_normal((5, 2))).Q.T


def test_items_in_a_plane_keep_their_distances():
    items = items_in_a_plane()
    assert np.abs(distances(multidimensional_scaling(items)) - distances(items)).max() < ROUNDING


def test_control_one_axis_is_not_enough_for_them():
    items = items_in_a_plane()
    assert np.abs(distances(multidimensional_scaling(items, dimensions=1)) - distances(items)).max() > WRONG


def test_points_are_scikit_learns_principal_components():
    items = np.random.default_rng(1).standard_normal((7, 5))
    ours, theirs = multidimensional_scaling(items, dimensions=3), PCA(3).fit_transform(items)
    turn, _ = orthogonal_procrustes(ours, theirs)
    assert np.abs(ours @ turn - theirs).max() < ROUNDING
    assert np.abs(np.abs(turn) - np.eye(3)).max() < ROUNDING


def test_no_start_gives_scikit_learns_iteration_a_smaller_strain():
    items = np.random.default_rng(1).standard_normal((7, 5))
    inner = items - items.mean(0)
    gram = inner @ inner.T

    def strain(points):
        return np.linalg.norm(gram - points @ points.T)

    iteration = manifold.MDS(2, metric="precomputed", init="random", n_init=4, random_state=0)
    other = iteration.fit_transform(distances(items))
    assert strain(multidimensional_scaling(items)) < strain(other - other.mean(0))


@pytest.fixture
def classical():
    """scikit-learn's classical scaling, which its versions before 1.8 do not have."""
    if not hasattr(manifold, "ClassicalMDS"):
        pytest.skip("scikit-learn has it from version 1.8 on")
    return manifold.ClassicalMDS(2).fit_transform


def test_points_are_those_of_scikit_learns_classical_scaling(classical):
    items = np.random.default_rng(1).standard_normal((7, 5))
    assert np.abs(np.abs(multidimensional_scaling(items)) - np.abs(classical(items))).max() < ROUNDING


def thin_items():
    """Centred points on two axes, the second 1e-9 times as long as the first."""
    points = np.random.default_rng(1).standard_normal((7, 2))
    return np.linalg.qr(points - points.mean(0)).Q * [1, 1e-9]


def test_a_short_axis_is_kept():
    found = np.linalg.norm(multidimensional_scaling(thin_items()), axis=0)
    assert found == pytest.approx([1, 1e-9], rel=1e-6, abs=0)


def test_control_squares_of_distances_lose_it(classical):
    with np.errstate(invalid="ignore"):  # rounding may leave the root of a negative number
        found = np.linalg.norm(classical(thin_items()), axis=0)[1]
    assert not abs(found / 1e-9 - 1) < 0.5


def test_axes_the_items_do_not_need_are_zero():
    points = multidimensional_scaling([[0.0], [2.0]], dimensions=3)
    assert np.abs(np.abs(points) - [[1, 0, 0], [1, 0, 0]]).max() < ROUNDING


def swapping_axes():
    """Items whose principal axes exchange their ranks halfway, and no item moves far between two times."""
    corners = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [0.3, 0.2]])
    return np.stack([corners * [1 + s, 1 - s] for s in np.linspace(-0.3, 0.3, 40)])


def largest_jump(frames):
    return np.abs(np.diff(frames, axis=0)).max()


def test_points_do_not_jump_when_axes_swap():
    assert largest_jump(multidimensional_scaling(swapping_axes())) < 0.02


def test_control_frames_on_their_own_axes_do():
    frames = np.stack([multidimensional_scaling(items) for items in swapping_axes()])
    assert largest_jump(frames) > 1


@given(st.integers(0, 2**32 - 1))
def test_frames_keep_the_distances_of_their_own_items(seed):
    frames = np.stack([items_in_a_plane(seed) * scale for scale in (0.1, 1.0, 2.0)])
    assert np.abs(distances(multidimensional_scaling(frames)) - distances(frames)).max() < ROUNDING


def test_the_last_frame_is_that_of_its_principal_axes():
    frames = swapping_axes()
    assert np.abs(multidimensional_scaling(frames)[-1] - multidimensional_scaling(frames[-1])).max() < ROUNDING


@pytest.mark.parametrize(
    ("error", "shape", "dimensions", "words"),
    [
        pytest.param(ShapeError, (3,), 2, ["activities has shape (3,)", "2 axes"], id="one axis"),
        pytest.param(ShapeError, (2, 3, 4, 5), 2, ["(2, 3, 4, 5)", "(P, n) or (T, P, n)"], id="four axes"),
        pytest.param(fl.InputError, (3, 4), 0, ["dimensions is 0", "positive integer"], id="no dimension"),
        pytest.param(fl.InputError, (3, 4), "2", ["dimensions is '2'", "positive integer"], id="text"),
    ],
)
def test_what_cannot_be_drawn_is_refused(error, shape, dimensions, words):
    refused(error, words, lambda: multidimensional_scaling(np.ones(shape), dimensions=dimensions))
