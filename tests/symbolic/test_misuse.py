"""What users hand to ``verify_*`` by mistake, and what they are told."""

import numpy as np
import pytest
import sympy as sp
from refusal import refused

import flowdln as fl
from flowdln.errors import InputError, ShapeError
from flowdln.symbolic import verify_conserved, verify_gradient, verify_solution

t, s, u, u_0 = sp.symbols("t s u u_0", positive=True)
a, b = sp.symbols("a b")
n, h = sp.symbols("n h", positive=True, integer=True)
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", h, n)
LOGISTIC = s / (1 + (s / u_0 - 1) * sp.exp(-2 * s * t))
MODE = {a: b * (s - a * b), b: a * (s - a * b)}
LOSS = (s - a * b) ** 2 / 2
UNQUOTED = "expected a formula. Declare its letters"


def ode(strength):
    return 2 * strength * (s - strength)


def trajectory():
    moments = fl.Moments.from_modes([2.0], 1, 1)
    return fl.solve(fl.Problem(moments, (np.array([[0.5]]), np.array([[1.0]]))), [0, 1])


@pytest.mark.parametrize(
    ("solution", "right", "options", "words"),
    [
        pytest.param("s / (1 + exp(-t))", ode, {}, ["the solution is the text 's / (1", UNQUOTED], id="text"),
        pytest.param(LOGISTIC, "2*u*(s-u)", {}, ["the ODE is the text", UNQUOTED], id="text, ODE"),
        pytest.param(LOGISTIC, lambda _: "u", {}, ["the ODE is the text 'u'"], id="text, returned"),
        pytest.param(LOGISTIC, ode, {"initial": "u_0"}, ["initial is the text 'u_0'", UNQUOTED], id="text, initial"),
        pytest.param(LOGISTIC, ode, {"t": "t"}, ["t is 't'; expected a SymPy symbol"], id="text, time"),
        pytest.param(LOGISTIC, 2 * u, {"u": "u"}, ["u is 'u'; expected a SymPy symbol"], id="text, strength"),
        pytest.param(None, ode, {}, ["the solution has the type NoneType"], id="nothing"),
        pytest.param(LOGISTIC, None, {}, ["the ODE has the type NoneType"], id="nothing, ODE"),
        pytest.param({t: LOGISTIC}, ode, {}, ["the solution has the type dict"], id="dictionary"),
        pytest.param(sp.Eq(u, LOGISTIC), ode, {}, ["the solution is Eq(u, ", "give one side"], id="equation"),
        pytest.param(sp.exp(t) * A, lambda v: v, {}, ["the matrix exp(t)*A", "sympy.Matrix"], id="matrix symbol"),
        pytest.param(LOGISTIC, lambda _t, u: u, {}, ["the ODE has the arguments (_t, u)", "of u."], id="arguments"),
        pytest.param((t, t), lambda a: a, {}, ["the ODE has the arguments (a)", "of u_1, u_2."], id="arguments, 2"),
        pytest.param(np.exp, lambda u, _t: u, {}, ["the ODE has the arguments (u, _t)"], id="arguments, numbers"),
        pytest.param((t, t), lambda a, b: a + b, {}, ["the ODE has 1 of the parts; expected 2"], id="parts"),
        pytest.param((t, t), lambda *_: (1, 1), {"initial": 0}, ["initial has 1 of the parts"], id="parts, initial"),
        pytest.param(lambda _: None, ode, {}, ["the solution returns None", "return missing?"], id="no return"),
        pytest.param(np.exp, lambda u: u, {"initial": u_0}, ["initial is u_0; expected a number"], id="letter"),
        pytest.param((u, u), lambda a, _: a, {"inverse": True}, ["has the type tuple"], id="inverse of a system"),
        pytest.param(
            LOGISTIC, ode, {"t": sp.Symbol("t")}, ["does not contain t", "other assumptions"], id="another time"
        ),
    ],
)
def test_a_solution_that_cannot_be_verified(solution, right, options, words):
    refused(InputError, words, lambda: verify_solution(solution, right, **options))


@pytest.mark.parametrize(
    ("constant", "outcome"),
    [
        pytest.param(s, "proved", id="equilibrium"),
        pytest.param(0, "proved", id="zero"),
        pytest.param(s / 2, "refuted", id="control: no equilibrium"),
    ],
)
def test_a_constant_is_a_solution_in_the_time_that_is_passed(constant, outcome):
    assert verify_solution(constant, ode, t=t, initial=constant).outcome == outcome


def test_a_sympy_lambda_is_a_function():
    assert verify_solution(sp.Lambda(t, LOGISTIC), sp.Lambda(u, ode(u)), t=t, initial=u_0).outcome == "proved"
    assert verify_solution(np.exp, sp.Lambda(u, u), initial=sp.Rational(2, 2)).outcome == "holds numerically"


@pytest.mark.parametrize(
    ("error", "quantity", "options", "words"),
    [
        pytest.param(InputError, "a**2", {"velocity": MODE}, ["the quantity is the text", UNQUOTED], id="text"),
        pytest.param(InputError, lambda _: "W1", {}, ["the quantity is the text 'W1'"], id="text, returned"),
        pytest.param(InputError, lambda W: W[2], {}, ["IndexError", "is depth=", "W[0] and W[1]"], id="W[2]"),
        pytest.param(InputError, lambda W: (W[0].T @ W[0]).I, {}, ["contains ", "(Inverse)"], id="inverse"),
        pytest.param(InputError, sp.Trace(A.I), {"velocity": {A: A}}, ["contains A**(-1)"], id="inverse in a trace"),
        pytest.param(InputError, lambda _: None, {}, ["returns None", "Is a return missing?"], id="no return"),
        pytest.param(InputError, None, {}, ["the quantity has the type NoneType"], id="nothing"),
        pytest.param(InputError, trajectory(), {}, ["the quantity has the type Trajectory"], id="trajectory"),
        pytest.param(InputError, lambda W, _: W, {}, ["the arguments (W, _)", "function of weights"], id="arguments"),
        pytest.param(InputError, fl.imbalance, {"depth": 0}, ["depth is 0", "positive integer"], id="no layer"),
        pytest.param(InputError, fl.imbalance, {"symmetric": "Sxx"}, ["Write ('Sxx',)"], id="name for names"),
        pytest.param(InputError, a, {"velocity": [b]}, ["velocity has the type list", "{a: b"], id="list"),
        pytest.param(InputError, a, {"velocity": {"a": b}}, ["velocity has the key 'a'"], id="text, key"),
        pytest.param(InputError, a, {"velocity": {a: "b"}}, ["the velocity of a is the text 'b'"], id="text, value"),
        pytest.param(ShapeError, A, {"velocity": {A: s}}, ["of shape (); expected (n, n)"], id="number for matrix"),
        pytest.param(ShapeError, a, {"velocity": {a: A}}, ["of shape (n, n); expected ()"], id="matrix for number"),
        pytest.param(ShapeError, B, {"velocity": {B: B.T}}, ["of shape (n, h); expected (h, n)"], id="transposed"),
        pytest.param(ShapeError, lambda W: W[1] @ W[1], {}, ["has W2**2", "a transpose missing"], id="power"),
        pytest.param(ShapeError, lambda W: W[0] @ W[1], {}, ["has W1*W2", "W1 (n_1, n_0)"], id="product"),
        pytest.param(ShapeError, lambda W: W[0] - W[1], {}, ["has W1 - W2", "W1 (n_1, n_0)"], id="sum"),
    ],
)
def test_a_quantity_that_cannot_be_verified(error, quantity, options, words):
    refused(error, words, lambda: verify_conserved(quantity, **options))


def of_arrays(weights):
    return np.sum(np.asarray(weights[0], float) ** 2)


@pytest.mark.parametrize("options", [{"any_loss": True}, {"velocity": MODE}], ids=["any loss", "another flow"])
def test_a_function_of_arrays_is_not_compared_with_another_flow_than_asked_for(options):
    words = ["takes arrays only", "expected one that takes symbols"]
    refused(InputError, words, lambda: verify_conserved(of_arrays, **options))


def test_a_function_of_arrays_that_never_changes_is_refused_rather_than_passed():
    words = ["the quantity does not change with the weights"]
    refused(InputError, words, lambda: verify_conserved(lambda weights: 0 * of_arrays(weights)))


@pytest.mark.parametrize(
    ("error", "loss", "velocity", "words"),
    [
        pytest.param(InputError, "(s-a*b)**2/2", MODE, ["the loss is the text", UNQUOTED], id="text"),
        pytest.param(InputError, LOSS, "b", ["velocity has the type str"], id="text, velocity"),
        pytest.param(InputError, LOSS, {a: "b"}, ["the velocity of a is the text 'b'"], id="text, value"),
        pytest.param(InputError, LOSS, {"a": b}, ["velocity has the key 'a'"], id="text, key"),
        pytest.param(InputError, LOSS, fl.gradient_flow, ["velocity has the type function"], id="function for symbols"),
        pytest.param(InputError, fl.loss, MODE, ["velocity has the type dict"], id="symbols for a function"),
        pytest.param(InputError, fl.gradient_flow, fl.loss, ["the loss has the arguments (t, weights"], id="swapped"),
        pytest.param(InputError, (a, b), {a: b}, ["the loss has the type tuple"], id="two losses"),
        pytest.param(InputError, sp.Trace(A.I), {A: A}, ["contains A**(-1)", "function of arrays"], id="inverse"),
        pytest.param(InputError, sp.Trace(A), {A: A.I}, ["contains A.T**(-1)"], id="inverse, velocity"),
        pytest.param(InputError, lambda W, _: sp.Trace(W[2]), fl.gradient_flow, ["IndexError", "depth="], id="W[2]"),
        pytest.param(InputError, fl.loss, lambda W: W, ["velocity has the arguments (W)"], id="arguments"),
        pytest.param(InputError, fl.loss, lambda _, W, __: W[:1], ["a tuple of 2 matrices"], id="a layer too few"),
        pytest.param(ShapeError, fl.loss, lambda _, W, __: W[::-1], ["the velocity of W1 is W2"], id="reversed"),
        pytest.param(ShapeError, sp.Trace(B.T * B), {B: B.T}, ["expected (h, n)"], id="transposed"),
    ],
)
def test_a_gradient_that_cannot_be_verified(error, loss, velocity, words):
    refused(error, words, lambda: verify_gradient(loss, velocity))


@pytest.mark.parametrize(
    ("velocity", "held"), [(MODE, ("s",)), ({a: MODE[a]}, ("b", "s"))], ids=["both move", "one moves"]
)
def test_the_verdict_on_a_gradient_says_what_is_held_fixed(velocity, held):
    verified = verify_gradient(LOSS, velocity)
    assert verified.held == held
    assert repr(verified).endswith(f"\n  held fixed: {', '.join(held)}")


def test_where_all_that_the_loss_has_moves_nothing_is_held_fixed():
    assert "held" not in repr(verify_gradient(a**2, {a: -2 * a}))
