r"""The product of balanced layers moves by itself.

The product rule gives $\tau \dot P = \sum_j A_j A_j^T (\Sigma_{yx} - P \Sigma_{xx}) B_j^T B_j$ with
$A_j = W_L \cdots W_{j+1}$ above the layer and $B_j = W_{j-1} \cdots W_1$ below it. If the layers are balanced,
$W_{l+1}^T W_{l+1} = W_l W_l^T$, the inner pairs of $A_j A_j^T$ can be replaced one by one until only the last layer is
left: $A_j A_j^T = (W_L W_L^T)^{L-j}$, and in the same way $P P^T = (W_L W_L^T)^L$. A positive semidefinite matrix has
one positive semidefinite root of each order, so $A_j A_j^T = (P P^T)^{(L-j)/L}$, and from the other end
$B_j^T B_j = (P^T P)^{(j-1)/L}$: the layers are gone. The slope of the loss is multiplied by positive semidefinite
matrices from both sides: depth is a preconditioner. It speeds up what is strong and slows down what is weak.
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
from flowdln.symbolic import Claim, Correction, Evidence, Kind, Rules, combined, instance, polynomial, symbolic_network
from flowdln.symbolic.words import replacing
from flowdln.tangent import directional_derivative

TITLE = "The product of balanced layers"
ROUNDING = 1e-12
L = sp.Symbol("L", positive=True)


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


def compare_pace(depths: Sequence[int], power: sp.Expr) -> Evidence:
    """Whether a balanced mode learns faster than one layer wherever its strength exceeds ``L^power``, and only there.

    One unit a layer, each of strength ``sigma``, along the shipped flow; ``-oo`` says everywhere.
    """
    sigma, s = sp.symbols("sigma s", positive=True)
    for depth in depths:
        weights, moments = [sp.Matrix([[sigma]])] * depth, Moments(sp.eye(1), sp.Matrix([[s]]), 0)
        (speed,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
        ratio = sp.factor(speed[0, 0] / (s - sigma**depth))
        threshold = sp.Integer(depth) ** (power.subs(L, depth) / depth)  # in sigma
        rising = bool(sp.factor(sp.diff(ratio, sigma)).is_positive)
        if not (rising and sp.simplify(ratio.subs(sigma, threshold) - 1) == 0):
            low = sp.Rational(1, 2) if threshold == 0 else threshold / 2
            shown = instance(depth=depth, u=low**depth, ratio=ratio.subs(sigma, low), threshold=threshold**depth)
            text = f"depth {depth}: of strength sigma in each layer, a mode has {ratio} times the speed of one layer"
            return Evidence(False, symbolic=True, text=text, instance=shown)
    text = f"the speed of a mode rises with its strength and is that of one layer at L^({power}), depth {list(depths)}"
    return Evidence(True, symbolic=True, text=text)


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
        statement=r"A_j A_j^T = (W_L W_L^T)^{L-j}, \; P P^T = (W_L W_L^T)^L; \quad B_j^T B_j = (W_1^T W_1)^{j-1}, \; "
        "P^T P = (W_1^T W_1)^L",
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
    Claim(
        id="basu-65",
        title="Depth is a preconditioner of the update of the product, and accelerates it.",
        statement=r"\tau \dot P = \sum_j A_j A_j^T (\Sigma_{yx} - P \Sigma_{xx}) B_j^T B_j, \quad "
        r"|\dot P| \ge |\Sigma_{yx} - P \Sigma_{xx}|",
        document="basu",
        place="introduction, after Arora et al. 2018",
        check=lambda: combined(prove_product_rule(range(1, 4), lost=0), compare_pace([2, 3], -sp.oo)),
        control=lambda: combined(prove_product_rule([2], lost=1), compare_pace([2], -sp.oo)),
        derivation=r"The first half holds, balanced or not: $X \mapsto \sum_j A_j A_j^T X B_j^T B_j$ is symmetric "
        "and positive semidefinite. The second is read as: never slower than one layer. A balanced mode moves at $L "
        r"u^{2 - 2/L}$ times the speed of one layer; with two layers and $u = \tfrac14$ this is $\tfrac12$. From a "
        "small start depth is slower at first, by any factor, and faster later if the mode is strong enough.",
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="It accelerates a mode above a certain strength, and slows it down below.",
            statement=r"\tau \dot u = L u^{2 - 2/L} (s - u), \quad L u^{2 - 2/L} > 1 \iff u > L^{-\frac{L}{2 L - 2}}",
            check=lambda: compare_pace(range(2, 7), -L / (2 * L - 2)),
            control=lambda: compare_pace(range(2, 7), -L / (2 * L)),
            assumptions=("balanced layers", "whitened inputs"),
        ),
    ),
]
