"""Descent against flow: the gap shrinks as the learning rate does, and as the leading order predicts."""

import numpy as np
import pytest
from instances import COMPLEX_STEP, ahead, largest_gap, random_problem
from refusal import refused

import flowdln as fl
from flowdln import comparison
from flowdln.modified import leading_error_flow
from flowdln.tangent import directional_derivative

DURATION = 2.0
PROBLEMS = [
    pytest.param(random_problem(0, (3, 2)), id="1 layer"),
    pytest.param(random_problem(1, (4, 3, 2)), id="2 layers"),
    pytest.param(random_problem(6, (2, 4, 3, 3)), id="3 layers"),
]
PROBLEM = random_problem(1, (4, 3, 2))


def compared(problem, steps, **options):
    return fl.compare(problem, learning_rate=DURATION / steps, steps=steps, rtol=1e-12, **options)


def shortfall(problem, steps):
    """What the prediction misses at the end, ``|descent - predicted| / |predicted - flow|``."""
    result = compared(problem, steps, every=steps)
    ends = (trajectory.weights_at(-1) for trajectory in (result.descent, result.predicted, result.flow))
    descent, predicted, flow = (np.concatenate([weight.ravel() for weight in weights]) for weights in ends)
    return np.linalg.norm(descent - predicted) / np.linalg.norm(predicted - flow)


def misdirected(t, state, moments, *, error, change):
    """``e' = J (error e + change f)``, which is right for 1 and -1/2."""
    depth = len(state) // 2
    velocity = fl.gradient_flow(t, state[:depth], moments)
    direction = [error * e + change * f for e, f in zip(state[depth:], velocity, strict=True)]
    growth = directional_derivative(lambda point: fl.gradient_flow(t, point, moments), state[:depth], direction)
    return (*velocity, *growth)


def convergence(problem):
    """By how much the shortfall shrinks each time the learning rate is halved, twice."""
    misses = [shortfall(problem, steps) for steps in (200, 400, 800)]
    return np.array(misses[:-1]) / np.array(misses[1:])


@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_the_prediction_misses_halves_with_the_learning_rate(problem):
    np.testing.assert_allclose(convergence(problem), 2, rtol=0.1)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(
    ("error", "change"),
    [
        pytest.param(1.0, 0.5, id="sign of f"),
        pytest.param(-1.0, -0.5, id="sign of e"),
        pytest.param(1.0, -1.0, id="without the half"),
        pytest.param(1.0, -0.45, id="a tenth less"),
    ],
)
def test_what_a_wrong_prediction_misses_stays(monkeypatch, problem, error, change):
    def wrong(t, state, moments):
        return misdirected(t, state, moments, error=error, change=change)

    monkeypatch.setattr(comparison, "leading_error_flow", wrong)
    assert (convergence(problem) < 1.5).all()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_that_control_is_right_with_the_right_coefficients(problem):
    state = (*problem.weights, *(0.3 * weight for weight in problem.weights))
    reference = leading_error_flow(0.0, state, problem.moments)
    assert largest_gap(misdirected(0.0, state, problem.moments, error=1.0, change=-0.5), reference) < 1e-14


@pytest.mark.parametrize("problem", PROBLEMS)
def test_the_measured_order_is_one(problem):
    assert compared(problem, 800).order == pytest.approx(1, abs=0.1)


def test_the_order_is_measured_on_the_kept_steps():
    thinned, full = compared(PROBLEM, 100, every=7), compared(PROBLEM, 100)
    assert thinned.order == pytest.approx(1, abs=0.1)
    assert thinned.order == pytest.approx(full.order, abs=0.02)


def test_far_from_small_rates_the_order_is_not_one():
    problem = fl.Problem(fl.Moments.from_modes([3.0], 1, 1), (np.array([[0.1]]), np.array([[0.1]])))
    assert abs(fl.compare(problem, learning_rate=0.3, steps=100).order - 1) > 0.1


@pytest.mark.parametrize("name", ["gap", "predicted_gap", "product_gap", "loss_gap", "modes_gap"])
def test_all_start_together(name):
    assert np.abs(getattr(compared(PROBLEM, 50), name)[0]).max() < 1e-14


@pytest.mark.parametrize(
    ("name", "shape"),
    [("gap", ()), ("predicted_gap", ()), ("product_gap", ()), ("loss_gap", ()), ("modes_gap", (2,)), ("ts", ())],
)
@pytest.mark.parametrize(("every", "count"), [(1, 51), (7, 9)])
def test_gaps_are_given_at_the_kept_steps(name, shape, every, count):
    assert getattr(compared(PROBLEM, 50, every=every), name).shape == (count, *shape)


def test_gaps_are_descent_minus_flow():
    result = compared(PROBLEM, 50, every=7)
    flow = fl.solve(PROBLEM, result.ts, method="DOP853", rtol=1e-12)
    descent = fl.descend(PROBLEM, learning_rate=DURATION / 50, steps=50, every=7)
    entries = np.concatenate([(a - b).reshape(9, -1) for a, b in zip(descent.weights, flow.weights, strict=True)], 1)
    np.testing.assert_allclose(result.gap, np.linalg.norm(entries, axis=1), atol=1e-10)
    np.testing.assert_allclose(
        result.product_gap, np.linalg.norm(descent.product - flow.product, axis=(1, 2)), atol=1e-10
    )
    np.testing.assert_allclose(result.loss_gap, descent.loss - flow.loss, atol=1e-10)
    np.testing.assert_allclose(result.modes_gap, descent.modes - flow.modes, atol=1e-10)
    assert result.gap.max() > 1e-3


def test_the_predicted_gap_is_the_gap_to_leading_order():
    result = compared(PROBLEM, 800)
    np.testing.assert_allclose(result.predicted_gap[1:], result.gap[1:], rtol=0.02)


def test_the_predicted_gap_is_proportional_to_the_learning_rate():
    coarse, fine = compared(PROBLEM, 100, every=10), compared(PROBLEM, 200, every=20)
    np.testing.assert_allclose(coarse.predicted_gap, 2 * fine.predicted_gap, rtol=1e-9)
    assert np.abs(coarse.gap[1:] / fine.gap[1:] - 2).min() > 1e-9


def test_all_three_are_on_the_clock_of_descent():
    slow = fl.Problem(PROBLEM.moments, PROBLEM.weights, tau=3.0)
    result, reference = compared(slow, 50), compared(PROBLEM, 50)
    np.testing.assert_allclose(result.ts, 3 * DURATION / 50 * np.arange(51), rtol=1e-14)
    for trajectory in (result.flow, result.descent, result.predicted):
        np.testing.assert_array_equal(trajectory.ts, result.ts)
    np.testing.assert_allclose(result.gap, reference.gap, atol=1e-12)
    np.testing.assert_allclose(result.predicted_gap, reference.predicted_gap, atol=1e-12)


@pytest.mark.parametrize(("rtol", "least", "most"), [(1e-3, 1e-10, 1e-3), (1e-11, 0, 1e-10)])
def test_the_flow_is_integrated_as_finely_as_asked_for(rtol, least, most):
    flow = fl.compare(PROBLEM, learning_rate=0.1, steps=20, every=20, rtol=rtol).flow
    reference = fl.solve(PROBLEM, [DURATION], method="Radau", rtol=1e-12)
    assert least <= largest_gap(flow.weights_at(-1), reference.weights_at(0)) < most


def test_what_the_trajectories_say():
    result = compared(PROBLEM, 50)
    assert result.flow.method == "DOP853"
    assert "beside the leading-order error of descent" in result.flow.explain()
    assert result.descent.method == "gradient descent"
    assert "flow + 0.04 e(t)" in result.predicted.explain()
    assert (result.learning_rate, result.every) == (0.04, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param({"learning_rate": 0.0}, ["learning_rate is 0.0"], id="rate"),
        pytest.param({"steps": 0}, ["steps is 0"], id="steps"),
        pytest.param({"every": 0}, ["every is 0"], id="every"),
        pytest.param({"rtol": 1e-15}, ["rtol is 1e-15"], id="rtol"),
    ],
)
def test_options_that_cannot_be_used_are_named(options, words):
    refused(fl.InputError, words, lambda: fl.compare(PROBLEM, **{"learning_rate": 0.1, "steps": 5, **options}))


def test_a_descent_that_diverges_is_an_error():
    refused(fl.SolveError, ["diverged between steps"], lambda: fl.compare(PROBLEM, learning_rate=50.0, steps=30))


def test_progress_is_shown_on_request_only(capsys):
    compared(PROBLEM, 20)
    assert capsys.readouterr().err == ""
    compared(PROBLEM, 20, progress=True)
    shown = capsys.readouterr().err
    assert "descent: 100%" in shown
    assert "DOP853: 100%" in shown


def test_an_order_where_descent_and_flow_coincide_is_an_error():
    moments = fl.Moments.from_modes([2.0], 2, 2)
    still = fl.compare(fl.Problem(moments, (np.zeros((2, 2)), np.zeros((2, 2)))), learning_rate=0.1, steps=5)
    refused(fl.SolveError, ["the largest gap, 0", "fixed point"], lambda: still.order)
    assert "order" not in still.to_xarray().attrs


SMALL_STEPS = fl.Problem(fl.Moments.from_modes([3.0, 1.0], 4, 3, seed=1), fl.initial.glorot((4, 5, 3), seed=1))


@pytest.mark.parametrize("rate", [1e-2, 1e-5, 1e-8, 1e-10, 1e-12, 1e-100])
def test_the_predicted_gap_has_no_cancellation(rate):
    """For short times ``e = t f' f / 2``, with ``f' f`` from a complex step."""
    result = fl.compare(SMALL_STEPS, learning_rate=rate, steps=50, every=10)
    weights, moments = SMALL_STEPS.weights, SMALL_STEPS.moments
    bend = [layer.imag / COMPLEX_STEP for layer in fl.gradient_flow(0.0, along(weights, moments), moments)]
    expected = rate * (50 * rate) / 2 * np.sqrt(sum(np.sum(layer**2) for layer in bend))
    assert result.predicted_gap[-1] == pytest.approx(expected, rel=1e-3 + 500 * rate)


def along(weights, moments):
    return ahead(weights, fl.gradient_flow(0.0, weights, moments))


@pytest.mark.parametrize("rate", [1e-3, 1e-6, 1e-8])
def test_the_order_is_one_while_the_gap_is_above_its_resolution(rate):
    assert fl.compare(SMALL_STEPS, learning_rate=rate, steps=50, every=10).order == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("rate", [1e-9, 1e-10, 1e-12])
def test_an_order_of_rounding_is_an_error(rate):
    result = fl.compare(SMALL_STEPS, learning_rate=rate, steps=50, every=10)
    refused(fl.SolveError, ["the largest gap", "rounding error", "Raise the learning rate"], lambda: result.order)
    assert "order" not in result.to_xarray().attrs
    assert result.gap.max() < 10 * result.resolution.max()


@pytest.mark.parametrize("rate", [1e-2, 1e-5, 1e-8])
def test_the_resolution_is_above_the_error_of_the_gap(rate):
    result = fl.compare(SMALL_STEPS, learning_rate=rate, steps=50, every=10)
    finer = fl.solve(SMALL_STEPS, result.ts, method="DOP853", rtol=1e-13)
    entries = [(a - b).reshape(6, -1) for a, b in zip(result.descent.weights, finer.weights, strict=True)]
    assert (np.abs(np.linalg.norm(np.concatenate(entries, 1), axis=1) - result.gap) <= result.resolution).all()
    assert result.resolution.max() < 1e-9
