"""Aligned networks: the weights of all layers against DOP853, and what is said where a network is not aligned."""

from dataclasses import replace

import numpy as np
import pytest
from instances import largest_gap, random_problem, random_rotation
from refusal import refused

import flowdln as fl
from flowdln.exact import aligned, deep_mode, solve_aligned
from flowdln.exact.hyperbolic import two_layer_modes

TOLERANCE = 1e-10
TIMES = np.array([0.0, 0.05, 0.3, 1.0, 2.0, 4.0])
STRENGTHS = np.array([3.0, 2.0, 1.0])


def moments_with(powers, n_in, n_out, rest=0.7):
    """Moments with ``sigma_xx = V diag(powers) V^T`` on the modes, ``rest`` elsewhere; strengths 3, 2, 1."""
    rng = np.random.default_rng(8)
    right, left = random_rotation(rng, n_in), random_rotation(rng, n_out)[:, :3]
    sigma_xx = right * np.concatenate([powers, np.full(n_in - 3, rest)]) @ right.T
    return fl.Moments(sigma_xx, left * STRENGTHS @ right[:, :3].T, np.sum(STRENGTHS**2 / powers) + 0.2)


WHITE = fl.Moments.from_modes(STRENGTHS, 5, 4)
ONE_HOT = fl.Moments.from_data(np.eye(6)[:4], np.random.default_rng(2).standard_normal((4, 3)))
EQUAL = fl.Moments.from_modes([2.0, 2.0, 1.0], 4, 4)
POWERS = np.array([2.0, 0.5, 1.3])


def beyond_the_modes(size, reach=0.0):
    """Four layers, the two inner ones with parts that no mode reaches; with ``reach``, one mode does."""
    problem, rng = made(WHITE, (6, 7, 5), [0.5, 0.4, 0.3, 0.6]), np.random.default_rng(4)
    first, second, third, last = problem.weights

    def outside(columns):
        """Projector on what is orthogonal to the columns."""
        basis = np.linalg.svd(columns, full_matrices=False).U[:, :3]
        return np.eye(len(columns)) - basis @ basis.T

    before, between, after = outside(first), outside(second @ first), outside(last.T)
    noise, further = rng.standard_normal(second.shape), rng.standard_normal(third.shape)
    changed = second + size * between @ noise @ (before + reach * np.eye(6))
    return fl.Problem(WHITE, (first, changed, third + size * after @ further @ between, last))


def made(moments, hidden, strengths, **options):
    widths = (len(moments.sigma_xx), *hidden, len(moments.sigma_yx))
    return fl.Problem(moments, fl.initial.aligned(moments, widths, strengths, seed=1), **options)


TWO_LAYERS = [
    pytest.param(made(WHITE, (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]]), id="unbalanced"),
    pytest.param(made(WHITE, (4,), [[0.5, 0.0, 0.3], [0.1, 0.4, 0.2]]), id="zero in the first layer"),
    pytest.param(made(WHITE, (4,), [[0.5, 0.2, 0.3], [0.1, 0.0, 0.2]]), id="zero in the second layer"),
    pytest.param(made(WHITE, (4,), [[0.5, 0.0, 0.0], [0.0, 0.4, 0.0]]), id="zero in either and in both"),
    pytest.param(made(WHITE, (4,), [[0.0, 0.0, 0.0], [0.1, 0.4, 0.2]]), id="first layer all zero"),
    pytest.param(made(WHITE, (4,), [[0.5, 0.2, 0.3], [0.0, 0.0, 0.0]]), id="second layer all zero"),
    pytest.param(made(WHITE, (4,), 0.0), id="all zero"),
    pytest.param(made(WHITE, (4,), [[-0.5, 0.2, -0.3], [0.1, -0.4, -0.2]]), id="negative"),
    pytest.param(made(WHITE, (4,), [[0.5, 3.0, 0.3], [2.0, 1.0, 4.0]]), id="overshoot"),
    pytest.param(made(WHITE, (4,), [[0.3, 0.2, 0.1], [-0.3, 0.2, 0.1]]), id="a mode on the stable manifold"),
    pytest.param(made(WHITE, (4,), [[0.5, 0.2], [0.1, 0.4]]), id="fewer modes than data"),
    pytest.param(made(WHITE, (1,), 0.3), id="one hidden unit"),
    pytest.param(made(WHITE, (30,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]]), id="thirty hidden units"),
    pytest.param(made(moments_with(np.full(3, 2.5), 3, 6), (4,), 0.2), id="inputs c I"),
    pytest.param(made(moments_with(POWERS, 5, 3), (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]]), id="different powers"),
    pytest.param(made(moments_with(POWERS, 5, 3, rest=0.0), (4,), 0.2), id="singular inputs"),
    pytest.param(made(ONE_HOT, (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]]), id="one-hot, unseen items"),
    pytest.param(made(EQUAL, (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]]), id="equal singular values"),
    pytest.param(made(WHITE, (4,), 0.2, tau=3.0), id="tau"),
]
DEEPER = [
    pytest.param(made(WHITE, (4, 6), 0.5), id="3 layers"),
    pytest.param(made(WHITE, (4, 3, 6), 0.6), id="4 layers"),
    pytest.param(made(WHITE, (2, 30, 3), 0.6), id="4 layers, narrow and wide"),
    pytest.param(made(WHITE, (4, 4), np.tile([0.7, 0.3, 0.5], (3, 1))), id="3 layers, modes apart"),
    pytest.param(made(WHITE, (4, 4), np.tile([0.7, 0.0, 0.5], (3, 1))), id="3 layers, a dead mode"),
    pytest.param(made(WHITE, (4, 4, 4), np.tile([0.7, 0.6], (4, 1))), id="4 layers, fewer modes than data"),
    pytest.param(made(moments_with(np.full(3, 2.5), 3, 6), (4, 4), 0.5), id="3 layers, inputs c I"),
    pytest.param(made(moments_with(POWERS, 5, 3), (4, 4), 0.5), id="3 layers, different powers"),
    pytest.param(made(ONE_HOT, (3, 3), 0.4), id="3 layers, one-hot, unseen items"),
    pytest.param(made(WHITE, (4, 4), 0.5, tau=3.0), id="3 layers, tau"),
    pytest.param(made(WHITE, (4, 4), [0.5, 0.5, 0.4]), id="3 layers, out of balance"),
    pytest.param(made(WHITE, (4, 4), 1.2), id="3 layers, beyond the target"),
    pytest.param(
        made(WHITE, (4, 4), [[0.5, 0.3, 0.4], [0.4, -0.2, 0.3], [0.3, 0.2, 0.5]]), id="3 layers, to change sign"
    ),
    pytest.param(
        made(WHITE, (4, 4), [[0.5, 0.3, 0.4], [0.4, 0.3, 0.3], [0.3, -0.6, 0.5]]), id="3 layers, to the saddle"
    ),
    pytest.param(made(WHITE, (4, 4), [[0.5, 0.0, 0.4], [0.4, 0.3, 0.0], [0.3, 0.6, 0.0]]), id="3 layers, zeros"),
    pytest.param(made(WHITE, (4, 4, 4), np.where(np.eye(4, 3), 0.0, 0.6)), id="4 layers, each mode with a zero"),
    pytest.param(made(WHITE, (4, 4, 4), np.where(np.eye(4, 3, -1), 0.0, -0.6)), id="4 layers, zeros in others"),
    pytest.param(made(WHITE, (4, 4, 4), [-0.5, 0.6, -0.7, 0.8]), id="4 layers, signs"),
    pytest.param(made(WHITE, (4, 4), [[0.5, 0.0, 0.4], [0.4, 0.3, 0.2], [0.3, 0.0, 0.6]]), id="3 layers, lost mode"),
    pytest.param(
        made(WHITE, (4, 4, 4), [[0.5, 0.0, 0.0], [0.4, 0.3, 0.2], [0.3, 0.5, 0.0], [0.3, 0.0, 0.0]]),
        id="4 layers, modes lost at both ends",
    ),
    pytest.param(beyond_the_modes(0.2), id="4 layers, inner ones with more than the modes"),
]


def error(problem):
    reference = fl.solve(problem, TIMES, method="DOP853", rtol=1e-13, atol=1e-15)
    return largest_gap(solve_aligned(problem, TIMES).weights, reference.weights)


@pytest.mark.parametrize("problem", TWO_LAYERS + DEEPER)
def test_all_layers_against_an_integrator(problem):
    assert error(problem) < TOLERANCE


@pytest.mark.parametrize("reach", [1e-6, 1.0])
def test_control_inner_parts_that_a_mode_reaches_are_not_aligned(reach):
    problem = beyond_the_modes(0.2, reach)
    refused(fl.AssumptionError, ["W_l = R_l diag(a_l) R_{l-1}^T"], lambda: solve_aligned(problem, TIMES))


@pytest.mark.parametrize("problem", TWO_LAYERS + DEEPER)
def test_the_start_is_the_start(problem):
    start = solve_aligned(problem, np.zeros(1))
    assert largest_gap([stack[0] for stack in start.weights], problem.weights) < 1e-14


@pytest.mark.parametrize(
    "mutate",
    [
        pytest.param(lambda t, a, b, s: two_layer_modes(2 * t, a, b, s), id="twice the time"),
        pytest.param(lambda t, a, b, s: two_layer_modes(t, a, -b, s), id="sign of a layer"),
        pytest.param(lambda t, a, b, s: two_layer_modes(t, b, a, s)[::-1], id="harmless exchange"),
        pytest.param(lambda t, a, b, s: two_layer_modes(t, a, b, s)[::-1], id="layers exchanged"),
    ],
)
def test_a_wrong_mode_of_two_layers_is_seen(monkeypatch, mutate, request):
    monkeypatch.setattr(aligned, "two_layer_modes", mutate)
    wrong = error(made(WHITE, (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]])) > 1e-3
    assert wrong != request.node.callspec.id.startswith("harmless")


@pytest.mark.parametrize(
    "mutate",
    [
        pytest.param(lambda t, start, s, **options: deep_mode(2 * t, start, s, **options), id="twice the time"),
        pytest.param(lambda t, start, s, **options: deep_mode(t, -start, s, **options), id="sign of the layers"),
        pytest.param(lambda t, start, s, **options: deep_mode(t, start, s * 1.001, **options), id="target"),
    ],
)
def test_a_wrong_mode_of_three_layers_is_seen(monkeypatch, mutate):
    monkeypatch.setattr(aligned, "deep_mode", mutate)
    assert error(made(WHITE, (4, 6), 0.5)) > 1e-4


def test_modes_keep_their_singular_vectors():
    problem = made(WHITE, (4,), [[0.5, 0.2, 0.3], [0.1, 0.4, 0.2]])
    solution = solve_aligned(problem, TIMES)
    frame = solution.frame
    rebuilt = np.einsum("ia,ta,ja->tij", frame.left, solution.modes, frame.right)
    assert np.abs(solution.product - rebuilt).max() < 1e-14


def test_what_the_trajectory_says():
    solution = solve_aligned(made(WHITE, (4, 6), 0.5), TIMES)
    assert solution.method == "exact: aligned modes"
    assert "3 modes learn independently" in solution.explain()


def test_one_layer_is_refused():
    words = ["'aligned modes' does not apply", "two or more layers (residual 1)", "One layer has its own closed form"]
    refused(fl.AssumptionError, words, lambda: solve_aligned(random_problem(0, (4, 3)), TIMES))


def test_weights_out_of_line_are_refused_with_their_residual():
    problem = made(WHITE, (4,), 0.2)
    size = 1e-3 * np.linalg.norm(problem.weights[1])
    bump = np.random.default_rng(0).standard_normal(problem.weights[1].shape)
    bent = replace(problem, weights=(problem.weights[0], problem.weights[1] + bump * size / np.linalg.norm(bump)))
    words = ["W_l = R_l diag(a_l) R_{l-1}^T (residual 0.0009", "at most 1e-10", "initial.aligned"]
    refused(fl.AssumptionError, words, lambda: solve_aligned(bent, TIMES))


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_any_layer_can_be_the_one_out_of_line(layer):
    problem = made(WHITE, (4, 4), 0.5)
    weights = list(problem.weights)
    weights[layer] = weights[layer] + 1e-6 * np.random.default_rng(0).standard_normal(weights[layer].shape)
    bent = replace(problem, weights=weights)
    refused(fl.AssumptionError, ["W_l = R_l diag(a_l)", "e-06", "1e-10"], lambda: solve_aligned(bent, TIMES))


def test_random_weights_are_refused():
    problem = fl.Problem(WHITE, fl.initial.small_random((5, 4, 4), scale=1e-3))
    refused(fl.AssumptionError, ["W_l = R_l diag(a_l)"], lambda: solve_aligned(problem, TIMES))


def test_inputs_that_mix_the_modes_are_refused_with_their_residual():
    problem = random_problem(0, (4, 5, 3))
    right = np.linalg.svd(problem.moments.sigma_yx, full_matrices=False).Vh.T
    image = problem.moments.sigma_xx @ right
    powers = np.sum(right * image, axis=0)
    residual = np.linalg.norm(image - right * powers) / np.linalg.norm(powers)
    words = [f"sigma_xx V = V diag(c) (residual {residual:.2g})", "at most 1e-10", "Whiten the inputs"]
    refused(fl.AssumptionError, words, lambda: solve_aligned(problem, TIMES))
