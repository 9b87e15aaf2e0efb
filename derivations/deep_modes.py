r"""Modes of networks of any depth.

In an aligned network, $W_l = R_l A_l R_{l-1}^T$ with $\Sigma_{yx} = R_L S R_0^T$ and $\Sigma_{xx} = R_0 C R_0^T$, the
frames drop out of the products, and the $A_l$ move as a network of their own. If they are diagonal they stay so, and
each mode is a chain of numbers $\tau \dot a_l = \prod_{j \neq l} a_j \, (s - c \prod_j a_j)$. The differences of the
squares are conserved, so that a chain moves on a line: time is an integral over it, elementary for equal layers up to
four, and with the clock sped up by $L$ it has a limit of infinite depth.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import mpmath as mp
import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.exact import balanced_mode_time, infinite_depth_time
from flowdln.symbolic import Claim, Evidence, Rules, polynomial

TITLE = "Modes at any depth"
DIGITS = 30


def prove_frames(depths: Sequence[int], sign: int) -> Evidence:
    """Whether ``velocity(R A R^T) = R velocity(A) R^T``, layer by layer; ``sign`` reverses one side."""
    left = 0
    for depth in depths:
        widths, rank = sp.symbols(f"n_0:{depth + 1}", positive=True, integer=True), sp.Symbol("r", positive=True)
        frames = [sp.MatrixSymbol(f"R{i}", width, rank) for i, width in enumerate(widths)]
        small = [sp.MatrixSymbol(f"A{i}", rank, rank) for i in range(1, depth + 1)]
        strengths, powers = sp.MatrixSymbol("S", rank, rank), sp.MatrixSymbol("C", rank, rank)
        large = [above * layer * below.T for layer, (below, above) in zip(small, pairwise(frames), strict=True)]
        moments = Moments(frames[0] * powers * frames[0].T, frames[-1] * strengths * frames[0].T, 0)
        rules = Rules(symmetric=frozenset({"C"}), orthonormal=frozenset(frame.name for frame in frames))
        inner = gradient_flow(0, small, Moments(powers, strengths, 0))
        for i, velocity in enumerate(gradient_flow(0, large, moments)):
            left += len(polynomial(velocity - sign * frames[i + 1] * inner[i] * frames[i].T, rules))
    text = f"the difference has {left} terms after R^T R = I, for depth {depths[0]} to {depths[-1]} and symbolic sizes"
    return Evidence(left == 0, symbolic=True, text=text)


def chain(depth: int) -> tuple[list[sp.Symbol], list[sp.Expr], sp.Symbol]:
    """Strengths of a chain of numbers, their velocities along the shipped flow, and the target."""
    strengths, s = list(sp.symbols(f"a_1:{depth + 1}")), sp.Symbol("s")
    moments = Moments(sp.Matrix([[1]]), sp.Matrix([[s]]), s**2)
    velocity = gradient_flow(0, [sp.Matrix([[a]]) for a in strengths], moments)
    return strengths, [matrix[0] for matrix in velocity], s


def prove_squares(depths: Sequence[int], power: int) -> Evidence:
    """Whether ``a_l^power - a_1^power`` is conserved along the shipped flow."""
    left = 0
    for depth in depths:
        strengths, velocity, _ = chain(depth)
        changes = [sp.expand(power * a ** (power - 1) * v) for a, v in zip(strengths, velocity, strict=True)]
        left += sum(change != changes[0] for change in changes)
    return Evidence(
        left == 0, symbolic=True, text=f"{left} of the differences change, for depth {depths[0]} to {depths[-1]}"
    )


def check_clock(shift: int) -> Evidence:
    """Whether the shipped time is the integral of the ODE, on instances; ``shift`` changes the depth."""
    worst = 0.0
    with mp.workdps(DIGITS):
        for depth in (1, 2, 3, 4, 7, 100):
            for start, end in ((0.1, 0.3), (0.2, 0.95), (0.5, 0.6), (3.0, 1.2)):
                power = 2 - mp.mpf(2) / (depth + shift)
                integral = mp.quad(lambda u, p=power: 1 / (u**p * (1 - u)), [start, end]) / (depth + shift)
                worst = max(worst, abs(float(balanced_mode_time(end, start, 1.0, depth) / integral - 1)))
    text = f"largest relative difference from quadrature at {DIGITS} digits: {worst:.1e}, on 24 instances"
    return Evidence(worst < 1e-12, symbolic=False, text=text)


def check_infinite_depth(power: int) -> Evidence:
    """Whether the shipped time of infinite depth is the integral of ``1 / (u^2 (1 - u))``, on instances."""
    worst = 0.0
    with mp.workdps(DIGITS):
        for start, end in ((1e-3, 0.5), (0.1, 0.3), (0.2, 0.95), (3.0, 1.2)):
            integral = mp.quad(lambda u: 1 / (u**power * (1 - u)), [start, end])
            worst = max(worst, abs(float(infinite_depth_time(end, start, 1.0) / integral - 1)))
    text = f"largest relative difference from quadrature at {DIGITS} digits: {worst:.1e}, on 4 instances"
    return Evidence(worst < 1e-12, symbolic=False, text=text)


CLAIMS = [
    Claim(
        id="aligned-frames",
        title="Aligned layers keep their frames, and what is between them moves as a network of its own.",
        statement=r"W_l = R_l A_l R_{l-1}^T \;\Rightarrow\; \dot W_l = R_l \dot A_l R_{l-1}^T",
        assumptions=("sigma_yx = R_L S R_0^T and sigma_xx = R_0 C R_0^T", "orthonormal columns in every R_l"),
        place="Saxe et al. 2014, section 1.3; Basu et al., eq. (13)",
        check=partial(prove_frames, range(1, 6), sign=1),
        control=partial(prove_frames, range(1, 4), sign=-1),
    ),
    Claim(
        id="squares-conserved",
        title="In a mode, the differences of the squared strengths are conserved.",
        statement=r"\frac{d}{dt} (a_l^2 - a_k^2) = 0",
        place="Saxe et al., supplement, section 1; the imbalance of layers of one unit",
        check=partial(prove_squares, range(2, 7), power=2),
        control=partial(prove_squares, range(2, 4), power=3),
    ),
    Claim(
        id="balanced-clock",
        title="The time of a balanced mode is the integral of its ODE.",
        statement=r"\frac{t}{\tau} = \int_{u_0}^{u} \frac{dv}{L \, v^{2 - 2/L} (s - v)}",
        assumptions=("u_0 and u on the same side of s > 0",),
        place="Saxe et al. 2014, section 2; Basu et al., Theorem 3",
        check=partial(check_clock, shift=0),
        control=partial(check_clock, shift=1),
    ),
    Claim(
        id="infinite-depth",
        title="At infinite depth the time of a mode is elementary.",
        statement=r"\frac{L t}{\tau} = \frac{1}{s^2} \left[ \ln \frac{u}{|s - u|} - \frac{s}{u} \right]_{u_0}^{u}",
        assumptions=("u_0 and u on the same side of s > 0",),
        place="Saxe et al., supplement, eq. (22)",
        check=partial(check_infinite_depth, power=2),
        control=partial(check_infinite_depth, power=1),
    ),
]
