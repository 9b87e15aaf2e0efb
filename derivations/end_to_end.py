r"""The product of balanced layers moves by itself.

The product rule gives $\tau \dot P = \sum_j A_j A_j^T (\Sigma_{yx} - P \Sigma_{xx}) B_j^T B_j$ with
$A_j = W_L \cdots W_{j+1}$ above the layer and $B_j = W_{j-1} \cdots W_1$ below it. If the layers are balanced,
$W_{l+1}^T W_{l+1} = W_l W_l^T$, the inner pairs of $A_j A_j^T$ can be replaced one by one until only the last layer is
left: $A_j A_j^T = (W_L W_L^T)^{L-j}$, and in the same way $P P^T = (W_L W_L^T)^L$. A positive semidefinite matrix has
one positive semidefinite root of each order, so $A_j A_j^T = (P P^T)^{(L-j)/L}$, and from the other end
$B_j^T B_j = (P^T P)^{(j-1)/L}$: the layers are gone.
"""

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import matmul
from typing import Any

import numpy as np
import sympy as sp

from flowdln import end_to_end, gradient_flow, initial
from flowdln.exact import end_to_end_flow
from flowdln.problem import Moments
from flowdln.symbolic import Claim, Evidence, Rules, polynomial, symbolic_network
from flowdln.symbolic.words import replacing
from flowdln.tangent import directional_derivative

TITLE = "The product of balanced layers"
ROUNDING = 1e-12


def square(factors: Sequence[Any]) -> Any:
    """``A A^T`` for the product ``A`` of the factors."""
    return reduce(matmul, [*factors, *(factor.T for factor in reversed(factors))])


def prove_product_rule(depths: Sequence[int], lost: int) -> Evidence:
    """Whether the shipped flow moves the shipped product as stated; ``lost`` terms are left out."""
    remainders = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
        error = moments.sigma_yx - end_to_end(weights) * moments.sigma_xx
        on_left, on_right = (sp.Identity(size) for size in error.shape)
        for j in range(1, depth + 1 - lost):
            above, below = weights[j:][::-1], [weight.T for weight in weights[: j - 1]]
            change -= (square(above) if above else on_left) * error * (square(below) if below else on_right)
        remainders.append(polynomial(change, Rules(symmetric=frozenset({"Sxx"}))))
    left = sum(map(len, remainders))
    text = f"the difference of both sides has {left} terms for matrices of symbolic sizes, depth {list(depths)}"
    return Evidence(left == 0, symbolic=True, text=text)


def prove_powers(depths: Sequence[int], shift: int) -> Evidence:
    """Whether ``A_j A_j^T`` and ``P P^T`` are powers ``L - j`` and ``L`` of one matrix, and so on the input side."""
    left = 0
    for depth in depths:
        weights, _ = symbolic_network(depth)
        upwards = tuple(replacing(low * low.T, high.T * high) for low, high in pairwise(weights))
        downwards = tuple(replacing(high.T * high, low * low.T) for low, high in pairwise(weights))
        last, first = weights[-1] * weights[-1].T, weights[0].T * weights[0]
        for j in range(depth):
            above, below = weights[j:][::-1], [weight.T for weight in weights[: depth - j]]
            left += len(polynomial(square(above) - sp.MatPow(last, depth - j + shift), Rules(replacements=upwards)))
            left += len(polynomial(square(below) - sp.MatPow(first, depth - j + shift), Rules(replacements=downwards)))
    text = f"the differences from powers have {left} terms for matrices of symbolic sizes, depth {list(depths)}"
    return Evidence(left == 0, symbolic=True, text=text)


def compare_shipped(shift: int) -> Evidence:
    """The shipped field of the product against the product rule, on balanced networks of depth 1 to 5."""
    rng, gaps = np.random.default_rng(0), []
    for depth in range(1, 6):
        weights = initial.balanced((4, *rng.integers(2, 6, depth - 1).tolist(), 3), scale=0.8, seed=depth)
        inputs = rng.standard_normal((9, 4))
        moments = Moments.from_data(inputs, inputs @ rng.standard_normal((4, 3)))
        velocity = gradient_flow(0, weights, moments)
        (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, velocity)
        shipped = end_to_end_flow(0, end_to_end(weights), moments, depth + shift)
        gaps.append(np.abs(shipped - change).max() / np.abs(change).max())
    text = f"on 5 random balanced networks the relative difference is at most {max(gaps):.1e}"
    return Evidence(bool(max(gaps) < ROUNDING), symbolic=False, text=text)


CLAIMS = [
    Claim(
        id="end-to-end-product-rule",
        title="How the layers move the product.",
        statement=r"\tau \dot P = \sum_{j=1}^L A_j A_j^T (\Sigma_{yx} - P \Sigma_{xx}) B_j^T B_j",
        place="Arora, Cohen and Hazan 2018, proof of Theorem 1",
        check=lambda: prove_product_rule(range(1, 6), lost=0),
        control=lambda: prove_product_rule(range(1, 6), lost=1),
    ),
    Claim(
        id="end-to-end-powers",
        title="What surrounds the error are powers of one matrix on either side.",
        statement=r"A_j A_j^T = (W_L W_L^T)^{L-j}, \; P P^T = (W_L W_L^T)^L; \quad "
        r"B_j^T B_j = (W_1^T W_1)^{j-1}, \; P^T P = (W_1^T W_1)^L",
        assumptions=("balanced layers",),
        place="Arora, Cohen and Hazan 2018, proof of Theorem 1",
        check=lambda: prove_powers(range(1, 6), shift=0),
        control=lambda: prove_powers(range(1, 6), shift=1),
    ),
    Claim(
        id="end-to-end-flow",
        title="The product of balanced layers obeys an equation of its own.",
        statement=r"\tau \dot P = \sum_{j=1}^L (P P^T)^{(L-j)/L} (\Sigma_{yx} - P \Sigma_{xx}) (P^T P)^{(j-1)/L}",
        assumptions=("balanced layers",),
        place="the shipped field; Arora, Cohen and Hazan 2018, Theorem 1",
        check=lambda: compare_shipped(shift=0),
        control=lambda: compare_shipped(shift=1),
    ),
]
