r"""The norms of the layers.

All layers gain the same squared norm at all times, so that $|W_k|_F^2 - |W_l|_F^2$ is what it was at the start for any
two layers. Of adjacent layers it is the trace of the imbalance, of others a sum of traces. That one number says
everything about the norms. Their distance is $|\, |W_k|_F - |W_l|_F \,| = \frac{|\mathrm{tr}\, C|}{|W_k|_F + |W_l|_F}$:
it shrinks where the layers grow, widens where they shrink, and never exceeds $\sqrt{|\mathrm{tr}\, C|}$, which it
reaches where one of the two layers vanishes.
"""

from collections.abc import Sequence

import numpy as np
import sympy as sp

from derivations.mutations import flipped_sign
from flowdln import Moments, Problem, Trajectory, gradient_flow, initial
from flowdln.symbolic import (
    Claim,
    Correction,
    Course,
    Evidence,
    Kind,
    Rules,
    combined,
    conjunction,
    formal_trace,
    instance,
    monitor_flow,
    pointwise_network,
    prove_identity,
    verify_conserved,
)
from flowdln.symbolic.matrix_flow import Flow

TITLE = "The norms of the layers"
HALF = sp.Rational(1, 2)


def prove_differences(depths: Sequence[int], flow: Flow = gradient_flow) -> Evidence:
    """Whether the squared norms of any two layers keep their difference along ``flow``, for any pointwise loss."""
    found = []
    for depth in depths:
        weights, moments = pointwise_network(depth)
        velocity = dict(zip(weights, flow(0, weights, moments), strict=True))
        first, *others = (sp.Trace(weight.T * weight) for weight in weights)
        found.append(verify_conserved(tuple(other - first for other in others), velocity).evidence)
    together = combined(*found)
    known = {True: "are conserved", False: "are not all conserved", None: "are not known to be conserved"}
    listed = ", ".join(map(str, depths))
    text = f"the differences from the first layer {known[together.holds]}, for layers of any sizes at depth {listed}"
    return together._replace(text=text)


def prove_bound(power: sp.Rational, depths: Sequence[int]) -> Evidence:
    """Whether ``|x - y| <= |x^2 - y^2|^power`` for norms ``x, y``, as sharp as can be, with ``x^2 - y^2`` conserved."""
    y, d = sp.symbols("y d", nonnegative=True)
    excess = sp.expand((d * (2 * y + d)) ** (2 * power) - d**2)  # with x = y + d
    conserved = prove_differences(depths)
    text = f"with x = y + d: |x^2 - y^2|^{2 * power} - d^2 = {excess}; {conserved.text}"
    if excess.is_nonnegative:
        return Evidence(conjunction(excess.subs(y, 0) == 0, conserved.holds), symbolic=True, text=text)
    bound = (HALF * HALF) ** power
    return Evidence(False, symbolic=True, text=text, instance=instance(x=0.5, y=0.0, left=0.5, right=float(bound)))


def prove_closeness(power: sp.Rational) -> Evidence:
    """Whether the norms are as close as :func:`prove_bound` says, and ``n |C|_F^2 - (tr C)^2 = n |C - c I|_F^2``.

    With ``c = tr C / n`` for any number ``n`` of hidden units: the left side is not negative.
    """
    bound = prove_bound(power, [2, 3])
    n, c = sp.Symbol("n", positive=True, integer=True), sp.Symbol("c", real=True)
    C, rules = sp.MatrixSymbol("C", n, n), Rules(symmetric=frozenset({"C"}))
    rest = C - c * sp.Identity(n)
    square, trace, units = (formal_trace(matrix, rules) for matrix in (C * C, C, sp.Identity(n)))
    spread = formal_trace(rest * rest, rules).subs({units: n, c: trace / n})
    return combined(bound, prove_identity(n * square - trace**2, n * spread))


def watch_distance(power: int) -> Evidence:
    """Whether ``|x - y| (x + y)^power`` of the norms never exceeds its initial value along the flow of two layers.

    First of single units ``w_1 = 2``, ``w_2 = 1`` with target 1; then of widths 10-6-3 from Glorot starts.
    """
    units = Problem(Moments(np.eye(1), np.ones((1, 1)), 1.0), (np.array([[2.0]]), np.array([[1.0]])))
    moments = Moments.from_modes([3.0, 2.0, 1.0], 10, 3)
    networks = [Problem(moments, initial.glorot((10, 6, 3), seed=seed)) for seed in range(3)]

    def course(trajectory: Trajectory) -> Course:
        y, x = trajectory.layer_norms.T
        product = np.abs(x - y) * (x + y) ** power
        return Course(product, np.full_like(product, product[0]))

    return monitor_flow(course, [units, *networks], np.linspace(0, 5, 20))


def decide_product(power: int) -> Evidence:
    """Whether ``|x - y| (x + y)^power`` of the norms stays what it was, as ``|x^2 - y^2|`` is proved to do."""
    watched = watch_distance(power)
    if not watched.holds:
        return watched
    proved = prove_bound(HALF, range(2, 5))
    return proved._replace(text=f"{proved.text}; for the product, {watched.text}")


CLAIMS = [
    Claim(
        id="basu-14",
        title="No start lets a single layer run away.",
        statement=r"|W_k(t)|_F^2 = |W_l(t)|_F^2 + |W_k(0)|_F^2 - |W_l(0)|_F^2",
        document="basu",
        place="after Theorem 1",
        assumptions=("gradient flow",),
        check=lambda: prove_differences(range(2, 5)),
        control=lambda: prove_differences([2], flipped_sign),
        derivation=r"Read as: where one layer stays bounded, all do. The trace of (6) is $\frac{d}{dt} |W_{l+1}|_F^2 = "
        r"\frac{d}{dt} |W_l|_F^2$, and from layer to layer the same holds for any two. All together may grow without "
        r"bound, as they do for a loss whose minimum is at infinity.",
    ),
    Claim(
        id="basu-9",
        title="The norms of adjacent layers stay within a distance that the start determines.",
        statement=r"\left| \, |W_{l+1}(t)|_F - |W_l(t)|_F \, \right| \le C_l(t_0) \text{ for all } t",
        document="basu",
        place="Lemma 2",
        assumptions=("gradient flow",),
        check=lambda: prove_bound(HALF, range(2, 5)),
        control=lambda: prove_bound(sp.S.One, [2]),
        derivation="The statement is true, though not by its proof. With $x = |W_{l+1}|_F$ and $y = |W_l|_F$, $x^2 "
        r"- y^2 = \mathrm{tr}\, C$ is conserved, and $(x - y)^2 \le |x - y| (x + y) = |x^2 - y^2|$. So $C_l = "
        r"\sqrt{|\mathrm{tr}\, C|}$ will do. No smaller function of $\mathrm{tr}\, C$ will: from $w_1 = 2$, $w_2 = "
        r"-1$ and target 1 the second unit passes through zero, where the distance is $\sqrt 3$. Without the root, "
        "as the proof has it, the bound fails: the control.",
    ),
    Claim(
        id="basu-15",
        title="So do the norms of any two layers.",
        statement=r"\left| \, |W_k(t)|_F - |W_l(t)|_F \, \right| \le \kappa_{lk}(t_0) \text{ for all } t",
        document="basu",
        place="Corollary 2.1",
        assumptions=("gradient flow",),
        check=lambda: prove_bound(HALF, [3, 4]),
        control=lambda: prove_bound(sp.S.One, [3]),
        derivation=r"As for adjacent layers, with $\kappa_{lk} = \sqrt{| \, |W_k(0)|_F^2 - |W_l(0)|_F^2 \, |}$. This "
        "is never more than the sum of the constants of Lemma 2 between the two layers, which the print adds up.",
    ),
    Claim(
        id="basu-16",
        title="A small imbalance at the start keeps the norms as close as one likes, for all times.",
        statement=r"\left| \, |W_{l+1}(t)|_F - |W_l(t)|_F \, \right| \to 0 \text{ for all } t "
        r"\text{ as } |\Sigma_C| \to 0",
        document="basu",
        place="after Corollary 2.1",
        assumptions=("gradient flow",),
        check=lambda: prove_closeness(HALF),
        control=lambda: prove_closeness(sp.S.One),
        derivation=r"By Lemma 2 the distance is at most $\sqrt{|\mathrm{tr}\, C|}$, and $(\mathrm{tr}\, C)^2 \le n_l "
        r"|C|_F^2$, as the difference is $n_l |C - \frac{1}{n_l} \mathrm{tr}\, C \, I|_F^2$. It falls with the "
        r"square root of $|\Sigma_C|$, not with $|\Sigma_C|$ as (11) and (12) say: to halve the distance, the "
        "imbalance has to be a quarter.",
    ),
    Claim(
        id="basu-61",
        title="The layer norms always keep within the distance that they started from.",
        statement=r"\left| \, |W_2(t)|_F - |W_1(t)|_F \, \right| \le \left| \, |W_2(0)|_F - |W_1(0)|_F \, \right|",
        document="basu",
        place="section 4, figure 1 (i)",
        check=lambda: watch_distance(power=0),
        control=lambda: watch_distance(power=2),
        derivation="Read as a statement about all starts, as what is always so. The distance is "
        r"$\frac{|\mathrm{tr}\, C|}{|W_1|_F + |W_2|_F}$ with a constant numerator. It shrinks while the norms grow, "
        "as in the figure; where the start is too large for the task it widens. From $w_1 = 2$, $w_2 = 1$ and "
        r"target 1, $w_1^2 - w_2^2 = 3$ stays and $w_1 w_2$ falls to 1, so that $w_1^2$ tends to $\tfrac12 (3 + "
        r"\sqrt{13})$ and the distance from 1 to 1.267.",
        kind=Kind.READING,
        correction=Correction(
            title="The distance times the sum of the norms stays what it was.",
            statement=r"\left| \, |W_2|_F - |W_1|_F \, \right| \, (|W_2|_F + |W_1|_F) = |\mathrm{tr}\, C|, \quad "
            r"\left| \, |W_2|_F - |W_1|_F \, \right| \le \sqrt{|\mathrm{tr}\, C|}",
            assumptions=("gradient flow",),
            check=lambda: decide_product(power=1),
            control=lambda: decide_product(power=2),
        ),
    ),
]
