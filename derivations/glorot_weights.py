r"""The initial weights of Glorot and Bengio.

They are independent with mean zero and variance $v_l = \frac{2}{n_{l-1} + n_l}$, normal or uniform. $W_l W_l^T$ has the
mean $n_{l-1} v_l I$ and $W_{l+1}^T W_{l+1}$ the mean $n_{l+1} v_{l+1} I$; the two are independent, so that their
difference, the imbalance, is of the size of their spread, and where the widths differ of the difference of the means
as well. In networks of equal widths it is as large as the matrices that it is the difference of.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from flowdln import imbalance, initial
from flowdln.symbolic import Claim, Correction, Evidence, Kind, combined, compare_expectation, instance
from flowdln.validation import Weights

TITLE = "The initial weights of Glorot and Bengio"
DRAWS = 1000


def glorot(widths: Sequence[int]) -> Callable[[np.random.Generator], Weights]:
    """The shipped initial weights."""
    return lambda rng: initial.glorot(widths, seed=rng)


def check_variance(*formulas: Callable[[int, int], float]) -> Evidence:
    """Whether one of the formulas is the variance of an entry of the shipped initial weights, at three shapes."""

    def squares(weights: Sequence[Any]) -> Any:
        return np.mean(weights[0] ** 2)

    shapes = ((4, 4), (8, 8), (2, 8))
    found = [
        combined(*(compare_expectation(squares, glorot(s), formula(*s), known={"widths": list(s)}) for s in shapes))
        for formula in formulas
    ]
    return next((evidence for evidence in found if evidence.holds), found[0])


def glorot_square(widths: Sequence[int], pairs: int = 1) -> float:
    """Mean of ``|C|_F^2`` at the shipped initial weights; ``pairs`` is 0 to forget what the off-diagonal adds."""
    below, width, above = widths
    first, second = 2 / (below + width), 2 / (width + above)
    spread = width * (width + pairs) * (below * first**2 + above * second**2)
    return spread + width * (above * second - below * first) ** 2


def check_glorot(value: Callable[[Sequence[int]], float]) -> Evidence:
    """Whether ``value(widths)`` is the mean of ``|C|_F^2`` at the shipped initial weights."""

    def squared(weights: Sequence[Any]) -> Any:
        (constant,) = imbalance(weights)
        return np.sum(constant**2)

    every = ((8, 8, 8), (4, 5, 3))
    return combined(*(compare_expectation(squared, glorot(widths), value(widths)) for widths in every))


def compare_sizes(largest: float) -> Evidence:
    """Whether ``|C|_F`` is at most this share of ``|W_l W_l^T|_F``, as roots of mean squares at width 8."""
    rng, widths = np.random.default_rng(0), (8, 8, 8)
    squares = []
    for _ in range(DRAWS):
        weights = initial.glorot(widths, seed=rng)
        (constant,) = imbalance(weights)
        squares.append([np.sum(constant**2), np.sum((weights[0] @ weights[0].T) ** 2)])
    size, gram = np.sqrt(np.mean(squares, axis=0))
    text = f"roots of mean squares of {DRAWS} draws: {size:.3g} of C, {gram:.3g} of W_l W_l^T"
    shown = instance(widths=list(widths), imbalance=size, gram=gram, draws=DRAWS)
    return Evidence(bool(size <= largest * gram), symbolic=False, text=text, instance=shown)


def check_gram(width: int, value: float) -> Evidence:
    """Whether ``value`` is the mean of ``|W_l W_l^T|_F^2`` between layers of one width."""

    def squared(weights: Sequence[Any]) -> Any:
        return np.sum((weights[0] @ weights[0].T) ** 2)

    return compare_expectation(squared, glorot((width, width)), value)


CLAIMS = [
    Claim(
        id="basu-22",
        title="The initial weights of Glorot and Bengio have this deviation.",
        statement=r"(W_l)_{ij} \sim N \left( 0, \sqrt{\beta / (n_{l-1} n_l)} \right), \; \beta > 0",
        document="basu",
        place="Corollary 2.3, proof",
        check=lambda: check_variance(lambda n, m: 4 / (n * m), lambda n, m: 1 / np.sqrt(n * m)),
        control=lambda: check_variance(lambda n, _: 1 / n),
        derivation=r"Read with one $\beta$ for all layers. A layer of four inputs and four units has the variance "
        r"$\tfrac14$ in Glorot's scheme, so $\beta = 4$; one of eight and eight has $\tfrac18$, and the square of the "
        r"printed deviation is $\tfrac{1}{16}$. If the root is the variance, these two agree with $\beta = 1$, but two "
        r"inputs and eight units have $\tfrac15$ against $\tfrac14$. What follows in the print needs the first "
        "reading; there layers of width $n$ start smaller than Glorot's by a factor of the order of $n^{-1/2}$.",
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="Their variance is twice the reciprocal of the sum of the widths.",
            statement=r"\mathrm{var} (W_l)_{ij} = \frac{2}{n_{l-1} + n_l}",
            check=lambda: check_variance(lambda n, m: 2 / (n + m)),
            control=lambda: check_variance(lambda n, _: 1 / n),
        ),
    ),
    Claim(
        id="basu-20",
        title="At the initial weights of Glorot and Bengio the imbalance is about zero.",
        statement=r"|\Sigma_C|_F \approx 0",
        document="basu",
        place="before Corollary 2.3",
        check=lambda: compare_sizes(largest=0.1),
        control=lambda: compare_sizes(largest=0.9),
        derivation=r"Read as: $|\Sigma_C|_F$ is small beside the two Gram matrices, a tenth of them or less. With "
        r"equal widths $n$ the variance is $\frac1n$, the mean square of $|\Sigma_C|_F$ is $2 (n + 1)$, and that of "
        "each Gram matrix $2 n + 1$: the imbalance grows with the width, and is as large as what it is the difference "
        "of. Of two independent random matrices nothing else could be expected.",
        kind=Kind.READING,
        correction=Correction(
            title="Its mean square, for any widths; 2 (n + 1) for equal ones.",
            statement=r"\langle |\Sigma_C|_F^2 \rangle = n_l (n_l + 1) (n_{l-1} v_l^2 + n_{l+1} v_{l+1}^2) + n_l "
            r"(n_{l+1} v_{l+1} - n_{l-1} v_l)^2, \quad v_l = \frac{2}{n_{l-1} + n_l}",
            check=lambda: combined(check_glorot(glorot_square), check_gram(8, 17.0)),
            control=lambda: check_glorot(partial(glorot_square, pairs=0)),
            assumptions=("independent normal entries",),
        ),
    ),
]
