r"""Stages of a hierarchy.

Items at the leaves of a binary tree of $D$ levels have, in the mean over features, the product $q^{D - k}$ if they
part at level $k$, with $q = (1 - 2 f)^2$ for features that flip with probability $f$ along a branch. Eigenvectors of
this matrix are the constant and the contrasts between the two children of a node. All contrasts of one level have the
eigenvalue $\lambda_k = (1 - q) \sum_{i < D - k} (2 q)^i$, and the constant has $\lambda_0 + (2 q)^D$: there are as many
different ones as levels, if the root is counted as a level. A network of two layers with small and equal initial
strengths learns a mode in one stage, at $\ln (s / u_0 - 1) / (2 s)$, so that there are as many stages, and items are
told apart from coarse to fine.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import sympy as sp

from flowdln import datasets
from flowdln.exact import half_time
from flowdln.symbolic import Claim, Correction, Evidence, conjunction, prove_identity

TITLE = "Stages of a hierarchy"
DOCUMENT = "neuromatch"
ROUNDING = 1e-12
FLIP = 0.15
q = sp.Symbol("q", positive=True)


def contrasts(levels: int, level: int) -> list[sp.Matrix]:
    """Vectors that are 1 on the leaves of one child of a node at ``level``, -1 on those of the other, else 0."""
    items, size = 2**levels, 2 ** (levels - level)
    halves = [1] * (size // 2) + [-1] * (size // 2)
    return [sp.Matrix([0] * start + halves + [0] * (items - start - size)) for start in range(0, items, size)]


def level_eigenvalue(levels: int, level: int) -> sp.Expr:
    """``(1 - q) sum_i (2 q)^i`` over ``i < D - k``."""
    return (1 - q) * sp.Add(*((2 * q) ** i for i in range(levels - level)))


def prove_stages(levels: int, stages: int) -> Evidence:
    """Whether a tree with ``levels`` below its root has so many different singular values, for all ``0 < q < 1``."""
    items = 2**levels
    covariance = sp.Matrix(items, items, lambda i, j: q ** (int(i) ^ int(j)).bit_length())
    values = [level_eigenvalue(levels, 0) + (2 * q) ** levels, *(level_eigenvalue(levels, k) for k in range(levels))]
    vectors = [[sp.ones(items, 1)], *(contrasts(levels, k) for k in range(levels))]
    right = all(
        (covariance * v - e * v).expand().is_zero_matrix
        for e, group in zip(values, vectors, strict=True)
        for v in group
    )
    steps = [(2 * q) ** levels, *((1 - q) * (2 * q) ** (levels - k - 1) for k in range(levels - 1))]
    falling = all(sp.expand(a - b - step) == 0 for (a, b), step in zip(pairwise(values), steps, strict=True))
    numbers = np.repeat([float(e.subs(q, (1 - 2 * FLIP) ** 2)) for e in values], [len(group) for group in vectors])
    shipped = datasets.hierarchy_singular_values(levels, flip=FLIP, features=1) ** 2
    agree = np.allclose(numbers, shipped, rtol=ROUNDING, atol=0)
    text = f"{len(values)} eigenvalues, at flip {FLIP} {sorted(set(numbers.round(4).tolist()), reverse=True)}; proved "
    text += f"to be eigenvalues: {right}, and to differ by positive steps: {falling}; equal to those shipped: {agree}"
    return Evidence(right and falling and agree and len(values) == stages, symbolic=True, text=text)


def prove_every_depth(levels: Sequence[int], extra: int) -> Evidence:
    """Whether trees of these depths have ``extra`` more different singular values than levels below the root."""
    answers = [prove_stages(depth, depth + extra).holds for depth in levels]
    return Evidence(conjunction(*answers), symbolic=True, text=f"so it is for {list(levels)} levels: {answers}")


def prove_order(threshold: sp.Expr) -> Evidence:
    """Whether the half-time ``ln(s / u_0 - 1) / (2 s)`` falls with ``s`` exactly from ``s = threshold u_0`` on."""
    y, u_0 = sp.Symbol("y", positive=True), 0.1  # y = s / u_0 - 1
    time = sp.log(y) / (2 * (1 + y))
    sign = 1 + y - y * sp.log(y)  # falls where y > 1
    slope = prove_identity(sp.diff(time, y) * 2 * y * (1 + y) ** 2 - sign)
    zero = bool(abs(sign.subs(y, threshold - 1).evalf(50)) < sp.Float(10) ** -40)
    strengths = np.array([0.3, 1.0, 7.0])
    formula = [float(time.subs(y, s / u_0 - 1)) / u_0 for s in strengths]
    shipped = np.allclose(half_time(u_0, strengths, 2), formula, rtol=ROUNDING, atol=0)
    text = f"the slope has the sign of {sign}: {slope.text}; this is zero at the threshold: {zero}, and negative beyond"
    return Evidence(conjunction(slope.holds, zero, bool(shipped)), symbolic=True, text=text)


def squared_distance(levels: int, parted: int, strengths: Sequence[sp.Expr]) -> sp.Expr:
    """``|h_i - h_j|^2`` of two leaves that part at this level, with ``W_1^T W_1 = sum u_a v_a v_a^T``."""
    other = 2 ** (levels - parted - 1)
    parts = [
        u * (vector[0] - vector[other]) ** 2 / vector.dot(vector)
        for level, u in enumerate(strengths)
        for vector in contrasts(levels, level)
    ]
    return sp.expand(sp.Add(*parts))


def prove_differentiation(levels: int, sign: int) -> Evidence:
    """Whether pairs that part earlier have more of their final distance, as long as stronger modes have more of theirs.

    ``f_k = u_k / s_k`` falls with ``k``, and so does ``s_k``. Cleared of denominators, the difference of two shares
    is a polynomial in the steps, which are positive.
    """
    falls, gains = (sp.symbols(f"{name}_1:{levels + 1}", positive=True) for name in "eg")
    strengths = [sp.Add(*falls[k:]) for k in range(levels)]
    learned = [s * sp.Add(*gains[k:]) for k, s in enumerate(strengths)]
    now = [squared_distance(levels, k, learned) for k in range(levels)]
    end = [squared_distance(levels, k, strengths) for k in range(levels)]
    answers = []
    for k in range(levels - 1):
        terms = sp.Poly(sign * (now[k] * end[k + 1] - now[k + 1] * end[k]), *falls, *gains).coeffs()
        answers.append(bool(min(terms) >= 0) if min(terms) >= 0 or sum(terms) < 0 else None)
    text = f"all terms of the difference are positive: {answers}, for pairs that part at levels 0 to {levels - 1}"
    return Evidence(conjunction(*answers), symbolic=True, text=text)


CLAIMS = [
    Claim(
        id="neuromatch-4",
        title="A binary hierarchy of four levels is learned in four stages.",
        statement=r"\text{4 levels} \to \text{4 stages}",
        document=DOCUMENT,
        place="4 levels, 4 stages",
        unstated=(
            "the root is one of the levels",
            "the mean over infinitely many features, which flip with 0 < f < 1/2",
            "two layers or more",
            "equal initial strengths below 0.2178 times the weakest of the task",
        ),
        check=lambda: prove_stages(levels=3, stages=4),
        control=lambda: prove_stages(levels=4, stages=4),
        derivation=r"The eigenvalues fall by the positive steps $\lambda_k - \lambda_{k+1} = (1 - q) (2 q)^{D - k - "
        r"1}$, and the constant is above $\lambda_0$ by $(2 q)^D$. So a tree of $D$ levels below its root has $D + "
        "1$ different singular values, $2^k$ of them equal at level $k$: for $D = 3$ four, which are those of the "
        "tutorial. Without the root among its four levels, the control, there would be five stages. With finitely "
        "many features equal values split a little, and stages widen. A single layer, at rates that do not depend "
        "on the singular values, learns all of them in one.",
        correction=Correction(
            title="More generally, as many stages as levels with the root.",
            statement=r"\text{D levels below the root} \to D + 1 \text{ stages, for } 1, 1, 2, \dots, 2^{D-1} \text{ "
            "modes}",
            check=lambda: prove_every_depth(range(1, 5), extra=1),
            control=lambda: prove_every_depth(range(1, 5), extra=0),
            assumptions=("as above",),
        ),
    ),
    Claim(
        id="stages-in-order",
        title="Stronger modes are learned first if the common start is small enough, and not otherwise.",
        statement=r"\frac{d}{ds} \frac{\ln (s / u_0 - 1)}{2 s} < 0 \iff \frac{s}{u_0} > 1 + \frac{1}{W(1/e)} = 4.5911",
        assumptions=("two equal layers", "0 < 2 u_0 < s"),
        place="half_time; W is Lambert's function",
        check=lambda: prove_order(1 + 1 / sp.LambertW(sp.exp(-1))),
        control=lambda: prove_order(1 + 2 / sp.LambertW(sp.exp(-1))),
        derivation=r"With $y = s / u_0 - 1$ the slope has the sign of $1 + y - y \ln y$, which is zero at $\ln y = 1 "
        "+ W(1/e)$, that is $y = 1 / W(1/e)$. A weaker mode that starts nearer to its target than this may be there "
        "first.",
    ),
    Claim(
        id="neuromatch-5",
        title="Hidden representations differentiate from coarse to fine.",
        statement=r"\frac{|h_i - h_j|^2}{|h_i - h_j|^2_\infty} \text{ falls with the level at which } i \text{ and } j "
        r"\text{ part}",
        document=DOCUMENT,
        place="progressive differentiation",
        unstated=(
            "two layers from small, aligned and equal initial strengths",
            "the mean over infinitely many features, which flip with 0 < f < 1/2",
            "from the time on at which stronger modes have larger shares",
        ),
        check=lambda: prove_differentiation(levels=3, sign=1),
        control=lambda: prove_differentiation(levels=3, sign=-1),
        derivation=r"For such weights $W_1^T W_1 = \sum_a u_a v_a v_a^T$, so two items that part at level $k$ have "
        r"$|h_i - h_j|^2 = 2^{2 + k - D} u_k + \sum_{j > k} 2^{1 + j - D} u_j$. Its share of the final value is a "
        "mean of the shares $f_j = u_j / s_j$ of the levels from $k$ on, with the larger weight on the first; as "
        r"$f_j$ and $s_j$ fall with $j$, so does this mean with $k$. The shares are in this order from $t = \tau / "
        "(2 (s - u_0))$ on, with the weakest $s$: at the start, when all strengths are equal, it is reversed, but "
        "all shares are tiny then.",
    ),
]
