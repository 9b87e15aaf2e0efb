"""Identities that need rules: proved with them, refuted without them, and never on an example that breaks them."""

import numpy as np
import pytest
import sympy as sp

from flowdln.errors import InputError
from flowdln.symbolic import Rules, prove_vanishing, replacing

n, m, c = sp.symbols("n m c", positive=True)
A, S = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("S", n, n)
V, e = sp.MatrixSymbol("V", n, m), sp.MatrixSymbol("e", n, 1)
RULES = Rules(
    symmetric=frozenset({"S"}),
    orthonormal=frozenset({"V", "e"}),
    replacements=(replacing(S * e, c * e), replacing(e.T * S, c * e.T)),
)
EXAMPLE = {
    "A": np.array([[1.0, 2.0], [0.0, 1.0]]),
    "S": np.diag([3.0, 5.0]),
    "V": np.array([[0.0], [1.0]]),
    "e": np.array([[1.0], [0.0]]),
    "c": 3.0,
}
WITHOUT = {
    "symmetric": RULES._replace(symmetric=frozenset()),
    "orthonormal": RULES._replace(orthonormal=frozenset()),
    "replacements": RULES._replace(replacements=()),
}


@pytest.mark.parametrize(
    ("difference", "needs"),
    [
        pytest.param(A * (S - S.T), "symmetric", id="symmetric"),
        pytest.param(V * V.T * V - V, "orthonormal", id="orthonormal"),
        pytest.param(e.T * S * e - c * sp.Identity(1), "replacements", id="eigenvector"),
    ],
)
def test_an_identity_is_proved_by_its_rule_and_undecided_without_it(difference, needs):
    assert prove_vanishing([difference], RULES, EXAMPLE, "this").holds is True
    without = prove_vanishing([difference], WITHOUT[needs], EXAMPLE, "this")
    assert without.holds is None, "terms are left, but the example obeys the rule all the same"
    assert not without.instance


@pytest.mark.parametrize(
    ("difference", "value"),
    [
        pytest.param(A - A.T, "[[0, 2], [-2, 0]]", id="transpose"),
        pytest.param(S * e + c * e, "[[6], [0]]", id="sign"),
        pytest.param(S * e - 2 * c * e, "[[-3], [0]]", id="factor"),
        pytest.param(V * V.T - sp.Identity(n), "[[-1, 0], [0, 0]]", id="rows of a frame"),
        pytest.param(A * S - S * A, "[[0, 4], [0, 0]]", id="order"),
    ],
)
def test_control_a_wrong_identity_is_refuted_with_its_value(difference, value):
    evidence = prove_vanishing([A - A, difference], RULES, EXAMPLE, "this")
    assert evidence.holds is False
    assert evidence.instance["difference"] == value


def test_traces_of_matrices_of_different_sizes_add_up_to_zero_and_a_lost_factor_is_seen():
    assert prove_vanishing([(V * V.T * A, -V.T * A * V)], RULES, EXAMPLE, "this", trace=True).holds is True
    wrong = prove_vanishing([(V * V.T * A, -2 * V.T * A * V)], RULES, EXAMPLE, "this", trace=True)
    assert wrong.instance["difference"] == "-1"


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        pytest.param("S", np.array([[3.0, 1.0], [0.0, 5.0]]), "S symmetric", id="symmetric"),
        pytest.param("V", np.array([[0.0], [2.0]]), "V with orthonormal columns", id="orthonormal"),
        pytest.param("c", 4.0, "S e as replaced", id="replacement"),
    ],
)
def test_an_example_that_breaks_a_rule_is_refused(name, value, rule):
    with pytest.raises(InputError, match=rule):
        prove_vanishing([A - A.T], RULES, EXAMPLE | {name: value}, "this")
