r"""Norms of random layers, on average.

Layers of independent entries with the variance $\frac{\beta}{n_{l-1} n_l}$ have squared norms of the mean $\beta$, all
of them. The difference of two squared norms has a sign; it is zero on average at the start, and since it is conserved,
at all times. The difference of the norms has a size as well, and the mean of a size is not zero.
"""

from collections.abc import Sequence

import numpy as np

from derivations.random_initial_weights import UNITS, WIDTHS, norms, printed, settings
from flowdln import gradient_flow, imbalance
from flowdln.symbolic import Claim, Correction, Evidence, Kind, combined, compare_expectation, prove_conserved
from flowdln.validation import Array

TITLE = "Norms of random layers"


def check_norms(power: int, *, signed: bool) -> Evidence:
    """Whether ``|W_2|^power - |W_1|^power`` is zero on average, or its size if not ``signed``, at all times.

    For all times it has to be conserved, as the squares are.
    """

    def difference(weights: Sequence[Array]) -> Array:
        first, second = (norm**power for norm in norms(weights))
        return second - first if signed else np.abs(second - first)

    cases = ((UNITS, 1.0), (WIDTHS, 2.0))
    found = [compare_expectation(difference, printed(*case), 0.0, known=settings(case)) for case in cases]
    conserved = prove_conserved(imbalance, gradient_flow, [2])
    return combined(*found, conserved)


def check_units(value: float) -> Evidence:
    """Whether ``value`` is the mean of ``| |a| - |b| |`` for two single units at the start, with ``beta = 1``."""

    def distance(weights: Sequence[Array]) -> Array:
        first, second = norms(weights)
        return np.abs(second - first)

    return compare_expectation(distance, printed(UNITS), value)


CLAIMS = [
    Claim(
        id="basu-21",
        title="The norms of any two layers agree on average, at all times.",
        statement=r"\left\langle \left| \, |W_l(t)|_F - |W_k(t)|_F \, \right| \right\rangle = 0 \text{ for all } t",
        document="basu",
        place="Corollary 2.3",
        check=lambda: check_norms(1, signed=False),
        control=lambda: check_norms(2, signed=False),
        derivation="The mean of a size is zero only if the norms agree for almost all draws. For single units with "
        r"$\beta = 1$ and $t = 0$ it is $\langle | \, |a| - |b| \, | \rangle = \frac{4 (\sqrt 2 - 1)}{\sqrt{2 \pi}} = "
        r"0.661$. What vanishes on average is $|W_l|_F^2 - |W_k|_F^2$, as both have the mean $\beta$, and since it is "
        r"conserved, at all times. With Lemma 2 corrected, $\langle | \, |W_l|_F - |W_k|_F \, | \rangle \le \langle "
        r"|\mathrm{tr}\, C|^2 \rangle^{1/4}$, the fourth root of (sum of the two variances), which wide layers make "
        "small.",
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="Their squares differ by zero on average, with sign, at all times.",
            statement=r"\left\langle |W_l(t)|_F^2 - |W_k(t)|_F^2 \right\rangle = 0 \text{ for all } t",
            check=lambda: combined(check_norms(2, signed=True), check_units(4 * (np.sqrt(2) - 1) / np.sqrt(2 * np.pi))),
            control=lambda: check_norms(2, signed=False),
            assumptions=("the printed deviations",),
        ),
    ),
]
