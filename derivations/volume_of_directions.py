r"""The volume of directions: what interference makes grow.

The repulsion of two vectors only ever falls in strength, but others add terms that do not care how small
$\epsilon_{ij}$ is already: a perpendicular pair is turned away from perpendicular by a third vector near both. What
always grows is the volume $\det C$ spanned by the unit vectors, with $C_{ij} = \epsilon_{ij}$, until all are
perpendicular.
"""

from functools import partial

import numpy as np
import sympy as sp

from derivations.logistic_modes import e, n, task
from derivations.repulsion import TIED, cosines_and_squares, gram_velocity, prove_gram, symbols
from flowdln.exact import cosine_rate, volume_growth
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Rules,
    Sides,
    combined,
    decide_inequality,
    prove_vanishing,
    prove_zeros,
    replacing,
    seek_counterexample,
)
from flowdln.symbolic.random_arrays import Arrays

TITLE = "The volume of directions"


def prove_volume(factor: sp.Rational) -> Evidence:
    """Whether ``(ln det C)'`` is ``factor`` times the shipped one: for two to four vectors, and its parts for any."""
    few = (volume_remainder(count, factor) for count in (2, 3, 4))
    return combined(prove_zeros(few, "two to four vectors"), prove_gram(), prove_logarithms())


def prove_logarithms() -> Evidence:
    """Whether ``(ln det G)' = 2 tr (Sigma - G)`` and ``u_k' = 2 s_k u_k - 2 (G^2)_kk``, for any number of vectors.

    The sum of the second over ``u_k``, taken from the first, leaves ``2 sum_{i != k} u_k c_ik^2``.
    """
    gram, inverse = sp.MatrixSymbol("G", n, n), sp.MatrixSymbol("Ginv", n, n)
    change, s = gram_velocity(gram, task), sp.Symbol("s")
    known = [
        (inverse * gram, sp.Identity(n)),
        (gram * inverse, sp.Identity(n)),
        (task * e, s * e),
        (e.T * task, s * e.T),
    ]
    rules = Rules(frozenset({"S", "G", "Ginv"}), frozenset({"e"}), tuple(replacing(word, by) for word, by in known))
    length = e.T * (change - 2 * s * gram + 2 * gram * gram) * e
    example = {name: np.eye(1) for name in ("G", "Ginv", "S", "e")} | {"s": 1.0}
    rotated = inverse * (change - task * gram), task * gram * inverse  # together, the trace of G^-1 G'
    traces = [(*rotated, -2 * task, 2 * gram), (length,)]
    return prove_vanishing(traces, rules, example, "velocities of ln det G and u_k minus the stated", trace=True)


def volume_remainder(count: int, factor: sp.Rational) -> sp.Expr:
    """The left side of :func:`prove_volume` minus the right one, for so many vectors."""
    lengths, cosines, _ = symbols(count)
    squares = [length**2 for length in lengths]
    volume, pairs = cosines.det(method="berkowitz"), [(i, j) for j in range(count) for i in range(j)]
    change = sum(volume.diff(cosines[i, j]) * cosine_rate(i, j, cosines, squares) for i, j in pairs)
    return sp.expand(change - factor * volume * volume_growth(cosines, squares))


def prove_falling() -> Evidence:
    """Whether ``c c' <= 0`` for the cosine ``c`` of two vectors alone, and by the printed rate."""
    c = sp.Symbol("c", real=True)
    u, w = sp.symbols("u w", positive=True)
    exact = cosine_rate(0, 1, sp.Matrix([[1, c], [c, 1]]), [u, w])
    room = 1 - c**2
    alone = decide_inequality(c * exact, 0, [[x, c**2, room] for x in (u, w)], assumed=[room])
    printed = decide_inequality(-(c**2) * (u + w), 0, [[x, c**2] for x in (u, w)])
    return combined(alone, printed)


def seek_growth(measure: str) -> Evidence:
    """Whether ``measure`` of the cosines never grows: of one ``"pair"``, or the ``"sum"`` of squares over all."""

    def falling(arrays: Arrays) -> Sides | None:
        vectors = arrays["W"]
        if vectors.shape[1] < 3 or np.linalg.norm(vectors, axis=0).min() == 0:
            return None
        cosines, squares = cosines_and_squares(vectors)
        every = [(0, 1)] if measure == "pair" else [(0, 1), (0, 2), (1, 2)]
        change = sum(2 * cosines[i, j] * cosine_rate(i, j, cosines, squares) for i, j in every)
        return Sides(float(change), 0.0, float(squares.sum()))

    return seek_counterexample(falling, {"W": ("h", "n")}, count=3000, seed=2)


CLAIMS = [
    Claim(
        id="summary-20",
        document="summary",
        place="speed of lowering interference, conclusion",
        title="Without the terms of second order, interference between two modes only ever falls.",
        statement=r"\dot \epsilon_{ij} = -\epsilon_{ij} \, (u_i + u_j) \;\Rightarrow\; \frac{d}{dt} \epsilon_{ij}^2 "
        r"\le 0",
        assumptions=(*TIED, "the terms of second order in the other cosines are dropped"),
        unstated=("the magnitude of the cosine is meant",),
        derivation=r"Of two modes alone the same holds exactly, $\frac{d}{dt} \epsilon^2 = -2 (u_1 + u_2) \, "
        r"\epsilon^2 (1 - \epsilon^2)$. Of the flow with all its terms it is not true, and this is the control: with "
        r"$w_1 = (1, 1)$, $w_2 = (0, 1)$, $w_3 = (2, 0)$ the third vector is long, and turns the first away from "
        r"itself, towards the second. In the plane not even the sum of the squared cosines has to fall. What never "
        r"falls is the volume $\det C$, for two vectors the squared sine $1 - \epsilon^2$. This follows from "
        r"$\frac{d}{dt} \ln \det G = 2 \, \mathrm{tr} (\Sigma - G)$ by taking the lengths out. More vectors than "
        r"hidden units have no volume, and cannot all be perpendicular.",
        check=prove_falling,
        control=lambda: combined(seek_growth("pair"), seek_growth("sum")),
        correction=Correction(
            title="With all terms it is the volume spanned by the unit vectors that grows until all are perpendicular.",
            statement=r"\frac{d}{dt} \ln \det C = 2 \sum_{i \ne k} u_k \, \epsilon_{ik}^2 \ge 0, \quad "
            r"C_{ij} = \epsilon_{ij}",
            assumptions=(*TIED, "linearly independent vectors"),
            check=partial(prove_volume, factor=sp.Integer(1)),
            control=partial(prove_volume, factor=sp.Rational(1, 2)),
        ),
    ),
]
