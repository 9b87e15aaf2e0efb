"""Evidence is told in clauses, with what only a reader of the code can use apart."""

import pytest
import sympy as sp

import flowdln as fl
from flowdln.symbolic import Evidence, combined, decide_inequality, prove_gradient, prove_limit

x = sp.Symbol("x", positive=True)


def test_combined_evidence_keeps_texts_and_details_apart():
    pieces = [Evidence(True, True, text, detail=detail) for text, detail in (("a", ""), ("b", "how b"), ("c", "how c"))]
    assert (combined(*pieces).text, combined(*pieces).detail) == ("a; b; c", "how b; how c")


@pytest.mark.parametrize(
    ("evidence", "detail"),
    [
        pytest.param(lambda: prove_gradient(fl.gradient_flow, [2]), "dE[dW] + sum_l", id="gradient"),
        pytest.param(lambda: decide_inequality(0, x**2, [[x, x]]), "right minus left is (x) (x)", id="certificate"),
        pytest.param(lambda: prove_limit(sp.sin(x) / x, x, 0, 1), "10^-2, 10^-8 and 10^-32", id="limit"),
    ],
)
def test_formulas_of_the_proof_are_a_detail(evidence, detail):
    found = evidence()
    assert found.holds
    assert detail in found.detail
    assert detail not in found.text
