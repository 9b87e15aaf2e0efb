r"""How fast the norms of layers grow.

For any data $\tau \, d|W_l|_F^2 / dt = 2 \, \mathrm{tr}\, W_l^T \dot W_l$, and rotating the trace turns this into
$2 \, \mathrm{tr}\, P^T (\Sigma_{yx} - P \Sigma_{xx})$ with $P = W_L \cdots W_1$, whatever the layer: all squared norms
grow at one rate. Hence their differences are constant, the largest layer stays the largest, and the norms themselves
approach each other as they grow. The document bounds the rate instead. Of the two inequalities in its (15) the first
loses the angle between a layer and its velocity, and the second, as printed, confuses a product of matrices with a
product of norms.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from flowdln import Moments, end_to_end, gradient_flow
from flowdln.exact import squared_norm_rate
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    Kind,
    Sides,
    as_network,
    decide_cauchy_schwarz,
    network_shapes,
    prove_gradient,
    seek_counterexample,
    symbolic_network,
    trace_polynomial,
)
from flowdln.symbolic.matrix_flow import RULES, report
from flowdln.symbolic.random_arrays import Arrays, Shapes

TITLE = "Growth of norms"
norm = np.linalg.norm
DEPTHS = [network_shapes(depth) for depth in (1, 2, 3, 4)]
SQUARE = dict.fromkeys(network_shapes(3), ("n", "n"))


def whitened_network(depth: int) -> tuple[Sequence[Any], Moments]:
    """Symbolic weights and moments with ``sigma_xx = I``."""
    weights, moments = symbolic_network(depth)
    return weights, whitened(moments)


def whitened(moments: Moments) -> Moments:
    """The moments with ``sigma_xx = I``, of symbolic size."""
    return moments._replace(sigma_xx=sp.Identity(moments.sigma_xx.shape[0]))


def whitened_flow(t: Any, weights: Sequence[Any], moments: Moments) -> tuple[Any, ...]:
    """The flow for whitened inputs, whatever the inputs are."""
    return gradient_flow(t, weights, whitened(moments))


def prove_norm_rate(depths: Sequence[int], factor: int) -> Evidence:
    """Whether ``factor tr W_l^T dW_l/dt`` is the shipped rate for every layer, for layers of any sizes."""
    remainders = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        rate = squared_norm_rate(weights, moments, trace=lambda matrix: matrix)
        velocity = gradient_flow(0, weights, moments)
        remainders += [trace_polynomial(factor * w.T * v - rate, RULES) for w, v in zip(weights, velocity, strict=True)]
    return report(remainders, depths, f"{factor} tr W_l^T dW_l/dt minus the shipped rate", trace=True)


def decide_speed(constant: Callable[[Any, Any], Any], *shapes: Shapes) -> Evidence:
    """Whether ``|dW_l/dt|`` is below the error times ``constant`` of the product above ``W_l`` and that below it."""

    def sides(arrays: Arrays) -> Sides:
        weights, moments = as_network(arrays)
        error = norm(moments.sigma_yx - end_to_end(weights))
        found = []
        for i, velocity in enumerate(gradient_flow(0, weights, moments)):
            rows, columns = weights[i].shape
            above = end_to_end([np.eye(rows), *weights[i + 1 :]])
            below = end_to_end([*weights[:i], np.eye(columns)])
            found.append(Sides(float(norm(velocity)), float(constant(above, below) * error)))
        return min(found, key=lambda pair: pair.margin)

    return seek_counterexample(sides, *shapes, count=1000)


def norm_of_product(above: Any, below: Any) -> Any:
    """Norm of the product of all layers but one, which must be square."""
    return norm(above @ below)


def product_of_norms(above: Any, below: Any) -> Any:
    """Spectral norms of the two products around a layer, multiplied."""
    return norm(above, 2) * norm(below, 2)


def half_of_it(above: Any, below: Any) -> Any:
    """Half of :func:`product_of_norms`."""
    return product_of_norms(above, below) / 2


CLAIMS = [
    Claim(
        id="basu-30",
        document="basu",
        title="For the squared loss and whitened inputs the gradient needs only the correlation and the product.",
        statement=r"\tau \dot W_l = (W_L \cdots W_{l+1})^T (\Sigma_{yx} - W_L \cdots W_1) (W_{l-1} \cdots W_1)^T",
        place="eq. (14)",
        assumptions=("squared loss", "whitened inputs"),
        derivation=r"Put $\Sigma_{xx} = I$ into the flow and into the loss: the one is minus the gradient of the "
        r"other. The control keeps $\Sigma_{xx}$ in the loss, and finds the flow to be wrong then. (The print has "
        r"$W_l$ for $W_i$ inside its product.)",
        check=lambda: prove_gradient(whitened_flow, range(1, 5), whitened_network),
        control=lambda: prove_gradient(whitened_flow, range(1, 3)),
    ),
    Claim(
        id="basu-31",
        document="basu",
        title="The norm of a layer grows no faster than the layer moves.",
        statement=r"\frac{d |W_l|_F}{dt} \leq \left| \frac{d W_l}{dt} \right|_F",
        place="eq. (15), first inequality",
        derivation=r"$d|W|_F/dt = \mathrm{tr}\, W^T \dot W / |W|_F$, and $(\mathrm{tr}\, W^T \dot W)^2 \leq |W|_F^2 "
        r"|\dot W|_F^2$ since the gap is $|W|_F^2 |\dot W - c W|_F^2$ with $c = \mathrm{tr}\, W^T \dot W / |W|_F^2$. "
        r"It is an equality where a layer moves along itself. Where $W = 0$ the derivative from the right is $|\dot "
        r"W|_F$.",
        check=lambda: decide_cauchy_schwarz(1),
        control=lambda: decide_cauchy_schwarz(2),
        correction=Correction(
            title="Sharper: the rate itself, and the squared norms of all layers have the same.",
            statement=r"\tau \frac{d |W_l|_F^2}{dt} = 2 \, \mathrm{tr}\, P^T (\Sigma_{yx} - P \Sigma_{xx}), \quad "
            r"P = W_L \cdots W_1",
            check=partial(prove_norm_rate, range(1, 6), factor=2),
            control=partial(prove_norm_rate, range(1, 3), factor=1),
        ),
    ),
    Claim(
        id="basu-32",
        document="basu",
        title="A layer moves no faster than the error times the norm of the product of the other layers.",
        statement=r"\tau \left| \frac{d W_l}{dt} \right|_F \leq \left| \prod_{i \neq l} W_i \right| "
        r"\, |\Sigma_{yx} - P|_F",
        place="eq. (15), second inequality",
        assumptions=("squared loss", "whitened inputs"),
        derivation=r"The product of the layers above $W_l$ and that below it act on the two sides of the error: $\dot "
        r"W_l = A^T E B^T$. Their own product $A B$ leaves $W_l$ out, has no meaning unless $W_l$ is square, and may "
        r"vanish while $\dot W_l$ does not, as in the counterexample. For the first and the last layer, where one of "
        r"the two is missing, the statement is right. In general $|A^T E B^T|_F \leq |A|_2 |E|_F |B|_2$, an equality "
        r"if $E$ is the outer product of leading singular vectors, so that no smaller constant will do.",
        check=partial(decide_speed, norm_of_product, SQUARE),
        control=partial(decide_speed, half_of_it, SQUARE),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="The norms of the two products on either side of the layer bound it.",
            statement=r"\tau \left| \frac{d W_l}{dt} \right|_F \leq |W_L \cdots W_{l+1}|_2 \, "
            r"|W_{l-1} \cdots W_1|_2 \, |\Sigma_{yx} - P|_F \leq \prod_{i \neq l} |W_i|_F \, |\Sigma_{yx} - P|_F",
            assumptions=("squared loss", "whitened inputs"),
            check=partial(decide_speed, product_of_norms, *DEPTHS),
            control=partial(decide_speed, half_of_it, *DEPTHS),
        ),
    ),
]
