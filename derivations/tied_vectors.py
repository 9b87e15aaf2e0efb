r"""Tied vectors: the two forces where $a_i = b_i$ for all modes.

With white inputs the layers stay tied, $W_2 = W_1^T$, for every symmetric task. The feature benefit, which is what the
flow has beyond the interference, then only stretches the vectors $W_i$, and all angles are left to the interference:
by itself a product $W_i \cdot W_j$ decays at the rate $|W_i|^2 + |W_j|^2$, and the vectors' products with the others
raise it or lower it.
"""

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from derivations.logistic_modes import W, e, f, h, n, task
from flowdln import Moments, gradient_flow
from flowdln.symbolic import Claim, Evidence, Rules, prove_vanishing, replacing

TITLE = "Tied vectors"
s, u, w = sp.symbols("s u w")
SYMMETRIC = frozenset({"S", "D"})
SHORT, ACROSS = {"W": np.array([[1.0], [0.0]]), "u": 1.0}, {"V": np.array([[0.0], [1.0]])}


def prove_tied(rules: Rules) -> Evidence:
    """Whether tied layers stay tied."""
    v, w = gradient_flow(0, (W, W.T), Moments(sp.Identity(n), task, 0))
    shear = np.array([[0.0, 1.0], [0.0, 0.0]])
    example = {"W": np.eye(2), "S": np.eye(2) if rules.symmetric else shear}
    return prove_vanishing([w - v.T], rules, example, "velocity of W_2 minus the transpose of that of W_1")


def prove_stretch(second: Any, example: dict[str, Any]) -> Evidence:
    """Whether the feature benefit, the flow less the interference, is ``(s - u) a_i``, with ``second`` for ``W_2``."""
    met = sp.MatrixSymbol("D", n, n)
    pairs = ((task, e, s), (met, e, u))
    rules = Rules(
        SYMMETRIC, frozenset({"e"}), tuple(replacing(m * vector, value * vector) for m, vector, value in pairs)
    )
    full, only = (gradient_flow(0, (W, second), Moments(sp.Identity(n), sigma, 0))[0] for sigma in (task, met))
    axis = {"e": np.array([[1.0]]), "S": np.array([[2.0]]), "D": np.array([[example["u"]]]), "s": 2.0}
    return prove_vanishing([(full - only - (s - u) * W) * e], rules, axis | example, "feature benefit minus a stretch")


def prove_repulsion(factor: int) -> Evidence:
    """Whether ``W_i . W_j`` obeys the printed equation under interference, with ``factor`` before the sum."""
    met, gram = sp.MatrixSymbol("D", n, n), W.T * W
    values = ((e, u), (f, w))
    known = [replacing(vector.T * gram * vector, value * sp.Identity(1)) for vector, value in values]
    known += [replacing(met * vector, value * vector) for vector, value in values]
    known += [replacing(vector.T * met, value * vector.T) for vector, value in values]
    rules = Rules(SYMMETRIC, frozenset({"e", "f"}), tuple(known))
    v, _ = gradient_flow(0, (W, W.T), Moments(sp.Identity(n), met, 0))
    others = sp.Identity(n) - e * e.T - f * f.T
    change = e.T * (v.T * W + W.T * v) * f
    printed = -(u + w) * e.T * gram * f - factor * e.T * gram * others * gram * f
    vectors = {"W": np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), "D": np.diag([1.0, 1.0, 2.0])}
    example = vectors | {"u": 1.0, "w": 1.0, "e": np.eye(3)[:, [0]], "f": np.eye(3)[:, [1]]}
    return prove_vanishing([change - printed], rules, example, "d(W_i . W_j)/dt minus the printed one")


CLAIMS = [
    Claim(
        id="summary-15",
        document="summary",
        place="speed of lowering interference, assumption",
        title="Vectors that start with a_i = b_i keep to it, whether or not they are perpendicular.",
        statement=r"W_2 = W_1^T \;\Rightarrow\; \dot W_2 = \dot W_1^T",
        assumptions=("X X^T = I", "Sigma diagonal"),
        derivation=r"$\dot W_1 = W (\Sigma - W^T W)$ and $\dot W_2 = (\Sigma - W^T W) W^T$. It is enough that "
        r"$\Sigma$ is symmetric; with inputs that are not white, $W^T W \Sigma_{xx}$ would have to be, too.",
        check=partial(prove_tied, Rules(symmetric=SYMMETRIC)),
        control=partial(prove_tied, Rules()),
    ),
    Claim(
        id="summary-16",
        document="summary",
        place="speed of lowering interference, cosine",
        title="The feature benefit does not change the cosine between vectors of two modes.",
        statement=r"\dot a_i = (s_i - u_i) \, a_i \;\Rightarrow\; \dot \epsilon_{ij} = 0",
        assumptions=("a_i = b_i",),
        derivation=r"The feature benefit is what the flow has beyond the interference, the flow of the task that is "
        r"just met. If $a_i = b_i$ it points along $a_i$, and a cosine does not see lengths. Without this assumption "
        r"it turns $a_i$ towards $b_i$, and changes the angles to all others.",
        check=partial(prove_stretch, W.T, SHORT),
        control=partial(prove_stretch, sp.MatrixSymbol("V", h, n).T, SHORT | ACROSS | {"u": 0.0}),
    ),
    Claim(
        id="summary-17",
        document="summary",
        place="speed of lowering interference, first display",
        title="How the product of two vectors moves under interference.",
        statement=r"\frac{d (W_i \cdot W_j)}{dt} = -(W_i \cdot W_j) (|W_i|^2 + |W_j|^2) "
        r"- 2 \sum_{k \ne i, j} (W_i \cdot W_k) (W_j \cdot W_k)",
        assumptions=("a_i = b_i = W_i", "interference alone"),
        derivation=r"In $-\sum_{k \ne i} (W_i \cdot W_k) (W_k \cdot W_j)$ the term $k = j$ has the factor $|W_j|^2$; "
        r"in its mirror image $k = i$ has $|W_i|^2$. All others occur twice. With $G = W^T W$ and its diagonal $D$ "
        r"this reads $\dot G = -(G - D) G - G (G - D)$.",
        check=partial(prove_repulsion, factor=2),
        control=partial(prove_repulsion, factor=1),
    ),
]
