r"""The parameters of a linear map, and what descent sees of them.

A product of layers is a map that one layer has too, but descent moves the weights and not the map. Networks of
different depths leave one map in different directions, so that their paths differ and not their clocks alone. And
where the loss of one layer is convex, that of several is not: two of their networks with one and the same map can lie
on the two sides of a rise of the loss.
"""

from collections.abc import Sequence
from functools import partial, reduce
from operator import matmul

import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow, loss
from flowdln.symbolic import Claim, Evidence, Rules, formal_trace, symbolic_network
from flowdln.tangent import directional_derivative

TITLE = "The parameters of a map"
RULES = Rules(symmetric=frozenset({"Sxx"}))


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
