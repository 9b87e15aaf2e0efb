r"""What depth does not change.

The linear map of least loss is that of regression, $Y X^T (X X^T)^{-1}$, whatever network computes it. A deep linear
network ends there if every layer is wide enough for it, or else at the best map of the rank that its narrowest layer
lets through. What no linear map can do, such as XOR of two bits, no depth can do.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from operator import matmul
from typing import Any

import numpy as np
import sympy as sp

from flowdln import Moments, Problem, end_to_end, gradient_flow, initial, loss, solve
from flowdln.exact.limits import least_loss
from flowdln.symbolic import Claim, Correction, Evidence, Rules, formal_trace, instance, polynomial, symbolic_network
from flowdln.symbolic.words import replacing

TITLE = "What depth does not change"
DOCUMENT = "neuromatch"
END = 300.0  # in units of tau
CONVERGED = 1e-6  # of the loss, relative
WIDE = ((3, 4, 3), (4, 5, 3), (3, 3, 3), (4, 6, 5, 3), (3, 4, 4, 3), (2, 3, 3, 3, 2), (3, 5, 3), (2, 3, 4, 3))
NARROW = ((3, 1, 3), (4, 2, 3), (4, 2, 4, 3), (4, 3, 1, 3))
TWO_BITS_AND_BIAS = sp.Matrix([[0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1]])


def inverted(sigma_xx: Any, sigma_yx: Any, *, exact: bool) -> tuple[Any, Rules]:
    """The letter ``Sinv`` for the inverse of ``sigma_xx``, or its pseudo-inverse, and the rules that it obeys."""
    inverse = sp.MatrixSymbol("Sinv", *sigma_xx.shape)
    one = sp.Identity(sigma_xx.shape[0])
    known = [(sigma_xx * inverse, one), (inverse * sigma_xx, one)]
    if not exact:  # what holds of any data, since the rows of sigma_yx lie in the span of the inputs
        known = [(sigma_xx * inverse * sigma_xx, sigma_xx), (inverse * sigma_xx * inverse, inverse)]
        known += [(sigma_yx * inverse * sigma_xx, sigma_yx), (sigma_xx * inverse * sigma_yx.T, sigma_yx.T)]
    replacements = tuple(replacing(product, by) for product, by in known)
    return inverse, Rules(symmetric=frozenset({"Sxx", "Sinv"}), replacements=replacements)


def prove_regression(*, exact: bool, forgotten: bool = False) -> Evidence:
    """Whether ``E(V) - E(W) = tr (V - W) Sxx (V - W)^T / 2`` for ``W = Syx Sinv``, and the flow rests at ``W``."""
    (weight,), moments = symbolic_network(1)
    inverse, rules = inverted(moments.sigma_xx, moments.sigma_yx, exact=exact)
    solution = moments.sigma_yx if forgotten else moments.sigma_yx * inverse
    trace = partial(formal_trace, rules=rules)
    excess = loss((weight,), moments, trace=trace) - loss((solution,), moments, trace=trace)
    off = weight - solution
    difference = sp.expand(excess - trace(off * moments.sigma_xx * off.T) / 2)
    moving = polynomial(gradient_flow(0, (solution,), moments)[0], rules)
    text = (
        f"the difference of both sides is {difference}, and the velocity at W has {len(moving)} terms; symbolic sizes"
    )
    return Evidence(difference == 0 and not moving, symbolic=True, text=text)


def check_end(networks: Sequence[Sequence[int]], rank: Callable[[Sequence[int]], int]) -> Evidence:
    """Whether the flow from seeded random weights ends with the least loss of maps of ``rank(widths)``."""
    rng, excesses = np.random.default_rng(0), []
    shown: Mapping[str, str] = {}
    for seed, widths in enumerate(networks):
        inputs = rng.standard_normal((40, widths[0]))
        targets = inputs @ rng.standard_normal((widths[0], widths[-1])) + rng.standard_normal((40, widths[-1]))
        moments = Moments.from_data(inputs, targets)
        start = initial.small_random(widths, scale=0.3, seed=seed)
        end = solve(Problem(moments, start), [END], method="LSODA", save="product").loss[0]
        least = least_loss(moments, rank(widths))
        excesses.append(end / least - 1)
        shown = instance(widths=list(widths), loss_at_end=end, expected=least)
    text = f"the loss at t = {END:g} is above it by at most {max(excesses):.1e} of it, for {len(networks)} starts"
    holds = bool(max(map(abs, excesses)) < CONVERGED)
    return Evidence(holds, symbolic=False, text=text, instance=shown)


def prove_parallelogram(codes: sp.Matrix) -> Evidence:
    """Whether ``f(0,0) + f(1,1) = f(0,1) + f(1,0)`` for any network on four items, whose codes are the columns."""
    weights = [sp.Matrix(3, len(codes.col(0)), sp.symbols("a:24")[: 3 * len(codes.col(0))])]
    weights.append(sp.Matrix(1, 3, sp.symbols("b:3")))
    answers = end_to_end(weights) * codes
    excess = sp.expand(answers[0] + answers[3] - answers[1] - answers[2])
    return Evidence(excess == 0, symbolic=True, text=f"f(0,0) + f(1,1) - f(0,1) - f(1,0) = {excess}, two layers")


def prove_order(product: Callable[[Sequence[Any]], Any]) -> Evidence:
    """Whether a product of the layers is what the network computes, layer after layer; else small integers show it."""
    n = sp.Symbol("n", positive=True, integer=True)
    layers, x = [sp.MatrixSymbol(f"W{i}", n, n) for i in (1, 2, 3)], sp.MatrixSymbol("x", n, 1)
    left = polynomial(product(layers) @ x - passed_on(layers, x))
    text = f"the difference has {len(left)} terms, for three layers of symbolic size"
    if not left:
        return Evidence(holds=True, symbolic=True, text=text)
    layers, x = [np.array([[1, 1], [0, 1]]), np.array([[1, 0], [1, 1]]), np.array([[1, 2], [0, 1]])], np.array([1, 0])
    numbers = {"W_1": layers[0], "W_2": layers[1], "W_3": layers[2], "x": x}
    shown = instance(**numbers, layer_by_layer=passed_on(layers, x), product=product(layers) @ x)
    return Evidence(holds=False, symbolic=True, text=text, instance=shown)


def passed_on(layers: Sequence[Any], x: Any) -> Any:
    """The input after one layer after the other."""
    return reduce(lambda activity, weight: weight @ activity, layers, x)


CLAIMS = [
    Claim(
        id="neuromatch-7",
        title="The weights that regression gives are those of least loss.",
        statement=r"W^{tot} = Y X^T (X X^T)^{-1}",
        document=DOCUMENT,
        place="bonus slides, analytical solution",
        unstated=("X X^T can be inverted",),
        check=partial(prove_regression, exact=True),
        control=partial(prove_regression, exact=True, forgotten=True),
        derivation=r"Write $W = \Sigma_{yx} \Sigma_{xx}^{-1}$; the number of samples cancels. For any map $V$ the "
        r"loss is $E(V) = E(W) + \tfrac12 \mathrm{tr} (V - W) \Sigma_{xx} (V - W)^T$, so $W$ is best, and the only "
        r"best one, as $\Sigma_{xx}$ is positive definite if it can be inverted. Without the inverse, the control, "
        "the correlation alone is not the solution unless inputs are white.",
        correction=Correction(
            title="For any data the pseudo-inverse gives a best map, one of many if X X^T is singular.",
            statement=r"E(V) - E(W) = \tfrac12 \mathrm{tr} (V - W) \Sigma_{xx} (V - W)^T, \quad "
            r"W = \Sigma_{yx} \Sigma_{xx}^{+}",
            check=partial(prove_regression, exact=False),
            control=partial(prove_regression, exact=False, forgotten=True),
        ),
    ),
    Claim(
        id="neuromatch-8",
        title="Deep linear networks typically end at the solution of regression.",
        statement=r"W_D \cdots W_1 \to Y X^T (X X^T)^{-1}",
        document=DOCUMENT,
        place="bonus slides, dynamics and asymptotic performance",
        unstated=("no layer narrower than the rank of the solution", "random initial weights", "X X^T can be inverted"),
        check=partial(check_end, WIDE, rank=lambda widths: min(widths[0], widths[-1])),
        control=partial(check_end, NARROW, rank=lambda widths: min(widths[0], widths[-1])),
        derivation="Tested is that the flow ends there from random weights, for data with noise. It is not so for "
        r"every start: zero weights rest, and balanced square ones such as $W_1 = \mathrm{diag}(1, 1)$, $W_2 = "
        r"\mathrm{diag}(1, -1)$ cannot change the sign of their determinant and end at a saddle if the task has the "
        "other sign. Such starts have probability zero. It is never so where a layer is narrower than the rank of "
        "the solution, the control.",
        correction=Correction(
            title="Through narrow layers they end at the best map of the rank that passes the narrowest.",
            statement=r"E \to \min \{ E(V) : \mathrm{rank} \, V \le \min_l n_l \}",
            check=partial(check_end, [*NARROW, *WIDE[:2]], rank=min),
            control=partial(check_end, NARROW, rank=lambda widths: min(widths) + 1),
            assumptions=("random initial weights",),
        ),
    ),
    Claim(
        id="neuromatch-11",
        title="Linear networks cannot solve XOR.",
        statement=r"f(0,0) + f(1,1) = f(0,1) + f(1,0), \text{ but XOR has } 0 + 0 \text{ and } 1 + 1",
        document=DOCUMENT,
        place="main assumption: linearity",
        unstated=("the inputs are the two bits",),
        check=lambda: prove_parallelogram(TWO_BITS_AND_BIAS),
        control=lambda: prove_parallelogram(sp.eye(4)),
        derivation="The four inputs are the corners of a parallelogram, and a linear map takes equal sums to equal "
        "sums; a bias, here a third input that is always 1, adds the same to both sides. Nor does a threshold on "
        "the output help: two answers below it and two above cannot have equal sums. With another code it is "
        "another matter: if each of the four cases has an input unit of its own, the control, they are independent "
        "and a single layer solves XOR.",
    ),
    Claim(
        id="neuromatch-13",
        title="The output is the product of all layers, times the input.",
        statement=r"\hat y = \left( \prod_{i=1}^D W_i \right) x",
        document=DOCUMENT,
        place="bonus slides",
        unstated=("the product is written from the last layer to the first",),
        check=lambda: prove_order(end_to_end),
        control=lambda: prove_order(lambda layers: reduce(matmul, layers)),
        derivation="The first layer acts first, so it stands last: $W_D \\cdots W_1 x$. The author defines products in "
        "this order elsewhere (Saxe et al. 2014, after equation (13)); the slides do not. Read from left to right, as "
        r"products are by default, it has the first layer in front, where for $n_0 \ne n_D$ even the shapes do not "
        "fit. Where they do, it is another map, which is the control: with $x = (1, 0)$ and layers with the rows $(1, "
        "1), (0, 1)$ and $(1, 0), (1, 1)$ the network computes $W_2 W_1 x = (1, 1)$, and $W_1 W_2 x$ is $(2, 1)$.",
    ),
]
