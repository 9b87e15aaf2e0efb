r"""A ReLU network as a linear one.

In $h_l = D_l W_l h_{l-1}$ the gates $D_l$ are diagonal, with 1 where the pre-activation $a_l = W_l h_{l-1}$ is
positive and 0 elsewhere. Basu et al. put gates on the outputs too; here they belong to the loss. With the error $e =
-\partial \ell / \partial o$ at the outputs $o$ and the signals $u_l = W_{l+1}^T D_{l+1} \cdots W_L^T D_L e$ that come
back to layer $l$, one sample moves the weights by $\tau \dot W_l = D_l u_l h_{l-1}^T$, and many move them by the mean
of that. Everything in this chapter is for gates that stay as they are.
"""

import numpy as np
import sympy as sp

from derivations.relu_instances import Case, case, decide_equal, random_cases, rectified
from flowdln import end_to_end
from flowdln.relu import CROSS_ENTROPY, SQUARED, preactivations
from flowdln.symbolic import Claim, Correction, Evidence, Kind, prove_identity

TITLE = "ReLU networks as linear ones"
SIGNS = ("positive", "negative", "zero")


def prove_gated_unit(opened: bool) -> Evidence:
    """Whether a shipped unit passes on ``d a`` with the gate ``d`` that is 1 where ``a > 0`` (or ``a < 0``)."""
    fails = []
    for sign in SIGNS:
        a, w = sp.S.Zero if sign == "zero" else sp.Symbol("a", **{sign: True}), sp.Symbol("w", real=True)
        current, output = preactivations((np.array([[a]]), np.array([[w]])), np.array([[sp.S.One]]))
        gate = int(bool(current[0, 0] > 0) if opened else bool(current[0, 0] < 0))
        fails += [] if prove_identity(output[0, 0] - w * gate * a).holds else [sign]
    text = f"w relu(a) - w d a, for symbols a that are {', '.join(SIGNS)}: " + (
        f"not 0 where a is {' or '.join(fails)}" if fails else "0"
    )
    return Evidence(not fails, symbolic=True, text=text)


def velocity_sides(example: Case, *, sign: int, softmax: bool, gate: bool) -> tuple[list, list]:
    """``D_l dW_l/dt`` of one sample, and equation (25) with the sign, the outputs and the gate that are asked for."""
    pattern, x, y = example.gates, example.samples.inputs.T, example.samples.targets.T
    paths = [np.diag(d[0]) @ layer for d, layer in zip(pattern, example.layers, strict=True)]
    outputs = end_to_end(paths) @ x
    shown = np.exp(outputs) / np.exp(outputs).sum() if softmax else outputs
    printed = []
    for i in range(len(paths)):
        above = end_to_end(paths[i + 1 :]) if paths[i + 1 :] else np.eye(len(y))
        below = end_to_end(paths[:i]) @ x if i else x
        product = sign * above.T @ (y - shown) @ below.T
        printed.append(np.diag(pattern[i][0]) @ product if gate else product)
    return [np.diag(d[0]) @ v for d, v in zip(pattern, example.velocity, strict=True)], printed


def decide_velocity(*, sign: int, softmax: bool, gate: bool) -> Evidence:
    """Whether that is how one sample moves a network with a softmax behind rectified outputs."""
    loss = rectified(CROSS_ENTROPY)
    by_hand = case([[1]], [[1, 0]], [[1], [1]], loss=loss)
    cases = (by_hand, *random_cases(60, samples=1, loss=loss))
    return decide_equal(lambda example: velocity_sides(example, sign=sign, softmax=softmax, gate=gate), cases)


def adjacent_sides(example: Case, *, masked: bool, inner: bool = True) -> tuple[list, list]:
    """Both sides of equation (26): growth of ``W_{l+1}^T D W_{l+1}``, within ``D_l`` or not; of ``D W_l W_l^T D``."""
    pattern, left, right = example.gates, [], []
    for i in range(len(example.layers) - 1):
        below = np.diag(pattern[i][0])
        mask = below if masked else np.eye(len(below))
        held = below if inner else np.eye(len(below))
        left.append(mask @ example.growth_out_of(i, pattern[i + 1][0]) @ mask)
        right.append(held @ example.growth_into(i) @ held)
    return left, right


def decide_adjacent(*, masked: bool, inner: bool = True) -> Evidence:
    """Whether the two sides agree for one sample, whatever the loss."""
    by_hand = case([[1]], [[2]], [[1], [-1]], [[1, 1]])
    losses = (rectified(SQUARED), rectified(CROSS_ENTROPY))
    cases = (by_hand, *(example for loss in losses for example in random_cases(40, samples=1, loss=loss)))
    return decide_equal(lambda example: adjacent_sides(example, masked=masked, inner=inner), cases)


CLAIMS = [
    Claim(
        id="basu-48",
        document="basu",
        title="For one sample, a ReLU network is a product of weights and gates.",
        statement=r"\hat y_i = \phi \left( D_{L,i,t} W_L(t) D_{L-1,i,t} W_{L-1}(t) \cdots D_{1,i,t} W_1(t) x_i \right)",
        place="eq. (24)",
        assumptions=("no biases",),
        derivation=(
            r"A unit with pre-activation $a$ passes on $\max(a, 0) = d a$ with $d = 1$ if $a > 0$ and $d = 0$ "
            r"otherwise; at $a = 0$ any $d$ would do. So a layer is $h_l = D_l W_l h_{l-1}$, and the product follows "
            r"layer by layer. The network is linear in $x$ only where the gates do not change, and they depend on $x$ "
            r"and on all weights below them."
        ),
        check=lambda: prove_gated_unit(opened=True),
        control=lambda: prove_gated_unit(opened=False),
    ),
    Claim(
        id="basu-49",
        document="basu",
        title="How one sample moves the weights under cross-entropy, from the outputs before the softmax.",
        statement=(
            r"\tau \bar D_{l,i} \dot W_l = - \left[ \prod_{j=l+1}^{L} \bar D_{j,i} W_j \right]^T (y_i - o_i) x_i^T "
            r"\left[ \prod_{j=1}^{l-1} \bar D_{j,i} W_j \right]^T, \quad o_i = D_L W_L \cdots D_1 W_1 x_i"
        ),
        place="eq. (25)",
        assumptions=("constant gates", "one sample"),
        derivation=(
            r"The cross-entropy of a softmax has $-\partial \ell / \partial o = y - p$ with $p = "
            r"\mathrm{softmax}(o)$. The print has the opposite sign, with which the loss grows, and has $o$ in place "
            r"of $p$, which is the error of the squared loss. And it lacks a gate: the chain rule ends with $D_l$, so "
            r"a closed unit's row of $W_l$ rests, while the printed right side moves it. Without hidden layers, $x = "
            r"1$, $W_1 = (1, 1)^T$ and $y = (1, 0)$ give $p = (1/2, 1/2)$ and the velocity $(1/2, -1/2)$; printed is "
            r"$(0, 1)$."
        ),
        check=lambda: decide_velocity(sign=-1, softmax=False, gate=False),
        control=lambda: decide_velocity(sign=1, softmax=False, gate=True),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The error is target minus softmax, with a plus sign, and the gates of the layer itself act last.",
            statement=(
                r"\tau \dot W_l = \tau \bar D_l \dot W_l = \bar D_l \left[ \prod_{j=l+1}^{L} \bar D_j W_j \right]^T "
                r"(y - p) x^T \left[ \prod_{j=1}^{l-1} \bar D_j W_j \right]^T, \quad p = \mathrm{softmax}(o)"
            ),
            assumptions=("constant gates", "one sample"),
            check=lambda: decide_velocity(sign=1, softmax=True, gate=True),
            control=lambda: decide_velocity(sign=1, softmax=True, gate=False),
        ),
    ),
    Claim(
        id="basu-50",
        document="basu",
        title="For one sample, Grams of adjacent gated layers grow alike.",
        statement=(
            r"\frac{d}{dt} \left( W_{l+1}^T \bar D_{l+1} W_{l+1} \right) = \frac{d}{dt} \left( \bar D_l W_l W_l^T \bar "
            r"D_l \right)"
        ),
        place="eq. (26)",
        assumptions=("constant gates", "one sample"),
        derivation=(
            r"With $\dot W_l = D_l u_l h_{l-1}^T$ and $a_l = W_l h_{l-1}$, the right side is the symmetric part of $2 "
            r"D_l u_l a_l^T D_l$, the left side that of $2 u_l a_l^T D_l$: between an open and a closed unit the left "
            r"one is not zero. With $x = 1$, $W_1 = (1, -1)^T$, $W_2 = (1, 1)$, $y = 2$ and the squared loss, the "
            r"left side has 1 off the diagonal, the right side 0. On the open units the two agree."
        ),
        check=lambda: decide_adjacent(masked=False),
        control=lambda: decide_adjacent(masked=False, inner=False),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="They do on the units that are open.",
            statement=(
                r"\bar D_l \frac{d}{dt} \left( W_{l+1}^T \bar D_{l+1} W_{l+1} \right) \bar D_l "
                r"= \frac{d}{dt} \left( \bar D_l W_l W_l^T \bar D_l \right)"
            ),
            assumptions=("constant gates", "one sample"),
            check=lambda: decide_adjacent(masked=True),
            control=lambda: decide_adjacent(masked=True, inner=False),
        ),
    ),
]
