r"""Random initial weights whose imbalance is zero on average.

If all entries of $W_l$ are independent and normal with variance $v_l = \frac{\beta}{n_{l-1} n_l}$, then $W_l W_l^T$ and
$W_{l+1}^T W_{l+1}$ have the same mean, $\frac{\beta}{n_l} I$, and the imbalance $C$ is zero on average. It is not zero:
its mean square is that of two independent Wishart matrices about their mean, $\langle |C|_F^2 \rangle = n_l (n_l + 1)
(n_{l-1} v_l^2 + n_{l+1} v_{l+1}^2)$, and a norm whose square has a positive mean has a positive mean itself.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import sympy as sp

from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    combined,
    compare_expectation,
    conjunction,
    instance,
    prove_identity,
)
from flowdln.validation import Array

TITLE = "Random initial weights without imbalance on average"
BATCH = 2000
DRAWS = 20_000
ERRORS = 4  # half the width of an interval, in standard errors
UNITS = (1, 1, 1)
WIDTHS = (3, 4, 2)
Case = tuple[Sequence[int], float]  # widths and beta
CASES: tuple[Case, ...] = ((WIDTHS, 2.0), ((4, 3, 5), 1.0))


def printed(widths: Sequence[int], beta: float = 1.0, *, uniform: bool = False) -> Callable[..., list[Array]]:
    """Stacks of weights with the printed deviations, ``(beta / (n_{l-1} n_l))^(1/2)``."""

    def initialise(rng: np.random.Generator) -> list[Array]:
        shapes = [(BATCH, above, below) for below, above in pairwise(widths)]
        draw = partial(rng.uniform, -np.sqrt(3), np.sqrt(3)) if uniform else partial(rng.normal, 0, 1)
        return [np.sqrt(beta / (below * above)) * draw((number, above, below)) for number, above, below in shapes]

    return initialise


def imbalance_norm(weights: Sequence[Array]) -> Array:
    """``|C|_F`` of two layers, for each draw."""
    first, second = weights
    constant = np.swapaxes(second, -1, -2) @ second - first @ np.swapaxes(first, -1, -2)
    return np.linalg.norm(constant, axis=(-2, -1))


def norms(weights: Sequence[Array]) -> list[Array]:
    """Frobenius norms of the layers, for each draw."""
    return [np.linalg.norm(weight, axis=(-2, -1)) for weight in weights]


def prove_moments(*, uniform: bool) -> Evidence:
    """Whether mean and variance are as printed, with the fourth moment of normal or of ``uniform`` entries."""
    below, width, above, beta = sp.symbols("n_0 n_1 n_2 beta", positive=True)
    first, second = beta / (below * width), beta / (width * above)
    kurtosis = sp.Rational(9, 5) if uniform else sp.Integer(3)
    variance = prove_identity(below * width * (kurtosis - 1) * first**2 - 2 * beta**2 / (below * width))
    means = [prove_identity(below * first - beta / width), prove_identity(above * second - beta / width)]

    def deviation(weights: Sequence[Array]) -> Array:
        return (norms(weights)[0] ** 2 - 2) ** 2

    drawn = compare_expectation(deviation, printed(WIDTHS, 2.0, uniform=uniform), 8 / (WIDTHS[0] * WIDTHS[1]))
    holds = conjunction(variance.holds, *(mean.holds for mean in means), drawn.holds)
    text = (
        f"variance of |W|^2 minus the printed one: {variance.text}; means: {means[0].text}; with beta = 2 {drawn.text}"
    )
    return Evidence(holds, symbolic=True, text=text)


def printed_square(widths: Sequence[int], beta: float, pairs: int = 1) -> float:
    """Mean of ``|C|_F^2`` at the printed initial weights; ``pairs`` as in :func:`glorot_square`."""
    below, width, above = widths
    return beta**2 * (1 + pairs / width) * (1 / below + 1 / above)


def settings(case: Case) -> dict[str, Any]:
    """A case by the names of what is in it."""
    widths, beta = case
    return {"widths": list(widths), "beta": beta}


def check_printed(power: int, value: Callable[[Sequence[int], float], float], *cases: Case) -> Evidence:
    """Whether ``value(widths, beta)`` is the mean of ``|C|_F^power`` at the printed initial weights, in each case."""
    found = [
        compare_expectation(lambda w: imbalance_norm(w) ** power, printed(*case), value(*case), known=settings(case))
        for case in cases
    ]
    return combined(*found)


def check_spread(factor: float) -> Evidence:
    """Whether the variance of ``|C|_F`` is at most ``factor`` times what is printed, by an interval at four widths."""
    found = []
    for widths in (UNITS, WIDTHS, (2, 3, 2), (1, 10, 50)):
        rng = np.random.default_rng(0)
        values = np.concatenate([imbalance_norm(printed(widths)(rng)) for _ in range(DRAWS // BATCH)])
        squares = (values - values.mean()) ** 2
        variance, half = squares.mean(), ERRORS * squares.std() / np.sqrt(len(squares))
        below, width, above = widths
        bound = 2 * factor * (1 / (below * width) + 1 / (width * above))
        holds = True if variance + half < bound else False if variance - half > bound else None
        text = f"widths {widths}: {variance:.4g} with {ERRORS} standard errors of {half:.2g}, bound {bound:.4g}"
        shown = instance(widths=list(widths), variance=variance, half_interval=half, bound=bound)
        found.append(Evidence(holds, symbolic=False, text=text, instance=shown))
    return combined(*found)


CLAIMS = [
    Claim(
        id="basu-23",
        title="Means of the two Gram matrices of a hidden layer, and the variance of a squared norm.",
        statement=r"\langle W_l W_l^T \rangle = \langle W_{l+1}^T W_{l+1} \rangle = \frac{\beta}{n_l} I, \quad "
        r"\mathrm{var} |W_l|_F^2 = \frac{2 \beta^2}{n_{l-1} n_l}",
        document="basu",
        place="Corollary 2.3, proof",
        assumptions=("independent normal entries",),
        unstated=("the printed root is the deviation, not the variance", "one transpose less in the second mean"),
        check=lambda: prove_moments(uniform=False),
        control=lambda: prove_moments(uniform=True),
        derivation=r"With $v_l = \frac{\beta}{n_{l-1} n_l}$ a diagonal entry of $W_l W_l^T$ has the mean $n_{l-1} "
        "v_l$, one of $W_{l+1}^T W_{l+1}$ the mean $n_{l+1} v_{l+1}$, and those off the diagonal zero. $|W_l|_F^2$ "
        "is a sum of $n_{l-1} n_l$ independent squares of variance $(3 - 1) v_l^2$. The 3 is the kurtosis of normal "
        "entries: with uniform ones, which Glorot and Bengio draw, it is 9/5, and the variance 2/5 of the printed "
        "one.",
    ),
    Claim(
        id="basu-24",
        title="The norm of the imbalance is zero on average.",
        statement=r"\langle |\Sigma_C|_F \rangle = 0",
        document="basu",
        place="Corollary 2.3, proof",
        check=lambda: check_printed(1, lambda *_: 0.0, (UNITS, 1.0), (WIDTHS, 2.0)),
        control=lambda: check_printed(2, lambda *_: 0.0, *CASES),
        derivation="The matrix $C$ is zero on average, its norm is not: it is never negative, and zero only for $C = "
        r"0$. For single units with $\beta = 1$, $C = b^2 - a^2 = (b - a)(b + a)$ is a product of two independent "
        r"normal numbers of variance 2, and $\langle |C| \rangle = \frac{4}{\pi}$. In general $\langle \mathrm{tr} "
        r"(W_l W_l^T)^2 \rangle = v_l^2 n_{l-1} n_l (n_{l-1} + n_l + 1)$, from which the square of the mean, $n_l "
        "(n_{l-1} v_l)^2$, is to be taken.",
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="Its mean square.",
            statement=r"\langle C \rangle = 0, \quad \langle |\Sigma_C|_F^2 \rangle = \beta^2 \left( 1 + "
            r"\frac{1}{n_l} \right) \left( \frac{1}{n_{l-1}} + \frac{1}{n_{l+1}} \right)",
            check=lambda: combined(
                check_printed(2, printed_square, *CASES), check_printed(1, lambda *_: 4 / np.pi, (UNITS, 1.0))
            ),
            control=lambda: check_printed(2, partial(printed_square, pairs=0), *CASES),
            assumptions=("the printed deviations",),
        ),
    ),
    Claim(
        id="basu-25",
        title="The variance of the norm of the imbalance is at most the sum of those of the squared norms.",
        statement=r"\mathrm{var} |\Sigma_C|_F \le 2 \beta^2 \left( \frac{1}{n_{l-1} n_l} + \frac{1}{n_l n_{l+1}} "
        r"\right)",
        document="basu",
        place="Corollary 2.3, proof",
        assumptions=("the printed deviations",),
        check=lambda: check_spread(factor=1.0),
        control=lambda: check_spread(factor=0.5),
        derivation=r"The right side is the variance of $\mathrm{tr}\, C = |W_{l+1}|_F^2 - |W_l|_F^2$, a difference of "
        r"independent numbers. With one hidden unit $|\Sigma_C|_F = |\mathrm{tr}\, C|$, whose variance is smaller by "
        "the square of its mean. With more there is no such step in the print; the bound held wherever it was "
        "measured, and is nearly attained with one input, many hidden units and many more outputs.",
    ),
]
