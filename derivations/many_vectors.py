r"""Many vectors: what crowding does to repulsion, and what is left of it when a mode has been learned.

The printed rate of a cosine keeps the pair and drops all others. They add up to
$2 \sum_k u_k \epsilon_{ik} \epsilon_{jk}$, which has nothing to do with $\epsilon_{ij}$: it is the inner product of
what $w_i$ and $w_j$ share with the others. In $h$ dimensions random directions have cosines of size $1 / \sqrt h$,
and a sum over $n - 2$ others, of random signs, has the size $\sqrt{n - 2} / h$. So it is small as long as there are
many hidden units for each mode, and pairs part as if alone: like $\sqrt{s_i - u_i}$, the root of what is left to
learn.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp

import flowdln as fl
from derivations.repulsion import TIED, cosines_and_squares, pair_rate
from flowdln import Moments
from flowdln.exact import cosine_rate, neglected_square
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    combined,
    compare_expectation,
    decide_inequality,
    instance,
    measure_order,
    prove_identity,
)
from flowdln.validation import Array

TITLE = "Many vectors"
SEEDS = range(5)
MODES, UNITS = 6, 10  # of the random directions


def prove_neglected() -> Evidence:
    """Whether the print errs by ``e^3 (u + w)`` for the pair, and by at most ``2 v d^2 (1 + e)`` for each other vector.

    The pair has the cosine ``e >= 0`` (else turn one vector round), the other vector the squared length ``v`` and
    cosines of at most ``d`` with both.
    """
    e, d = sp.symbols("e d", nonnegative=True)
    x, y = sp.symbols("x y", real=True)
    u, w, v = sp.symbols("u w v", positive=True)
    cosines = sp.Matrix([[1, e, x], [e, 1, y], [x, y, 1]])
    alone = cosine_rate(0, 1, cosines[:2, :2], [u, w])
    third = sp.expand(cosine_rate(0, 1, cosines, [u, w, v]) - alone)
    own = prove_identity(alone + e * (u + w), e**3 * (u + w))
    most, rooms = 2 * v * d**2 * (1 + e), [d**2 - x**2, d**2 - y**2]
    inside = [[v, room] for room in rooms]
    above = decide_inequality(third, most, [*inside, [v, (x + y) ** 2], *([e, *pair] for pair in inside)], rooms)
    squares = [[2, v, e, d**2], [v, e, x**2], [v, e, y**2]]
    below = decide_inequality(-third, most, [*inside, [v, (x - y) ** 2], *squares], rooms)
    return combined(own, above, below)


def weigh_others(vectors: Array) -> Evidence:
    """Whether the printed rate is right to a half, for three vectors, the other cosines being small."""
    cosines, _ = cosines_and_squares(vectors)
    true, printed = pair_rate(vectors)
    other = max(abs(cosines[0, 2]), abs(cosines[1, 2]))
    text = f"the other cosines are {other:.2g}; the printed rate is {printed:.4g}, the true one {true:.4g}"
    return Evidence(
        abs(true - printed) <= abs(printed) / 2, False, text, instance(W=vectors, true=true, printed=printed)
    )


def measure_random(factor: float) -> Evidence:
    """Whether the neglected sum, for random directions, has the mean square of the closed form, times ``factor``.

    Both relative to ``1 / h``, the mean square of a cosine; all vectors have length one.
    """

    def neglected(weights: Sequence[Array]) -> Array:
        directions = weights[0] / np.linalg.norm(weights[0], axis=1, keepdims=True)
        cosines = np.einsum("dhi,dhk->dik", directions, directions)
        return UNITS * np.einsum("dk,dk->d", cosines[:, 0, 2:], cosines[:, 1, 2:]) ** 2

    def draw(rng: np.random.Generator) -> tuple[Array]:
        return (rng.standard_normal((1000, UNITS, MODES)),)

    return compare_expectation(neglected, draw, factor * neglected_square(MODES, UNITS))


@cache
def first_mode(hidden: int, seed: int) -> tuple[Array, Array]:
    """Share of the first mode that is left to learn, and the largest cosine of its vectors with others, over time."""
    targets = np.array([4.0, 1.0, 0.5])
    moments = Moments(np.eye(3), np.diag(targets), float(np.sum(targets**2)))
    weights = fl.initial.small_random((3, hidden, 3), scale=1e-3, seed=seed)
    flow = fl.solve(fl.Problem(moments, weights), np.linspace(0, 3.5, 1500), method="DOP853")
    first, second = flow.weights
    lengths = np.linalg.norm(second, axis=2)[:, :, None] * np.linalg.norm(first, axis=1)[:, None]
    cosines = np.abs(flow.product / lengths)
    largest = np.maximum(cosines[:, 0, 1:].max(axis=1), cosines[:, 1:, 0].max(axis=1))
    return 1 - flow.product[:, 0, 0] / targets[0], largest


def measure_perpendicular(hidden: int) -> Evidence:
    """Order to which the cosines with a mode's vectors fall with what is left of it to learn; random small weights."""

    def error(left: float) -> float:
        runs = [first_mode(hidden, seed) for seed in SEEDS]
        return float(max(cosine[np.argmax(share < left)] for share, cosine in runs))

    return measure_order(error, start=0.02, expected=0.5, halvings=3)


def prove_root(power: Any) -> Evidence:
    """Whether ``((s - u) (r - w))^power`` decays at the rate ``u + w`` while both modes are logistic."""
    s, r, u, w = sp.symbols("s r u w", positive=True)
    cosine = ((s - u) * (r - w)) ** power
    change = cosine.diff(u) * 2 * (s - u) * u + cosine.diff(w) * 2 * (r - w) * w
    return prove_identity(change / cosine, -(u + w))


PERPENDICULAR = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [0.0, 0.0, 10.0]])
LONG_THIRD = np.array([[10.0, 1.0, 0.0], [1.0, 10.0, 0.0], [1.0, 1.0, 100.0]])
CLAIMS = [
    Claim(
        id="summary-21",
        document="summary",
        place="footnote 3",
        title="The other vectors may be neglected if their cosines are small and there are not too many.",
        statement=r"\left| \frac{\dot \epsilon_{ij}}{-\epsilon_{ij} (u_i + u_j)} - 1 \right| \le \epsilon_{ij}^2 + "
        r"2 (n - 2) \, \frac{\max_k u_k}{u_i + u_j} \, \frac{\delta^2}{|\epsilon_{ij}|} \, (1 + |\epsilon_{ij}|), "
        r"\quad |\epsilon_{ik}|, |\epsilon_{jk}| \le \delta",
        assumptions=(*TIED, "the other cosines are small, n is not too big"),
        unstated=(
            "the pair's own cosine is small, but not smaller than the others",
            "no other vector is much longer than the pair",
        ),
        derivation=r"Each other vector adds $-u_k (2 \epsilon_{ik} \epsilon_{jk} - \epsilon_{ij} (\epsilon_{ik}^2 + "
        r"\epsilon_{jk}^2))$ to the exact rate, and the pair itself $\epsilon_{ij}^3 (u_i + u_j)$. With $\delta \le "
        r"|\epsilon_{ij}|$ and equal lengths the error is below $\epsilon_{ij}^2 + (n - 2) \, \delta (1 + "
        r"|\epsilon_{ij}|)$. The control drops what is not stated. With a third vector nearly perpendicular to both, "
        r"$w_1 = (1, 0, 0)$, $w_2 = (0, 1, 0)$, $w_3 = (1, 1, 10)$, the printed rate is zero and the true one is not. "
        r"With $w_1 = (10, 1, 1)$, $w_2 = (1, 10, 1)$ and the long $w_3 = (0, 0, 100)$ it is far too small. For random "
        r"directions of equal length the terms of the sum have random signs, and 'not too big' means few against the "
        r"hidden units: $n \ll h$.",
        check=prove_neglected,
        control=lambda: combined(weigh_others(PERPENDICULAR), weigh_others(LONG_THIRD)),
        correction=Correction(
            title="Sharper for random directions: what is neglected is about sqrt((n - 2) / h) of what is kept.",
            statement=r"\frac{\langle (\sum_{k \ne i, j} \epsilon_{ik} \epsilon_{jk})^2 \rangle}"
            r"{\langle \epsilon_{ij}^2 \rangle} = \frac{n - 2}{h} \left( 1 + \frac{n - 3}{h} \right)",
            assumptions=("independent directions, uniform in h dimensions", "equal lengths"),
            check=partial(measure_random, factor=1.0),
            control=partial(measure_random, factor=0.9),
        ),
    ),
    Claim(
        id="summary-25",
        document="summary",
        place="summary of the dynamics, 4",
        title="When a mode is learned, all other vectors are pushed into the space perpendicular to its own.",
        statement=r"u_i \to s_i \;\Rightarrow\; \cos \angle(a_i, b_j), \; \cos \angle(a_j, b_i) \to 0, \quad j \ne i",
        assumptions=("independent Gaussian initial weights",),
        unstated=("small initial weights", "at least as many hidden units as modes"),
        derivation=r"We measure the largest cosine with the first mode's vectors against what is left of the mode to "
        r"learn: it falls as its root, so that 'simultaneously' is generous: a mode has to be learned to one part in "
        r"a hundred before the others are down to a tenth. With a single hidden unit all cosines are $\pm 1$ for ever.",
        check=partial(measure_perpendicular, hidden=6),
        control=partial(measure_perpendicular, hidden=1),
        correction=Correction(
            title="To first order in the cosines, they fall as the root of what both modes have left to learn.",
            statement=r"\frac{\epsilon_{ij}(t)^2}{\epsilon_{ij}(0)^2} = "
            r"\frac{(s_i - u_i(t)) \, (s_j - u_j(t))}{(s_i - u_i(0)) \, (s_j - u_j(0))}",
            assumptions=(*TIED, "first order in all cosines", "u_i < s_i, u_j < s_j"),
            check=partial(prove_root, sp.Rational(1, 2)),
            control=partial(prove_root, 1),
        ),
    ),
]
