"""Matrices that show that an identity fails, found small."""

import numpy as np
import pytest
import sympy as sp

from flowdln.symbolic import find_nonzero, polynomial, trace_polynomial

n = sp.Symbol("n", positive=True, integer=True)
A, B, S = (sp.MatrixSymbol(name, n, n) for name in "ABS")
eta = sp.Symbol("eta", positive=True)


def parsed(text):
    return np.atleast_2d(np.array(sp.sympify(text), dtype=float))


def test_numbers_suffice_where_they_do():
    found = find_nonzero(polynomial(A * B - 2 * B * A))
    assert float(found["remainder"]) == -float(found["A"]) * float(found["B"])


def test_matrices_of_two_rows_show_that_products_do_not_commute():
    found = find_nonzero(polynomial(A * B - B * A))
    a, b, left = (parsed(found[name]) for name in ("A", "B", "remainder"))
    assert a.shape == (2, 2)
    np.testing.assert_array_equal(a @ b - b @ a, left)
    assert left.any()


def test_a_trace_is_a_number():
    found = find_nonzero(trace_polynomial(A * A - A.T * A), trace=True)
    a = parsed(found["A"])
    assert np.trace(a @ a) - np.trace(a.T @ a) == float(found["remainder"]) != 0


def test_symmetric_letters_are_symmetric_and_scalars_have_values():
    found = find_nonzero(polynomial(S * A - eta * A * S), frozenset({"S"}))
    s, a = parsed(found["S"]), parsed(found["A"])
    np.testing.assert_array_equal(s, s.T)
    np.testing.assert_array_equal(s @ a - float(sp.Rational(found["eta"])) * a @ s, parsed(found["remainder"]))


def test_every_scalar_has_a_value_of_the_sign_that_it_is_declared_to_have():
    scalars = sp.symbols("c:12", positive=True) + sp.symbols("d:3", negative=True)
    found = find_nonzero(polynomial(sp.Add(*scalars) * A))
    values = {scalar: sp.Rational(found[scalar.name]) for scalar in scalars}
    assert all((value > 0) == scalar.is_positive for scalar, value in values.items())
    assert float(sum(values.values()) * sp.Rational(found["A"])) == pytest.approx(float(found["remainder"]), rel=1e-5)


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param({}, id="no terms"),
        pytest.param(polynomial(A - A.T), id="what is symmetric without saying so"),
    ],
)
def test_control_of_what_vanishes_no_instance_is_found(terms):
    assert find_nonzero(terms, frozenset({"A"})) is None
