"""Where the exact flow ends: minima, saddles, their ranks and losses."""

import numpy as np
import pytest
from instances import random_problem

import flowdln as fl
from flowdln.exact import limit
from flowdln.exact.limits import least_loss

DIAGONAL = fl.Moments(np.eye(2), np.diag([3.0, 1.0]), 10.0)
RECTANGLE = fl.Moments.from_modes([3.0, 2.0, 1.0], 5, 4)


def turned(angle):
    """Two balanced layers ``R diag(0.1, 0.2)`` and its transpose up to a reflection, in a frame of its own."""
    cosine, sine = np.cos(angle), np.sin(angle)
    rotation = np.array([[cosine, -sine], [sine, cosine]])
    first = np.diag([0.1, 0.2]) @ rotation
    return first, rotation @ np.diag([0.1, 0.2])


@pytest.mark.parametrize(
    ("problem", "rank", "loss"),
    [
        pytest.param(fl.Problem(RECTANGLE, fl.initial.aligned(RECTANGLE, (5, 6, 4), 0.1)), 3, 0.0, id="two layers"),
        pytest.param(fl.Problem(RECTANGLE, fl.initial.aligned(RECTANGLE, (5, 2, 3, 4), 0.3)), 2, 0.5, id="bottleneck"),
        pytest.param(fl.Problem(DIAGONAL, turned(0.3)), 2, 0.0, id="not aligned"),
        pytest.param(random_problem(2, (4, 3)), 3, None, id="one layer"),
    ],
)
def test_minima(problem, rank, loss):
    found = limit(problem)
    assert found.kind == "minimum"
    assert found.rank == rank
    assert found.loss == pytest.approx(found.least_loss, abs=1e-8)
    if loss is not None:
        assert found.loss == pytest.approx(loss, abs=1e-8)
    assert "the least that these widths allow" in str(found)


@pytest.mark.parametrize(
    ("weights", "rank", "loss"),
    [
        pytest.param((np.diag([0.1, 0.1]), np.diag([0.1, -0.1])), 1, 0.5, id="aligned, second mode reversed"),
        pytest.param((np.diag([0.1, 0.1]), np.diag([-0.1, 0.1])), 1, 4.5, id="aligned, first mode reversed"),
        pytest.param((np.zeros((2, 2)), np.zeros((2, 2))), 0, 5.0, id="zero"),
        pytest.param((turned(0.3)[0], turned(0.3)[1] @ np.diag([1.0, -1.0])), 1, 0.5, id="det of the wrong sign"),
    ],
)
def test_saddles_of_square_balanced_layers(weights, rank, loss):
    found = limit(fl.Problem(DIAGONAL, weights))
    assert (found.kind, found.rank) == ("saddle", rank)
    assert found.loss == pytest.approx(loss, abs=1e-8)
    assert "may leave the saddle by rounding" in str(found)


def test_a_saddle_is_where_an_integrator_is_before_rounding_takes_it_away():
    problem = fl.Problem(DIAGONAL, (np.diag([0.1, 0.1]), np.diag([0.1, -0.1])))
    product = fl.solve(problem, [20.0], method="DOP853", rtol=1e-12).product[0]
    assert np.abs(product - limit(problem).product).max() < 1e-6
    assert np.abs(product - DIAGONAL.sigma_yx).max() > 0.9  # the control: it is not the minimum


def test_tau_and_the_scale_of_the_data_do_not_matter():
    weights = fl.initial.aligned(RECTANGLE, (5, 6, 4), 0.1)
    slow = limit(fl.Problem(RECTANGLE, weights, tau=1e4))
    assert slow.kind == "minimum"
    small = fl.Moments(1e-3 * RECTANGLE.sigma_xx, 1e-3 * RECTANGLE.sigma_yx, RECTANGLE.trace_yy)
    assert limit(fl.Problem(small, weights)).rank == 3


def test_a_weak_mode_that_is_not_learned_makes_a_saddle():
    moments = fl.Moments(np.eye(2), np.diag([1.0, 1e-4]), 1.0 + 1e-8)
    found = limit(fl.Problem(moments, (np.diag([0.1, 0.1]), np.diag([0.1, -0.1]))))
    assert (found.kind, found.rank) == ("saddle", 1)


def test_a_plateau_however_long_is_not_the_end():
    moments = fl.Moments.from_modes([1.0], 2, 2)
    found = limit(fl.Problem(moments, fl.initial.aligned(moments, (2,) * 11, 1e-3)))
    assert (found.kind, found.rank) == ("minimum", 1)


def test_weights_in_a_direction_without_data_stay_for_ever():
    turn = np.linalg.qr(np.random.default_rng(3).standard_normal((3, 3))).Q
    moments = fl.Moments(turn[:, :2] @ turn[:, :2].T, np.diag([2.0, 1.0]) @ turn[:, :2].T, 5.0)
    moments = moments._replace(sigma_yx=np.vstack([moments.sigma_yx, np.zeros(3)]))
    problem = fl.Problem(moments, (np.diag([0.3, 0.3, 0.4]) @ turn.T, np.diag([0.3, 0.2, 0.3])))
    late = fl.solve(problem, [1e17], method="exact")
    assert late.method == "exact: aligned modes"
    assert (late.product[0] @ turn[:, 2])[2] == pytest.approx(0.12, rel=1e-12)


def test_a_problem_without_a_closed_form_is_refused_with_the_table():
    with pytest.raises(fl.AssumptionError, match="aligned modes"):
        limit(random_problem(0, (4, 3, 2)))


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
def test_the_least_loss_is_that_of_the_best_map_of_that_rank(rank):
    problem = random_problem(5, (4, 3))
    root = np.linalg.cholesky(problem.moments.sigma_xx)
    left, values, right = np.linalg.svd(problem.moments.sigma_yx @ np.linalg.inv(root).T)
    best = (left[:, :rank] * values[:rank]) @ right[:rank] @ np.linalg.inv(root)
    assert least_loss(problem.moments, rank) == pytest.approx(float(fl.loss((best,), problem.moments)), rel=1e-12)
    assert least_loss(problem.moments, rank) > least_loss(problem.moments, rank + 1) or rank == 3
