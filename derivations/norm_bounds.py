r"""From the imbalance to bounds on norms, step by step.

The constant $C = W_{l+1}^T W_{l+1} - W_l W_l^T$ is quadratic in the weights, norms are linear. A bound between the two
can hold for all starts only if both sides scale alike: with weights of size $\varepsilon$ the one is of the order of
$\varepsilon^2$ and the other of $\varepsilon$, so a bound of a norm by $C$ itself fails for small weights, whatever its
constant, and a bound by the root of $C$ may hold. Here $\Sigma_C$ are the singular values of $C$, and $|\cdot|_2$ is
the largest singular value.
"""

from collections.abc import Mapping
from functools import partial

import numpy as np
import sympy as sp

from flowdln import imbalance
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Sides,
    combined,
    conjunction,
    formal_trace,
    instance,
    polynomial,
    prove_identity,
    seek_counterexample,
    symbolic_network,
)
from flowdln.validation import Array

TITLE = "Bounds on norms by the imbalance"
MULTIPLE = 10
LAYERS = {"W_1": ("h", "m"), "W_2": ("k", "h")}

Arrays = Mapping[str, Array]


def spectral(matrix: Array) -> float:
    """The largest singular value."""
    return float(np.linalg.norm(matrix, 2))


def imbalance_norm(arrays: Arrays) -> float:
    """``|C|_2`` of two layers."""
    (constant,) = imbalance((arrays["W_1"], arrays["W_2"]))
    return spectral(constant)


def squares(arrays: Arrays, sign: int) -> Sides:
    """``|W_1|^2 <= |W_2|^2 + |C|``; ``sign`` turns the last term."""
    size = imbalance_norm(arrays)
    return Sides(spectral(arrays["W_1"]) ** 2, spectral(arrays["W_2"]) ** 2 + sign * size, size)


def prove_spectral(sign: int) -> Evidence:
    """Whether (10) holds: its quadratic forms agree as polynomials, and their largest values on random instances."""
    n, m, k, one = sp.symbols("n m k one", positive=True, integer=True)
    first, second, x = sp.MatrixSymbol("W1", n, m), sp.MatrixSymbol("W2", k, n), sp.MatrixSymbol("x", n, one)
    (constant,) = imbalance((first, second))
    left = polynomial(x.T * (first * first.T - second.T * second + constant) * x)
    searched = seek_counterexample(partial(squares, sign=sign), LAYERS)
    text = (
        f"x^T W_1 W_1^T x - x^T W_2^T W_2 x + x^T C x has {len(left)} terms, and each of the three is at most the norm "
    )
    text += f"of its matrix for unit vectors x; {searched.text}"
    return Evidence(conjunction(not left, searched.holds), symbolic=True, text=text, instance=searched.instance)


def every_value(arrays: Arrays, factor: float) -> Sides:
    """``|s_i(W_1)^2 - s_i(W_2)^2| <= factor |C|`` for the worst ``i``, singular values in decreasing order."""
    first, second = arrays["W_1"], arrays["W_2"]
    grams = (first @ first.T, second.T @ second)
    high, low = (np.linalg.eigvalsh(gram) for gram in grams)
    return Sides(float(np.abs(high - low).max()), factor * imbalance_norm(arrays), float(high.max() + low.max()))


def linear(arrays: Arrays, power: float, factor: float = 1.0) -> Sides:
    """``| |W_1| - |W_2| | <= factor |C|^power`` in the largest singular values."""
    first, second = spectral(arrays["W_1"]), spectral(arrays["W_2"])
    return Sides(abs(first - second), factor * imbalance_norm(arrays) ** power, first + second)


def product(arrays: Arrays, factor: float) -> Sides:
    """``| |W_1| - |W_2| | (|W_1| + |W_2|) <= factor |C|`` in the largest singular values."""
    first, second = spectral(arrays["W_1"]), spectral(arrays["W_2"])
    return Sides(abs(first - second) * (first + second), factor * imbalance_norm(arrays), first**2 + second**2)


def frobenius(arrays: Arrays, factor: float) -> Sides:
    """``| |W_1|_F - |W_2|_F | <= factor (h |C|)^(1/2)`` with ``h`` hidden units."""
    first, second = (float(np.linalg.norm(arrays[name])) for name in ("W_1", "W_2"))
    return Sides(abs(first - second), factor * np.sqrt(len(arrays["W_1"]) * imbalance_norm(arrays)), first + second)


def seek_multiple(power: sp.Rational, factor: float = 1.0) -> Evidence:
    """Whether some ``lambda`` has ``| |W_1|_F - |W_2|_F | <= lambda |C|^power`` for all weights of given widths.

    Two single units ``(epsilon, 0)`` ask for ``lambda >= epsilon^(1 - 2 power)``; if that is bounded, ``lambda =
    factor sqrt(h)`` is tried. If it is not, numbers show that ``lambda = 10`` is too small.
    """
    epsilon = sp.Symbol("epsilon", positive=True)
    needed = epsilon ** (1 - 2 * power)
    text = f"units (epsilon, 0) need lambda >= {needed}"
    if sp.limit(needed, epsilon, 0) == sp.oo or sp.limit(needed, epsilon, sp.oo) == sp.oo:
        units = {"W_1": np.array([[float((2 * MULTIPLE) ** (1 / (1 - 2 * power)))]]), "W_2": np.zeros((1, 1))}
        left, right = spectral(units["W_1"]), MULTIPLE * imbalance_norm(units) ** float(power)
        numbers = instance(**units, multiple=MULTIPLE, left=left, right=right)
        return Evidence(False, symbolic=True, text=f"{text}, which no lambda is for all epsilon", instance=numbers)
    searched = seek_counterexample(partial(frobenius, factor=factor), LAYERS)
    return searched._replace(text=f"{text}; with lambda = {factor:g} sqrt(h), {searched.text}")


def prove_trace(factor: int) -> Evidence:
    """Whether ``|W_2|_F^2 - |W_1|_F^2 = factor tr C``, for layers of any sizes."""
    (first, second), _ = symbolic_network(2)
    (constant,) = imbalance((first, second))
    return prove_identity(
        formal_trace(second.T * second) - formal_trace(first * first.T), factor * formal_trace(constant)
    )


CLAIMS = [
    Claim(
        id="basu-11",
        title="The squares of the largest singular values differ by at most that of the imbalance.",
        statement=r"|W_l|_2^2 \le |W_{l+1}|_2^2 + |\Sigma_C|_2",
        document="basu",
        place="eq. (10)",
        assumptions=("gradient flow",),
        check=lambda: prove_spectral(sign=1),
        control=lambda: prove_spectral(sign=-1),
        derivation="From $W_l W_l^T = W_{l+1}^T W_{l+1} - C$ follows $|W_l^T x|^2 = |W_{l+1} x|^2 - x^T C x$ for "
        "every $x$; for unit vectors each term on the right is at most the norm of its matrix. As $C$ is symmetric, "
        "its singular values are the sizes of its eigenvalues.",
        correction=Correction(
            title="The same in the other direction, and for each singular value, not only the largest.",
            statement=r"\left| \sigma_i(W_l)^2 - \sigma_i(W_{l+1})^2 \right| \le |\Sigma_C|_2, \quad i = 1, \dots, n_l",
            check=lambda: seek_counterexample(partial(every_value, factor=1.0), LAYERS),
            control=lambda: seek_counterexample(partial(every_value, factor=0.9), LAYERS),
        ),
    ),
    Claim(
        id="basu-12",
        title="The largest singular values themselves differ by at most that of the imbalance.",
        statement=r"\left| \, |W_l|_2 - |W_{l+1}|_2 \, \right| \le |\Sigma_C|_2",
        document="basu",
        place="eq. (11)",
        check=lambda: seek_counterexample(partial(linear, power=1.0), LAYERS),
        control=lambda: seek_counterexample(partial(linear, power=1.0, factor=0.5), LAYERS),
        derivation="The squares of (10) were dropped. Halve all weights: the left side is halved, the right one "
        r"becomes a quarter, so the statement fails for small weights, as for single units $\tfrac12$ and 0. What "
        r"(10) gives is $|x - y| \, (x + y) \le |\Sigma_C|_2$ for the two norms $x$, $y$, and as $|x - y| \le x + y$, "
        "a square root. It is attained where one of the layers is zero.",
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="By at most its square root.",
            statement=r"\left| \, |W_l|_2 - |W_{l+1}|_2 \, \right| \le \frac{|\Sigma_C|_2}{|W_l|_2 + |W_{l+1}|_2} "
            r"\text{ and } \left| \, |W_l|_2 - |W_{l+1}|_2 \, \right| \le \sqrt{|\Sigma_C|_2}",
            check=lambda: combined(
                *(
                    seek_counterexample(bound, LAYERS)
                    for bound in (partial(linear, power=0.5), partial(product, factor=1))
                )
            ),
            control=lambda: seek_counterexample(partial(linear, power=0.5, factor=0.9), LAYERS),
        ),
    ),
    Claim(
        id="basu-13",
        title="The Frobenius norms differ by at most a multiple of the imbalance.",
        statement=r"\left| \, |W_l|_F - |W_{l+1}|_F \, \right| \le \lambda \, |\Sigma_C|_2 \text{ for some } \lambda "
        "> 0",
        document="basu",
        place="eq. (12)",
        check=lambda: seek_multiple(sp.S.One),
        control=lambda: seek_multiple(sp.Rational(1, 4)),
        derivation=r"Read with $\lambda$ independent of the start, as the equivalence of norms on matrices of given "
        r"sizes would give it. No $\lambda$ will do: single units $\varepsilon$ and 0 have the sides $\varepsilon$ and "
        r"$\lambda \varepsilon^2$. In Frobenius norms there is an identity instead, $|W_{l+1}|_F^2 - |W_l|_F^2 = "
        r"\mathrm{tr}\, C$, and $|\mathrm{tr}\, C| \le n_l |\Sigma_C|_2$. The constant $\sqrt{n_l}$ is attained by "
        "orthonormal rows below a layer of zeros.",
        kind=Kind.READING,
        correction=Correction(
            title="The squared norms differ by the trace of C, so the norms by the square root of a multiple.",
            statement=r"|W_{l+1}|_F^2 - |W_l|_F^2 = \mathrm{tr}\, C, \quad \left| \, |W_l|_F - |W_{l+1}|_F \, "
            r"\right| \le \sqrt{|\mathrm{tr}\, C|} \le \sqrt{n_l |\Sigma_C|_2}",
            check=lambda: combined(prove_trace(factor=1), seek_multiple(sp.Rational(1, 2))),
            control=lambda: combined(prove_trace(factor=2), seek_multiple(sp.Rational(1, 2))),
        ),
    ),
]
