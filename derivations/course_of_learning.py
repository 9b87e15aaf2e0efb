r"""The course of learning.

From a small start nothing seems to happen, then much happens at once, then little again: with $u$ the strength of a
balanced mode, the loss falls at the rate $L u^{2 - 2/L} (s - u)^2$, which vanishes at both ends and has one peak, at
$u = \frac{L - 1}{2 L - 1} s$. On the way the squared norms of all layers grow together; the norms do so only as far as
they are alike. At the end the map is that of least squares.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import sympy as sp

from flowdln import Moments, Problem, datasets, gradient_flow, initial, solve
from flowdln.exact import half_time
from flowdln.symbolic import Claim, Correction, Evidence, Kind, combined, instance, prove_identity
from flowdln.validation import Array

TITLE = "The course of learning"
LATE = 40.0  # units of tau
SETTLED = 1e-3
ROUNDING = 1e-9


class End(NamedTuple):
    """Data, and the map that was learned from them."""

    moments: Moments
    product: Array


@cache
def ends() -> tuple[End, ...]:
    """Late maps of single units with ``sigma_xx = sigma_yx = 2``, and of networks 10-6-3 on mixtures of Gaussians."""
    units = Moments(np.array([[2.0]]), np.array([[2.0]]), 2.0)
    problems = [Problem(units, (np.array([[0.5]]), np.array([[0.5]])))]
    for seed in range(2):
        moments = datasets.gaussian_mixture(seed=seed).moments()
        problems.append(Problem(moments, initial.glorot((10, 6, 3), seed=seed)))
    return tuple(End(problem.moments, solve(problem, np.array([LATE]), rtol=1e-7).product[0]) for problem in problems)


def check_end(power: int, *, whole: bool = False) -> Evidence:
    """Whether the map ends at the norm of ``sigma_yx sigma_xx^-power``, or (``whole``) at that matrix itself."""
    found = []
    for moments, product in ends():
        target = moments.sigma_yx @ np.linalg.matrix_power(np.linalg.inv(moments.sigma_xx), power)
        end, goal = float(np.linalg.norm(product)), float(np.linalg.norm(target))
        gap = float(np.linalg.norm(product - target)) if whole else abs(end - goal)
        text = f"{product.shape[1]} inputs: |W_2 W_1| = {end:.5g} at t = {LATE:g}, said to approach {goal:.5g}: "
        text += f"{'the matrices' if whole else 'they'} differ by {gap:.2g}"
        shown = instance(sigma_xx=moments.sigma_xx, sigma_yx=moments.sigma_yx, left=end, right=goal)
        found.append(Evidence(bool(gap < SETTLED * goal), symbolic=False, text=text, instance=shown))
    return combined(*found)


def prove_phases(depths: Sequence[int]) -> Evidence:
    """Whether learning speeds up and then slows down, and from a small start waits: along the shipped flow.

    One unit a layer, each of strength ``sigma``; ``d ln(-E') / d sigma`` times ``sigma (s - sigma^L)`` is
    ``(2 L - 2) s - (4 L - 2) sigma^L``, for a symbol ``L``.
    """
    sigma, s, L = sp.symbols("sigma s L", positive=True)
    loss_rate = L * sigma ** (2 * L - 2) * (s - sigma**L) ** 2
    change = sp.diff(sp.log(loss_rate), sigma) * sigma * (s - sigma**L)
    found = [prove_identity(change, (2 * L - 2) * s - (4 * L - 2) * sigma**L)]
    for depth in depths:
        moments = Moments(sp.eye(1), sp.Matrix([[s]]), s**2)
        velocity = gradient_flow(0, [sp.Matrix([[sigma]])] * depth, moments)
        same = prove_identity(sp.Add(*(v[0, 0] ** 2 for v in velocity)), loss_rate.subs(L, depth)).holds
        wait = float(half_time(1e-6, 1.0, depth) / half_time(1e-3, 1.0, depth))
        text = (
            f"at depth {depth} it is {'' if same else 'not '}fastest at u = {sp.Rational(depth - 1, 2 * depth - 1)} s; "
        )
        text += f"the half-time from 1e-6 s is {wait:.3g} times that from 1e-3 s"
        found.append(Evidence(bool(same and depth > 1 and wait > 1.5), symbolic=True, text=text))
    return combined(*found)


def compare_rates(power: int, largest: float) -> Evidence:
    """Whether the rates of ``|W_l|^power`` at Glorot starts differ from layer to layer by at most a factor."""
    found = []
    for widths in ((10, 6, 3), (50, 50, 1)):
        weights = initial.glorot(widths, seed=0)
        velocity = gradient_flow(0, weights, Moments.from_modes([2.0], widths[0], widths[-1]))
        norms = [float(np.linalg.norm(weight)) for weight in weights]
        slopes = [float(np.sum(weight * v)) / norm for weight, v, norm in zip(weights, velocity, norms, strict=True)]
        rates = [norm ** (power - 1) * slope for norm, slope in zip(norms, slopes, strict=True)]
        ratio = max(rates, key=abs) / min(rates, key=abs)
        text = f"widths {widths}: norms {norms[0]:.4g} and {norms[1]:.4g}, ratio of the rates of their powers "
        text += f"{power}: {ratio:.4g}"
        shown = instance(widths=list(widths), norms=norms, rates=rates, ratio=ratio)
        found.append(Evidence(bool(ratio <= largest), symbolic=False, text=text, instance=shown))
    return combined(*found)


CLAIMS = [
    Claim(
        id="basu-67",
        title="Sharp learning is followed by slow learning, after a plateau.",
        statement=r"-\dot E = \frac{L}{\tau} u^{2 - 2/L} (s - u)^2 \text{ rises up to } u = \frac{L - 1}{2 L - 1} s "
        r"\text{ and falls from there}",
        document="basu",
        place="introduction",
        assumptions=("several layers",),
        unstated=("a small start, u_0 below the peak", "balanced layers, for one mode"),
        check=lambda: prove_phases(range(2, 6)),
        control=lambda: prove_phases([1]),
        derivation=r"Read for one balanced mode. The loss falls by the squared velocity of all layers, $L \sigma^{2 "
        r"L - 2} (s - \sigma^L)^2$ with $\sigma^L = u$. Its logarithm has the slope $\frac{2 L - 2}{\sigma} - "
        r"\frac{2 L \sigma^{L - 1}}{s - \sigma^L}$, which vanishes once. As $u_0 \to 0$ the plateau lasts "
        r"$\frac{\tau}{2 s} \ln \frac{1}{u_0}$ with two layers, and a power of $\frac{1}{u_0}$ with more. A single "
        "layer starts at its fastest, the control, and so does a deep network that starts beyond the peak. With "
        "several modes there is a plateau before each.",
    ),
    Claim(
        id="basu-68",
        title="From realistic starts all layers grow at approximately the same rate.",
        statement=r"\frac{d}{dt} |W_k|_F \approx \frac{d}{dt} |W_l|_F",
        document="basu",
        place="abstract; after Corollary 2.3; conclusion, irrespective of the layer dimensions",
        check=lambda: compare_rates(power=1, largest=2.0),
        control=lambda: compare_rates(power=3, largest=2.0),
        derivation="Read as: at starts of Glorot and Bengio, of any widths, within a factor 2. The rates are in "
        r"inverse proportion to the norms, whose squares are on average $\frac{2 n_{l-1} n_l}{n_{l-1} + n_l}$ at the "
        "start. In the network of the figure, 10-6-3, these are 7.5 and 4, and the rates differ by a factor of "
        "about 1.4; in 50-50-1 they are 50 and 1.96, and the factor is about 5: layers of very different widths do "
        r"not grow alike. They come to grow alike as they grow: $\frac{|W_k|_F^2}{|W_l|_F^2} = 1 + "
        r"\frac{|W_k(0)|_F^2 - |W_l(0)|_F^2}{|W_l|_F^2}$.",
        kind=Kind.READING,
        correction=Correction(
            title="The squared norms grow at exactly the same rate, and norms at rates in inverse proportion to them.",
            statement=r"\frac{d}{dt} |W_k|_F^2 = \frac{d}{dt} |W_l|_F^2, \quad \frac{d |W_k|_F}{dt} = "
            r"\frac{|W_l|_F}{|W_k|_F} \frac{d |W_l|_F}{dt}",
            check=lambda: compare_rates(power=2, largest=1 + ROUNDING),
            control=lambda: compare_rates(power=1, largest=1 + ROUNDING),
        ),
    ),
    Claim(
        id="basu-60",
        title="The norm of the product approaches that of the input-output correlation.",
        statement=r"|W_2 W_1|_F \to |\Sigma_{yx}|_F",
        document="basu",
        place="section 4, inputs from a mixture of Gaussians",
        check=lambda: check_end(power=0),
        control=lambda: check_end(power=2),
        derivation=r"Where the flow rests with nothing left to learn, $P \Sigma_{xx} = \Sigma_{yx}$: the product is "
        r"that of least squares. It has the norm of $\Sigma_{yx}$ if the inputs are whitened; a mixture of Gaussians "
        r"with random covariances is not. With one input, $\Sigma_{xx} = 2$ and $\Sigma_{yx} = 2$, the product tends "
        "to 1.",
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="It approaches that of the least-squares map.",
            statement=r"W_2 W_1 \to \Sigma_{yx} \Sigma_{xx}^{-1}",
            check=lambda: check_end(power=1, whole=True),
            control=lambda: check_end(power=0, whole=True),
            assumptions=("a hidden layer no narrower than the outputs", "a random start"),
        ),
    ),
]
