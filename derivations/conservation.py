r"""What the flow conserves.

Multiply $\dot W_l$ by $W_l^T$ from the right and $\dot W_{l+1}$ by $W_{l+1}^T$ from the left: both are the product
of everything above, the slope of the loss, and everything below, so they are equal. Adding the transposes gives the
derivative of the imbalance $W_{l+1}^T W_{l+1} - W_l W_l^T$, which therefore vanishes. Of the loss, nothing was used
but that it depends on the product. Taking the trace, all layers gain the same squared norm at all times; the norms
themselves do not grow at the same rate. A step of gradient descent changes the imbalance by the square of the
learning rate times the imbalance of the velocity, no more and no less.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from derivations.mutations import flipped_sign
from flowdln import gradient_flow, imbalance
from flowdln.descent import descent_step
from flowdln.problem import Moments
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    conjunction,
    instance,
    pointwise_network,
    polynomial,
    prove_conserved,
    prove_equal,
    prove_step,
    verify_conserved,
)

TITLE = "Conservation"
UNITS = (np.array([[1.0]]), np.array([[2.0]]))  # w_1 = 1 and w_2 = 2, for a reader to redo
TASK = Moments(np.eye(1), np.array([[3.0]]), 9.0)


def below(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """``(dW_l/dt) W_l^T`` for ``l = 1 .. L - 1``."""
    velocity = gradient_flow(t, weights, moments)
    return [v @ w.T for v, w in zip(velocity[:-1], weights[:-1], strict=True)]


def above(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """``W_{l+1}^T (dW_{l+1}/dt)`` for ``l = 1 .. L - 1``."""
    velocity = gradient_flow(t, weights, moments)
    return [w.T @ v for v, w in zip(velocity[1:], weights[1:], strict=True)]


def above_flipped(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """The same with a transpose in the wrong place."""
    return [matrix.T for matrix in above(t, weights, moments)]


def second_order(weights: Sequence[Any], moments: Moments, eta: Any) -> list[Any]:
    """``eta^2`` times the imbalance of the velocity."""
    return [eta**2 * matrix for matrix in imbalance(gradient_flow(0, weights, moments))]


def nothing(weights: Sequence[Any], moments: Moments, eta: Any) -> list[Any]:
    """No change of the imbalance."""
    return [0 * matrix for matrix in second_order(weights, moments, eta)]


def decide_kept() -> Evidence:
    """Whether a step of descent leaves the imbalance, with the numbers of one step."""
    before, after = (float(imbalance(weights)[0][0, 0]) for weights in (UNITS, descent_step(UNITS, TASK, 1.0)))
    shown = instance(w_1=1, w_2=2, sigma_xx=1, sigma_yx=3, eta=1, imbalance_before=before, imbalance_after=after)
    return prove_step(imbalance, nothing, [2])._replace(instance=shown)


def prove_constant(sign: int) -> Evidence:
    """Whether ``W_l W_l^T - W_{l+1}^T W_{l+1}`` is constant, and ``sign`` times the shipped imbalance at ``t_0``."""
    weights, _ = pointwise_network(2)
    first, second = weights
    (constant,) = imbalance(weights)
    terms = polynomial(first * first.T - second.T * second - sign * constant)
    conserved = prove_conserved(imbalance, gradient_flow, [2], pointwise_network)
    text = f"the two sides differ by {len(terms)} terms at t_0; {conserved.text}"
    (lower, upper), C = (float(weight[0, 0]) for weight in UNITS), float(imbalance(UNITS)[0][0, 0])
    shown = instance(w_1=lower, w_2=upper, C=C, left=lower**2, right=upper**2 + sign * C) if terms else {}
    return Evidence(conjunction(not terms, conserved.holds), symbolic=True, text=text, instance=shown)


def prove_growth(power: sp.Expr, *, any_loss: bool = False) -> Evidence:
    """Whether ``|W_2|^2`` and ``|W_1|^2``, each to this power, have a constant difference."""
    found = verify_conserved(
        lambda weights: sp.Trace(weights[1].T * weights[1]) ** power - sp.Trace(weights[0] * weights[0].T) ** power,
        any_loss=any_loss,
    ).evidence
    if found.holds is not False:
        return found
    lower, upper = (
        float(2 * power * w[0, 0] ** (2 * power - 1) * v[0, 0])
        for w, v in zip(UNITS, gradient_flow(0, UNITS, TASK), strict=True)
    )
    return found._replace(instance=instance(w_1=1, w_2=2, sigma_xx=1, sigma_yx=3, rate_of_1=lower, rate_of_2=upper))


CLAIMS = [
    Claim(
        id="basu-7",
        title="The velocities of adjacent layers meet in one matrix.",
        statement=r"\dot W_l W_l^T = W_{l+1}^T \dot W_{l+1}",
        document="basu",
        place="eq. (7)",
        check=lambda: prove_equal(below, above, range(2, 6), pointwise_network),
        control=lambda: prove_equal(below, above_flipped, range(2, 4), pointwise_network),
        derivation=r"With $A = W_L \cdots W_{l+2}$ above both layers, $B = W_{l-1} \cdots W_1$ below both, and the "
        r"slope $G = \langle \frac{\partial l}{\partial \hat y} x^T \rangle$, both sides are $-W_{l+1}^T A^T G B^T "
        "W_l^T$.",
    ),
    Claim(
        id="basu-5",
        title="The imbalance of adjacent layers is conserved by the flow of any loss.",
        statement=r"\frac{d}{dt} \left( W_{l+1}^T W_{l+1} \right) = \frac{d}{dt} \left( W_l W_l^T \right)",
        document="basu",
        place="Theorem 1, eq. (6)",
        assumptions=("gradient flow",),
        unstated=("l below L, as the last layer has none above it",),
        check=lambda: prove_conserved(imbalance, gradient_flow, range(2, 6), pointwise_network),
        control=lambda: prove_conserved(imbalance, flipped_sign, range(2, 4), pointwise_network),
        derivation="The sum of (7) and its transpose. The slope $G$ may be any matrix and may change in time in any "
        "way, so the same holds for batches drawn anew at each time, as long as the motion is a flow. The layers "
        "above and below the two enter as one matrix each, so the middle pair of four layers stands for any two "
        "adjacent layers of a network of any depth.",
    ),
    Claim(
        id="basu-6",
        title="Gradient descent conserves the imbalance, too.",
        statement=r"W_l \leftarrow W_l - \eta \frac{\partial E}{\partial W_l} \;\Rightarrow\; "
        r"W_{l+1}^T W_{l+1} - W_l W_l^T \text{ is unchanged}",
        document="basu",
        place="Theorem 1, for the iteration (4) that it is introduced from",
        check=decide_kept,
        control=lambda: prove_step(imbalance, lambda *step: [-m for m in second_order(*step)], [2]),
        derivation=r"Put $W_l + \eta V_l$ into $W_{l+1}^T W_{l+1} - W_l W_l^T$. What is linear in $\eta$ cancels by "
        r"(7); what is quadratic is $V_{l+1}^T V_{l+1} - V_l V_l^T$, which has no reason to vanish: from $w_1 = 1$, "
        r"$w_2 = 2$ with target 3 and $\eta = 1$ a step leads to $w_1 = w_2 = 3$, and the imbalance from 3 to 0. "
        r"Up to a fixed time there are $1 / \eta$ steps, so the drift is of the order of $\eta$.",
        kind=Kind.READING,
        correction=Correction(
            title="A step adds the square of the learning rate times the imbalance of the velocity.",
            statement=r"C_l(W + \eta V) = C_l(W) + \eta^2 C_l(V), \quad C_l(W) = W_{l+1}^T W_{l+1} - W_l W_l^T, \; "
            r"V = -\frac{\partial E}{\partial W}",
            check=lambda: prove_step(imbalance, second_order, range(2, 5), pointwise_network),
            control=lambda: prove_step(imbalance, nothing, [2], pointwise_network),
        ),
    ),
    Claim(
        id="basu-8",
        title="The norms of adjacent layers grow at the same rate.",
        statement=r"\frac{d}{dt} |W_{l+1}|_F = \frac{d}{dt} |W_l|_F",
        document="basu",
        place="after Theorem 1; abstract",
        check=lambda: prove_growth(sp.Rational(1, 2)),
        control=lambda: prove_growth(sp.Rational(1, 4)),
        derivation=r"The trace of (6) says that the squared norms grow at the same rate. As $\frac{d}{dt} |W|^2 = "
        r"2 |W| \frac{d}{dt} |W|$, the norms grow at rates in inverse proportion to themselves: with $w_1 = 1$, "
        r"$w_2 = 2$ and target 3, $\dot w_1 = 2$ and $\dot w_2 = 1$. They agree only while the norms do.",
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The squared norms do: the norms grow at rates inversely proportional to them.",
            statement=r"\frac{d}{dt} |W_{l+1}|_F^2 = \frac{d}{dt} |W_l|_F^2, \quad \frac{d |W_{l+1}|_F}{dt} = "
            r"\frac{|W_l|_F}{|W_{l+1}|_F} \frac{d |W_l|_F}{dt}",
            check=lambda: prove_growth(sp.S.One, any_loss=True),
            control=lambda: prove_growth(sp.Integer(2), any_loss=True),
        ),
    ),
    Claim(
        id="basu-10",
        title="The constant of integration.",
        statement=r"W_l W_l^T = W_{l+1}^T W_{l+1} + C, \quad C = \left[ W_{l+1}^T W_{l+1} - W_l W_l^T \right]_{t_0}",
        document="basu",
        place="eq. (8) and (9)",
        check=lambda: prove_constant(sign=1),
        control=lambda: prove_constant(sign=2),
        derivation="At $t_0$ itself (8) asks for $C = W_l W_l^T - W_{l+1}^T W_{l+1}$, which is (9) with the sign "
        "turned. With $w_1 = 1$ and $w_2 = 2$, (9) gives $C = 3$, and (8) would read $1 = 4 + 3$. The norms of $C$ "
        "that follow do not depend on its sign.",
        kind=Kind.MISPRINT,
        correction=Correction(
            title="With the other sign.",
            statement=r"W_l W_l^T = W_{l+1}^T W_{l+1} - C, \quad C = \left[ W_{l+1}^T W_{l+1} - W_l W_l^T "
            r"\right]_{t_0}",
            check=lambda: prove_constant(sign=-1),
            control=lambda: prove_constant(sign=1),
        ),
    ),
]
