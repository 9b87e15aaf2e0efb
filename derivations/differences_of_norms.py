r"""Differences of the norms of layers.

All squared norms grow at one rate $2 g / \tau$ (claim basu-31), with $g = \mathrm{tr}\, P^T (\Sigma_{yx} - P)$. So
$|W_k|_F^2 - |W_l|_F^2$ is constant, and the difference of the norms is this constant divided by their sum: it shrinks
while the layers grow. The document takes it for constant, and builds $U = (|W_l|_F + \Delta)^L$ on it, where
$\Delta$ is the largest difference between two layers. It is read here as what it is called, the largest difference at
time $t$, $|W_{max}|_F - |W_{min}|_F$. The largest layer stays the largest: $U = |W_{max}|_F^L$ would have done.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
import sympy as sp

import flowdln as fl
from derivations.deep_modes import chain
from derivations.growth_of_norms import prove_norm_rate
from flowdln import Moments, end_to_end, gradient_flow
from flowdln.exact import squared_norm_rate
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Sides,
    as_network,
    combined,
    conjunction,
    decide_inequality,
    instance,
    network_shapes,
    prove_identity,
    seek_counterexample,
)
from flowdln.symbolic.random_arrays import Arrays

TITLE = "Differences of norms"
ACCURACY = 1e-6
START = fl.Problem(Moments(np.eye(1), np.array([[56.0]]), 56.0**2), (np.array([[1.0]]), np.array([[4.0]])))
norm = np.linalg.norm


def decide_spread(power: int) -> Evidence:
    """Whether ``|W_2|^power - |W_1|^power`` is constant from (1, 4) towards ``s = 56``, where it ends at (7, 8)."""
    norms = fl.solve(START, [0.0, 1.0], method="DOP853", rtol=1e-12).layer_norms
    start, end = np.diff(norms**power)[:, 0]
    return Evidence(
        holds=bool(abs(end - start) < ACCURACY * start),
        symbolic=False,
        text=f"|W_2|^{power} - |W_1|^{power} is {start:.6g} at first and {end:.6g} at the end",
        instance=instance(W_1=1, W_2=4, sigma_yx=56, norms_at_end=norms[1], left=end, right=start),
    )


def compare_rates(depths: Sequence[int], share: int) -> Evidence:
    """Whether ``|W_l| + Delta`` grows as ``|W_l|`` and ``share`` times ``Delta`` do, in chains ``W_1 < ... < W_L``."""
    answers = []
    for depth in depths:
        free, velocity, s = chain(depth)
        norms = sp.symbols(f"a_1:{depth + 1}", positive=True)
        rate = sp.Mul(*norms) * (s - sp.Mul(*norms))
        moving = [v.subs(dict(zip(free, norms, strict=True))) for v in velocity]
        spread = share * rate * (1 / norms[-1] - 1 / norms[0])
        answers += [
            prove_identity(speed + moving[-1] - moving[0], rate / size + spread).holds
            for size, speed in zip(norms, moving, strict=True)
        ]
    text = f"{answers.count(True)} of {len(answers)} layers have it, for chains of depth {depths[0]} to {depths[-1]}"
    first, last = (float(v[0, 0]) for v in gradient_flow(0, START.weights, START.moments))
    shown = instance(W_1=1, W_2=4, sigma_yx=56, rate_of_W_1=first, rate_of_root_of_U=first + (last - first))
    return Evidence(conjunction(*answers), symbolic=True, text=text, instance=shown)


def prove_root_rate() -> Evidence:
    """Whether (20) follows from ``|g| <= e min(f, m) V^(L - 1)``, for norms ``m <= f <= M`` and ``V = f + M - m``."""
    e, f, m, M, V, L = sp.symbols("e f m M V L", positive=True)
    size = sp.Symbol("size", nonnegative=True)  # of g, for layers that grow and for layers that shrink
    bound = e * V ** (L - 1)
    change = 1 / f + 1 / M - 1 / m
    growing = [[(f * bound - size), 1 / f], [size, M - m, 1 / (M * m)]]
    shrinking = [[(m * bound - size), 1 / m], [size, 1 / f], [size, 1 / M]]
    return combined(
        decide_inequality(size * change, bound, growing, assumed=[f * bound - size, M - m]),
        decide_inequality(-size * change, bound, shrinking, assumed=[m * bound - size, M - m]),
    )


def decide_root_rate(*, spread: bool) -> Evidence:
    """Whether ``d(|W_l| + Delta)/dt <= (|W_l| + Delta)^(L - 1) |Syx - P|`` for all layers, or without ``Delta``."""

    def sides(arrays: Arrays) -> Sides | None:
        weights, moments = as_network(arrays)
        norms = np.array([norm(w) for w in weights])
        if norms.min() == 0:
            return None
        largest, smallest = norms.max(), norms.min()
        shift, change = (largest - smallest, 1 / largest - 1 / smallest) if spread else (0, 0)
        rates = squared_norm_rate(weights, moments) / 2 * (1 / norms + change)
        bounds = (norms + shift) ** (len(weights) - 1) * norm(moments.sigma_yx - end_to_end(weights))
        return min((Sides(*map(float, pair)) for pair in zip(rates, bounds, strict=True)), key=lambda pair: pair.margin)

    proof, searched = prove_root_rate(), seek_counterexample(sides, *map(network_shapes, (2, 3, 4)))
    holds = conjunction(proof.holds, searched.holds)
    text = f"once |g| is bounded: {proof.text}; the whole: {searched.text}"
    return Evidence(holds, symbolic=bool(holds), text=text, instance=searched.instance)


CLAIMS = [
    Claim(
        id="basu-34",
        document="basu",
        title="The largest difference between the norms of two layers does not change in time.",
        statement=r"\Delta = \max_{l,k} \bigl| |W_l|_F - |W_k|_F \bigr| = \text{const}",
        place="Theorem 3",
        derivation=r"What does not change is the difference of the squares, the trace of Theorem 1. Weights 1 and 4 "
        r"with $\Sigma_{yx} = 56$ end at 7 and 8: the squares differ by 15 throughout, the norms first by 3 and then "
        r"by 1. Run the other way, from 7 and 8 to $\Sigma_{yx} = 4$, the difference of the norms grows from 1 to 3. "
        r"(The print has arg max for max.)",
        check=partial(decide_spread, power=1),
        control=partial(decide_spread, power=3),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The differences of the squared norms are constant, and those of the norms fall as their sums grow.",
            statement=r"|W_k|_F - |W_l|_F = \frac{|W_k(0)|_F^2 - |W_l(0)|_F^2}{|W_k|_F + |W_l|_F}, \quad "
            r"\Delta(t) \leq \sqrt{\max_{l,k} \bigl| |W_k(0)|_F^2 - |W_l(0)|_F^2 \bigr|}",
            check=partial(prove_norm_rate, range(1, 6), factor=2),
            control=partial(prove_norm_rate, range(1, 3), factor=1),
        ),
    ),
    Claim(
        id="basu-35",
        document="basu",
        title="The L-th root of U grows as the norm of a layer does.",
        statement=r"\frac{d |W_l|_F}{dt} = \frac{d U^{1/L}}{dt}, \quad U = (|W_l|_F + \Delta)^L",
        place="eq. (16) and (19)",
        derivation=r"$U^{1/L} = |W_l|_F + \Delta$, and the step drops $\dot \Delta$. With $g$ as above every norm "
        r"grows at the rate $g / |W_l|_F$, so that $\tau \dot \Delta = g (1 / |W_{max}|_F - 1 / |W_{min}|_F)$, which "
        r"is zero only at rest or between equal layers. For weights 1 and 4 with $\Sigma_{yx} = 56$ and $l = 1$: $\tau "
        r"\dot W_1 = 4 \cdot 52 = 208$, but $U^{1/2} = 1 + 3$ is the norm of the other layer and grows at 52. With "
        r"$\Delta$ frozen at its first value (19) would hold by definition, but $|W_k|_F \leq |W_l|_F + \Delta$, which "
        r"$\Delta$ is there for, would not: from 7 and 8 towards $\Sigma_{yx} = 4$ the layers end at 1 and 4, and $4 > "
        "1 + 1$.",
        check=partial(compare_rates, range(2, 5), share=0),
        control=partial(compare_rates, range(2, 4), share=-1),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="The root of U has a rate of its own; that of the largest layer has the simple one.",
            statement=r"\tau \frac{d U^{1/L}}{dt} = g \left( \frac{1}{|W_l|_F} + \frac{1}{|W_{max}|_F} - "
            r"\frac{1}{|W_{min}|_F} \right), \quad g = \mathrm{tr}\, P^T (\Sigma_{yx} - P)",
            assumptions=("no layer is zero", "whitened inputs"),
            check=partial(compare_rates, range(2, 5), share=1),
            control=partial(compare_rates, range(2, 4), share=-1),
        ),
    ),
    Claim(
        id="basu-36",
        document="basu",
        title="The L-th root of U grows no faster than its power L - 1 times the error.",
        statement=r"\tau \frac{d U^{1/L}}{dt} \leq U^{(L-1)/L} \, |\Sigma_{yx} - P|_F",
        place="eq. (20)",
        assumptions=("squared loss", "whitened inputs"),
        unstated=("Delta is the difference at time t",),
        derivation=r"It is true, though both of the steps that lead to it, (19) and the second half of (15), are not. "
        r"While the layers grow, $g \geq 0$, the rate is at most $g / |W_l|_F$, since $|W_{max}|_F \geq |W_{min}|_F$; "
        r"while they shrink it is at most $|g| / |W_{min}|_F$. In both cases $|g| \leq |P|_F |\Sigma_{yx} - P|_F$, one "
        r"norm cancels from $|P|_F \leq \prod_i |W_i|_F$, and those left are at most $|W_l|_F + \Delta$ each. Without "
        r"$\Delta$ they are not, as the control finds.",
        check=partial(decide_root_rate, spread=True),
        control=partial(decide_root_rate, spread=False),
    ),
]
