"""Quantities and velocities that users bring, and wrong variants of them."""

import numpy as np
import pytest
import sympy as sp
from refusal import refused

import flowdln as fl
from flowdln.errors import InputError
from flowdln.symbolic import trace_numbers, verify_conserved, verify_gradient

a, b, s = sp.symbols("a b s")
MODE = {a: b * (s - a * b), b: a * (s - a * b)}
n, h, m = sp.symbols("n h m", positive=True, integer=True)
A, B, Y = sp.MatrixSymbol("A", h, n), sp.MatrixSymbol("B", m, h), sp.MatrixSymbol("Y", m, n)
ERROR = Y - B * A


def squared_norm(matrix):
    return sp.Trace(matrix.T @ matrix)


@pytest.mark.parametrize("any_loss", [False, True], ids=["squared error", "any loss"])
@pytest.mark.parametrize("depth", [2, 3])
def test_the_imbalance_is_conserved(depth, any_loss):
    result = verify_conserved(fl.imbalance, depth=depth, any_loss=any_loss)
    assert result.outcome == "proved"
    assert len(result.findings) == depth - 1


@pytest.mark.parametrize(
    ("quantity", "outcome"),
    [
        pytest.param(lambda W: squared_norm(W[1]) - squared_norm(W[0]), "proved", id="squared norms"),
        pytest.param(
            lambda W: sp.sqrt(squared_norm(W[1])) - sp.sqrt(squared_norm(W[0])), "refuted", id="missing squares"
        ),
        pytest.param(lambda W: squared_norm(W[1]) + squared_norm(W[0]), "refuted", id="sign"),
        pytest.param(lambda W: squared_norm(W[1]) - 2 * squared_norm(W[0]), "refuted", id="factor"),
        pytest.param(lambda W: W[1].T @ W[1] + W[0] @ W[0].T, "refuted", id="sign, matrices"),
        pytest.param(lambda W: (squared_norm(W[1]) - squared_norm(W[0])) ** 2, "proved", id="a function of them"),
        pytest.param(lambda W: np.linalg.norm(W[1]) ** 2 - np.linalg.norm(W[0]) ** 2, "holds numerically", id="NumPy"),
        pytest.param(lambda W: np.linalg.norm(W[1]) - np.linalg.norm(W[0]), "refuted", id="NumPy, missing squares"),
    ],
)
def test_what_two_layers_conserve(quantity, outcome):
    result = verify_conserved(quantity)
    assert result.outcome == outcome
    assert bool(result.instance) == bool(result.residual) == (outcome == "refuted")


def test_the_numbers_of_a_refutation_show_it():
    numbers = {name: float(value) for name, value in verify_conserved(lambda W: W[1].T @ W[1]).instance.items()}
    first, second = numbers["W1"], numbers["W2"]
    speed = first * (numbers["Syx"] - second * first * numbers["Sxx"])
    assert 2 * second * speed == numbers["remainder"]


@pytest.mark.parametrize(
    ("quantity", "flow", "outcome"),
    [
        pytest.param(a**2 - b**2, MODE, "proved", id="numbers"),
        pytest.param(a**2 + b**2, MODE, "refuted", id="numbers, sign"),
        pytest.param(A * A.T - B.T * B, {A: B.T * ERROR, B: ERROR * A.T}, "proved", id="matrices"),
        pytest.param(A * A.T - B.T * B, {A: B.T * ERROR, B: 2 * ERROR * A.T}, "refuted", id="matrices, factor"),
        pytest.param(sp.Trace(A * A.T) - b**2, {A: b * A, b: sp.Trace(A * A.T)}, "proved", id="both"),
        pytest.param(sp.Trace(A * A.T) - b, {A: b * A, b: sp.Trace(A * A.T)}, "refuted", id="both, missing square"),
    ],
)
def test_flows_of_ones_own(quantity, flow, outcome):
    assert verify_conserved(quantity, flow).outcome == outcome


@pytest.mark.parametrize(
    ("quantity", "held"),
    [
        pytest.param(a**2 - b**2, (), id="none"),
        pytest.param(s * (a**2 - b**2) + sp.Symbol("c"), ("c", "s"), id="numbers"),
        pytest.param((a**2 - b**2, s + a), ("s",), id="of one of two"),
    ],
)
def test_symbols_that_nobody_moves_are_named(quantity, held):
    result = verify_conserved(quantity, MODE)
    assert result.held == held
    assert ("held fixed" in repr(result)) == bool(held)


@pytest.mark.parametrize("sign", [1, -1], ids=["positive", "negative"])
def test_the_scalars_of_a_refutation_have_the_signs_declared(sign):
    factors = sp.symbols("c:12", positive=sign > 0, negative=sign < 0)
    found = verify_conserved(lambda W: sp.Add(*factors) * squared_norm(W[0])).instance
    assert all(sign * sp.Rational(found[factor.name]) > 0 for factor in factors)


def numeric(quantity):
    """The quantity as a function that takes arrays only."""
    return lambda W: quantity([np.asarray(weight, float) for weight in W])


@pytest.mark.parametrize("unit", [1e-9, 1e9], ids=["small", "large"])
@pytest.mark.parametrize(
    ("sign", "outcome"), [pytest.param(-1, "holds numerically", id="conserved"), pytest.param(1, "refuted", id="not")]
)
def test_the_unit_of_a_numeric_quantity_does_not_matter(unit, sign, outcome):
    quantity = numeric(lambda W: unit * (np.sum(W[1] ** 2) + sign * np.sum(W[0] ** 2)))
    assert verify_conserved(quantity).outcome == outcome


@pytest.mark.parametrize("unit", [1e-9, 1e9], ids=["small", "large"])
@pytest.mark.parametrize(
    ("factor", "outcome"), [pytest.param(1, "holds numerically", id="gradient"), pytest.param(2, "refuted", id="not")]
)
def test_the_unit_of_a_numeric_loss_does_not_matter(unit, factor, outcome):
    def flow(t, weights, moments):
        return tuple(factor * unit * velocity for velocity in fl.gradient_flow(t, weights, moments))

    assert verify_gradient(lambda *network: unit * frobenius_loss(*network), flow).outcome == outcome


def test_what_is_no_number_is_refused_rather_than_passed():
    with pytest.raises(fl.InputError, match="not finite"):
        verify_conserved(numeric(lambda W: np.sum(W[0]) * np.nan))
    with pytest.raises(fl.InputError, match="not finite"):
        verify_gradient(lambda W, _: float(np.sum(np.asarray(W[0], float)) * np.nan), fl.gradient_flow)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_shipped_flow_is_the_gradient_of_the_shipped_loss(depth):
    assert verify_gradient(fl.loss, fl.gradient_flow, depth=depth).outcome == "proved"


def doubled(t, weights, moments):
    return tuple(2 * velocity for velocity in fl.gradient_flow(t, weights, moments))


def frobenius_loss(weights, moments):
    product = fl.end_to_end(weights)
    return np.sum(product * (product @ moments.sigma_xx)) / 2 - np.sum(product * moments.sigma_yx)


@pytest.mark.parametrize(
    ("loss", "flow", "outcome"),
    [
        pytest.param(fl.loss, doubled, "refuted", id="factor"),
        pytest.param(frobenius_loss, fl.gradient_flow, "holds numerically", id="NumPy"),
        pytest.param(frobenius_loss, doubled, "refuted", id="NumPy, factor"),
        pytest.param((s - a * b) ** 2 / 2, MODE, "proved", id="numbers"),
        pytest.param((s - a * b) ** 2, MODE, "refuted", id="numbers, factor"),
        pytest.param(sp.Trace(ERROR.T * ERROR) / 2, {A: B.T * ERROR, B: ERROR * A.T}, "proved", id="matrices"),
        pytest.param(sp.Trace(ERROR.T * ERROR) / 2, {A: B.T * ERROR, B: -ERROR * A.T}, "refuted", id="sign"),
        pytest.param(sp.Trace(ERROR.T * ERROR) / 2, {B: (Y + B * A) * A.T}, "refuted", id="sign inside"),
        pytest.param(
            sp.sqrt(sp.Trace(A.T * A)), {A: -A / sp.sqrt(sp.Trace(A.T * A))}, "proved", id="a norm is no square"
        ),
        pytest.param(sp.sqrt(sp.Trace(A.T * A)), {A: -A}, "refuted", id="control: nor its gradient the matrix"),
    ],
)
def test_gradients(loss, flow, outcome):
    result = verify_gradient(loss, flow)
    assert result.outcome == outcome
    assert bool(result.instance) == (outcome == "refuted")


@pytest.mark.parametrize(
    ("quantity", "holds", "symbolic"),
    [
        pytest.param(lambda W: squared_norm(W[1]) - squared_norm(W[0]), True, True, id="proved"),
        pytest.param(lambda W: squared_norm(W[1]), False, True, id="refuted"),
        pytest.param(lambda W: np.linalg.norm(W[1]) ** 2 - np.linalg.norm(W[0]) ** 2, True, False, id="numerically"),
    ],
)
def test_a_verification_is_evidence_for_a_claim(quantity, holds, symbolic):
    evidence = verify_conserved(quantity).evidence
    assert (evidence.holds, evidence.symbolic) == (holds, symbolic)
    assert evidence.text.startswith("d/dt")
    assert bool(evidence.instance) is not holds


def test_what_is_neither_shown_nor_refuted_is_open(monkeypatch):
    from flowdln.symbolic import matrix_formula

    monkeypatch.setattr(matrix_formula, "find_nonzero", lambda *_: None)
    result = verify_conserved(lambda W: W[1].T @ W[1])
    assert result.outcome == "open"
    assert not result


@pytest.mark.parametrize(
    "quantity", [sp.MatrixSymbol("W_1", n, n), lambda _: s, sp.Trace(A * A.T)], ids=["name", "constant", "trace"]
)
def test_what_has_no_moving_part_is_refused_rather_than_proved(quantity):
    with pytest.raises(fl.InputError, match="some of W1, W2"):
        verify_conserved(quantity)


def test_where_nothing_is_compared_nothing_is_known():
    assert verify_conserved(fl.imbalance, depth=1).outcome == "open"
    assert verify_gradient(a**2, {}).outcome == "open"


def test_roots_of_large_traces_are_not_taken_for_differences():
    squares = sp.Trace(A * A.T * A * A.T * A * A.T)
    number = trace_numbers.scalar_of(sp.sqrt(squares**2 + 2 * squares + 1) - squares - 1, fl.symbolic.Rules())
    assert trace_numbers.find_nonzero_scalar(number, frozenset()) is None


def test_a_number_made_of_traces_is_found_not_to_vanish():
    rules = fl.symbolic.Rules()
    number = trace_numbers.scalar_of(sp.Trace(A * A.T) - sp.Trace(B.T * B), rules)
    found = trace_numbers.find_nonzero_scalar(number, frozenset())
    assert float(found["A"]) ** 2 - float(found["B"]) ** 2 == float(found["remainder"]) != 0
    assert trace_numbers.find_nonzero_scalar(trace_numbers.scalar_of(sp.S.Zero, rules), frozenset()) is None


A = sp.MatrixSymbol("A", 2, 2)


@pytest.mark.parametrize(
    "quantity",
    [
        pytest.param(lambda W: W[0][0, 0], id="an entry"),
        pytest.param(lambda W: sp.Determinant(W[0].T @ W[0]), id="a determinant"),
        pytest.param(lambda W: sp.log(sp.Determinant(W[0].T @ W[0])), id="its logarithm"),
        pytest.param(lambda W: sp.Trace(W[1].T @ W[1]) - sp.Trace(W[0].T @ W[0]) + W[0][0, 0], id="beside traces"),
    ],
)
def test_matrices_outside_of_traces_are_refused_and_not_taken_for_constants(quantity):
    words = ["has matrices outside of traces", "pass a function of arrays"]
    refused(InputError, words, lambda: verify_conserved(quantity))


def test_matrices_outside_of_traces_are_refused_in_losses_and_flows_too():
    words = ["has matrices outside of traces"]
    refused(InputError, words, lambda: verify_conserved(sp.Determinant(A), {A: A}))
    refused(InputError, words, lambda: verify_gradient(sp.Determinant(A), {A: sp.ZeroMatrix(2, 2)}))
