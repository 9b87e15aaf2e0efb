"""Proofs for any pointwise loss ``<l(yhat, y)>``: its slopes ``dl/dyhat`` at the samples are one opaque matrix.

The velocity is linear in the slopes, so that the shipped flow, of the squared error, gives it too: on the loss that
is linear with these slopes, whose moments are ``sigma_xx = 0`` and ``sigma_yx = -<dl/dyhat x^T>``.
"""

from collections.abc import Sequence
from typing import Any

import sympy as sp

from flowdln.problem import Moments
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.matrix_flow import Flow, report, symbolic_network
from flowdln.symbolic.words import Polynomial, add, trace_polynomial
from flowdln.tangent import directional_derivative
from flowdln.vector_field import end_to_end


def pointwise_network(depth: int) -> tuple[tuple[sp.MatrixSymbol, ...], Moments]:
    """Weights of sizes ``n_l x n_{l-1}`` and moments of a loss with slopes ``D`` at ``m`` samples ``X``, all symbols.

    Columns are samples: ``X`` is ``n_0 x m``, and ``D`` is ``n_L x m``.
    """
    weights, moments = symbolic_network(depth)
    samples, slopes = _samples(moments)
    correlation = -slopes * samples.T / _number()
    return weights, Moments(sp.ZeroMatrix(*moments.sigma_xx.shape), correlation, sp.S.Zero)


def prove_pointwise_gradient(flow: Flow, depths: Sequence[int]) -> Evidence:
    """Whether ``flow`` is minus the gradient of any pointwise loss, for layers of any sizes and any number of samples.

    The first-order change of the mean loss under ``W_l -> W_l + dW_l`` is ``tr(D^T dP X) / m`` with the change ``dP``
    of the product; it is compared with ``-sum_l tr(velocity_l^T dW_l)``.
    """
    remainders = [_gradient_remainder(flow, depth) for depth in depths]
    formula = "tr(D^T dP X) / m + sum_l tr(velocity_l^T dW_l)"
    return report(remainders, depths, "the velocity plus the gradient of any pointwise loss", formula, trace=True)


def _gradient_remainder(flow: Flow, depth: int) -> Polynomial:
    weights, moments = pointwise_network(depth)
    samples, slopes = _samples(moments)
    changes = [sp.MatrixSymbol(f"d{weight.name}", *weight.shape) for weight in weights]
    (product_change,) = directional_derivative(lambda w: (end_to_end(w),), weights, changes)
    pairings = [
        trace_polynomial(velocity.T * change)
        for velocity, change in zip(flow(0, weights, moments), changes, strict=True)
    ]
    return add(trace_polynomial(slopes.T * product_change * samples / _number()), *pairings)


def _samples(moments: Moments) -> tuple[Any, Any]:
    """``X`` and ``D`` for moments of these sizes."""
    n_out, n_in = moments.sigma_yx.shape
    return sp.MatrixSymbol("X", n_in, _number()), sp.MatrixSymbol("D", n_out, _number())


def _number() -> sp.Symbol:
    return sp.Symbol("m", positive=True, integer=True)
