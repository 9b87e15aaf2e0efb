r"""Equal vectors: how the two vectors of a mode become alike.

A mode by itself keeps two directions: $p = a + b$ grows by a factor $g$, and $m = a - b$ shrinks by it. If both start
small, $p$ has to grow by a large factor before the mode is learned, and $m$ is gone by then: the vectors of a learned
mode are nearly equal. What is conserved, the imbalance $\Delta = W_2^T W_2 - W_1 W_1^T$, says how far their lengths
stay from equal.
"""

from functools import partial

import numpy as np
import sympy as sp

from derivations.hyperbolic_solution import prove_growth
from derivations.logistic_modes import h, n, s
from derivations.order_of_learning import SEEDS, learn
from flowdln import Moments, gradient_flow, imbalance
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Rules,
    conjunction,
    functions,
    measure_order,
    prove_identity,
    prove_vanishing,
    replacing,
)

TITLE = "Equal vectors"
FIRST, SECOND = sp.MatrixSymbol("W1", h, n), sp.MatrixSymbol("W2", n, h)
BALANCED = Rules(replacements=(replacing(FIRST * FIRST.T, SECOND.T * SECOND),))


def measure_alignment(sign: int) -> Evidence:
    """Order in the initial scale to which ``a = sign sign(s) b``, in the worst of all modes when half learned."""
    found = measure_order(
        lambda scale: max(learn(scale, seed).apart[sign].max() for seed in SEEDS), 4e-3, 2, halvings=2
    )
    return found._replace(text=f"|a - sign(s) b| / |a| of {3 * len(SEEDS)} half-learned modes, largest: {found.text}")


def prove_remainder(factor: int) -> Evidence:
    """Whether ``|a - b|^2`` of an isolated mode ends at ``sqrt(4 s^2 + X Y) - 2 s``, by the shipped growth."""
    X, q, t = sp.symbols("X q t", positive=True)
    Y = q * (q + 4 * s) / X  # so that sqrt(4 s^2 + X Y) = 2 s + q
    squared = growth(t, s, X, Y, functions).factor ** 2
    ended = squared.replace(sp.exp, lambda _: sp.S.Zero)  # all exponentials decay
    final = ended.replace(sp.Pow, lambda base, power: sp.factor(base) ** power)  # the root is 2 s + q
    return prove_identity(Y / final, factor * q)


def prove_lengths(rules: Rules, weight: int, last: float = 1.0) -> Evidence:
    """Whether ``(W_1^T W_1)^2 + weight W_1^T Delta W_1 = P^T P`` with the shipped imbalance ``Delta``.

    The example is one unit with first weight 2 and this last one.
    """
    (delta,) = imbalance((FIRST, SECOND))
    square = FIRST.T * FIRST * FIRST.T * FIRST + weight * FIRST.T * delta * FIRST
    example = {"W1": np.array([[2.0]]), "W2": np.array([[last]])}
    return prove_vanishing([square - FIRST.T * SECOND.T * SECOND * FIRST], rules, example, "the left side minus P^T P")


def prove_approach(side: int) -> Evidence:
    """Whether parallel vectors are solved by the shipped growth, and the difference of their lengths decays at s - u.

    ``side`` is -1 for vectors that point opposite ways.
    """
    solved = prove_growth(sign=1)
    a, b = sp.symbols("a b", positive=True)
    moments = Moments(sp.eye(1), sp.Matrix([[s]]), 0)
    v, w = gradient_flow(0, (sp.Matrix([[a]]), sp.Matrix([[side * b]])), moments)
    closer = prove_identity(v[0, 0] - side * w[0, 0], -(a - b) * (s - side * a * b))
    text = f"shipped solution: {solved.text}; velocity of |a| - |b|, {closer.text}"
    return Evidence(conjunction(solved.holds, closer.holds), True, text)


def prove_gap(factor: int) -> Evidence:
    """Whether ``(|a| - |b|)^2 = sqrt(delta^2 + 4 u^2) - factor |u|`` for parallel vectors, ``delta = a^2 - b^2``."""
    a, b = sp.symbols("a b", positive=True)
    root = sp.sqrt(sp.factor((a**2 - b**2) ** 2 + 4 * (a * b) ** 2))
    return prove_identity((a - b) ** 2, root - factor * a * b)


CLAIMS = [
    Claim(
        id="summary-23",
        document="summary",
        place="summary of the dynamics, 2",
        title="By the time they are learned, a_i and b_i are parallel and of one length; opposite for negative values.",
        statement=r"a_i \approx \mathrm{sign}(s_i) \, b_i",
        assumptions=("independent Gaussian initial weights",),
        unstated=("small initial weights",),
        derivation=r"We take 'quickly' as: before the mode is half learned. While $p = a + b$ grows by $g$, $m = a - "
        r"b$ shrinks by $g$, so that $|m| / |p|$ falls as $g^{-2}$, and $g^2$ is of the order of $s / |p_0|^2$ when "
        r"the mode is half learned. What is left is of second order in the initial weights, and this is the order "
        r"measured in full networks with interference.",
        check=partial(measure_alignment, sign=1),
        control=partial(measure_alignment, sign=-1),
        correction=Correction(
            title="What is left between them at the end, without interference.",
            statement=r"|a - b|^2 \to \sqrt{4 s^2 + |a_0 + b_0|^2 |a_0 - b_0|^2} - 2 s",
            assumptions=("s > 0", "no interference", "a_0 + b_0 not zero"),
            check=partial(prove_remainder, factor=1),
            control=partial(prove_remainder, factor=2),
        ),
    ),
    Claim(
        id="summary-24",
        document="summary",
        place="summary of the dynamics, 3",
        title="The vectors of a mode end with length sqrt |s|.",
        statement=r"W_2 W_1 = \Sigma \;\Rightarrow\; W_1^T W_1 = |\Sigma|, \; |a_i|^2 = |s_i|",
        assumptions=("Sigma diagonal",),
        unstated=("balanced layers, W_2^T W_2 = W_1 W_1^T", "the product reaches Sigma"),
        derivation=r"If the layers are balanced, $\Sigma^T \Sigma = W_1^T W_2^T W_2 W_1 = (W_1^T W_1)^2$, and the "
        r"root of a diagonal matrix is diagonal: the vectors are perpendicular, with $|a_i|^2 = |s_i|$. Vectors that "
        r"start with $a_i = b_i$ are balanced. In general they are not: one hidden unit with $a = 2$, $b = 1$ rests "
        r"at $s = 2$.",
        check=partial(prove_lengths, BALANCED, weight=0, last=2.0),
        control=partial(prove_lengths, Rules(), weight=0),
        correction=Correction(
            title="The conserved imbalance of the layers says how far from that they end.",
            statement=r"(W_1^T W_1)^2 + W_1^T \Delta W_1 = \Sigma^T \Sigma, \quad \Delta = W_2^T W_2 - W_1 W_1^T",
            assumptions=("the product reaches Sigma",),
            check=partial(prove_lengths, Rules(), weight=1),
            control=partial(prove_lengths, Rules(), weight=-1),
        ),
    ),
    Claim(
        id="summary-32",
        document="summary",
        place="footnote 2",
        title="Parallel vectors of different lengths have a hyperbolic solution, and small ones get closer in length.",
        statement=r"\frac{d}{dt} (|a| - |b|) = -(|a| - |b|) (s - u), \quad 0 < u < s",
        assumptions=("no interference", "a and b parallel", "s > 0, u_0 < s"),
        unstated=("a and b point the same way",),
        derivation=r"The solution is in the chapter on it, and needs no parallel vectors. If $a$ and $b$ point the "
        r"same way, $|a| - |b|$ is the length of $m = a - b$ up to sign, and shrinks as long as $u < s$: 'small "
        r"enough' is just that. If they point opposite ways, it is that of $p = a + b$, and grows until the shorter "
        r"one has passed through zero.",
        check=partial(prove_approach, side=1),
        control=partial(prove_approach, side=-1),
        correction=Correction(
            title="The lengths of parallel vectors are closer the larger |u| is: at the end, closer if |u_0| < |s|.",
            statement=r"(|a| - |b|)^2 = \sqrt{\delta^2 + 4 u^2} - 2 |u|, \quad \delta = |a|^2 - |b|^2 = \mathrm{const}",
            assumptions=("no interference", "a and b parallel"),
            check=partial(prove_gap, factor=2),
            control=partial(prove_gap, factor=1),
        ),
    ),
]
