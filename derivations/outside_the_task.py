r"""Outside the task: what is not learned decays.

Let $Q$ have orthonormal columns along inputs outside the task, $\Sigma_{yx} Q = 0$, that are white,
$\Sigma_{xx} = c I$. The first layer's part $B = W_1 Q$ obeys $\tau \dot B = -c \, G^T G B$ with the gain
$G = W_L \cdots W_2$ of all layers above: $|B|$ never grows, and the same holds for $B = Q^T W_L$ along outputs outside
the task. What is rounding there stays rounding, and a reduction may leave it out. Between the layers it is
otherwise: near a saddle hidden directions grow exponentially from any size.
"""

from collections.abc import Sequence
from typing import Any

import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.symbolic import Claim, Evidence, Rules, polynomial, symbolic_network

TITLE = "Outside the task"
RULES = Rules(symmetric=frozenset({"Sxx"}), orthonormal=frozenset({"Q"}))


def prove_input_decay(depths: Sequence[int], sign: int) -> Evidence:
    """Whether ``dB/dt = -sign c G^T G B`` for ``B = W_1 Q``, ``sigma_xx = c I``, ``sigma_yx = Syx (I - Q Q^T)``."""
    remainders = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        power, Q, others = outside(weights[0].shape[1])
        white = Moments(power * sp.Identity(Q.shape[0]), moments.sigma_yx * others, moments.trace_yy)
        gain = chain(weights[1:], weights[0].shape[0])
        remainders.append(gradient_flow(0, weights, white)[0] * Q + sign * power * gain.T * gain * weights[0] * Q)
    return vanish(remainders)


def prove_output_decay(depths: Sequence[int], sign: int) -> Evidence:
    """Whether ``dB/dt = -sign B G sigma_xx G^T`` for ``B = Q^T W_L``, ``sigma_yx = (I - Q Q^T) Syx``."""
    remainders = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        _, Q, others = outside(weights[-1].shape[0])
        data = moments._replace(sigma_yx=others * moments.sigma_yx)
        gain = chain(weights[:-1], weights[0].shape[1])
        decay = sign * Q.T * weights[-1] * gain * moments.sigma_xx * gain.T
        remainders.append(Q.T * gradient_flow(0, weights, data)[-1] + decay)
    return vanish(remainders)


def outside(size: Any) -> tuple[sp.Symbol, sp.MatrixSymbol, Any]:
    """A positive number ``c``, directions ``Q`` with orthonormal columns, and the projector ``I - Q Q^T``."""
    Q = sp.MatrixSymbol("Q", size, sp.Symbol("m", positive=True, integer=True))
    return sp.Symbol("c", positive=True), Q, sp.Identity(size) - Q * Q.T


def vanish(remainders: Sequence[Any]) -> Evidence:
    """Whether all these are zero, given ``Q^T Q = I``."""
    left = sum(len(polynomial(remainder, RULES)) for remainder in remainders)
    text = f"{left} terms are left in {len(remainders)} networks, each of another depth, all sizes symbols"
    return Evidence(left == 0, symbolic=True, text=text)


def chain(weights: Sequence[Any], size: Any) -> Any:
    """Product of some layers; of none, the identity."""
    product: Any = sp.Identity(size)
    for weight in weights:
        product = weight * product
    return product


CLAIMS = [
    Claim(
        id="decay-inputs",
        title="What whitened inputs outside the task cause in the first layer can only decay.",
        statement=r"\tau \dot B = -c \, G^T G B, \quad B = W_1 Q, \; G = W_L \cdots W_2, \; \Sigma_{yx} Q = 0",
        assumptions=("sigma_xx = c I",),
        place="why flowdln.reduction may leave out rounding",
        check=lambda: prove_input_decay(range(1, 5), sign=1),
        control=lambda: prove_input_decay(range(1, 5), sign=-1),
    ),
    Claim(
        id="decay-outputs",
        title="What the last layer sends to outputs outside the task can only decay.",
        statement=r"\tau \dot B = -B \, G \Sigma_{xx} G^T, \quad B = Q^T W_L, \; G = W_{L-1} \cdots W_1, \; "
        r"Q^T \Sigma_{yx} = 0",
        place="why flowdln.reduction may leave out rounding",
        check=lambda: prove_output_decay(range(1, 5), sign=1),
        control=lambda: prove_output_decay(range(1, 5), sign=-1),
    ),
]
