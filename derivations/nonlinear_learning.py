r"""Nonlinear learning of a linear map.

The equations of learning are polynomial, so that they have one solution from each start, and its norm grows at most
like $\sqrt t$: it lives for ever. They are linear only for a single layer with a squared error, or two
layers with an error that is linear in the output. The degree of the velocity is $D d - 1$ for $D$ layers and an error
of degree $d$.
"""

from collections.abc import Callable, Sequence
from functools import partial

import sympy as sp

from flowdln import end_to_end, gradient_flow, loss
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Rules,
    formal_trace,
    instance,
    polynomial,
    symbolic_network,
)

TITLE = "Nonlinear learning of a linear map"
RULES = Rules(symmetric=frozenset({"Sxx"}))


def prove_bounded_growth(depths: Sequence[int], sign: int) -> Evidence:
    """Whether ``d|W_l|^2/dt = trace_yy / 2 - 4 E'`` along ``sign`` times the shipped flow.

    ``E'`` is the shipped loss with half the targets, a mean of squares.
    """
    left = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        halved = moments._replace(sigma_yx=moments.sigma_yx / 2, trace_yy=moments.trace_yy / 4)
        half = loss(weights, halved, trace=partial(formal_trace, rules=RULES))
        for weight, velocity in zip(weights, gradient_flow(0, weights, moments), strict=True):
            growth = 2 * sign * formal_trace(weight.T * velocity, RULES)
            left += [sp.expand(growth - moments.trace_yy / 2 + 4 * half)]
    wrong = sum(difference != 0 for difference in left)
    text = f"for {wrong} of {len(left)} layers the two sides differ, for depth {list(depths)} and symbolic sizes"
    return Evidence(wrong == 0, symbolic=True, text=text)


def velocity_degree(depth: int, error_degree: int) -> int:
    """Degree in all weights of the gradient of ``(y - w_D ... w_1)^d``, one unit a layer, with the shipped product."""
    strengths, y = sp.symbols(f"w_1:{depth + 1}"), sp.Symbol("y")
    error = (y - end_to_end([sp.Matrix([[w]]) for w in strengths])[0]) ** error_degree
    return sp.Poly(sp.diff(error, strengths[0]), *strengths).total_degree()


GRID = [(depth, degree) for degree in (2, 1, 3, 4) for depth in range(1, 6)]
TESTED = f"of {len(GRID)} velocities, of 1 to 5 layers with errors (y - yhat)^d, d = 1 to 4"


def check_degree(expected: Callable[[int, int], int]) -> Evidence:
    """Whether the velocity has the expected degree at each depth and for each error."""
    wrong = sum(velocity_degree(*case) != expected(*case) for case in GRID)
    return Evidence(holds=wrong == 0, symbolic=True, text=f"{TESTED}, {wrong} have another degree")


def check_nonlinear(stated: Callable[[int, int], bool]) -> Evidence:
    """Whether the velocity is nonlinear exactly where it is ``stated`` to be; else the first where it is not."""
    found = {case: velocity_degree(*case) for case in GRID}
    wrong = {case: degree for case, degree in found.items() if (degree > 1) != stated(*case)}
    text = f"{TESTED}, {len(wrong)} are linear where they are stated not to be, or the other way round"
    if not wrong:
        return Evidence(holds=True, symbolic=True, text=text)
    (depth, degree), velocity = next(iter(wrong.items()))
    claimed = "nonlinear" if stated(depth, degree) else "linear"
    numbers = instance(D=depth, d=degree, degree_of_velocity=velocity, stated=claimed)
    return Evidence(holds=False, symbolic=True, text=text, instance=numbers)


def prove_affine_only(depths: Sequence[int]) -> Evidence:
    """Whether velocities of mixtures are mixtures of velocities for one layer, and for none of the ``depths``."""
    alpha, affine = sp.Symbol("alpha"), []
    for depth in (1, *depths):
        ones, moments = symbolic_network(depth)
        others = [sp.MatrixSymbol(f"V{i}", *weight.shape) for i, weight in enumerate(ones)]
        mixed = [alpha * one + (1 - alpha) * other for one, other in zip(ones, others, strict=True)]
        velocities = [gradient_flow(0, weights, moments) for weights in (mixed, ones, others)]
        left = sum(len(polynomial(m - alpha * a - (1 - alpha) * b, RULES)) for m, a, b in zip(*velocities, strict=True))
        affine += [left == 0]
    text = f"v(alpha A + (1 - alpha) B) = alpha v(A) + (1 - alpha) v(B) for 1 layer: {affine[0]}; "
    text += f"for {list(depths)} layers: {affine[1:]}; symbolic sizes"
    return Evidence(affine[0] and not any(affine[1:]), symbolic=True, text=text)


CLAIMS = [
    Claim(
        id="schaeffer-7",
        title="The two coupled equations define the dynamics of learning.",
        statement=r"\tau \dot W_l = -\frac{\partial L}{\partial W_l} \text{ has one solution for } t \ge 0",
        document="schaeffer",
        place="last paragraph",
        unstated=(
            "W_32 for Sigma_32 in the second equation",
            "the moments Sigma_11 and Sigma_31",
            "initial weights",
            "a time constant, as both displays are gradients without a time",
            "infinitely small learning rate",
        ),
        check=partial(prove_bounded_growth, range(1, 5), sign=1),
        control=partial(prove_bounded_growth, [2], sign=-1),
        derivation="The velocity is a polynomial, so a start has one solution until it leaves every bounded set. It "
        r"does not in finite time: along the flow each layer has $\frac{d}{dt} |W_l|^2 = \tfrac12 \langle |y|^2 "
        r"\rangle - 2 \langle |\tfrac12 y - P x|^2 \rangle$ (in the units of this package), so that $|W_l(t)|^2 \le "
        r"|W_l(0)|^2 + \tfrac12 \langle |y|^2 \rangle t$. Backwards in time, the control, there is no such bound: "
        r"for $\dot a = a (s - a^2)$ the past ends after a finite time. The start is needed: from zero weights the "
        "same equations stay at rest.",
    ),
    Claim(
        id="schaeffer-8",
        title="The dynamics are nonlinear because of the squared error.",
        statement=r"\dot W \text{ is nonlinear if and only if the error is of degree } d \ge 2 \text{ in the output, } "
        r"\text{as the squared error is}",
        document="schaeffer",
        place="last paragraph",
        check=lambda: check_nonlinear(lambda _, degree: degree >= 2),
        control=lambda: check_nonlinear(lambda depth, _: depth >= 2),
        derivation="Were the choice of the error the reason, one layer with a squared error would learn in a "
        r"nonlinear way; but $-\frac{d}{dw} (y - w)^2 = 2 (y - w)$ is linear in $w$. Nor is a squared error needed: "
        r"three layers with the error $y - \hat y$, linear in the output, have $\dot w_1 = w_2 w_3$. For the two "
        r"layers of the text the choice does matter, as with that error $\dot w_1 = w_2, \; \dot w_2 = w_1$ is "
        "linear; which also shows, the control, that depth alone is no reason either. The output is a product of $D$ "
        r"weights, and an error of degree $d$ in it has degree $D d$ in the weights, its gradient $D d - 1$.",
        kind=Kind.READING,
        correction=Correction(
            title="It is the product of depth and degree of the error: nonlinear if and only if D d > 2.",
            statement=r"\deg \dot W = D d - 1 \text{ for } D \text{ layers and an error of degree } d",
            check=lambda: check_degree(lambda depth, degree: depth * degree - 1),
            control=lambda: check_degree(lambda depth, degree: depth * degree),
        ),
    ),
    Claim(
        id="schaeffer-9",
        title="Two layers learn by nonlinear dynamics, unlike one.",
        statement=r"D = 1: \; \dot W \text{ is affine in } W; \quad D = 2: \; \text{it is not}",
        document="schaeffer",
        place="last paragraph",
        unstated=("some input is not zero", "a squared error"),
        check=partial(prove_affine_only, [2, 3]),
        control=partial(prove_affine_only, [1]),
        derivation=r"The velocity of one layer, $\Sigma_{31} - W \Sigma_{11}$, takes a mixture $\alpha A + (1 - "
        r"\alpha) B$ of weights to the same mixture of velocities; that of several layers does not. In other "
        r"coordinates the equations may still be linear: a balanced mode of two layers, $\dot u = 2 u (s - u)$, "
        r"obeys $\frac{d}{dt} u^{-1} = 2 - 2 s u^{-1}$.",
    ),
]
