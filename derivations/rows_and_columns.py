r"""Vectors at the ends of two layers.

Two layers map inputs $x$ to $W_2 W_1 x$. Input $i$ is written into the hidden layer along the column $a_i$ of $W_1$,
and output $i$ is read from it along the row $b_i$ of $W_2$, so that entry $(j, i)$ of the product is $b_j \cdot a_i$.
With samples as the columns of $X$ and $Y$, the summed error $\mathcal L = |Y - W_2 W_1 X|^2$ is $2 E$ of our
conventions, with sums in the moments: $\Sigma = Y X^T$, and inputs are taken to be white, $X X^T = I$. Documents that
write $x W^e W^d$ have $W^e = W_1^T$, $W^d = W_2^T$, and $\Sigma^T$ for our $\Sigma$.

If $\Sigma$ is diagonal, each pair $(a_i, b_i)$ has a task of its own, $b_i \cdot a_i \to s_i$, and all other products
$b_j \cdot a_i$ have the target zero. The flow of a vector is the sum of the two forces.
"""

from typing import Any

import numpy as np
import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow, loss
from flowdln.exact.hyperbolic import growth
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Example,
    Kind,
    Rules,
    conjunction,
    functions,
    prove_vanishing,
    replacing,
    verify_solution,
)
from flowdln.tangent import directional_derivative

TITLE = "Rows and columns"

n_in, hidden, n_out, m = sp.symbols("n_0 n_1 n_2 m", positive=True, integer=True)
X, Y = sp.MatrixSymbol("X", n_in, m), sp.MatrixSymbol("Y", n_out, m)
WEIGHTS = (sp.MatrixSymbol("W1", hidden, n_in), sp.MatrixSymbol("W2", n_out, hidden))
CHANGES = (sp.MatrixSymbol("dW1", hidden, n_in), sp.MatrixSymbol("dW2", n_out, hidden))
RESIDUAL = Y - end_to_end(WEIGHTS) * X
DATA = Moments(X * X.T, Y * X.T, sp.ZeroMatrix(n_in, n_in))
WHITE = Rules(replacements=(replacing(X * X.T, sp.Identity(n_in)),))
NUMBERS = {name: np.array([[value]]) for name, value in (("W1", 1.0), ("W2", 1.0), ("dW1", 1.0), ("dW2", 0.0))}


def prove_differential(factor: int) -> Evidence:
    """Whether the summed error, twice the shipped loss, has ``dL = factor [(Y - P X) X^T] : dP``, ``P = W_2 W_1``."""
    (change,) = directional_derivative(lambda w: (Y - end_to_end(w) @ X,), WEIGHTS, CHANGES)
    (first, second), (d_first, d_second) = WEIGHTS, CHANGES
    printed = factor * X * RESIDUAL.T * (d_second * first + second * d_first)
    shipped = 2 * loss(WEIGHTS, DATA, trace=lambda matrix: matrix)
    pairs = [(2 * RESIDUAL.T * change, -printed), (RESIDUAL.T * RESIDUAL, -Y.T * Y, -shipped)]
    example = NUMBERS | {"X": np.array([[1.0]]), "Y": np.array([[2.0]])}
    return prove_vanishing(pairs, Rules(), example, "dL minus what is printed, and of L - 2 E", trace=True)


def prove_standardised(samples: Any) -> Evidence:
    """Whether ``X X^T = samples (C + mean mean^T)`` with the covariance ``C`` of ``m`` samples."""
    ones = sp.MatrixSymbol("o", m, 1)
    mean = X * ones / m
    centred = X - mean * ones.T
    counted = Rules(replacements=(replacing(ones.T * ones, m * sp.Identity(1)),))
    example = {"X": np.array([[1.0, -1.0]]), "o": np.ones((2, 1)), "m": 2}
    difference = X * X.T - samples * (centred * centred.T / m + mean * mean.T)
    return prove_vanishing([difference], counted, example, "X X^T minus its value by mean and covariance")


def prove_captured(rules: Rules, size: float) -> Evidence:
    """Whether residual and loss see of the data ``Y X^T`` and ``|Y|^2`` alone; ``size`` is the input of the example."""
    product, sigma = end_to_end(WEIGHTS), DATA.sigma_yx
    traces = [
        (RESIDUAL * RESIDUAL.T, -Y * Y.T, -(sigma - product).T * (sigma - product), sigma.T * sigma),
        ((RESIDUAL * X.T - sigma + product) * sp.MatrixSymbol("K", n_in, n_out),),
    ]
    example = NUMBERS | {"X": np.array([[size]]), "Y": np.array([[2.0]]), "K": np.array([[1.0]])}
    return prove_vanishing(traces, rules, example, "loss and residual minus their values by Sigma", trace=True)


def prove_flow(pace: int) -> Evidence:
    """Whether minus the gradient of the summed error is the printed flow, and without its 2s ``pace`` times slower."""
    sigma, (first, second), (v, w) = DATA.sigma_yx, WEIGHTS, gradient_flow(0, WEIGHTS, DATA)
    error = sigma - second * first
    example = NUMBERS | {"X": np.array([[1.0]]), "Y": np.array([[2.0]])}
    differences = [2 * v - 2 * second.T * error, 2 * w - 2 * error * first.T]
    printed = prove_vanishing(differences, WHITE, example, "velocity minus the printed one")
    t, s, u_0 = sp.symbols("t s u_0", positive=True)
    slow = u_0 * growth(t, s, 4 * u_0, sp.S.Zero, functions).factor ** 2
    sped = slow.subs(t, pace * t)
    clock = verify_solution(sped, lambda u: 2 * 2 * u * (s - u), t=t, initial=u_0).proof
    text = f"{printed.text}; u({pace} t) with u' = 2 u (s - u), as a solution with the 2s kept: {clock.text}"
    return Evidence(conjunction(printed.holds, clock.holds), symbolic=True, text=text)


def prove_forces(v: Any, u: Any, example: Example, sign: int) -> Evidence:
    """Whether the flow splits into feature benefit and interference; ``sign`` reverses the interference.

    ``v`` and ``u`` are unit vectors of inputs and outputs that ``Sigma`` maps on each other with the factor ``s``, so
    that ``a = W_1 v``, ``b = W_2^T u``, and ``W_2^T (I - u u^T) W_2`` is the sum of ``b_j b_j^T`` over all others.
    """
    (inputs, _), (outputs, _) = v.shape, u.shape
    s, task = sp.Symbol("s"), sp.MatrixSymbol("S", outputs, inputs)
    first, second = sp.MatrixSymbol("W1", hidden, inputs), sp.MatrixSymbol("W2", outputs, hidden)
    a, b = first * v, second.T * u
    velocity = gradient_flow(0, (first, second), Moments(sp.Identity(inputs), task, 0))
    differences = [
        velocity[0] * v - s * b + b * (b.T * a) + sign * second.T * (sp.Identity(outputs) - u * u.T) * second * a,
        velocity[1].T * u - s * a + a * (a.T * b) + sign * first * (sp.Identity(inputs) - v * v.T) * first.T * b,
    ]
    paired = (replacing(task * v, s * u), replacing(task.T * u, s * v))
    rules = Rules(orthonormal=frozenset({v.name, u.name}), replacements=paired)
    return prove_vanishing(differences, rules, example, "velocities of a_i and b_i minus the sum of the two forces")


def prove_rows(sign: int) -> Evidence:
    """:func:`prove_forces` for a diagonal ``Sigma``, whose ``u`` and ``v`` are one unit vector ``e``."""
    e = sp.MatrixSymbol("e", n_in, 1)
    example = {"W1": np.array([[1.0, 3.0]]), "W2": np.array([[1.0], [2.0]]), "S": np.diag([2.0, 3.0]), "s": 2.0}
    return prove_forces(e, e, example | {"e": np.array([[1.0], [0.0]])}, sign)


CLAIMS = [
    Claim(
        id="summary-2",
        document="summary",
        place="differential of the loss",
        title="The differential of the summed error pairs the residual correlation with the change of the product.",
        statement=r"d \mathcal L = -2 \, [(Y - W_2 W_1 X) X^T] : (dW_2 \, W_1 + W_2 \, dW_1)",
        derivation=r"With $R = Y - W_2 W_1 X$ we have $\mathcal L = \mathrm{tr} \, R^T R$, so $d \mathcal L = 2 \, "
        r"\mathrm{tr} \, R^T dR$ with $dR = -(dW_2 \, W_1 + W_2 \, dW_1) X$. Rotating the trace moves $X$ beside $R$. "
        r"The check also expands $\mathcal L$ and the shipped loss: $\mathcal L = 2 E$ with sums for moments.",
        check=lambda: prove_differential(factor=-2),
        control=lambda: prove_differential(factor=-1),
    ),
    Claim(
        id="summary-3",
        document="summary",
        place="sentence on standardised inputs",
        title="Inputs with X X^T = I are those standardised to mean 0 and variance 1, uncorrelated.",
        statement=r"X X^T = I \;\Longleftrightarrow\; \bar x = 0, \; C = I",
        derivation=r"The product over the data axis is a sum. Write $X = \bar x o^T + X_c$ with ones $o$ and $X_c o = "
        r"0$: then $X X^T = m (C + \bar x \bar x^T)$ with the covariance $C = X_c X_c^T / m$. Standardised inputs "
        r"have $X X^T = m I$; in the other direction, $X X^T = I$ leaves the mean free: the single sample $x = 1$ has "
        r"it with mean 1 and variance 0. No data meet both sides: they would need $m = 1$, and one sample has no "
        r"covariance. With a mean over the data in place of the sum, standardised inputs do have the identity, but "
        r"the other direction fails as before: two equal samples $x = 1$ have it, too.",
        check=lambda: prove_standardised(samples=1),
        control=lambda: prove_standardised(samples=2 * m),
        kind=Kind.READING,
        correction=Correction(
            title="X X^T is m times covariance plus squared mean; for standardised inputs it is m I.",
            statement=r"X X^T = m \, (C + \bar x \bar x^T); \quad X X^T = I \;\Longleftrightarrow\; "
            r"C + \bar x \bar x^T = I / m",
            check=lambda: prove_standardised(samples=m),
            control=lambda: prove_standardised(samples=m + 1),
        ),
    ),
    Claim(
        id="summary-4",
        document="summary",
        place="residual correlation",
        title="The residual correlation is Sigma minus the product, and Sigma is all that learning sees of the data.",
        statement=r"(Y - W_2 W_1 X) X^T = \Sigma - W_2 W_1, \quad "
        r"\mathcal L = |\Sigma - W_2 W_1|^2 + |Y|^2 - |\Sigma|^2",
        assumptions=("X X^T = I",),
        derivation=r"Multiply out and put $X X^T = I$. We read 'captures the problem' as strongly as it can be true: "
        r"the flow, and the loss up to a constant. The loss itself needs one number more, $|Y|^2 - |\Sigma|^2 \ge 0$, "
        r"the error that no linear map removes. For other inputs $\Sigma_{xx}$ is needed as well.",
        check=lambda: prove_captured(WHITE, size=1.0),
        control=lambda: prove_captured(Rules(), size=2.0),
    ),
    Claim(
        id="summary-5",
        document="summary",
        place="learning dynamics",
        title="The flow of the two layers; leaving out its factors 2 slows time by 2 and does nothing else.",
        statement=r"\dot W_1 = 2 W_2^T (\Sigma - W_2 W_1), \quad \dot W_2 = 2 (\Sigma - W_2 W_1) W_1^T",
        assumptions=("X X^T = I",),
        derivation=r"Rotating the traces of $d \mathcal L$ until $dW_1$ or $dW_2$ stands last leaves the gradient. If "
        r"$W(t)$ solves $\dot W = F(W)$, then $W(2t)$ solves $\dot W = 2 F(W)$; the check does this on the logistic "
        r"mode. What follows is without the 2s, that is, the flow of $E = \mathcal L / 2$; the document takes them up "
        r"again in its last section.",
        check=lambda: prove_flow(pace=2),
        control=lambda: prove_flow(pace=1),
    ),
    Claim(
        id="summary-6",
        document="summary",
        place="diagonal case",
        title="A vector moves by two forces: the benefit of its own feature, and interference from the others.",
        statement=r"\dot a_i = (s_i - a_i \cdot b_i) \, b_i - \sum_{j \ne i} (a_i \cdot b_j) \, b_j, \quad "
        r"\dot b_i = (s_i - a_i \cdot b_i) \, a_i - \sum_{j \ne i} (a_j \cdot b_i) \, a_j",
        assumptions=("X X^T = I", "Sigma diagonal, with as many inputs as outputs"),
        derivation=r"Column $i$ of $\dot W_1 = W_2^T (\Sigma - W_2 W_1)$ is $s_i b_i - W_2^T W_2 a_i$, and $W_2^T W_2 "
        r"= \sum_j b_j b_j^T$: the term $j = i$ joins $s_i b_i$, the others are the interference. Row $i$ of $\dot "
        r"W_2$ is its mirror image. The document calls the number of modes $n$, $d$ and $D$ in turn.",
        check=lambda: prove_rows(sign=1),
        control=lambda: prove_rows(sign=-1),
    ),
]
