r"""The gradient, at any depth and for layers of any widths.

The loss $E = \tfrac12 \langle |y - W_L \cdots W_1 x|^2 \rangle$ sees the data only through $\Sigma_{xx}$, $\Sigma_{yx}$
and $\langle |y|^2 \rangle$. Move every layer by $dW_l$ and collect the terms of first order: each is a trace of a
product with one $dW_l$ in it, and rotating the trace until $dW_l$ stands last leaves the gradient in front of it. Sizes
stay symbols throughout, so what is shown holds for every width. Depth enters as follows. The layers above $W_l$ occur
only as their product, and so do those below: the middle layer of a network of three, with outer layers that are
any matrices, is a layer of a network of any depth.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from derivations.mutations import flipped_sign, lost_factor
from flowdln import end_to_end, gradient_flow
from flowdln.problem import Moments
from flowdln.symbolic import Claim, Evidence, prove_equal, prove_gradient
from flowdln.vector_field import flow_from_input, flow_from_output

TITLE = "Gradients"


def from_output(t: Any, weights: Sequence[Any], moments: Moments) -> Sequence[Any]:
    """The flow, contracted from the output side."""
    del t
    return flow_from_output(weights, moments)


def from_input(t: Any, weights: Sequence[Any], moments: Moments) -> Sequence[Any]:
    """The flow, contracted from the input side."""
    del t
    return flow_from_input(weights, moments)


def shifted_layer(layer: int, shift: int, t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """Velocity of the layer ``shift`` places after ``layer``."""
    return [gradient_flow(t, weights, moments)[(layer + shift) % len(weights)]]


def layer_in_context(layer: int, t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """Velocity of one layer, as the middle of three: all above it are one matrix, and all below it."""
    above, below = weights[layer + 1 :], weights[:layer]
    merged = [*([end_to_end(below)] if below else []), weights[layer], *([end_to_end(above)] if above else [])]
    return [gradient_flow(t, merged, moments)[1 if below else 0]]


def prove_depth(depths: Sequence[int], shift: int) -> Evidence:
    """Whether each layer of a deep network moves as the middle of a network of three; ``shift`` misplaces it."""
    results = [
        prove_equal(partial(shifted_layer, layer, shift), partial(layer_in_context, layer), [depth])
        for depth in depths
        for layer in range(depth)
    ]
    count = sum(result.holds is True for result in results)
    text = (
        f"{count} of {len(results)} layers of networks of depth {depths[0]} to {depths[-1]} move as the middle of three"
    )
    return Evidence(count == len(results), symbolic=True, text=text)


CLAIMS = [
    Claim(
        id="gradient",
        title="The vector field is minus the gradient of the loss.",
        statement=r"\tau \dot W_l = (W_L \cdots W_{l+1})^T (\Sigma_{yx} - W_L \cdots W_1 \Sigma_{xx}) "
        r"(W_{l-1} \cdots W_1)^T = -\partial E / \partial W_l",
        place="Basu et al., eq. (5) and (14); Saxe et al. 2014, eq. (13)",
        check=lambda: prove_gradient(gradient_flow, range(1, 6)),
        control=lambda: prove_gradient(flipped_sign, range(1, 4)),
    ),
    Claim(
        id="gradient-any-depth",
        title="A layer of a network of any depth moves as the middle one of three.",
        statement=r"\tau \dot W_l = A^T (\Sigma_{yx} - A W_l B \Sigma_{xx}) B^T, \quad A = W_L \cdots W_{l+1}, "
        r"\; B = W_{l-1} \cdots W_1",
        place="the step from depth 3 to any depth",
        check=lambda: prove_depth(range(2, 7), shift=0),
        control=lambda: prove_depth(range(2, 4), shift=1),
    ),
    Claim(
        id="gradient-contraction",
        title="Contracting the products from the output side or from the input side gives the same velocity.",
        statement=r"(W_L \cdots W_{l+1})^T \left( \cdot \right) (W_{l-1} \cdots W_1)^T \text{ is associative}",
        place="the two halves of gradient_flow",
        check=lambda: prove_equal(from_output, from_input, range(1, 6)),
        control=lambda: prove_equal(lost_factor, from_input, range(1, 4)),
    ),
]
