"""The trace as a scalar: blind to rotation and transposition, and to nothing else."""

import pytest
import sympy as sp

from flowdln import loss
from flowdln.symbolic import Rules, formal_trace, symbolic_network

n = sp.Symbol("n", positive=True, integer=True)
A, B, C = (sp.MatrixSymbol(name, n, n) for name in "ABC")


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(B * C * A, id="rotated"),
        pytest.param(C.T * B.T * A.T, id="transposed"),
        pytest.param(2 * A * B * C - A * B * C, id="collected"),
    ],
)
def test_equal_traces_are_equal_sums(same):
    assert formal_trace(same) == formal_trace(A * B * C)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(A * C * B, id="swapped"),
        pytest.param(A.T * B * C, id="one transpose dropped"),
        pytest.param(-A * B * C, id="sign"),
        pytest.param(2 * A * B * C, id="factor"),
    ],
)
def test_control_other_traces_are_other_sums(other):
    assert sp.expand(formal_trace(other) - formal_trace(A * B * C)) != 0


def test_rules_are_applied():
    assert formal_trace(A * B - A.T * B, Rules(symmetric=frozenset({"A"}))) == 0


def test_shipped_loss_is_a_polynomial_in_traces():
    (weight,), moments = symbolic_network(1)
    value = loss((weight,), moments, trace=formal_trace)
    correlation = formal_trace(weight.T * moments.sigma_yx)
    power = formal_trace(weight.T * weight * moments.sigma_xx)
    assert sp.expand(value - moments.trace_yy / 2 + correlation - power / 2) == 0
