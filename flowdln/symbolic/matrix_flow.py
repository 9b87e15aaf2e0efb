"""Proofs about the matrix ODE for layers of symbolic sizes: gradients and conserved quantities.

The functions proved are the package's own, evaluated on matrix symbols.
"""

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from flowdln.problem import Moments
from flowdln.symbolic.evidence import Evidence
from flowdln.symbolic.matrix_instances import find_nonzero
from flowdln.symbolic.trace_numbers import scalar_change, scalar_of
from flowdln.symbolic.words import Polynomial, Rules, add, first_order, polynomial, trace_polynomial
from flowdln.vector_field import loss

Flow = Callable[[Any, Sequence[Any], Moments], Sequence[Any]]
Network = Callable[[int], tuple[Sequence[Any], Moments]]  # weights and moments of a depth
RULES = Rules(symmetric=frozenset({"Sxx"}))
GRADIENT = "dE[dW] + sum_l tr(velocity_l^T dW_l)"


def symbolic_network(depth: int) -> tuple[tuple[sp.MatrixSymbol, ...], Moments]:
    """Weights ``W1 ... WL`` of sizes ``n_l x n_{l-1}`` and moments ``Sxx``, ``Syx``, all symbols."""
    sizes = sp.symbols(f"n_0:{depth + 1}", positive=True, integer=True)
    weights = tuple(sp.MatrixSymbol(f"W{i}", sizes[i], sizes[i - 1]) for i in range(1, depth + 1))
    sigma_xx = sp.MatrixSymbol("Sxx", sizes[0], sizes[0])
    sigma_yx = sp.MatrixSymbol("Syx", sizes[depth], sizes[0])
    return weights, Moments(sigma_xx, sigma_yx, sp.Symbol("trace_yy"))


def prove_gradient(flow: Flow, depths: Sequence[int], network: Network = symbolic_network) -> Evidence:
    """Whether ``flow`` is minus the gradient of the shipped loss, for layers of any sizes.

    The first-order change of the loss under ``W_l -> W_l + dW_l`` is compared with ``-sum_l tr(velocity_l^T dW_l)``.
    ``network`` may have moments of its own, such as whitened inputs.
    """
    remainders = [_gradient_remainder(flow, *network(depth)) for depth in depths]
    return report(remainders, depths, "the velocity plus the gradient of the loss", GRADIENT, trace=True)


def prove_conserved(
    quantity: Callable[[Sequence[Any]], Sequence[Any]],
    flow: Flow,
    depths: Sequence[int],
    network: Network = symbolic_network,
) -> Evidence:
    """Whether every matrix that ``quantity`` returns has derivative zero along ``flow``, for layers of any sizes.

    ``network`` is :func:`symbolic_network`, or :func:`pointwise_network` for any loss.
    """
    remainders: list[Polynomial] = []
    for depth in depths:
        weights, moments = network(depth)
        moving = zip(weights, flow(0, weights, moments), strict=True)
        velocity = {weight.name: polynomial(v, RULES) for weight, v in moving}
        remainders += [first_order(polynomial(matrix, RULES), velocity, RULES) for matrix in quantity(weights)]
    return report(remainders, depths, "the derivative along the flow")


def prove_equal(first: Flow, second: Flow, depths: Sequence[int], network: Network = symbolic_network) -> Evidence:
    """Whether two vector fields agree in every layer, for layers of any sizes; ``network`` as in the others."""
    remainders: list[Polynomial] = []
    for depth in depths:
        weights, moments = network(depth)
        pairs = zip(first(0, weights, moments), second(0, weights, moments), strict=True)
        remainders += [polynomial(a - b, RULES) for a, b in pairs]
    return report(remainders, depths, "the difference of the two")


def _gradient_remainder(flow: Flow, weights: Sequence[Any], moments: Moments) -> Polynomial:
    changes = [sp.MatrixSymbol(f"d{weight.name}", *weight.shape) for weight in weights]
    steps = {weight.name: polynomial(change, RULES) for weight, change in zip(weights, changes, strict=True)}
    variation = scalar_change(scalar_of(loss(weights, moments, trace=sp.Trace), RULES), steps, RULES)
    pairings = [
        trace_polynomial(velocity.T * change, RULES)
        for velocity, change in zip(flow(0, weights, moments), changes, strict=True)
    ]
    return add({word: sp.diff(variation.expression, trace) for trace, word in variation.words.items()}, *pairings)


def report(
    remainders: Sequence[Polynomial], depths: Sequence[int], what: str, formula: str = "", *, trace: bool = False
) -> Evidence:
    """Evidence that all remainders are zero, or small matrices on which one is not.

    Where terms are left but no such matrices are found, or nothing was compared, neither is shown. With ``trace``,
    words stand for traces. ``formula`` is ``what`` in symbols.
    """
    if not remainders:
        return Evidence(None, True, f"{what} has no entry to compare, for depth {_listed(depths)}")
    left = [remainder for remainder in remainders if remainder]
    found = next(filter(None, (find_nonzero(terms, RULES.symmetric, trace=trace) for terms in left)), None)
    outcome = f"does not vanish ({sum(map(len, left))} terms are left)" if left else "vanishes"
    text = f"{what} {outcome} for matrices of any sizes, at depth {_listed(depths)}"
    detail = f"compared as polynomials in matrices of symbolic sizes{': ' * bool(formula)}{formula}"
    if left and not found:
        return Evidence(None, True, f"{text}, but no matrices were found where it is not zero", detail=detail)
    return Evidence(not left, True, text, found or {}, detail=detail)


def _listed(depths: Sequence[int]) -> str:
    return str(depths[0]) if len(depths) == 1 else f"{depths[0]} to {depths[-1]}"
