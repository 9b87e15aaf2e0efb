r"""Nonlinear learning of a linear map.

The equations of learning are polynomial, so that they have one solution from each start, and its norm grows at most
like $\sqrt t$: it lives for ever. They are linear only for a single layer with a squared error, or two
layers with an error that is linear in the output. The degree of the velocity is $D d - 1$ for $D$ layers and an error
of degree $d$. The same map with other parameters moves on another path, and where the loss of one layer is convex,
that of several is not.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from operator import matmul

import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow, loss
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
from flowdln.tangent import directional_derivative

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


def product_velocity(depth: int, power: sp.Expr) -> list[sp.Expr]:
    """Velocities of two modes with targets 2 and 1 in equal layers, at the products ``x^power`` and ``y^power``."""
    x, y = sp.symbols("x y", positive=True)
    weights = [sp.diag(x ** (power / depth), y ** (power / depth))] * depth
    moments = Moments(sp.eye(2), sp.diag(2, 1), 5)
    (change,) = directional_derivative(lambda w: (end_to_end(w),), weights, gradient_flow(0, weights, moments))
    return [change[0, 0], change[1, 1]]


def prove_paths_differ(first: int, second: int) -> Evidence:
    """Whether networks of two depths leave the same map in different directions, though both rest at the same one."""
    ours, theirs = (product_velocity(depth, sp.Integer(first * second)) for depth in (first, second))
    crossed = sp.factor(ours[0] * theirs[1] - ours[1] * theirs[0])
    solution = dict(zip(sp.symbols("x y", positive=True), (sp.root(2, first * second), 1), strict=True))
    resting = all(sp.simplify(speed.subs(solution)) == 0 for speed in (*ours, *theirs))
    text = f"cross product of the directions of {first} and {second} layers: {crossed}; both rest at (2, 1): {resting}"
    return Evidence(crossed != 0 and resting, symbolic=True, text=text)


def prove_convexity(convex: Sequence[int], not_convex: Sequence[int]) -> Evidence:
    """Whether the loss is convex at these depths, by its second variation, and not at those, by a midpoint."""
    squares = [_second_variation_is_a_square(depth) for depth in convex]
    above = [_midpoint_excess(depth, sign) for depth in not_convex for sign in (1, -1)]
    text = f"the second variation is <|dW x|^2> for {list(convex)} layers: {squares}; for {list(not_convex)} layers, "
    text += f"<x^2> = c and <y x> = m or -m, the loss at the midpoint is above that at the ends by {listed(above)}"
    return Evidence(all(squares) and all(excess.is_positive for excess in above), symbolic=True, text=text)


def listed(values: Sequence[sp.Expr]) -> str:
    """The values that differ."""
    return ", ".join(dict.fromkeys(map(str, values)))


def _second_variation_is_a_square(depth: int) -> bool:
    weights, moments = symbolic_network(depth)
    changes, c = [sp.MatrixSymbol(f"d{weight.name}", *weight.shape) for weight in weights], sp.Symbol("c")
    moved = [weight + c * change for weight, change in zip(weights, changes, strict=True)]
    second = sp.Poly(loss(moved, moments, trace=partial(formal_trace, rules=RULES)), c).coeff_monomial(c**2)
    product = reduce(matmul, reversed(changes))
    square = formal_trace(product.T * product * moments.sigma_xx, RULES)
    return sp.expand(2 * second - square) == 0


def _midpoint_excess(depth: int, sign: int) -> sp.Expr:
    """Of the points ``(a, 0, 1, ..., 1)`` and ``(0, a, 1, ..., 1)``, with ``a^2 = 8 (m + 1) / c``."""
    c, m = sp.Symbol("c", positive=True), sp.Symbol("m", nonnegative=True)
    a, moments = sp.sqrt(8 * (m + 1) / c), Moments(sp.Matrix([[c]]), sp.Matrix([[sign * m]]), 0)
    ones = [1] * (depth - 2)
    points = ([a, 0, *ones], [0, a, *ones], [a / 2, a / 2, *ones])
    start, end, middle = (loss([sp.Matrix([[w]]) for w in point[:depth]], moments) for point in points)
    return sp.factor(middle - (start + end) / 2)


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
    Claim(
        id="neuromatch-9",
        title="Descent depends on the parameters: deep and shallow networks reach one solution by other paths.",
        statement=r"\dot P_{\text{deep}} \neq c \, \dot P_{\text{shallow}} \text{ for all } c, \text{ at the same } P",
        document="neuromatch",
        place="dynamics and asymptotic performance",
        check=lambda: prove_paths_differ(1, 2),
        control=lambda: prove_paths_differ(2, 2),
        derivation=r"Take two modes with targets 2 and 1, at the same map $P = \mathrm{diag}(p, q)$. One layer moves "
        "it along $(2 - p, 1 - q)$, two equal layers along $(2 p (2 - p), 2 q (1 - q))$: these are parallel only "
        "where $p = q$ or a mode is finished. So it is not the clock alone that differs but the path, though both "
        "rest at the same solution. What descent does not see is a rotation of the hidden units.",
    ),
    Claim(
        id="neuromatch-10",
        title="The map is linear, and learning it is a convex problem for one layer and not for more.",
        statement=r"E(W_1, \dots, W_D) \text{ is convex if and only if } D = 1",
        document="neuromatch",
        place="linear map, nonlinear learning",
        unstated=("some input is not zero",),
        check=lambda: prove_convexity([1], [2, 3, 4, 5]),
        control=lambda: prove_convexity([1], [1]),
        derivation=r"For one layer the second variation of the loss is $\langle |dW x|^2 \rangle \ge 0$. For more, "
        r"look at one unit a layer, inside any network: at $(a, 0, 1, \dots)$ and $(0, a, 1, \dots)$ the product is "
        r"zero, half-way it is $a^2 / 4$, and the loss is larger there by $\tfrac{a^2}{4} (\tfrac{a^2}{8} \langle "
        r"x^2 \rangle - \langle y x \rangle)$, positive for large $a$. That the map is linear in $x$ is no help: it "
        "is a product in the weights.",
    ),
]
