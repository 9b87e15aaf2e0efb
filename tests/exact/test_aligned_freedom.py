"""Aligned networks where the singular vectors of the data are one choice of many: the weights decide."""

import numpy as np
import pytest
from instances import largest_gap, random_rotation
from refusal import refused

import flowdln as fl
from flowdln.exact import aligned, alignment, deep_mode, solve_aligned
from flowdln.exact.hyperbolic import two_layer_modes

TOLERANCE = 1e-10
TIMES = np.array([0.0, 0.05, 0.3, 1.0, 2.0, 4.0])
depths = pytest.mark.parametrize("depth", [2, 3, 4])


def network(depth, targets, powers):
    """A square network of four modes, each with its own strengths and with these targets and powers in the data.

    The modes have random singular vectors, and the layers the strengths 0.3 to 0.9.
    """
    rng = np.random.default_rng(6)
    inner = [random_rotation(rng, 6)[:, :4] for _ in range(depth - 1)]
    frames = [random_rotation(rng, 4), *inner, random_rotation(rng, 4)]
    strengths = rng.uniform(0.3, 0.9, (depth, 4))
    weights = tuple(frames[i + 1] * strengths[i] @ frames[i].T for i in range(depth))
    sigma_xx = frames[0] * powers @ frames[0].T
    return fl.Problem(fl.Moments(sigma_xx, frames[-1] * targets @ frames[0].T, 20.0), weights)


FREE = [
    pytest.param([2.0, 2.0, 2.0, 1.0], [1.0, 1.0, 1.0, 1.0], id="equal targets"),
    pytest.param([2.0, 2.0, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5], id="two pairs of equal targets"),
    pytest.param([2.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], id="beyond the task"),
    pytest.param([2.0, 2.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], id="equal targets, and beyond the task"),
    pytest.param([2.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0], id="a mode without power in the data"),
    pytest.param([2.0, 1.0, 0.0, 0.0], [1.0, 0.5, 2.0, 0.7], id="different powers beyond the task"),
    pytest.param([0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], id="no task"),
    pytest.param([0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], id="no data"),
]
free = pytest.mark.parametrize(("targets", "powers"), FREE)


def error(problem):
    reference = fl.solve(problem, TIMES, method="DOP853", rtol=1e-13, atol=1e-15)
    return largest_gap(solve_aligned(problem, TIMES).weights, reference.weights)


@depths
@free
def test_against_an_integrator(depth, targets, powers):
    assert error(network(depth, targets, powers)) < TOLERANCE


@depths
@free
def test_the_frame_of_the_data_alone_would_not_do(depth, targets, powers, monkeypatch):
    problem = network(depth, targets, powers)
    alignment.align.cache_clear()
    monkeypatch.setattr(alignment, "_adapted_frame", lambda problem: fl.modes.svd_frame(problem.moments))
    refused(fl.AssumptionError, ["W_l = R_l diag(a_l) R_{l-1}^T"], lambda: solve_aligned(problem, TIMES))
    alignment.align.cache_clear()


@pytest.mark.parametrize("targets", [[2.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]], ids=["task", "no task"])
@pytest.mark.parametrize(
    ("depth", "name", "mutate"),
    [
        pytest.param(2, "two_layer_modes", lambda t, a, b, s: two_layer_modes(1.01 * t, a, b, s), id="2 layers"),
        pytest.param(3, "deep_mode", lambda t, a, s, **options: deep_mode(1.01 * t, a, s, **options), id="3 layers"),
        pytest.param(
            3, "deep_mode", lambda t, a, s, **options: deep_mode(t, a, s + 0.01, **options), id="3 layers, target"
        ),
        pytest.param(
            4, "deep_mode", lambda t, a, s, **options: deep_mode(t, a[::-1], s, **options), id="4 layers, exchanged"
        ),
    ],
)
def test_a_wrong_mode_is_seen(depth, name, mutate, targets, monkeypatch):
    monkeypatch.setattr(aligned, name, mutate)
    assert error(network(depth, targets, [1.0, 1.0, 1.0, 1.0])) > 1e-4


@depths
def test_what_the_data_do_not_ask_for_decays_and_what_they_do_not_show_stays(depth):
    problem = network(depth, [2.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 0.0])
    start, end = solve_aligned(problem, np.array([0.0, 1e6])).product
    _, _, right = np.linalg.svd(problem.moments.sigma_yx)
    hidden = np.linalg.svd(problem.moments.sigma_xx).Vh[3]
    assert np.abs((end - start) @ hidden).max() < 1e-14
    outside = right[2:] - np.outer(right[2:] @ hidden, hidden)
    assert np.linalg.norm(end @ outside.T) < 0.05 * np.linalg.norm(start @ outside.T)
