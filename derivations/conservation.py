r"""What the flow conserves.

Multiply $\dot W_l$ by $W_l^T$ from the right and $\dot W_{l+1}$ by $W_{l+1}^T$ from the left: both are the product
of everything above, the error, and everything below, so they are equal. Adding the transposes gives the derivative of
$W_{l+1}^T W_{l+1} - W_l W_l^T$, which therefore vanishes. Of the loss, nothing was used but that it depends on the
product.
"""

from collections.abc import Sequence
from typing import Any

from derivations.mutations import flipped_sign
from flowdln import gradient_flow, imbalance
from flowdln.problem import Moments
from flowdln.symbolic import Claim, prove_conserved, prove_equal

TITLE = "Conservation"


def below(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """``(dW_l/dt) W_l^T`` for ``l = 1 .. L - 1``."""
    velocity = gradient_flow(t, weights, moments)
    return [v @ w.T for v, w in zip(velocity[:-1], weights[:-1], strict=True)]


def above(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """``W_{l+1}^T (dW_{l+1}/dt)`` for ``l = 1 .. L - 1``."""
    velocity = gradient_flow(t, weights, moments)
    return [w.T @ v for v, w in zip(velocity[1:], weights[1:], strict=True)]


def above_flipped(t: Any, weights: Sequence[Any], moments: Moments) -> list[Any]:
    """The same with a transpose in the wrong place."""
    return [matrix.T for matrix in above(t, weights, moments)]


CLAIMS = [
    Claim(
        id="adjacent-velocities",
        title="The velocities of adjacent layers meet in one matrix.",
        statement=r"\dot W_l W_l^T = W_{l+1}^T \dot W_{l+1}",
        place="Basu et al., eq. (7)",
        check=lambda: prove_equal(below, above, range(2, 6)),
        control=lambda: prove_equal(below, above_flipped, range(2, 4)),
    ),
    Claim(
        id="imbalance",
        title="The imbalance of adjacent layers is conserved by the flow.",
        statement=r"\frac{d}{dt} \left( W_{l+1}^T W_{l+1} - W_l W_l^T \right) = 0",
        place="Basu et al., Theorem 1",
        check=lambda: prove_conserved(imbalance, gradient_flow, range(2, 6)),
        control=lambda: prove_conserved(imbalance, flipped_sign, range(2, 4)),
    ),
]
