"""Rotations by collocation against a closed form whose velocities do not commute."""

import numpy as np
import pytest
from refusal import refused
from scipy.linalg import expm

from flowdln.errors import SolveError
from flowdln.exact.collocation import solve_rotation

TOLERANCE = 1e-13
POINTS = np.array([7.5, 0.0, 0.3, 12.0, 0.3, 3.0])  # in no order, one of them twice

CLOCKS = [
    pytest.param(lambda x: x, np.ones_like, id="steady"),
    pytest.param(lambda x: 20 * x, lambda x: 20 + 0 * x, id="fast"),
    pytest.param(lambda x: np.tanh(20 * (x - 3)), lambda x: 20 / np.cosh(20 * (x - 3)) ** 2, id="one jolt"),
    pytest.param(lambda x: np.sin(5 * x), lambda x: 5 * np.cos(5 * x), id="to and fro"),
]


def skew(size, seed):
    matrix = np.random.default_rng(seed).standard_normal((size, size))
    return (matrix - matrix.T) / np.linalg.norm(matrix)


def motion(clock, pace, size):
    """``O = exp(g A) exp(g B)`` from ``I`` at 0, and ``O^T O'``, at points."""
    first, second = skew(size, 1), skew(size, 2)

    def solution(points):
        g = (clock(points) - clock(np.zeros(1)))[:, None, None]
        return expm(g * first) @ expm(g * second)

    def omega(points):
        back = expm(-(clock(points) - clock(np.zeros(1)))[:, None, None] * second)
        return pace(points)[:, None, None] * (back @ first @ back.transpose(0, 2, 1) + second)

    return solution, omega


def within(points):
    return np.full_like(points, TOLERANCE)


@pytest.mark.parametrize("size", [2, 3, 6])
@pytest.mark.parametrize(("clock", "pace"), CLOCKS)
def test_against_the_closed_form(clock, pace, size):
    solution, omega = motion(clock, pace, size)
    found = solve_rotation(omega, POINTS, within)
    np.testing.assert_allclose(found.matrices, solution(POINTS), atol=1e-12)
    np.testing.assert_allclose(found.matrices @ found.matrices.transpose(0, 2, 1) - np.eye(size), 0, atol=1e-14)


def test_control_the_other_order_of_velocity_and_rotation_is_another_solution():
    solution, omega = motion(lambda x: x, np.ones_like, 3)
    found = solve_rotation(lambda points: -omega(points), POINTS, within)  # the transpose obeys O' = Omega O
    assert np.abs(found.matrices.transpose(0, 2, 1) - solution(POINTS)).max() > 0.1


def test_at_zero_alone_it_is_the_identity():
    _, omega = motion(lambda x: x, np.ones_like, 3)
    np.testing.assert_allclose(solve_rotation(omega, np.zeros(2), within).matrices, [np.eye(3)] * 2, atol=1e-16)


def test_shorter_panels_where_it_takes_them_only():
    steady, jolt = (
        solve_rotation(motion(*case.values, 3)[1], POINTS, within).evaluations for case in (CLOCKS[0], CLOCKS[2])
    )
    assert steady == 24 * 32  # panels of half a unit
    assert steady < jolt < 2 * steady


@pytest.mark.parametrize("noise", [1e-9, np.nan], ids=str)
def test_what_cannot_be_resolved_is_refused(noise):
    rng = np.random.default_rng(0)

    def omega(points):
        return (1 + noise * rng.standard_normal(points.shape))[:, None, None] * skew(2, 0)

    words = ["the rotation of the hidden units is not resolved by", "panels", "Gram matrices"]
    refused(SolveError, words, lambda: solve_rotation(omega, POINTS, within))


def test_a_jump_is_resolved_by_short_panels():
    def angle(points):
        return np.where(points > 1.2345, 3.0, 1.0)

    found = solve_rotation(lambda points: angle(points)[:, None, None] * skew(2, 0), POINTS, within)
    reached = np.where(POINTS > 1.2345, 3 * POINTS - 2 * 1.2345, POINTS)
    np.testing.assert_allclose(found.matrices, expm(reached[:, None, None] * skew(2, 0)), atol=1e-12)
