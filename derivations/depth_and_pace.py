r"""Depth and the pace of learning.

A chain of $D$ equal layers moves its product at $D u^{2 - 2/D} (s - u)$, which falls with depth while $u$ is small and
rises with it once $u$ is large. From a small start the time is spent while $u$ is small, so that there depth delays.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import sympy as sp

from derivations.depth_and_regression import DOCUMENT
from flowdln import Moments, end_to_end, gradient_flow
from flowdln.exact import balanced_mode_time, overtaking_strength
from flowdln.symbolic import Claim, Correction, Evidence
from flowdln.tangent import directional_derivative

TITLE = "Depth and the pace of learning"


def pace(depth: int, product_root: sp.Expr, s: Any) -> sp.Expr:
    """``du/dt`` of a chain of equal layers at ``u = product_root^depth``, by the shipped flow."""
    weights, moments = [sp.Matrix([[product_root]])] * depth, Moments(sp.eye(1), sp.Matrix([[s]]), 0)
    (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
    return change[0]


def prove_slower_below(bound: Callable[[int], Any], depths: Sequence[int]) -> Evidence:
    """Whether ``D + 1`` equal layers move slower than ``D`` while ``u < bound(D)``, and faster beyond it."""
    v, s, wrong = sp.Symbol("v", positive=True), sp.Symbol("s"), []
    for depth in depths:
        ratio = sp.cancel(pace(depth + 1, v**depth, s) / pace(depth, v ** (depth + 1), s))  # u = v^(D (D + 1))
        crossing = bound(sp.Integer(depth)) ** sp.Rational(1, depth * (depth + 1))
        wrong += [] if sp.diff(ratio, v).is_positive and sp.simplify(ratio.subs(v, crossing)) == 1 else [depth]
    text = "the ratio of the two paces rises with u and is 1 at the bound"
    text += f", except for D in {wrong}" if wrong else f", for D = {depths[0]} to {depths[-1]}"
    return Evidence(not wrong, symbolic=True, text=text)


def prove_delay(depths: Sequence[int], start: float) -> Evidence:
    """Whether ``D + 1`` equal layers are later than ``D``, without bound as ``u_0`` vanishes; and from this start.

    Of the paces near zero it is shown that their ratio vanishes, and that the deeper one's is at most of the order of
    ``u``. The shipped times are those from ``start`` to 3, with the target 4.
    """
    v, s = sp.symbols("v s", positive=True)
    ratios, orders = [], []
    for depth in depths:
        deeper = pace(depth + 1, v**depth, s)  # u = v^(D (D + 1))
        ratios.append(sp.cancel(deeper / pace(depth, v ** (depth + 1), s)).subs(v, 0))
        orders.append(sp.cancel(deeper / v ** (depth * (depth + 1))).subs(v, 0))
    times = [float(balanced_mode_time(3.0, start, 4.0, depth)) for depth in (*depths, depths[-1] + 1)]
    vanish = all(ratio == 0 for ratio in ratios) and all(order.is_finite for order in orders)
    later = all(shallow < deep for shallow, deep in pairwise(times))
    text = f"as u vanishes, the ratios of the paces tend to {ratios}, and the pace over u to {orders}; times from "
    text += f"{start:g} to 3 with s = 4: {', '.join(f'{time:.4g}' for time in times)}, for D = {depths[0]} and more"
    return Evidence(vanish and later, symbolic=True, text=text)


CLAIMS = [
    Claim(
        id="neuromatch-14",
        title="Depth just slows learning down.",
        statement=r"\frac{t_{D+1}(u_0 \to u)}{t_D(u_0 \to u)} \to \infty \text{ as } u_0 \to 0, \quad 0 < u < s",
        document=DOCUMENT,
        place="representation learning",
        assumptions=("chains of one unit a layer",),
        unstated=(
            "small initial weights",
            "equal layers, with the same product at the start",
            "one learning rate for all depths",
        ),
        check=lambda: prove_delay(range(1, 7), start=1e-6),
        control=lambda: prove_delay(range(1, 3), start=1.0),
        derivation="Read as a statement about the chains that the tutorial has looked at so far. The pace of $D$ "
        r"equal layers is $D u^{2 - 2/D} (s - u)$. That of one more layer is $\frac{D + 1}{D} u^{2 / (D (D + 1))}$ "
        "times as large, which vanishes with $u$; and from two layers on the pace is at most of the order of $u$, so "
        r"that the time grows without bound as $u_0 \to 0$. Hence in the limit the times are in the inverse ratio of "
        r"the paces at $u_0$. One layer takes a finite time from $u_0 = 0$, two take $\ln (1 / u_0) / (2 s)$, and "
        "more $u_0^{2/D - 1}$, up to factors. The small start is needed, which is the control: from $u_0 = 1$ to 3 "
        r"with $s = 4$ one layer takes $\ln 3$, and two take $\tfrac14 \ln 3$. Even $u_0 = 10^{-3}$ is not small "
        r"there: one layer takes $\ln 3.999 = 1.39$, two take $\tfrac18 \ln 11997 = 1.17$. With the best rate for "
        "each depth the delay is finite (saxe-33).",
        correction=Correction(
            title="Sharper: it slows down the pace at small strengths, and speeds it up at larger ones.",
            statement=r"D + 1 \text{ layers are slower than } D \text{ where } "
            r"u < \left( \frac{D}{D + 1} \right)^{D (D + 1) / 2}, \text{ and faster beyond}",
            check=lambda: prove_slower_below(overtaking_strength, range(1, 7)),
            control=lambda: prove_slower_below(lambda depth: overtaking_strength(depth) ** 2, range(1, 4)),
            assumptions=("equal layers", "the same product and learning rate", "0 < u < s"),
        ),
    ),
]
