"""Normal forms of matrix expressions, against their values at integer matrices."""

from functools import cache

import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given
from hypothesis import strategies as st
from refusal import refused

from flowdln.errors import InputError
from flowdln.symbolic.words import Rules, add, polynomial, replacing, trace_polynomial

n, m, c = sp.symbols("n m c", positive=True)
A, B, C, S = (sp.MatrixSymbol(name, n, n) for name in "ABCS")
F = sp.MatrixSymbol("F", n, m)  # a frame: more rows than columns
IDENTITY, ZERO = sp.Identity(n), sp.ZeroMatrix(n, n)
RULES = Rules(symmetric=frozenset({"S"}), orthonormal=frozenset({"F"}))

EQUAL = [
    pytest.param((A * B) * C, A * (B * C), id="associativity"),
    pytest.param(A * (B + C), A * B + A * C, id="distributivity on the left"),
    pytest.param((A + B) * C, A * C + B * C, id="distributivity on the right"),
    pytest.param((A + B) * (A + B), A * A + A * B + B * A + B * B, id="square of a sum"),
    pytest.param(A + B, B + A, id="sums commute"),
    pytest.param((A * B).T, B.T * A.T, id="transpose of a product"),
    pytest.param(sp.Transpose(A * B), B.T * A.T, id="transpose of a product, unevaluated"),
    pytest.param((A * B * C).T, C.T * B.T * A.T, id="transpose of three"),
    pytest.param((A + B.T).T, A.T + B, id="transpose of a sum"),
    pytest.param(A.T.T, A, id="transpose twice"),
    pytest.param(A * A * A, sp.MatPow(A, 3), id="powers"),
    pytest.param((A * B) * (A * B), A * B * A * B, id="power of a product"),
    pytest.param(S.T, S, id="symmetric"),
    pytest.param((A * S * B).T, B.T * S * A.T, id="symmetric inside"),
    pytest.param(F.T * F, sp.Identity(m), id="orthonormal"),
    pytest.param(F * F.T * F * F.T, F * F.T, id="projector"),
    pytest.param(F.T * (F * F.T) * F, sp.Identity(m), id="orthonormal twice over"),
    pytest.param((c * A) * (2 * B), 2 * c * A * B, id="scalar factors"),
    pytest.param((c + 1) ** 2 * A, (c**2 + 2 * c + 1) * A, id="scalar factors expand"),
    pytest.param(A / 3 + A / 6, A / 2, id="fractions"),
    pytest.param(IDENTITY * A * IDENTITY, A, id="identity"),
    pytest.param(IDENTITY.T, IDENTITY, id="transpose of the identity"),
    pytest.param(A + ZERO, A, id="zero"),
    pytest.param(A * ZERO * B, ZERO, id="product with zero"),
    pytest.param(A - A, ZERO, id="difference"),
]
DIFFERENT = [
    pytest.param(A * B, B * A, id="products do not commute"),
    pytest.param((A * B).T, A.T * B.T, id="transpose of a product, order kept"),
    pytest.param(A.T, A, id="not symmetric"),
    pytest.param(F * F.T, IDENTITY, id="orthonormal columns, not rows"),
    pytest.param((A + B) * (A + B), A * A + 2 * A * B + B * B, id="square of a sum as if they commuted"),
    pytest.param(2 * A, A, id="lost factor"),
    pytest.param(-A, A, id="sign"),
    pytest.param(A * A, A, id="lost power"),
    pytest.param(A + IDENTITY, A, id="identity added"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_expressions_have_one_normal_form(left, right):
    assert polynomial(left, RULES) == polynomial(right, RULES)
    assert polynomial(left - right, RULES) == {}


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_expressions_have_different_normal_forms(left, right):
    assert polynomial(left, RULES) != polynomial(right, RULES)
    assert polynomial(left - right, RULES) != {}


@pytest.mark.parametrize(
    ("left", "right"), [pytest.param(S.T, S, id="symmetric"), pytest.param(F.T * F, sp.Identity(m), id="orthonormal")]
)
def test_control_without_its_rule_an_equality_is_not_assumed(left, right):
    assert polynomial(left) != polynomial(right)


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        pytest.param(A.inv(), "Inverse", id="inverse"),
        pytest.param(A * B.inv(), "Inverse", id="inverse in a product"),
        pytest.param(sp.MatPow(A, -2), "MatPow", id="negative power"),
        pytest.param(sp.MatPow(A, n), "MatPow", id="symbolic power"),
        pytest.param(sp.HadamardProduct(A, B), "HadamardProduct", id="entrywise product"),
        pytest.param(sp.OneMatrix(n, n), "OneMatrix", id="matrix of ones"),
        pytest.param(sp.Trace(A), "Trace", id="a number"),
    ],
)
def test_what_is_no_polynomial_is_refused(expression, kind):
    words = ["the formula contains ", f"({kind})", "pass a function of arrays"]
    refused(InputError, words, lambda: polynomial(expression))


# Trees are drawn as nested tuples and read twice, by SymPy and by NumPy, so that neither builds the other's expression.
LETTERS = {"A": A, "B": B, "S": S}
SIZE = 6  # matrices of this size obey no identity of degree below 10; no word drawn is longer than 8
LONGEST = 8

leaves = st.sampled_from([*LETTERS, "I", "0"])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.just("T"), inner),
        st.tuples(st.just("+"), inner, inner),
        st.tuples(st.just("@"), inner, inner),
        st.tuples(st.just("*"), st.integers(-2, 2), inner),
    ),
    max_leaves=LONGEST,
)


def symbolic(tree):
    """The SymPy expression that a tree stands for."""
    match tree:
        case ("T", inner):
            return sp.Transpose(symbolic(inner))  # .T would move it inwards at once
        case ("+", left, right):
            return symbolic(left) + symbolic(right)
        case ("@", left, right):
            return symbolic(left) * symbolic(right)
        case ("*", factor, inner):
            return factor * symbolic(inner)
        case _:
            return {**LETTERS, "I": IDENTITY, "0": ZERO}[tree]


def numeric(tree):
    """The value of a tree at fixed random integer matrices, exactly."""
    match tree:
        case ("T", inner):
            return numeric(inner).T
        case ("+", left, right):
            return numeric(left) + numeric(right)
        case ("@", left, right):
            return numeric(left) @ numeric(right)
        case ("*", factor, inner):
            return factor * numeric(inner)
        case _:
            return values()[tree]


@cache
def values():
    rng = np.random.default_rng(0)
    a, b, s = (rng.integers(-99, 100, (SIZE, SIZE)).astype(object) for _ in range(3))
    eye = np.eye(SIZE, dtype=int).astype(object)
    return {"A": a, "B": b, "S": s + s.T, "I": eye, "0": 0 * eye}


def rewritten(tree):
    """Another tree of the same value: products distributed, transposes moved inwards, sums turned round."""
    match tree:
        case ("T", inner):
            return transposed(inner)
        case ("@", left, right):
            return multiplied(left, right)
        case ("+", left, right):
            return ("+", rewritten(right), rewritten(left))
        case _:
            return ("T", ("T", tree))


def transposed(tree):
    match tree:
        case ("T", inner):
            return rewritten(inner)
        case ("+" | "@" as operation, left, right):
            return (operation, transposed(right), transposed(left))
        case _:
            return ("T", tree)


def multiplied(left, right):
    match (left, right):
        case (("+", first, second), _):
            return ("+", multiplied(second, right), multiplied(first, right))
        case (_, ("+", first, second)):
            return ("+", multiplied(left, second), multiplied(left, first))
        case (("@", first, second), _):
            return ("@", rewritten(first), multiplied(second, right))
        case _:
            return ("@", rewritten(left), rewritten(right))


def commuting(expression):
    """A wrong normal form, in which the letters of a word commute."""
    return {tuple(sorted(word)) for word in polynomial(expression, RULES)}


@given(trees, trees)
@example(("@", "A", "B"), ("@", "B", "A"))
@example(("T", ("@", "A", "S")), ("@", "S", ("T", "A")))
def test_normal_forms_are_equal_exactly_where_values_are(first, second):
    same_form = polynomial(symbolic(first), RULES) == polynomial(symbolic(second), RULES)
    assert same_form == np.array_equal(numeric(first), numeric(second))


@given(trees)
def test_a_rewritten_expression_has_the_same_value_and_normal_form(tree):
    other = rewritten(tree)
    assert np.array_equal(numeric(tree), numeric(other))
    assert polynomial(symbolic(tree), RULES) == polynomial(symbolic(other), RULES)


def test_control_a_normal_form_with_commuting_letters_contradicts_the_values():
    first, second = ("@", "A", "B"), ("@", "B", "A")
    assert commuting(symbolic(first)) == commuting(symbolic(second))
    assert not np.array_equal(numeric(first), numeric(second))


@given(trees, trees)
def test_trace_does_not_change_under_rotation(first, second):
    one, other = symbolic(first), symbolic(second)
    assert trace_polynomial(one * other, RULES) == trace_polynomial(other * one, RULES)


@given(trees)
def test_trace_does_not_change_under_transposition(tree):
    expression = symbolic(tree)
    assert trace_polynomial(expression, RULES) == trace_polynomial(expression.T, RULES)


@given(trees, trees)
@example(("@", "A", "B"), ("@", "B", "A"))
def test_traces_are_equal_exactly_where_values_are(first, second):
    same_form = trace_polynomial(symbolic(first), RULES) == trace_polynomial(symbolic(second), RULES)
    assert same_form == (np.trace(numeric(first)) == np.trace(numeric(second)))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(A * B * C, C * A * B, id="rotation"),
        pytest.param(A * B, (A * B).T, id="transposition"),
        pytest.param(A * S * B.T, B * S * A.T, id="transposition with a symmetric letter"),
        pytest.param(F * (F.T * A * F) * F.T, F.T * A * F, id="a frame around the rest"),
    ],
)
def test_equal_traces_have_one_normal_form(left, right):
    assert trace_polynomial(left, RULES) == trace_polynomial(right, RULES)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(A * B * C, A * C * B, id="another cycle"),
        pytest.param(A * B, A * B.T, id="one letter transposed"),
        pytest.param(A, 2 * A, id="lost factor"),
        pytest.param(F * F.T, IDENTITY, id="traces of projector and identity"),
    ],
)
def test_different_traces_have_different_normal_forms(left, right):
    assert trace_polynomial(left, RULES) != trace_polynomial(right, RULES)


def test_sum_of_polynomials_is_the_polynomial_of_the_sum():
    assert add(polynomial(A + B), polynomial(2 * A - B)) == polynomial(3 * A)
    assert add() == {}


BALANCE = replacing(B.T * B, A * A.T + c * IDENTITY)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(B.T * B, A * A.T + c * IDENTITY, id="as it stands"),
        pytest.param(B * B.T * B * A, B * A * A.T * A + c * B * A, id="inside a word"),
        pytest.param(B.T * B * B.T * B, A * A.T * A * A.T + 2 * c * A * A.T + c**2 * IDENTITY, id="twice in a word"),
        pytest.param((C * B.T * B).T, A * A.T * C.T + c * C.T, id="in a transpose"),
    ],
)
def test_what_a_product_is_replaced_by_equals_it(left, right):
    assert polynomial(left - right, Rules(replacements=(BALANCE,))) == {}
    assert polynomial(left - right) != {}


def test_replacements_follow_from_each_other():
    chain = Rules(replacements=(replacing(A * A.T, B.T * B), replacing(B * B.T, C.T * C)))
    assert polynomial(B * A * A.T * B.T, chain) == polynomial(C.T * C * C.T * C)


def test_a_replacement_may_uncover_another_rule():
    rules = Rules(orthonormal=frozenset({"F"}), replacements=(replacing(A, IDENTITY),))
    assert polynomial(F.T * A * F, rules) == polynomial(sp.Identity(m))


def test_control_a_product_in_the_other_order_is_not_replaced():
    assert polynomial(B * B.T, Rules(replacements=(BALANCE,))) == polynomial(B * B.T)
