"""Lambda-balanced layers: product, Gram matrices and weights against DOP853, for all times."""

import numpy as np
import pytest
from instances import largest_gap, random_rotation
from refusal import refused

import flowdln as fl
from flowdln.errors import AssumptionError
from flowdln.exact import lambda_balanced_grams, solve_lambda_balanced

TOLERANCE = 1e-10
STRENGTHS = np.array([2.0, 1.5, 1.2, 1.0])
TIMES = np.array([0.0, 0.5, 5.0, 30.0, 100.0, 600.0]) / STRENGTHS[0]  # t s_max / tau as the name of the limit says
WIDTHS = [(3, 3, 3), (4, 6, 4), (5, 10, 2), (2, 6, 5), (7, 4, 4), (4, 2, 3)]


def task(widths, weights, seed, *, saddle=False):
    """Whitened moments; the sign of an output is chosen such that the flow ends at the minimum, or at a saddle."""
    n_in, _, n_out = widths
    modes = min(n_in, n_out)
    moments = fl.Moments.from_modes(STRENGTHS[:modes], n_in, n_out, seed=seed)
    if n_in == n_out:
        reached = np.linalg.det(fl.end_to_end(weights)) * np.linalg.det(moments.sigma_yx) > 0
        signs = np.where(np.arange(n_out) == 0, 1.0 if reached != saddle else -1.0, 1.0)
        moments = moments._replace(sigma_yx=signs[:, None] * moments.sigma_yx)
    return moments


def made(widths, lam, scale=0.5, seed=1, *, saddle=False, **options):
    weights = fl.initial.lambda_balanced(widths, lam, scale=scale, seed=seed)
    return fl.Problem(task(widths, weights, seed + 10, saddle=saddle), weights, **options)


def allowed(widths, lam):
    return lam == 0 or widths[1] <= widths[2 if lam > 0 else 0]


MADE = [
    pytest.param(made(widths, lam, scale), id=f"{'-'.join(map(str, widths))}, lambda {lam:g}, scale {scale:g}")
    for widths in WIDTHS
    for lam in (-1.3, 0.0, 0.7)
    for scale in (0.5, 1e-4)
    if allowed(widths, lam) and (scale > 0.1 or (lam == 0 and widths[1] < 4))
]


def unequal(problem, powers):
    """The problem with other input moments, and ``sigma_yx`` as it was on the span of the new data."""
    span = np.diag((powers > 0).astype(float))
    sigma_yx = problem.moments.sigma_yx @ span
    return fl.Problem(fl.Moments(np.diag(powers), sigma_yx, 100.0), problem.weights, problem.tau)


def unseen_inputs():
    """Two of six inputs occur in no sample; the first layer is not zero there."""
    problem, rng = made((4, 3, 5), -0.4), np.random.default_rng(5)
    first = np.hstack([problem.weights[0], rng.standard_normal((3, 2))])
    task = np.hstack([problem.moments.sigma_yx, np.zeros((5, 2))]) * 0.3
    axes = random_rotation(rng, 6)
    sigma_xx = axes * np.array([0.4, 0.4, 0.4, 0.4, 0, 0]) @ axes.T
    return fl.Problem(fl.Moments(sigma_xx, task @ axes.T, 50.0), (first @ axes.T, problem.weights[1]), tau=0.7)


def no_product(lam):
    """One layer is zero, the other has equal singular values."""
    problem, heavy = made((4, 3, 4), lam), np.sqrt(abs(lam)) * np.eye(4)[:, :3]
    layers = (np.zeros((3, 4)), heavy) if lam > 0 else (heavy.T, np.zeros((4, 3)))
    return fl.Problem(problem.moments, layers)


ONE_MODE_OF_THREE = fl.Moments.from_modes([2.0, 0.0, 0.0], 4, 3, seed=3)
SPECIAL = [
    pytest.param(unequal(made((3, 3, 3), 0.7), np.full(3, 2.5)), id="inputs c I"),
    pytest.param(made((3, 3, 3), 0.7, tau=3.0), id="tau"),
    pytest.param(unseen_inputs(), id="unseen inputs, frozen weights"),
    pytest.param(
        fl.Problem(ONE_MODE_OF_THREE, fl.initial.lambda_balanced((4, 3, 3), 0.3, scale=0.2)), id="task of rank 1"
    ),
    pytest.param(
        fl.Problem(ONE_MODE_OF_THREE, fl.initial.balanced((4, 3, 3), scale=0.2)), id="task of rank 1, lambda 0"
    ),
    pytest.param(
        fl.Problem(fl.Moments(np.eye(4), np.zeros((3, 4)), 1.0), fl.initial.balanced((4, 3, 3), scale=2.0)),
        id="no task",
    ),
    pytest.param(no_product(0.5), id="first layer zero"),
    pytest.param(no_product(-0.5), id="second layer zero"),
    pytest.param(fl.Problem(ONE_MODE_OF_THREE, (np.zeros((5, 4)), np.zeros((3, 5)))), id="all weights zero"),
    pytest.param(made((4, 1, 3), 0.2), id="one hidden unit"),
    pytest.param(made((3, 40, 2), 0.0), id="forty hidden units"),
    pytest.param(made((3, 3, 3), 0.7, scale=5.0), id="overshoot"),
]


def blocks(weights):
    """Product and Gram matrices of two stacks of layers."""
    first, second = weights
    return second @ first, first.transpose(0, 2, 1) @ first, second @ second.transpose(0, 2, 1)


def reference(problem, ts=TIMES):
    return fl.solve(problem, ts, method="DOP853", rtol=1e-13, atol=1e-15).weights


def on_data(problem, weights):
    """The weights with the first layer restricted to the span of the data."""
    sigma_xx = problem.moments.sigma_xx
    return weights[0] @ (sigma_xx / np.abs(np.linalg.eigvalsh(sigma_xx)).max()), weights[1]


@pytest.mark.parametrize("problem", MADE + SPECIAL)
def test_weights_product_and_gram_matrices_against_an_integrator(problem):
    expected = reference(problem)
    assert largest_gap(solve_lambda_balanced(problem, TIMES).weights, expected) < TOLERANCE
    assert largest_gap(lambda_balanced_grams(problem, TIMES), blocks(on_data(problem, expected))) < TOLERANCE


def textbook(problem, ts):
    """``e^{Mt} Q_0 (I + Q_0^T (e^{2Mt} - I) M^{-1} Q_0 / 2)^{-1} Q_0^T e^{Mt}``, as Fukumizu writes it."""
    (first, second), task = problem.weights, problem.moments.sigma_yx
    lam = fl.imbalance(problem.weights)[0][0, 0]
    start, size = np.vstack([first.T, second]), len(first.T)
    matrix = np.block([[-lam / 2 * np.eye(size), task.T], [task, lam / 2 * np.eye(len(task))]])
    rates, frame = np.linalg.eigh(matrix)
    results = []
    for t in ts:
        grown = frame * np.exp(rates * t) @ frame.T @ start
        integral = frame * (np.expm1(2 * rates * t) / (2 * rates)) @ frame.T
        results.append(grown @ np.linalg.pinv(np.eye(len(first)) + start.T @ integral @ start) @ grown.T)
    grams = np.stack(results)
    return grams[:, size:, :size], grams[:, :size, :size], grams[:, size:, size:]


def test_control_the_textbook_form_fails_at_late_times_only():
    problem = made((3, 3, 3), 0.7)
    expected = blocks(reference(problem))
    gaps = [
        largest_gap([np.asarray(a[i]) for a in textbook(problem, TIMES[:5])], [b[i] for b in expected])
        for i in range(5)
    ]
    assert max(gaps[:3]) < TOLERANCE
    assert gaps[3] > 100 * TOLERANCE
    assert gaps[4] > 1


@pytest.mark.parametrize("lam", [-1.3, 0.7])
def test_control_lambda_of_the_other_sign_is_another_solution(lam):
    problem = made((3, 3, 3), lam)
    mirrored = fl.Problem(problem.moments, made((3, 3, 3), -lam).weights)
    gap = largest_gap(lambda_balanced_grams(mirrored, TIMES), blocks(reference(problem)))
    assert gap > 0.1


class TestSaddle:
    """Square balanced layers whose product has a determinant of the wrong sign."""

    @pytest.mark.parametrize("widths", [(3, 3, 3), (4, 6, 4), (2, 2, 2)], ids=str)
    def test_flow_stays_there(self, widths):
        problem = made(widths, 0.0, saddle=True)
        early = TIMES[:3]
        run = solve_lambda_balanced(problem, np.array([*early, 300.0, 1e6]))
        assert largest_gap([w[:3] for w in run.weights], reference(problem, early)) < TOLERANCE
        np.testing.assert_allclose(np.linalg.svd(run.product[-1]).S[-1], 0, atol=1e-14)
        assert largest_gap(fl.gradient_flow(0, run.weights_at(-1), problem.moments), [np.zeros(1), np.zeros(1)]) < 1e-13
        assert run.loss[-1] > 0.4
        assert "saddle" in run.explain()

    def test_control_an_integrator_leaves_it(self):
        problem = made((3, 3, 3), 0.0, saddle=True)
        assert fl.solve(problem, [300.0], method="DOP853", rtol=1e-13).loss[-1] < 1e-6

    def test_the_other_sign_ends_at_the_minimum(self):
        run = solve_lambda_balanced(made((3, 3, 3), 0.0), np.array([1e6]))
        assert abs(run.loss[-1]) < 1e-13
        assert "saddle" not in run.explain()


@pytest.mark.parametrize("problem", MADE[::5] + SPECIAL)
def test_all_times_up_to_a_million(problem):
    ts = np.array([0.0, 1e-300, 1e-12, 1.0, 40.0, 400.0, 1e4, 1e6])
    run = solve_lambda_balanced(problem, ts)
    assert all(np.isfinite(weight).all() for weight in run.weights)
    early = largest_gap([weight[1] for weight in run.weights], problem.weights)
    assert early < 1e-13 * (1 + max(np.abs(weight).max() for weight in problem.weights))
    (imbalance,) = run.imbalance
    np.testing.assert_allclose(imbalance - imbalance[:1], 0, atol=1e-12 * (1 + np.abs(imbalance).max()))


@pytest.mark.parametrize("problem", MADE[::5] + SPECIAL[::2])
def test_going_on_from_any_time_leads_to_the_same(problem):
    whole = solve_lambda_balanced(problem, np.array([1.5, 9.0]))
    half = fl.Problem(problem.moments, whole.weights_at(0), problem.tau)
    assert largest_gap(solve_lambda_balanced(half, np.array([7.5])).weights_at(0), whole.weights_at(1)) < TOLERANCE


def test_rotating_inputs_hidden_units_and_outputs_rotates_the_weights():
    problem, rng = made((4, 2, 3), -0.6), np.random.default_rng(0)
    inputs, hidden, outputs = (random_rotation(rng, size) for size in problem.widths)
    first, second = problem.weights
    turned = fl.Problem(
        problem.moments._replace(sigma_yx=outputs @ problem.moments.sigma_yx @ inputs.T),
        (hidden @ first @ inputs.T, outputs @ second @ hidden.T),
    )
    firsts, seconds = solve_lambda_balanced(problem, TIMES).weights
    expected = (hidden @ firsts @ inputs.T, outputs @ seconds @ hidden.T)
    assert largest_gap(solve_lambda_balanced(turned, TIMES).weights, expected) < 1e-11


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        pytest.param(
            fl.Problem(fl.Moments.from_modes([1.0], 3, 2), (np.ones((2, 3)),)),
            ["2 layers (residual 1)"],
            id="one layer",
        ),
        pytest.param(
            fl.Problem(fl.Moments.from_modes([1.0], 3, 2), fl.initial.balanced((3, 2, 2, 2), scale=1.0)),
            ["2 layers (residual 1)"],
            id="three layers",
        ),
        pytest.param(
            unequal(made((3, 3, 3), 0.7), np.array([1.0, 2.0, 1.0])),
            ["inputs whitened (residual 0.", "moments.whitened()"],
            id="not whitened",
        ),
        pytest.param(
            fl.Problem(made((3, 3, 3), 0.7).moments, fl.initial.glorot((3, 3, 3))),
            ["W_2^T W_2 - W_1 W_1^T = lambda I (residual 0.", "initial.lambda_balanced"],
            id="not balanced",
        ),
    ],
)
def test_what_it_does_not_apply_to_is_refused(problem, words):
    refused(
        AssumptionError, ["the closed form 'lambda-balanced'", *words], lambda: solve_lambda_balanced(problem, TIMES)
    )
    refused(AssumptionError, words, lambda: lambda_balanced_grams(problem, TIMES))
