r"""A start without imbalance.

Give adjacent layers the same singular values, and let the right singular vectors of each layer be the left ones of the
layer below. Then $W_{l+1}^T W_{l+1} = W_l W_l^T$ at the start, and so at all times, and all layers have the same norm.
This takes an identity, not an inequality: the norm of a difference is not bounded by the difference of the norms, it is
the other way round.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import sympy as sp

from flowdln import Moments, Problem, gradient_flow, imbalance, initial, solve
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Rules,
    Sides,
    combined,
    instance,
    polynomial,
    prove_conserved,
    replacing,
    seek_counterexample,
)
from flowdln.validation import Array

TITLE = "A start without imbalance"
ROUNDING = 1e-9
COUNT = 600  # instances of rotated matrices

Arrays = Mapping[str, Array]


def prove_aligned(*, aligned: bool) -> Evidence:
    """Whether aligned layers with the same singular values are balanced, and stay at equal norms.

    ``W_l = U S V^T`` and ``W_{l+1} = Y T U^T`` with ``T^T T = S S^T``; if not ``aligned``, ``Z`` in place of ``U``.
    """
    n = sp.symbols("n_0:3 r", positive=True, integer=True)
    U, V, Y, Z = (sp.MatrixSymbol(name, n[i], n[i]) for name, i in (("U", 1), ("V", 0), ("Y", 2), ("Z", 1)))
    S, T = sp.MatrixSymbol("S", n[1], n[0]), sp.MatrixSymbol("T", n[2], n[1])
    rules = Rules(orthonormal=frozenset("UVYZ"), replacements=(replacing(T.T * T, S * S.T),))
    (constant,) = imbalance((U * S * V.T, Y * T * (U if aligned else Z).T))
    left = len(polynomial(constant, rules))
    moments = Moments.from_modes([3.0, 1.0], 3, 4)
    weights = initial.balanced((3, 5, 2, 4), scale=0.7, seed=0)
    weights = weights if aligned else initial.orthogonal((3, 5, 2, 4), scale=0.7, seed=0)
    norms = solve(Problem(moments, weights), np.linspace(0, 6, 4), method="DOP853").layer_norms
    spread = float(np.ptp(norms, axis=1).max())
    conserved = prove_conserved(imbalance, gradient_flow, [2, 3])
    text = f"C has {left} terms; {conserved.text}; along a flow of three layers the norms differ by up to {spread:.1g}"
    return Evidence(bool(left == 0 and conserved.holds and spread < ROUNDING), symbolic=True, text=text)


def compare_norms(A: Array, B: Array, Q: Array, smaller: str, larger: str) -> Sides:
    """Two of the norms of ``A - Q B Q^T``, ``A`` and ``B``."""
    a, b = float(np.linalg.norm(A)), float(np.linalg.norm(B))
    norms = {"rest": float(np.linalg.norm(A - Q @ B @ Q.T)), "gap": abs(a - b), "hypotenuse": float(np.hypot(a, b))}
    return Sides(norms[smaller], norms[larger], a + b)


def rotated(arrays: Arrays, smaller: str, larger: str) -> Sides:
    """The same for positive semi-definite ``A``, ``B`` and a rotation made of any three square matrices."""
    A, B = (arrays[name] @ arrays[name].T for name in ("X", "Y"))
    return compare_norms(A, B, np.linalg.qr(arrays["M"])[0], smaller, larger)


def seek_rotated(smaller: str, larger: str) -> Evidence:
    """Whether two of the norms are in this order, first for a projection and a swap of the two directions."""
    A, Q = np.diag([1.0, 0.0]), np.eye(2)[::-1]
    sides = compare_norms(A, A, Q, smaller, larger)
    if sides.margin < 0:
        text = f"the left side is {sides.smaller:.6g}, the right side {sides.larger:.6g}"
        shown = instance(A=A, B=A, Q=Q, left=sides.smaller, right=sides.larger)
        return Evidence(False, symbolic=False, text=text, instance=shown)
    shapes = {"X": ("n", "n"), "Y": ("n", "n"), "M": ("n", "n")}
    return seek_counterexample(partial(rotated, smaller=smaller, larger=larger), shapes, count=COUNT)


CLAIMS = [
    Claim(
        id="basu-17",
        title="Aligned layers with the same singular values have no imbalance, and equal norms at all times.",
        statement=r"V_{l+1} = U_l, \; \Sigma_l \Sigma_l^T = \Sigma_{l+1}^T \Sigma_{l+1} \;\Rightarrow\; "
        r"|\Sigma_C|_F = 0, \; |W_l(t)|_F = |W_k(t)|_F \text{ for all } t",
        document="basu",
        place="Corollary 2.2",
        assumptions=("aligned singular vectors", "equal singular values", "gradient flow"),
        check=lambda: prove_aligned(aligned=True),
        control=lambda: prove_aligned(aligned=False),
        derivation=r"$W_{l+1}^T W_{l+1} = U_l \Sigma_{l+1}^T \Sigma_{l+1} U_l^T = U_l \Sigma_l \Sigma_l^T U_l^T = W_l "
        "W_l^T$, so $C = 0$, and it stays so; its trace says that the norms agree. Equal singular values alone do "
        "not suffice, the control. There are no more non-zero singular values than units in the narrowest "
        "layer. The layers are in general not orthogonal matrices, in spite of the name the corollary gives them; they "
        "are balanced.",
    ),
    Claim(
        id="basu-18",
        title="The norm of a difference is at most the difference of the norms.",
        statement=r"|A - Q B Q^T|_F \le \left| \, |A|_F - |B|_F \, \right|, \quad A = \Sigma_{l+1}^T \Sigma_{l+1}, "
        r"\; B = \Sigma_l \Sigma_l^T",
        document="basu",
        place="Corollary 2.2, last display of the proof",
        check=lambda: seek_rotated("rest", "gap"),
        control=lambda: seek_rotated("hypotenuse", "gap"),
        derivation="The triangle inequality is reversed: it bounds the norm of a difference from below. With $A = B "
        r"= \mathrm{diag}(1, 0)$ and a $Q$ that swaps the two directions the left side is $\sqrt 2$, the right one 0. "
        r"For positive semi-definite $A$ and $B$, $|A - Q B Q^T|_F^2 = |A|_F^2 + |B|_F^2 - 2 \, \mathrm{tr}\, A Q B "
        r"Q^T$ with $0 \le \mathrm{tr}\, A Q B Q^T \le |A|_F |B|_F$. The corollary needs no inequality: with $A = B$ "
        "and $Q = I$ the matrix itself is zero.",
        kind=Kind.MISPRINT,
        correction=Correction(
            title="At least that, and at most the hypotenuse.",
            statement=r"\left| \, |A|_F - |B|_F \, \right| \le |A - Q B Q^T|_F \le \sqrt{|A|_F^2 + |B|_F^2}",
            assumptions=("A and B positive semi-definite", "Q orthogonal"),
            check=lambda: combined(seek_rotated("gap", "rest"), seek_rotated("rest", "hypotenuse")),
            control=lambda: combined(seek_rotated("gap", "rest"), seek_rotated("hypotenuse", "rest")),
        ),
    ),
]
