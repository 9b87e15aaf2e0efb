"""Text given to the symbolic layer is refused, and never evaluated."""

import inspect

import numpy as np
import pytest
import sympy as sp

import flowdln as fl
from flowdln.symbolic.gate import converted

x, y = sp.symbols("x y", positive=True)
A = sp.MatrixSymbol("A", 2, 2)
VALID = {
    "decide_cauchy_schwarz": {"factor": 1},
    "decide_inequality": {
        "smaller": 2 * x * y,
        "larger": x**2 + y**2,
        "certificate": [[(x - y) ** 2]],
        "assumed": (x,),
    },
    "formal_trace": {"expression": A},
    "polynomial": {"expression": A},
    "prove_derivatives": {"potential": x**2, "derivatives": {x: 2 * x}},
    "prove_dimensions": {"left": x, "right": x, "dimensions": {x: {"length": 1}}, "of": {"length": 1}},
    "prove_homogeneous": {"left": x, "right": x, "weights": {x: 1}, "degree": 1},
    "prove_identity": {"left": x, "right": x},
    "prove_integral": {"integral": x**2 / 2, "integrand": x, "x": x, "lower": 0},
    "prove_inverse": {"entries": (1, 0), "inverse": (1, 0), "size": 2},
    "prove_leading_order": {"expression": x, "x": x, "coefficient": 1, "power": 1},
    "prove_limit": {"expression": x, "x": x, "point": 0, "value": 0},
    "prove_spectrum": {"diagonal": 1, "off_diagonal": 0, "size": 2, "spectrum": {1: 2}},
    "prove_zeros": {"expressions": [x - x]},
    "replacing": {"product": A * A, "by": A},
    "trace_polynomial": {"expression": sp.Trace(A)},
    "verify_conserved": {"expression": x, "velocity": {x: 0}},
    "verify_gradient": {"loss": x**2, "velocity": {x: -2 * x}},
    "verify_solution": {"solution": sp.exp(-x), "ode": lambda u: -u, "initial": 1},
}
FORMULAS = [(name, argument) for name, recipe in VALID.items() for argument in recipe]
FUNCTIONS = [name for name in fl.symbolic.__all__ if inspect.isfunction(getattr(fl.symbolic, name))]
WORDS = {"prove_zeros": {"what": "differences"}}
LABELS = {("prove_dimensions", "dimensions"), ("prove_dimensions", "of"), ("prove_homogeneous", "weights")}


@pytest.fixture
def payload(tmp_path):
    """Text that makes a file if it is evaluated, and that file."""
    target = tmp_path / "made"
    return f"__import__('pathlib').Path({str(target)!r}).touch()", target


def wrappings(text):
    yield from (text, text.encode(), [text], (x, text), [[text]], {text: x}, {x: text}, np.array([text], dtype=object))


@pytest.mark.parametrize(("name", "argument"), FORMULAS)
def test_text_in_place_of_a_formula_is_refused(name, argument, payload):
    text, target = payload
    refused = 0
    for wrapped in wrappings(text):
        try:
            getattr(fl.symbolic, name)(**(WORDS.get(name, {}) | VALID[name] | {argument: wrapped}))
        except (fl.InputError, TypeError, AttributeError) as error:
            refused += isinstance(error, fl.InputError)
    assert not target.exists()
    assert refused or (name, argument) in LABELS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_text_in_any_argument_is_not_evaluated(name, payload):
    text, target = payload
    function = getattr(fl.symbolic, name)
    names = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_KEYWORD]
    for wrapped in (text, [text], {x: text}):
        for given in names:
            arguments = dict.fromkeys(names, x) | {given: wrapped}
            try:
                function(**arguments)
            except Exception:  # noqa: BLE001, S112 (only evaluation is looked for)
                continue
    assert not target.exists()


def test_control_sympify_evaluates_text(payload):
    text, target = payload
    with pytest.raises((sp.SympifyError, AttributeError, TypeError)):
        sp.sympify(text) + 1
    assert target.exists()


@pytest.mark.parametrize("value", [1, 0.5, x, sp.Rational(1, 3), np.float64(2.0), sp.Matrix([[x]]), A])
def test_formulas_pass(value):
    assert converted(value) == value


@pytest.mark.parametrize("value", ["x", b"x", None, object(), [1, 2]])
def test_other_values_do_not(value):
    with pytest.raises(fl.InputError):
        converted(value)
