r"""The two-layer network, and where its nonlinearity comes from.

A network $\hat y = W_{32} W_{21} x$ is a linear map of its input $x$. Its loss
$L = \tfrac1N \sum_i |y - W_{32} W_{21} x|^2$ is twice the loss $E$ of this package, so that all velocities below carry
a factor 2. In the weights it is a polynomial of degree four, and its gradient one of degree three: the equations of
learning are nonlinear although the map is linear.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

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
    prove_gradient,
    symbolic_network,
)

TITLE = "The two-layer network"
RULES = Rules(symmetric=frozenset({"Sxx"}))
DOCUMENT = "schaeffer"


def prove_linear(depths: Sequence[int], bias: int) -> Evidence:
    """Whether ``f(alpha x + beta z) = alpha f(x) + beta f(z)`` for ``f(x) = W_L ... W_1 x + bias b``."""
    alpha, beta = sp.symbols("alpha beta")
    left = 0
    for depth in depths:
        weights, _ = symbolic_network(depth)
        product = end_to_end(weights)
        n_out, n_in = product.shape
        x, z, b = sp.MatrixSymbol("x", n_in, 1), sp.MatrixSymbol("z", n_in, 1), sp.MatrixSymbol("b", n_out, 1)
        together = product * (alpha * x + beta * z) + bias * b
        apart = alpha * (product * x + bias * b) + beta * (product * z + bias * b)
        left += len(polynomial(together - apart))
    text = f"the difference of both sides has {left} terms, for depth {list(depths)} and layers of symbolic sizes"
    return Evidence(left == 0, symbolic=True, text=text)


def prove_square(cross: int) -> Evidence:
    """Whether twice the shipped loss of one sample is ``tr(y^T y - cross y^T P x + x^T P^T P x)``."""
    weights, _ = symbolic_network(2)
    product = end_to_end(weights)
    x, y = (sp.MatrixSymbol(name, size, 1) for name, size in zip("xy", product.shape[::-1], strict=True))
    sample = Moments(x * x.T, y * x.T, formal_trace(y.T * y))
    printed = formal_trace(y.T * y - cross * y.T * product * x + x.T * product.T * product * x)
    difference = sp.expand(2 * loss(weights, sample, trace=formal_trace) - printed)
    return Evidence(difference == 0, symbolic=True, text=f"the difference is {difference}, for symbolic sizes")


def last_layer(weights: Sequence[Any], moments: Moments, factor: int) -> Any:
    """What is printed for ``-dL/dW32``, with ``factor`` in place of 2."""
    first, second = weights
    return factor * (moments.sigma_yx - second @ first @ moments.sigma_xx) @ first.T


def first_layer(weights: Sequence[Any], moments: Moments, front: Callable[..., Any]) -> Any:
    """What is printed for ``-dL/dW21``, with ``front`` in place of ``Sigma_32``."""
    first, second = weights
    return 2 * front(first, second, moments).T @ (moments.sigma_yx - second @ first @ moments.sigma_xx)


FRONTS = {
    "W_32": lambda _, second, __: second,
    "<y h^T>": lambda first, _, moments: moments.sigma_yx @ first.T,
    "<yhat h^T>": lambda first, second, moments: second @ first @ moments.sigma_xx @ first.T,
}


def prove_layer(layer: int, printed: Callable[..., Any]) -> Evidence:
    """Whether ``printed`` is minus the gradient of ``L = 2 E`` in one layer: half of it put into the shipped field."""

    def field(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
        velocity = list(gradient_flow(t, weights, moments))
        velocity[layer] = printed(weights, moments) / 2
        return velocity

    evidence = prove_gradient(field, [2])
    if evidence.holds:
        return evidence
    numbers = {"W21": 2, "W32": 1, "Sigma_11": 1, "Sigma_31": 3}
    first, second, power, correlation = (sp.Matrix([[number]]) for number in numbers.values())
    weights, moments = (first, second), Moments(power, correlation, 0)
    true = 2 * gradient_flow(0, weights, moments)[layer][0]
    return evidence._replace(instance=instance(**numbers, gradient=true, printed=printed(weights, moments)[0]))


def prove_degrees(depths: Sequence[int], expected: Callable[[int], tuple[int, int]], power: int = 1) -> Evidence:
    """Degrees of the shipped loss and velocity in all weights together; ``power`` 0 drops the data."""
    c, off = sp.Symbol("c"), []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        scaled = [c * weight for weight in weights]
        data = moments._replace(sigma_xx=power * moments.sigma_xx, sigma_yx=power * moments.sigma_yx)
        value = sp.Poly(loss(scaled, data, trace=partial(formal_trace, rules=RULES)), c)
        factors = [f for v in gradient_flow(0, scaled, data) for f in polynomial(v, RULES).values()]
        found = (value.degree(), max((sp.degree(factor, c) for factor in factors), default=0))
        off += [f"depth {depth}: {found}"] if found != expected(depth) else []
    text = f"under W -> c W, loss and velocity have other degrees in c at: {', '.join(off) or 'no depth'}"
    return Evidence(not off, symbolic=True, text=f"{text}; depth {list(depths)}, symbolic sizes")


CLAIMS = [
    Claim(
        id="schaeffer-1",
        title="A deep linear network is a linear map of its input, so it cannot represent a nonlinear function.",
        statement=r"\hat y = W_{32} W_{21} x \text{ is linear in } x",
        document=DOCUMENT,
        place="first paragraph",
        check=partial(prove_linear, range(1, 5), bias=0),
        control=partial(prove_linear, range(1, 3), bias=1),
        derivation=r"Matrix products distribute over sums, so $f(\alpha x + \beta z) = \alpha f(x) + \beta f(z)$ at "
        r"any depth, whatever the widths. A nonlinear function breaks this for some $\alpha, \beta, x, z$: the "
        "square has $f(2) = 4$ where a linear map with $f(1) = 1$ has 2. So no linear network is equal to it. With "
        "biases the map is affine, which the control shows not to be linear, and is not more powerful in any other "
        "way.",
    ),
    Claim(
        id="schaeffer-3",
        title="The squared error of a sample is a trace with three terms.",
        statement=r"|y - W_{32} W_{21} x|^2 = \mathrm{tr} (y^T y - 2 y^T W_{32} W_{21} x "
        r"+ x^T W_{21}^T W_{32}^T W_{32} W_{21} x)",
        document=DOCUMENT,
        place="first display, line 2",
        check=partial(prove_square, cross=2),
        control=partial(prove_square, cross=1),
        derivation="The product $(y - P x)^T (y - P x)$ has the cross terms $-y^T P x$ and $-x^T P^T y$. They are "
        "transposes of each other and numbers, hence equal, and add up to $-2 y^T P x$. Compared is twice the loss "
        "of this package on a single sample.",
    ),
    Claim(
        id="schaeffer-4",
        title="The gradient with respect to the second layer.",
        statement=r"-\frac{\partial L}{\partial W_{32}} = 2 (\Sigma_{31} - W_{32} W_{21} \Sigma_{11}) W_{21}^T",
        document=DOCUMENT,
        place="first display, last line",
        check=lambda: prove_layer(1, partial(last_layer, factor=2)),
        control=lambda: prove_layer(1, partial(last_layer, factor=1)),
        derivation=r"Move $W_{32}$ by $dW$. The loss changes to first order by $-2 \, \mathrm{tr} \, W_{21} "
        r"(\Sigma_{31} - W_{32} W_{21} \Sigma_{11})^T dW$, and what stands before $dW$ is the transposed gradient. "
        "The factor 2 stays, since this loss is without the usual factor one half.",
    ),
    Claim(
        id="schaeffer-5",
        title="The gradient with respect to the first layer, with a matrix that is not defined.",
        statement=r"-\frac{\partial L}{\partial W_{21}} = 2 \Sigma_{32}^T (\Sigma_{31} - W_{32} W_{21} \Sigma_{11})",
        document=DOCUMENT,
        place="second display",
        check=lambda: prove_layer(0, partial(first_layer, front=FRONTS["<y h^T>"])),
        control=lambda: prove_layer(0, partial(first_layer, front=FRONTS["<yhat h^T>"])),
        derivation=r"$\Sigma_{32}$ does not occur before. As $\Sigma_{11}$ and $\Sigma_{31}$ are correlations of "
        r"layers, it should be that of the outputs with the hidden units $h = W_{21} x$, which is $\langle y h^T "
        r"\rangle = \Sigma_{31} W_{21}^T$ and has the right shape. This reading is tested, and fails for layers of "
        "one unit. So does the correlation of the predictions with the hidden units, the control.",
        kind=Kind.MISPRINT,
        correction=Correction(
            title="It is the second layer itself that sends the error back.",
            statement=r"-\frac{\partial L}{\partial W_{21}} = 2 W_{32}^T (\Sigma_{31} - W_{32} W_{21} \Sigma_{11})",
            check=lambda: prove_layer(0, partial(first_layer, front=FRONTS["W_32"])),
            control=lambda: prove_layer(0, partial(first_layer, front=FRONTS["<y h^T>"])),
        ),
    ),
    Claim(
        id="schaeffer-6",
        title="The loss is quartic in the weights, and its gradient cubic.",
        statement=r"\deg L = 4, \quad \deg \frac{\partial L}{\partial W_l} = 3",
        document=DOCUMENT,
        place="last paragraph",
        unstated=("some input is not zero",),
        check=partial(prove_degrees, [2], lambda depth: (2 * depth, 2 * depth - 1)),
        control=partial(prove_degrees, [2], lambda depth: (2 * depth, 2 * depth - 1), power=0),
        derivation=r"Multiply both layers by $c$. The loss becomes a polynomial in $c$ with the leading term $c^4 \, "
        r"\mathrm{tr} \, P^T P \Sigma_{11}$, which does not vanish for all weights unless $\Sigma_{11} = 0$; a "
        "derivative takes one power away. The degree counts all weights together: in one layer, with the other "
        "fixed, the loss is quadratic and its gradient linear.",
        correction=Correction(
            title="More generally, depth sets the degrees.",
            statement=r"\deg L = 2 D, \quad \deg \frac{\partial L}{\partial W_l} = 2 D - 1 \text{ for } D \text{ "
            "layers}",
            check=partial(prove_degrees, range(1, 6), lambda depth: (2 * depth, 2 * depth - 1)),
            control=partial(prove_degrees, range(1, 6), lambda _: (4, 3)),
            assumptions=("some input is not zero",),
        ),
    ),
]
