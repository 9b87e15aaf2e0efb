r"""The norm of a product and the product of the norms.

The bound on growth in Theorem 3 of Basu et al. lives on the norms of the layers, and the task on the norm of their
product, $P = W_L \cdots W_1$. What is lost between the two is the constant $\kappa_2$, the least value during training
of $|P|_F / U$ with $U = (|W_l|_F + \Delta)^L$. It is one for layers of rank one that are aligned and equally large.
Random layers are not aligned, and layers that have learned several modes are not of rank one.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from flowdln import end_to_end, initial
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Sides,
    as_network,
    combined,
    compare_expectation,
    conjunction,
    decide_cauchy_schwarz,
    instance,
    network_shapes,
    seek_counterexample,
)
from flowdln.symbolic.random_arrays import Arrays

TITLE = "Products of norms"
WIDTHS = (10, 6, 3)
DRAWS = 2000
ROUNDING = 1e-12
norm = np.linalg.norm


def decide_kappa(factor: float) -> Evidence:
    """Whether ``factor |P| <= (|W_l| + Delta)^L``, which is smallest for the smallest layer: ``|W_max|^L``."""

    def sides(arrays: Arrays) -> Sides:
        weights, _ = as_network(arrays)
        return Sides(float(factor * norm(end_to_end(weights))), float(max(map(norm, weights)) ** len(weights)))

    entries, searched = decide_cauchy_schwarz(1), seek_counterexample(sides, *map(network_shapes, (1, 2, 3, 4)))
    holds = conjunction(entries.holds, searched.holds)
    text = f"an entry of a product of two: {entries.text}; the whole: {searched.text}"
    return Evidence(holds, symbolic=bool(holds), text=text, instance=searched.instance)


def power_mean(values: Any, power: float) -> float:
    """``(sum of values^power)^(1 / power)`` of non-negative values."""
    return float(np.sum(values[values > 0] ** power) ** (1 / power)) if np.any(values > 0) else 0.0


def balanced_power(depth: int) -> float:
    """The power of the mean that balanced layers have."""
    return 2 / depth


def decide_balanced(power: Callable[[int], float]) -> Evidence:
    """Whether balanced layers have ``prod |W_l|`` at most the power mean of the modes ``s``, for two to four layers."""

    def sides(depth: int, arrays: Arrays) -> Sides:
        modes = abs(arrays["s"])
        norms = [norm(weight) for weight in [np.diag(modes ** (1 / depth))] * depth]
        return Sides(float(np.prod(norms)), power_mean(modes, power(depth)))

    found = [(L, seek_counterexample(partial(sides, L), {"s": ("n",)}, count=500)) for L in (2, 3, 4)]
    return combined(*(piece._replace(instance={"L": str(L)} | dict(piece.instance)) for L, piece in found))


def decide_any(power: Callable[[int], float]) -> Evidence:
    """Whether any layers have ``prod |W_l|`` at least the power mean of the modes of their product."""

    def sides(arrays: Arrays) -> Sides:
        weights, _ = as_network(arrays)
        modes = np.linalg.svd(end_to_end(weights), compute_uv=False)
        significant = np.where(modes > ROUNDING * modes[0], modes, 0)
        return Sides(power_mean(significant, power(len(weights))), float(np.prod([norm(w) for w in weights])))

    return seek_counterexample(sides, *map(network_shapes, (2, 3, 4)))


def random_start(rng: np.random.Generator) -> Any:
    """Glorot weights of the document's network of two layers."""
    return initial.glorot(WIDTHS, seed=rng)


def squared_share(weights: Any) -> float:
    """``(|W_2 W_1| / (|W_1| |W_2|))^2``."""
    return float((norm(end_to_end(weights)) / np.prod([norm(w) for w in weights])) ** 2)


def decide_reading(kappa: float) -> Evidence:
    """Whether a random start has ``|W_2 W_1| >= kappa U``, with the smallest ``U``, that of the largest layer."""
    rng = np.random.default_rng(0)
    starts = [random_start(rng) for _ in range(DRAWS)]
    shares = [norm(end_to_end(weights)) / max(map(norm, weights)) ** 2 for weights in starts]
    found = float(max(shares))
    text = f"the largest |W_2 W_1| / U of {DRAWS} starts is {found:.3f}, their mean {np.mean(shares):.3f}"
    shown = instance(kappa_2_claimed=kappa, largest=found, mean=float(np.mean(shares)), draws=DRAWS)
    return Evidence(found >= kappa, symbolic=False, text=text, instance=shown)


CLAIMS = [
    Claim(
        id="basu-38",
        document="basu",
        title="The constant kappa_2 lies between 0 and 1.",
        statement=r"0 \leq \kappa_2 = \min_t \frac{|P|_F}{(|W_l|_F + \Delta)^L} \leq 1",
        place="proof of Theorem 3",
        derivation="An entry of a product of two matrices is the scalar product of a row and a column, at most the "
        r"product of their lengths; squared and summed, $|A B|_F \leq |A|_F |B|_F$. So $|P|_F \leq \prod_i |W_i|_F$, "
        r"and each of these is at most $|W_l|_F + \Delta$ with the $\Delta$ of that time. At the start this is so "
        r"however $\Delta$ is read, and the minimum is no larger than that. (The print has arg min for min.)",
        check=partial(decide_kappa, 1.0),
        control=partial(decide_kappa, 1.01),
    ),
    Claim(
        id="basu-39",
        document="basu",
        title="Towards convergence kappa_2 is about one.",
        statement=r"\kappa_2 \approx 1",
        place="proof of Theorem 3",
        assumptions=("all modes learned, P = Syx",),
        derivation=r"Read for the best case, balanced layers without $\Delta$, and for $\kappa_2$ at the end alone. A "
        r"product of norms is the norm of the product only in rank one. Two equal modes in two layers have $|P|_F = "
        r"\sqrt 2$ and $|W_1|_F |W_2|_F = 2$. Balanced layers have the singular values $s_a^{1/L}$, hence $\prod_l "
        r"|W_l|_F = (\sum_a s_a^{2/L})^{L/2}$, and no other layers with the same product have less (Hoelder's "
        r"inequality for singular values). For $K$ equal modes the ratio is $K^{(1 - L)/2}$, and it falls with depth.",
        check=partial(decide_balanced, lambda _: 2),
        control=partial(decide_balanced, lambda _: 3),
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="At convergence kappa_2 is at most a ratio of power means of the modes, reached by balanced layers.",
            statement=r"\kappa_2 \leq \frac{(\sum_a s_a^2)^{1/2}}{(\sum_a s_a^{2/L})^{L/2}} \leq 1, \quad "
            r"= K^{(1-L)/2} \text{ for } K \text{ equal modes}",
            assumptions=("all modes learned, P = Syx",),
            check=lambda: combined(decide_balanced(balanced_power), decide_any(balanced_power)),
            control=partial(decide_any, lambda depth: 1 / depth),
        ),
    ),
    Claim(
        id="basu-45",
        document="basu",
        title="In the network 10-6-3 kappa_2 is 0.65 and kappa_1 is 0.98.",
        statement=r"\kappa_1 = 0.98, \quad \kappa_2 = 0.65",
        place="section 4, from Fig. 1 (i)",
        assumptions=("Glorot weights",),
        derivation=r"By its definition $\kappa_2$ is at most $|W_2 W_1|_F / U$ at the start, and at the start the "
        r"layers know nothing of each other: for normal entries $|W_2 W_1|_F^2 / (|W_1|_F^2 |W_2|_F^2)$ has the mean "
        r"$1/h$ with $h$ hidden units, because $W_1$ divided by its norm points everywhere alike. That makes about "
        r"$0.41$ for $h = 6$, and less with $\Delta$. So 0.65 cannot be the minimum over training; by basu-39 it may "
        r"be a value at the end of training, where three modes allow from $1 / \sqrt 3 = 0.58$ to 1. With $P = "
        r"\Sigma_{yx}$ at the end $\kappa_1$ is at most 1; 0.98 would be an overshoot by two per cent.",
        check=partial(decide_reading, 0.65),
        control=partial(decide_reading, 1.0),
        kind=Kind.READING,
        correction=Correction(
            title="The squared ratio starts at one over the number of hidden units on average.",
            statement=r"E \left[ \frac{|W_2 W_1|_F^2}{|W_1|_F^2 |W_2|_F^2} \right] = \frac{1}{h} = \frac16",
            assumptions=("independent normal entries",),
            check=partial(compare_expectation, squared_share, random_start, 1 / 6),
            control=partial(compare_expectation, squared_share, random_start, 1 / 10),
        ),
    ),
]
