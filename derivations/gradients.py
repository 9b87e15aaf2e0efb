r"""The gradient, at any depth and for layers of any widths.

The loss $E = \tfrac12 \langle |y - W_L \cdots W_1 x|^2 \rangle$ sees the data only through $\Sigma_{xx}$, $\Sigma_{yx}$
and $\langle |y|^2 \rangle$. Move every layer by $dW_l$ and collect the terms of first order: each is a trace of a
product with one $dW_l$ in it, and rotating the trace until $dW_l$ stands last leaves the gradient in front of it. Sizes
stay symbols throughout, so what is shown holds for every width. Depth enters as follows. The layers above $W_l$ occur
only as their product, and so do those below: the middle layer of a network of three, with outer layers that are
any matrices, is a layer of a network of any depth. Of another loss than the squared error only its slopes at the
samples enter, in one matrix, $G = \langle \frac{\partial l}{\partial \hat y} x^T \rangle$, in place of minus the error.
Gradient descent follows the flow up to an error of the order of the learning rate.
"""

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from derivations.mutations import flipped_sign, lost_factor
from flowdln import Comparison, Problem, compare, end_to_end, gradient_flow, initial, solve
from flowdln.problem import Moments
from flowdln.symbolic import (
    Claim,
    Correction,
    Evidence,
    instance,
    prove_equal,
    prove_gradient,
    prove_pointwise_gradient,
)
from flowdln.vector_field import flow_from_input, flow_from_output

TITLE = "Gradients"
HORIZON = 2.0  # of the comparison of descent with the flow, in units of tau = 1
ORDER_TOLERANCE = 0.1
ROUNDING = 1e-9


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


def small_problem(tau: float = 1.0) -> Problem:
    """Three layers on the way from a Glorot start to a task of two modes."""
    return Problem(Moments.from_modes([2.0, 1.0], 4, 3), initial.glorot((4, 3, 2, 3), seed=0), tau=tau)


@cache
def comparison(learning_rate: float) -> Comparison:
    """Descent beside the flow up to the horizon."""
    return compare(small_problem(), learning_rate=learning_rate, steps=round(HORIZON / learning_rate))


def gap(learning_rate: float, *, predicted: bool, pace: float) -> float:
    """Largest distance of descent from the flow at ``pace`` times its speed, or (``predicted``) from its prediction."""
    result = comparison(learning_rate)
    flow = result.flow if pace == 1 else solve(small_problem(1 / pace), result.ts, method="DOP853", rtol=1e-10)
    expected = result.predicted if predicted else flow
    pairs = zip(result.descent.weights, expected.weights, strict=True)
    return float(max(np.abs(discrete - smooth).max() for discrete, smooth in pairs))


def measure_order(order: int, *, predicted: bool = False, pace: float = 1.0) -> Evidence:
    """Whether the gap falls as ``eta^order``, at ``tau = 1 / eta`` and one iteration per unit of time."""
    rates = [0.02, 0.01]
    gaps = [gap(rate, predicted=predicted, pace=pace) for rate in rates]
    slope = float(np.log2(gaps[0] / gaps[1]))
    slow, fast = solve(small_problem(50.0), np.array([50.0])), solve(small_problem(), np.array([1.0]))
    clock = float(np.abs(slow.product - fast.product).max())
    text = f"gaps {', '.join(f'{size:.3g}' for size in gaps)} at learning rates {', '.join(map(str, rates))}: order "
    text += f"{slope:.3f}; the flow with tau = 50 at t = 50 is that with tau = 1 at t = 1 up to {clock:.1g}"
    holds = bool(abs(slope - order) < ORDER_TOLERANCE and clock < ROUNDING)
    return Evidence(holds, symbolic=False, text=text, instance=instance(rates=rates, gaps=gaps), order=slope)


CLAIMS = [
    Claim(
        id="basu-4",
        title="The flow of any pointwise loss.",
        statement=r"\tau \dot W_l = -(W_L \cdots W_{l+1})^T \left\langle \frac{\partial l}{\partial \hat y} x^T "
        r"\right\rangle (W_{l-1} \cdots W_1)^T = -\frac{\partial \langle l(\hat y, y) \rangle}{\partial W_l}",
        document="basu",
        place="eq. (5)",
        check=lambda: prove_pointwise_gradient(gradient_flow, range(1, 6)),
        control=lambda: prove_pointwise_gradient(flipped_sign, range(1, 4)),
        derivation=r"To first order the mean loss changes by $\langle \frac{\partial l}{\partial \hat y} \cdot dP x "
        r"\rangle = \mathrm{tr}\, G^T dP$ with $G = \langle \frac{\partial l}{\partial \hat y} x^T \rangle$, and $dP "
        r"= \sum_l A_l \, dW_l \, B_l$. Rotating the trace leaves $A_l^T G B_l^T$ in front of $dW_l$. Nothing is "
        "asked of the loss but a slope at each sample.",
    ),
    Claim(
        id="basu-3",
        title="Gradient descent is approximated by the flow, one iteration per unit of time.",
        statement=r"W \leftarrow W - \eta \frac{\partial E}{\partial W} \text{ is approximated by } "
        r"\tau \dot W = -\frac{\partial E}{\partial W}, \; \tau = \frac{1}{\eta}, \text{ as } \eta \to 0",
        document="basu",
        place="eq. (4) and after",
        unstated=("up to a fixed time eta k, not for ever",),
        check=lambda: measure_order(order=1),
        control=lambda: measure_order(order=1, pace=1.1),
        derivation=r"One iteration is one step of Euler's method of length 1 on the clock $t = k$ with $\tau = 1 / "
        r"\eta$, or of length $\eta$ on the clock $\eta k$. Up to a fixed $\eta k$ its error is of the order of "
        r"$\eta$: halving the learning rate halves the gap. A clock that is wrong by a tenth leaves a gap that does "
        "not shrink, the control. The print says nothing of how good the approximation is.",
        correction=Correction(
            title="How far it is off: the leading part of the gap is known, and what is left is of second order.",
            statement=r"W_k = W(\eta k) + \eta \, e(\eta k) + O(\eta^2), \quad \dot e = J(W) \, e - \tfrac12 J(W) "
            r"V(W), \; J = \frac{\partial V}{\partial W}",
            check=lambda: measure_order(order=2, predicted=True)._replace(order=None),
            control=lambda: measure_order(order=2),
        ),
    ),
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
