r"""Repulsion: how fast the vectors of tied modes turn perpendicular.

Let $a_i = b_i = w_i$, with squared lengths $u_i$ and cosines $\epsilon_{ij}$. The Gram matrix $G = W_1^T W_1$ obeys
$\dot G = \Sigma G + G \Sigma - 2 G^2$. Dividing by the lengths, which change as well, takes $\Sigma$ out: the velocity
of $\epsilon_{ij}$ is minus the sum of $u_k (2 \epsilon_{ik} \epsilon_{jk} - \epsilon_{ij} (\epsilon_{ik}^2 +
\epsilon_{jk}^2))$ over all $k$. Two vectors alone have $\dot \epsilon = -(u_1 + u_2) \, \epsilon \, (1 - \epsilon^2)$,
which is to say that the cotangent of their angle decays exactly at the rate $u_1 + u_2$. Others add terms that do not
care how small $\epsilon_{ij}$ is already: a perpendicular pair is turned away from perpendicular by a third vector near
both. What always grows is the volume $\det C$ spanned by the unit vectors, until all are perpendicular.
"""

from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp

from derivations.logistic_modes import W, n, task
from flowdln import Moments, gradient_flow
from flowdln.exact import cosine_rate
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Rules,
    conjunction,
    instance,
    measure_order,
    prove_identity,
    prove_vanishing,
)
from flowdln.validation import Array

TITLE = "Repulsion"
TIED = ("a_i = b_i = w_i", "X X^T = I", "Sigma diagonal")


def gram_velocity(gram: Any, sigma: Any) -> Any:
    """Velocity of ``G = W^T W``, proved to be that of the shipped flow by :func:`prove_gram`."""
    return sigma * gram + gram * sigma - 2 * gram * gram


def prove_gram() -> Evidence:
    """Whether the shipped flow of tied layers moves ``W^T W`` by :func:`gram_velocity`."""
    v, _ = gradient_flow(0, (W, W.T), Moments(sp.Identity(n), task, 0))
    difference = v.T * W + W.T * v - gram_velocity(W.T * W, task)
    example = {"W": np.eye(1), "S": np.eye(1)}
    return prove_vanishing([difference], Rules(symmetric=frozenset({"S"})), example, "G' minus S G + G S - 2 G^2")


@cache
def symbols(count: int) -> tuple[Any, Any, Any]:
    """Lengths ``q``, cosines and targets of so many vectors."""
    cosines = sp.eye(count)
    for i in range(count):
        for j in range(i):
            cosines[i, j] = cosines[j, i] = sp.Symbol(f"c_{j + 1}{i + 1}")
    return sp.symbols(f"q_1:{count + 1}", positive=True), cosines.as_immutable(), sp.symbols(f"s_1:{count + 1}")


def cosine_velocity(count: int) -> Any:
    """Velocities of the cosines by the quotient rule, from that of the Gram matrix."""
    lengths, cosines, targets = symbols(count)
    stretch = sp.diag(*lengths)
    change = gram_velocity(stretch * cosines * stretch, sp.diag(*targets))
    relative = [change[i, i] / lengths[i] ** 2 for i in range(count)]

    def entry(i: int, j: int) -> Any:
        return sp.expand(change[i, j] / (lengths[i] * lengths[j]) - cosines[i, j] * (relative[i] + relative[j]) / 2)

    return sp.Matrix(count, count, entry)


def prove_rate(count: int, others: int) -> Evidence:
    """Whether the shipped rate of a cosine is that of the flow; ``others`` is a factor of the other vectors' terms."""
    lengths, cosines, _ = symbols(count)
    squares = [length**2 for length in lengths]
    pair = cosine_rate(0, 1, cosines[:2, :2], squares[:2])
    claimed = pair + others * (cosine_rate(0, 1, cosines, squares) - pair)
    gram, rate = prove_gram(), prove_identity(cosine_velocity(count)[0, 1] - sp.expand(claimed))
    text = f"{gram.text}; rate of the cosine of two among {count} vectors: {rate.text}"
    return Evidence(conjunction(gram.holds, rate.holds), True, text)


def prove_cotangent(factor: int) -> Evidence:
    """Whether ``cot' = -factor (u_1 + u_2) cot`` of the angle between two vectors."""
    (first, second), cosines, _ = symbols(2)
    c = cosines[0, 1]
    change = sp.diff(c / sp.sqrt(1 - c**2), c) * cosine_rate(0, 1, cosines, [first**2, second**2])
    return prove_identity(change, -factor * (first**2 + second**2) * c / sp.sqrt(1 - c**2))


def compare_rates(claimed: Any) -> Evidence:
    """Whether the first-order rate of decay is a constant times ``claimed``, a function of ``u`` and ``w``."""
    u, w = sp.symbols("u w", positive=True)
    small = sp.Symbol("c")
    rate = -sp.diff(cosine_rate(0, 1, sp.Matrix([[1, small], [small, 1]]), [u, w]), small).subs(small, 0)
    points = [{u: 1, w: 1}, {u: 4, w: 1}]
    ratios = [sp.simplify(rate / claimed(u, w)).subs(point) for point in points]
    text = f"the rate {rate} over the claimed one is {ratios[0]} for u, w = 1, 1 and {ratios[1]} for 4, 1"
    rates = [[int(value.subs(point)) for point in points] for value in (rate, sp.sympify(claimed(u, w)))]
    if sp.simplify(rate / claimed(u, w)).is_number:
        return Evidence(True, True, text)
    return Evidence(False, True, text, instance(u=[1, 4], w=[1, 1], rate=rates[0], claimed=rates[1]))


def cosines_and_squares(vectors: Array) -> tuple[Array, Array]:
    """Cosines between columns, and their squared lengths."""
    gram = vectors.T @ vectors
    squares = np.diag(gram)
    return gram / np.sqrt(np.multiply.outer(squares, squares)), squares


def pair_rate(vectors: Array) -> tuple[float, float]:
    """Velocity of the cosine of the first two columns, and the printed one."""
    cosines, squares = cosines_and_squares(vectors)
    return float(cosine_rate(0, 1, cosines, squares)), float(-cosines[0, 1] * (squares[0] + squares[1])) + 0.0


def measure_printed(factor: float) -> Evidence:
    """Order in the cosines to which ``factor`` times the printed rate is the true one; three fixed directions."""

    def error(size: float) -> float:
        gram = np.array([[1.0, 0.6, 1.0], [0.6, 1.0, 0.8], [1.0, 0.8, 1.0]]) * size + (1 - size) * np.eye(3)
        true, printed = pair_rate(np.linalg.cholesky(gram).T * np.array([1.0, 2.0, 3.0]))
        return abs(factor * printed / true - 1)

    return measure_order(error, start=0.02, expected=1)


CLAIMS = [
    Claim(
        id="summary-18",
        document="summary",
        place="speed of lowering interference, second display",
        title="To first order, a cosine decays at the rate of the sum of the two squared lengths.",
        statement=r"\frac{d \epsilon_{ij}}{dt} \approx -\epsilon_{ij} \, (|w_i|^2 + |w_j|^2)",
        assumptions=TIED,
        derivation=r"What is neglected is of second order in the cosines: relative to what is kept, of first order, "
        r"if all cosines shrink together. The print drops the sum over the other vectors; it also drops, without "
        r"saying so, that interference shortens the vectors, which gives the factor $1 - \epsilon_{ij}^2$ and the "
        r"terms with $\epsilon_{ij} (\epsilon_{ik}^2 + \epsilon_{jk}^2)$. In $G^2$ each vector adds a term of its "
        r"own, so that the exact rate, checked among four, is that among any number.",
        check=partial(measure_printed, factor=1.0),
        control=partial(measure_printed, factor=0.5),
        correction=Correction(
            title="The exact rate, for any number of vectors.",
            statement=r"\dot \epsilon_{ij} = -\sum_k u_k \left( 2 \epsilon_{ik} \epsilon_{jk} - \epsilon_{ij} "
            r"(\epsilon_{ik}^2 + \epsilon_{jk}^2) \right), \quad k = i, j \text{ included}",
            assumptions=TIED,
            check=partial(prove_rate, 4, others=1),
            control=partial(prove_rate, 3, others=0),
        ),
    ),
    Claim(
        id="summary-19",
        document="summary",
        place="speed of lowering interference, conclusion",
        title="The cosine decays at a rate proportional to the larger of the two squared lengths.",
        statement=r"-\frac{\dot \epsilon_{ij}}{\epsilon_{ij}} = c \, \max(u_i, u_j) \text{ with a constant } c",
        assumptions=TIED,
        derivation=r"It is the sum, which is between the larger one and twice it: no constant fits both equal "
        r"lengths, where it is 2, and very different ones, where it is 1. Nor is the decay exponential in time, as "
        r"the lengths grow; it is exponential in $\int (u_i + u_j) \, dt$. For two vectors that is exact for the "
        r"cotangent of their angle, since $\dot \epsilon / (1 - \epsilon^2)^{3/2}$ is the derivative of $\epsilon / "
        r"\sqrt{1 - \epsilon^2}$.",
        check=partial(compare_rates, sp.Max),
        control=partial(compare_rates, sp.Min),
        kind=Kind.READING,
        correction=Correction(
            title="Between two vectors, the cotangent of the angle decays exactly at the rate of the sum.",
            statement=r"\frac{d}{dt} \cot \theta = -(u_1 + u_2) \cot \theta, \quad "
            r"\max(u_1, u_2) \le u_1 + u_2 \le 2 \max(u_1, u_2)",
            assumptions=(*TIED, "two modes"),
            check=partial(prove_cotangent, factor=1),
            control=partial(prove_cotangent, factor=2),
        ),
    ),
]
