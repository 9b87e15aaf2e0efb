r"""The order of learning: what comes first from small random weights.

The time of a mode to half its target, from the small strength $\epsilon$, is
$T = \frac{1}{2 s} \ln (s / \epsilon - 1)$: it falls with $s$, a little slower than $1 / s$. From small random weights
modes are therefore learned one by one, unless their values are close to each other.
"""

from functools import cache, partial
from typing import NamedTuple

import numpy as np
import sympy as sp

import flowdln as fl
from derivations.logistic_modes import RISE, epsilon, prove_stage, s
from flowdln import Moments
from flowdln.exact import half_time
from flowdln.symbolic import Claim, Correction, Evidence, conjunction, measure_order, prove_identity
from flowdln.validation import Array

TITLE = "The order of learning"
TARGETS, SEEDS = (4.0, -2.0, 1.0), range(6)
FEW = 0.05  # share of a target: still to be learned
ROUNDING = 1e-20


def measure_proportion(power: int) -> Evidence:
    """Order in ``1 / ln (1 / epsilon)`` to which shipped half-times for s = 1, 2 have the ratio ``2^power``."""

    def error(smallness: float) -> float:
        first, second = half_time(np.exp(-1 / smallness), [1.0, 2.0], depth=2)
        return float(abs(first / second / 2**power - 1))

    return measure_order(error, start=0.04, expected=1, halvings=4)


def prove_exponent(lead: int) -> Evidence:
    """Whether ``d ln (1 / T) / d ln s`` is ``lead`` minus a logarithmic term, and where it changes its sign."""
    exponent = lead - s / ((s - epsilon) * sp.log(s / epsilon - 1))
    rise = sp.log(s / epsilon - 1) / (2 * s)
    time, same = prove_stage(RISE, rise), prove_identity(-s * sp.diff(rise, s) / rise, exponent)
    edge = 1 + 1 / sp.LambertW(sp.exp(-1))
    left = abs(float(exponent.subs(s, edge * epsilon).evalf(30)))
    text = f"T: {time.text}; its exponent: {same.text}; at s = {float(edge):.6g} epsilon it is {left:.1g}"
    return Evidence(conjunction(time.holds, same.holds, left < ROUNDING), True, text)


class Learned(NamedTuple):
    """Modes at the times when they are half learned."""

    times: Array  # (n,)
    apart: dict[int, Array]  # (n,), |a - sign(s) b| / |a|, and the same with the other sign
    ahead: Array  # (n - 1,), share of its target that the next mode has by then


@cache
def learn(scale: float, seed: int) -> Learned:
    """What random weights of this standard deviation have come to, on three modes and six hidden units."""
    targets = np.array(TARGETS)
    moments = Moments(np.eye(3), np.diag(targets), float(np.sum(targets**2)))
    weights = fl.initial.small_random((3, 6, 3), scale=scale, seed=seed)
    ts = np.linspace(0, 4 + 1.5 * np.log1p(1 / scale), 400)
    flow = fl.solve(fl.Problem(moments, weights), ts, method="DOP853")
    share = np.einsum("tii->ti", flow.product) / targets
    when, modes = np.argmax(share > 0.5, axis=0), np.arange(3)
    a, b = flow.weights[0][when, :, modes], np.sign(targets)[:, None] * flow.weights[1][when, modes]
    apart = {sign: np.linalg.norm(a - sign * b, axis=1) / np.linalg.norm(a, axis=1) for sign in (1, -1)}
    return Learned(ts[when], apart, share[when[:-1], modes[1:]])


def count_ordered(scale: float) -> Evidence:
    """Whether modes are learned in the order of ``|s|``, one at a time, from random weights of this size."""
    runs = [learn(scale, seed) for seed in SEEDS]
    ordered = sum(bool(np.all(np.diff(run.times) > 0)) for run in runs)
    ahead = max(float(run.ahead.max()) for run in runs)
    text = (
        f"from standard deviation {scale:g}, {ordered} of {len(runs)} networks learn 4, -2, 1 in this order, and the "
        f"next mode has at most {ahead:.2g} of its target when one is half learned"
    )
    return Evidence(ordered == len(runs) and ahead < FEW, False, text)


CLAIMS = [
    Claim(
        id="summary-14",
        document="summary",
        place="end of speed of learning",
        title="The rate at which a value is learned is roughly proportional to it.",
        statement=r"\frac{T_1}{T_2} \approx \frac{s_2}{s_1}, \quad T_i = t(\epsilon \to s_i / 2)",
        assumptions=("a_i = b_i, perpendicular to all others", "the same small epsilon for all modes"),
        derivation=r"We read the rate as $1 / T$ with $T = \frac{1}{2 s} \ln (s / \epsilon - 1)$. The ratio of two "
        r"times is $s_2 / s_1$ times a ratio of logarithms, which tends to one, but slowly: the error is of first "
        r"order in $1 / \ln (1 / \epsilon)$.",
        check=partial(measure_proportion, power=1),
        control=partial(measure_proportion, power=2),
        correction=Correction(
            title="The rate grows as a power of the value that is a little below one.",
            statement=r"\frac{d \ln (1 / T)}{d \ln s} = 1 - \frac{s}{(s - \epsilon) \ln (s / \epsilon - 1)}, \quad "
            r"\text{zero at } s = (1 + 1 / W(1 / e)) \, \epsilon \approx 4.59 \, \epsilon",
            assumptions=("a_i = b_i, perpendicular to all others", "2 epsilon < s"),
            check=partial(prove_exponent, lead=1),
            control=partial(prove_exponent, lead=2),
        ),
    ),
    Claim(
        id="summary-22",
        document="summary",
        place="summary of the dynamics, 1",
        title="The correlations are learned one by one, in the order of their values.",
        statement=r"|s_1| > |s_2| > \dots \;\Rightarrow\; T_1 < T_2 < \dots",
        assumptions=("independent Gaussian initial weights",),
        unstated=("small initial weights", "values that differ"),
        derivation=r"The document leaves the size of the initial weights open. From weights of order one the order is "
        r"that of chance, as the control shows. From small ones it is that of $|s|$, and 'one by one' holds to a "
        r"power of their size: when mode 1 is half learned, mode 2 has grown from $\epsilon$ to about $\epsilon^{1 - "
        r"s_2 / s_1}$, so that values close to each other are learned together. For equal starts without interference "
        r"the order is strict, unless a target is within $4.59 \, \epsilon$ of the start: that is where $dT / ds$ "
        r"changes its sign (the claim above).",
        check=partial(count_ordered, scale=1e-3),
        control=partial(count_ordered, scale=1.0),
    ),
]
