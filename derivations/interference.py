r"""Interference: the force between the vectors of different modes.

Choose the task that is just met, $s_i = a_i \cdot b_i$: the feature benefit is gone, and what is left of the flow is
the interference. It lowers $V = \frac12 \sum_{i \ne j} (a_i \cdot b_j)^2$ and nothing else: it is
$-\partial V / \partial W$. The total falls to zero; a single product may rise on the way, since a third vector that
turns away from one turns towards another. The feature benefit, in turn, keeps the plane of $a_i$ and $b_i$ and the area
$A$ that they span, so that their angle is $\arctan (A / u)$ with $u = a_i \cdot b_i$.
"""

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from derivations.logistic_modes import h, n
from flowdln import Moments, gradient_flow
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Rules,
    Sides,
    combined,
    conjunction,
    functions,
    prove_identity,
    prove_vanishing,
    seek_counterexample,
    verify_solution,
)
from flowdln.symbolic.random_arrays import Arrays
from flowdln.validation import Array

TITLE = "Interference"
s = sp.Symbol("s")


def interference(first: Array, second: Array) -> tuple[Array, ...]:
    """The flow of the task that is just met: ``s_i = a_i . b_i``."""
    met = np.diag(np.diag(second @ first))
    return gradient_flow(0, (first, second), Moments(np.eye(len(met)), met, 0.0))


def seek_growth() -> Evidence:
    """Whether interference lets no single ``(a_i . b_j)^2`` grow."""

    def falling(arrays: Arrays) -> Sides | None:
        first, second = arrays["W_1"], arrays["W_2"]
        if len(second) < 3:
            return None
        v, w = interference(first, second)
        product, change = second @ first, w @ first + second @ v
        size = np.linalg.norm(product) * (np.linalg.norm(w) * np.linalg.norm(first) + np.linalg.norm(second @ v))
        return Sides(float(2 * product[0, 1] * change[0, 1]), 0.0, float(size))

    return seek_counterexample(falling, {"W_1": ("h", "n"), "W_2": ("n", "h")}, count=3000)


def prove_potential(sign: int, degree: int = 4) -> Evidence:
    """Whether interference is ``-sign dV/dW``, and whether ``W . dV/dW = degree V``, for all sizes.

    The change of ``V`` is that of ``|P - D|^2 / 2`` with ``D``, the diagonal of the product, held: ``P - D`` has no
    diagonal, so that a change of ``D`` does not matter. For the same reason ``2 V = |P - D|^2 = (P - D) : P``.
    """
    first, second, met = sp.MatrixSymbol("A", h, n), sp.MatrixSymbol("B", n, h), sp.MatrixSymbol("D", n, n)
    d_first, d_second = sp.MatrixSymbol("dA", h, n), sp.MatrixSymbol("dB", n, h)
    v, w = gradient_flow(0, (first, second), Moments(sp.Identity(n), met, 0))
    apart = (second * first - met).T
    change = apart * (d_second * first + second * d_first)
    traces = [
        (change, sign * v.T * d_first, sign * w.T * d_second),
        (sign * v.T * first, sign * w.T * second, sp.Rational(degree, 2) * apart * second * first),
    ]
    two = np.array([[0.0, 1.0], [0.0, 0.0]])
    example = {"A": two, "B": np.eye(2), "D": np.zeros((2, 2)), "dA": two, "dB": np.zeros((2, 2))}
    return prove_vanishing(traces, Rules(), example, "dV + interference . dW, and of 4 V - W . dV/dW", trace=True)


def prove_bound(factor: int) -> Evidence:
    """Whether ``V' = -factor V^2 / |W_0|^2`` has the solution ``V_0 / (1 + 16 V_0 t / |W_0|^2)``."""
    t, start, size = sp.symbols("t V_0 w", positive=True)
    bound = start / (1 + 16 * start * t / size)
    return verify_solution(bound, lambda potential: -factor * potential**2 / size, t=t, initial=start).proof


def prove_benefit(sum_squared: Any) -> Evidence:
    """Whether ``u' = (s - u) (|a|^2 + |b|^2)`` under the feature benefit, and ``u`` ends at ``s``, for ``s > 0``."""
    a, b = sp.MatrixSymbol("a", h, 1), sp.MatrixSymbol("b", h, 1)
    v, w = gradient_flow(0, (a, b.T), Moments(sp.Identity(1), s * sp.Identity(1), 0))
    error = s * sp.Identity(1) - b.T * a
    difference = w * a + b.T * v - error * a.T * a - b.T * b * error
    example = {"a": np.array([[1.0], [0.0]]), "b": np.array([[1.0], [1.0]]), "s": 2.0}
    moves = prove_vanishing([difference], Rules(), example, "u' minus (s - u) (|a|^2 + |b|^2)")
    t, size, apart = sp.symbols("t s Y", positive=True)
    left = growth(t, size, sum_squared, apart, functions).error.replace(sp.exp, lambda _: sp.S.Zero)  # t to infinity
    end = prove_identity(left)
    text = f"{moves.text}; the share of s - u that is left in the end: {end.text}"
    return Evidence(conjunction(moves.holds, end.holds), True, text)


def prove_area(sign: int) -> Evidence:
    """Whether ``|a|^2 |b|^2 - sign (a . b)^2`` is conserved by the feature benefit; three hidden units."""
    a, b = sp.Matrix(sp.symbols("a_1:4")), sp.Matrix(sp.symbols("b_1:4"))
    v, w = gradient_flow(0, (a, b.T), Moments(sp.eye(1), sp.Matrix([[s]]), 0))
    area = a.dot(a) * b.dot(b) - sign * a.dot(b) ** 2
    slopes = zip([*a, *b], [*v, *w], strict=True)
    change = prove_identity(sp.expand(sum(area.diff(entry) * velocity for entry, velocity in slopes)))
    return Evidence(change.holds, True, f"derivative of the squared area: {change.text}")


CLAIMS = [
    Claim(
        id="summary-7",
        document="summary",
        place="diagonal case, second force",
        title="Interference turns a_i and b_j of different modes perpendicular to each other.",
        statement=r"a_i \cdot b_j \to 0, \quad i \ne j, \text{ under interference alone}",
        unstated=("all pairs together: a single product may grow for a time",),
        derivation=r"Interference is $-\partial V / \partial W$ of $V = \frac12 \sum_{i \ne j} (a_i \cdot b_j)^2$, and "
        r"'trying' is read as this descent. As $V$ is of fourth degree, $W \cdot \partial V / \partial W = 4 V$, so "
        r"that the force does not vanish before $V$ does: $|\dot W| \ge 4 V / |W|$. Nor does $|W|$ grow, as $\frac{d}"
        r"{dt} |W|^2 = -8 V$. Hence $\dot V = -|\dot W|^2 \le -16 V^2 / |W_0|^2$, and $V \to 0$. Of a single pair it "
        r"is not true that its product only falls: $\frac{d}{dt} a_i \cdot b_j = -(a_i \cdot b_j) (|a_i|^2 + |b_j|^2) "
        r"- \sum_{k \ne i, j} [(a_i \cdot b_k) (b_k \cdot b_j) + (a_i \cdot a_k) (a_k \cdot b_j)]$. The first term is "
        r"the repulsion; with two modes it is all there is. With a third, $a_i$ and $b_j$ can be driven towards each "
        r"other, since each turns away from the third's vectors: the control.",
        check=partial(prove_potential, sign=1),
        control=seek_growth,
        correction=Correction(
            title="Sharper: how fast all of them become perpendicular, at least.",
            statement=r"\dot W = -\frac{\partial V}{\partial W}, \; V = \frac12 \sum_{i \ne j} (a_i \cdot b_j)^2 \le "
            r"\frac{V_0}{1 + 16 V_0 t / |W_0|^2}",
            assumptions=("interference alone",),
            check=lambda: combined(prove_potential(sign=1), prove_bound(factor=16)),
            control=lambda: combined(prove_potential(sign=1, degree=8), prove_bound(factor=64)),
        ),
    ),
    Claim(
        id="summary-8",
        document="summary",
        place="diagonal case, first force",
        title="The feature benefit drives a_i . b_i to s_i, and aligns the two vectors.",
        statement=r"\frac{d}{dt} (a \cdot b) = (s - a \cdot b) (|a|^2 + |b|^2), \quad a \cdot b \to s > 0",
        unstated=("a_0 + b_0 not zero (for s < 0, a_0 - b_0)",),
        derivation=r"$\dot a = (s - u) b$ and $\dot b = (s - u) a$ give the equation for $u = a \cdot b$, so that $u$ "
        r"moves towards $s$ without a turn. It arrives, by the general solution, unless $b_0 = -a_0$: then both "
        r"shrink to zero. They align, but not all the way: both move in their plane, and keep the area between them.",
        check=partial(prove_benefit, sp.Symbol("X", positive=True)),
        control=partial(prove_benefit, sp.S.Zero),
        correction=Correction(
            title="How far they align: the area between the two vectors is conserved.",
            statement=r"\tan \angle(a, b) = \frac{A}{a \cdot b}, \quad "
            r"A^2 = |a|^2 |b|^2 - (a \cdot b)^2 = \mathrm{const}",
            assumptions=("no interference",),
            check=partial(prove_area, sign=1),
            control=partial(prove_area, sign=-1),
        ),
    ),
]
