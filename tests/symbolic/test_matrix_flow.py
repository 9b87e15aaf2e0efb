"""Proofs about matrix flows of symbolic sizes, and the wrong flows that they reject."""

import pytest
import sympy as sp
from mutants import mutant

import flowdln as fl
from flowdln import vector_field
from flowdln.symbolic import (
    matrix_flow,
    polynomial,
    prove_conserved,
    prove_equal,
    prove_gradient,
    symbolic_network,
)
from flowdln.vector_field import flow_from_input, flow_from_output

DEPTHS = [1, 2, 3, 4]
LAYERS = [pytest.param(depth, layer, id=f"layer {layer + 1} of {depth}") for depth in DEPTHS for layer in range(depth)]


def from_output(_, weights, moments):
    return flow_from_output(weights, moments)


def from_input(_, weights, moments):
    return flow_from_input(weights, moments)


def scaled(layer, factor):
    """The flow with the velocity of one layer times a factor."""

    def flow(t, weights, moments):
        return tuple(factor * v if i == layer else v for i, v in enumerate(fl.gradient_flow(t, weights, moments)))

    return flow


def whitened(t, weights, moments):
    """The flow with ``sigma_xx`` taken for the identity."""
    inputs = sp.Identity(moments.sigma_xx.shape[0])
    return fl.gradient_flow(t, weights, moments._replace(sigma_xx=inputs))


def constant(t, weights, moments):
    """A velocity that does not depend on where the weights are: of no network's loss."""
    *_, last = fl.gradient_flow(t, weights, moments)
    return (*(sp.MatrixSymbol(f"C{i}", *weight.shape) for i, weight in enumerate(weights[:-1])), last)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("flow", [fl.gradient_flow, from_output, from_input])
def test_the_shipped_flow_is_minus_the_gradient(flow, depth):
    evidence = prove_gradient(flow, [depth])
    assert evidence.holds
    assert evidence.symbolic
    assert evidence.text.endswith(f"vanishes for matrices of any sizes, at depth {depth}")


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_two_contractions_are_equal(depth):
    assert prove_equal(from_output, from_input, [depth]).holds


@pytest.mark.parametrize("depth", DEPTHS[1:])
def test_the_imbalance_is_conserved(depth):
    assert prove_conserved(fl.imbalance, fl.gradient_flow, [depth]).holds


@pytest.mark.parametrize("factor", [-1, 2, sp.Rational(1, 2), 0], ids=["sign", "twice", "half", "lost"])
@pytest.mark.parametrize(("depth", "layer"), LAYERS)
def test_control_a_scaled_layer_is_no_gradient_and_not_equal(depth, layer, factor):
    wrong = scaled(layer, factor)
    assert not prove_gradient(wrong, [depth]).holds
    assert not prove_equal(wrong, from_input, [depth]).holds


@pytest.mark.parametrize(("depth", "layer"), LAYERS[1:])
def test_control_a_reversed_layer_does_not_conserve_the_imbalance(depth, layer):
    assert not prove_conserved(fl.imbalance, scaled(layer, -1), [depth]).holds


@pytest.mark.parametrize("depth", DEPTHS)
def test_control_inputs_taken_for_white_are_noticed(depth):
    assert not prove_gradient(whitened, [depth]).holds
    assert not prove_equal(whitened, from_output, [depth]).holds


@pytest.mark.parametrize("depth", DEPTHS[1:])
def test_control_one_wrong_layer_below_a_right_one_is_noticed(depth):
    assert not prove_gradient(constant, [depth]).holds


def test_control_one_wrong_depth_among_right_ones_is_noticed():
    assert not prove_gradient(scaled(2, -1), [1, 2, 3]).holds
    assert prove_gradient(scaled(2, -1), [1, 2]).holds


@pytest.mark.parametrize(
    ("quantity", "conserved"),
    [
        pytest.param(lambda w: (w[0] @ w[0].T - w[1].T @ w[1],), True, id="the imbalance, its sign turned"),
        pytest.param(lambda w: (w[1].T @ w[1] - w[0] @ w[0].T, w[1]), False, id="the imbalance and a weight"),
        pytest.param(lambda w: (w[1] @ w[1].T,), False, id="half the imbalance"),
        pytest.param(lambda w: (w[1] @ w[0],), False, id="the product"),
    ],
)
def test_what_is_conserved_in_two_layers(quantity, conserved):
    assert prove_conserved(quantity, fl.gradient_flow, [2]).holds is conserved


@pytest.fixture
def square_layers(monkeypatch):
    """All layers of one size, so that a lost transpose fits."""
    n = sp.Symbol("n", positive=True, integer=True)

    def network(depth):
        weights = tuple(sp.MatrixSymbol(f"W{i}", n, n) for i in range(1, depth + 1))
        return weights, fl.Moments(sp.MatrixSymbol("Sxx", n, n), sp.MatrixSymbol("Syx", n, n), sp.Symbol("trace_yy"))

    monkeypatch.setattr(matrix_flow, "symbolic_network", network)


@pytest.mark.usefixtures("square_layers")
@pytest.mark.parametrize(
    ("flow", "right", "wrong"),
    [
        pytest.param("flow_from_output", "sigma_yx - tails", "sigma_yx + tails", id="output side, sign"),
        pytest.param("flow_from_output", "tail.T @ error", "tail @ error", id="output side, transpose of tail"),
        pytest.param("flow_from_output", "tail.T @ error", "error @ tail.T", id="output side, order"),
        pytest.param("flow_from_output", "error @ weight.T", "error @ weight", id="output side, transpose of weight"),
        pytest.param("flow_from_output", "tails[-1] @ moments.sigma_xx", "tails[-1]", id="output side, sigma_xx"),
        pytest.param("flow_from_input", "sigma_yx - heads", "sigma_yx + heads", id="input side, sign"),
        pytest.param("flow_from_input", "error @ head.T", "error @ head", id="input side, transpose of head"),
        pytest.param("flow_from_input", "weight.T @ error", "weight @ error", id="input side, transpose of weight"),
        pytest.param("flow_from_input", "heads[-1] @ moments.sigma_xx", "heads[-1]", id="input side, sigma_xx"),
    ],
)
def test_control_a_change_in_the_shipped_file_is_noticed_between_square_layers(flow, right, wrong, tmp_path):
    shipped, changed = (getattr(m, flow) for m in (vector_field, mutant(vector_field, right, wrong, tmp_path)))
    assert prove_gradient(lambda _, *network: shipped(*network), [3]).holds
    assert not prove_gradient(lambda _, *network: changed(*network), [3]).holds


def test_control_a_change_in_the_shipped_loss_is_noticed(monkeypatch):
    def doubled(weights, moments, trace):
        return 2 * vector_field.loss(weights, moments, trace)

    monkeypatch.setattr(matrix_flow, "loss", doubled)
    assert not prove_gradient(fl.gradient_flow, [2]).holds


def test_velocities_of_different_number_are_not_compared():
    with pytest.raises(ValueError, match="zip"):
        prove_equal(fl.gradient_flow, lambda t, w, moments: fl.gradient_flow(t, w, moments)[:-1], [2])


def test_evidence_names_the_depths_and_what_is_left():
    assert prove_equal(scaled(0, 2), from_input, range(1, 4)).text == (
        "the difference of the two does not vanish (6 terms are left) for matrices of any sizes, at depth 1 to 3"
    )


def test_a_symbolic_network_has_layers_of_different_sizes():
    weights, moments = symbolic_network(3)
    n_0, n_1, n_2, n_3 = sp.symbols("n_0:4", positive=True, integer=True)
    assert [weight.shape for weight in weights] == [(n_1, n_0), (n_2, n_1), (n_3, n_2)]
    assert (moments.sigma_xx.shape, moments.sigma_yx.shape) == ((n_0, n_0), (n_3, n_0))


def test_sympy_differentiates_a_difference_of_traces_to_zero():
    n = sp.Symbol("n", positive=True, integer=True)
    weight, target = sp.MatrixSymbol("W", n, n), sp.MatrixSymbol("Y", n, n)
    half_square, overlap = sp.Trace(weight.T * weight) / 2, sp.Trace(weight.T * target)
    assert polynomial(half_square.diff(weight) - overlap.diff(weight)) == polynomial(weight - target)
    whole = (half_square - overlap).diff(weight)
    if polynomial(whole) == polynomial(weight - target):
        pytest.skip(f"SymPy {sp.__version__} differentiates sums of traces; the provers need not avoid them")
    assert whole == sp.ZeroMatrix(n, n)
