"""Effect of what closed forms neglect: rates of growth, estimates against integrations, and what is solved instead."""

import numpy as np
import pytest
import sympy as sp
from instances import random_rotation

import flowdln as fl
from flowdln.exact import find_closed_form
from flowdln.exact.aligned import follow_modes
from flowdln.exact.alignment import align
from flowdln.exact.misalignment import pair_matrices, pair_rates
from flowdln.exact.selection import CLOSED_FORMS
from flowdln.tangent import jacobian

FORMS = {form.name: form for form in CLOSED_FORMS}
WHITE = fl.Moments.from_modes([3.0, 2.0, 1.0], 4, 3)
DIAGONAL = fl.Moments(np.eye(2), np.diag([3.0, 2.0]), 13.0)


def aligned(depth, strengths, seed=1):
    return fl.Problem(WHITE, fl.initial.aligned(WHITE, (4, *[5] * (depth - 1), 3), strengths, seed=seed))


def largest_rate(problem):
    """Largest eigenvalue of minus the Hessian at the initial weights."""
    matrix = jacobian(lambda weights: fl.gradient_flow(0.0, weights, problem.moments), problem.weights)
    return np.linalg.eigvalsh((matrix + matrix.T) / 2)[-1]


class TestRates:
    """Rates of growth of departures from alignment are eigenvalues of minus the Hessian."""

    STRENGTHS = np.array([[0.9, 0.2, 0.1], [1.4, 0.3, -0.2], [0.8, 0.6, 0.3], [1.1, 0.5, 0.2]])

    def rate(self, problem):
        alignment = align(problem)
        modes = follow_modes(np.zeros(1), alignment)
        modes = np.append(modes, np.zeros((problem.depth, 1, 1)), axis=2)
        errors = np.append(alignment.targets, 0.0) - modes.prod(axis=0)
        return pair_rates(modes, errors, np.ones(4)).max()

    @pytest.mark.parametrize("depth", [2, 3, 4])
    def test_largest_rate_is_that_of_the_hessian(self, depth):
        problem = aligned(depth, self.STRENGTHS[:depth])
        assert self.rate(problem) == pytest.approx(largest_rate(problem), rel=1e-10)

    def test_control_other_strengths_have_another_rate(self):
        assert abs(self.rate(aligned(3, self.STRENGTHS[:3])) / largest_rate(aligned(3, self.STRENGTHS[1:])) - 1) > 0.01

    @pytest.mark.parametrize("depth", [2, 3])
    def test_matrices_are_the_symbolic_jacobian(self, depth):
        strengths = np.array(sp.symbols(f"a:{2 * depth}")).reshape(depth, 2)
        task, power = sp.symbols("s:2"), sp.symbols("c:2")
        weights = [sp.Matrix(2, 2, sp.symbols(f"w{layer}_:4")) for layer in range(depth)]
        moments = fl.Moments(sp.diag(*power), sp.diag(*task), sp.Integer(0))
        velocity = fl.gradient_flow(0, weights, moments)
        x, y = [weight[0, 1] for weight in weights], [weight[1, 0] for weight in weights]
        rates = sp.Matrix([*(change[0, 1] for change in velocity), *(change[1, 0] for change in velocity)])
        point = {weight[i, j]: strengths[layer, i] * int(i == j) for layer, weight in enumerate(weights)
                 for i in range(2) for j in range(2)}  # fmt: skip
        expected = rates.jacobian([*x, *y]).subs(point)
        errors = np.array([task[k] - power[k] * sp.prod(strengths[:, k]) for k in range(2)])[None]
        pair = np.array([0]), np.array([1])
        found = pair_matrices(strengths[:, None, :], errors, np.array(power), *pair)[0, 0]
        assert (sp.Matrix(found) - expected).expand() == sp.zeros(2 * depth, 2 * depth)
        assert (sp.Matrix(found) + expected).expand() != sp.zeros(2 * depth, 2 * depth)  # the control


def nudged(problem, size, seed):
    """The problem with every layer moved by ``size`` times its norm, in a random direction."""
    rng = np.random.default_rng(seed)
    steps = [rng.standard_normal(weight.shape) for weight in problem.weights]
    weights = tuple(
        weight + size * np.linalg.norm(weight) * step / np.linalg.norm(step)
        for weight, step in zip(problem.weights, steps, strict=True)
    )
    return fl.Problem(problem.moments, weights, problem.tau)


SYMMETRIC = fl.Moments(np.eye(3), np.diag([3.0, 2.0, -1.0]), 15.0)
FIRST = 0.1 * np.random.default_rng(5).standard_normal((3, 3))
NEAR = [
    pytest.param("aligned modes", aligned(2, 0.1), id="aligned, two layers"),
    pytest.param("aligned modes", aligned(3, 0.3), id="aligned, three layers"),
    pytest.param("tied weights", fl.Problem(SYMMETRIC, (FIRST, FIRST.T)), id="tied"),
    pytest.param(
        "lambda-balanced",
        fl.Problem(WHITE, fl.initial.lambda_balanced((4, 2, 3), 0.5, scale=0.1)),
        id="lambda-balanced",
    ),
]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("name", "problem"), NEAR)
def test_estimate_is_not_below_the_effect(name, problem, seed):
    times, given = np.array([0.5, 2.0, 4.0, 8.0]), nudged(problem, 1e-11, seed)
    estimate = FORMS[name].neglected(given, times, 0.0).effect
    exact, reference = FORMS[name].solve(given, times), fl.solve(given, times, method="DOP853", rtol=1e-13, atol=1e-16)
    gaps = sum(np.sum((a - b) ** 2, axis=(1, 2)) for a, b in zip(exact.weights, reference.weights, strict=True))
    sizes = sum(np.sum(weight**2, axis=(1, 2)) for weight in reference.weights)
    effect = np.sqrt(gaps / sizes)
    assert (estimate > effect - 1e-11).all()
    assert estimate[0] < 1e3 * (effect[0] + 1e-11)  # the control: it says something


@pytest.mark.parametrize("seed_size", [1e-10, 1e-11, 1e-12, 1e-13])
def test_seed_in_one_layer_is_learned(seed_size):
    weights = ([[1.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [seed_size, seed_size]])
    problem, times = fl.Problem(DIAGONAL, weights), [0, 5, 10, 15, 30]
    found = fl.solve(problem, times)
    expected = fl.solve(problem, times, method="DOP853", rtol=1e-12, atol=1e-26)
    np.testing.assert_allclose(found.modes, expected.modes, rtol=1e-7, atol=1e-12)
    assert found.modes[-1] == pytest.approx([3, 2])
    end = fl.exact.limit(problem)
    assert (end.kind, end.rank) == ("minimum", 2)


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize("size", [1e-13, 1e-15, 1e-100, 1e-300])
def test_strengths_of_any_size_are_data(size, depth):
    problem = fl.Problem(DIAGONAL, (np.diag([0.7, size]),) * depth)
    late = 1e3 if depth == 2 else 10 / size
    np.testing.assert_allclose(fl.solve(problem, [late]).modes[0], [3.0, 2.0], rtol=1e-9)


@pytest.mark.parametrize("size", [1e-13, 1e-15, 1e-100])
def test_small_strengths_are_learned_in_time(size):
    half = float(fl.exact.balanced_mode_time(1.0, size**2, 2.0, 2))
    found = fl.solve(fl.Problem(DIAGONAL, (np.diag([0.7, size]),) * 2), [half])
    assert found.modes[0, 1] == pytest.approx(1.0, rel=1e-9)


def test_residual_below_any_threshold_decides_a_plateau():
    rng = np.random.default_rng(0)
    moments, first = fl.Moments(np.eye(2), np.diag([3.0, -1.0]), 10.0), np.array([[0.1, 0.2], [0.3, -0.1]])
    step = rng.standard_normal((2, 2))
    second = first.T + 5e-11 * np.linalg.norm(first) * step / np.linalg.norm(step)
    problem = fl.Problem(moments, (first, second))
    found = fl.solve(problem, [20.0, 30.0])
    np.testing.assert_allclose(found.loss, [0.499983, 0.0], atol=1e-6)
    assert "'tied weights' would neglect 5.0e-11" in found.explain()
    with pytest.raises(fl.AssumptionError, match="'tied weights' would neglect"):
        fl.solve(problem, [20.0], method="exact")
    with pytest.raises(fl.AssumptionError, match="Integrate to a late time"):
        fl.exact.limit(problem)
    assert fl.solve(fl.Problem(moments, (first, first.T)), [30.0]).loss[0] == pytest.approx(0.5)  # the control


@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("seed", range(5))
def test_stable_manifold_up_to_rounding_is_one_reading(depth, seed):
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 3, 3, seed=seed)
    strengths = [[0.1] * 3] * (depth - 1) + [[-0.1] * 3]
    problem = fl.Problem(moments, fl.initial.aligned(moments, (3,) * (depth + 1), strengths, seed=seed))
    end = fl.exact.limit(problem)
    assert (end.kind, end.rank, end.certain) == ("saddle", 0, False)
    assert end.loss == pytest.approx(7.0)
    assert "Digits that float64 does not hold" in str(end)


@pytest.mark.parametrize("seed", range(10))
def test_saddle_up_to_rounding_is_kept_and_said(seed):
    moments = fl.Moments.from_modes([3.0, 2.0, 1.0], 3, 3, seed=0)
    problem = fl.Problem(moments, fl.initial.aligned(moments, (3, 3, 3), [[0.1] * 3, [-0.1] * 3], seed=seed))
    trajectory = fl.solve(problem, [20.0])
    assert np.abs(trajectory.modes).max() < 1e-12
    assert "hangs on further digits" in trajectory.explain()


def test_stable_manifold_that_the_digits_hold_is_certain():
    problem = fl.Problem(DIAGONAL, (np.diag([0.1, 0.1]), np.diag([0.1, -0.1])))
    assert fl.exact.limit(problem).certain
    assert "further digits" not in fl.solve(problem, [1e3]).explain()


def test_one_digit_beside_the_stable_manifold_leaves_it():
    problem = fl.Problem(DIAGONAL, (np.diag([0.1, 0.1]), np.diag([0.1, -0.1 + 2e-17])))
    assert fl.exact.limit(problem).kind == "minimum"


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8, 1e-10])
def test_closed_form_is_taken_only_while_its_effect_is_below_rtol(rtol):
    problem = nudged(aligned(2, 0.01), 2e-11, 3)
    taken = [
        find_closed_form(problem, np.array([t]), rtol=rtol).form == FORMS["aligned modes"] for t in (1e-6, 0.5, 3.0)
    ]
    effects = [FORMS["aligned modes"].neglected(problem, np.array([t]), rtol).effect[0] for t in (1e-6, 0.5, 3.0)]
    assert taken == [effect <= rtol for effect in effects]


def test_rotated_copies_agree():
    """The decision does not depend on the frame in which a problem is written."""
    rng = np.random.default_rng(7)
    left, right = random_rotation(rng, 2), random_rotation(rng, 2)
    turned = fl.Problem(
        fl.Moments(np.eye(2), left @ DIAGONAL.sigma_yx @ right.T, 13.0),
        (np.diag([0.7, 1e-3]) @ right.T, left @ np.diag([0.7, 1e-3])),
    )
    plain = fl.Problem(DIAGONAL, (np.diag([0.7, 1e-3]),) * 2)
    np.testing.assert_allclose(fl.solve(turned, [2.0, 4.0]).modes, fl.solve(plain, [2.0, 4.0]).modes, rtol=1e-11)
