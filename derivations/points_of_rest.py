r"""Points of rest: what a network has learned where it stops.

At rest the error $E = \Sigma_{yx} - P \Sigma_{xx}$ and the product $P = W_L \cdots W_1$ satisfy $P^T E = 0$ and
$E P^T = 0$, since these are a layer times its velocity. For whitened inputs the task is the sum of what is learned
and of the error, which share neither inputs nor outputs. The product is the task itself exactly if their ranks are
equal: there are points of rest at which modes are missing, for want of hidden units or because they have not begun.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from flowdln import Moments, end_to_end, gradient_flow
from flowdln.symbolic import Claim, Correction, Evidence, Kind, instance, polynomial, symbolic_network
from flowdln.symbolic.matrix_flow import RULES, report

TITLE = "Points of rest"
norm = np.linalg.norm


def decide_rest(share: float) -> Evidence:
    """Whether networks at rest, with ``Syx = I``, have the product ``share`` times ``Syx``."""
    one, half = np.eye(2), np.diag([1.0, 0.0])
    resting = {
        "all modes learned": (one, one),
        "one hidden unit": (half[:1], half[:, :1]),
        "one mode not begun": (half, half),
        "nothing begun": (0 * one, 0 * one),
    }
    failing = []
    for name, weights in resting.items():
        moving = max(norm(v) for v in gradient_flow(0, weights, Moments(one, one, 2.0)))
        miss = norm(share * one - end_to_end(weights))
        failing += [(name, weights, miss)] if moving > 0 or miss > 0 else []
    text = f"{len(resting) - len(failing)} of {len(resting)} networks at rest with Syx = I have it"
    if not failing:
        return Evidence(holds=True, symbolic=False, text=text)
    name, (first, second), miss = failing[0]
    shown = instance(W_1=first, W_2=second, sigma_yx=one, product=second @ first, distance=miss)
    return Evidence(holds=False, symbolic=False, text=f"{text}; not the one with {name}", instance=shown)


def prove_rest(depths: Sequence[int], layer: int) -> Evidence:
    """Whether ``W_1^T dW_1/dt = P^T E`` and ``(dW_L/dt) W_L^T = E P^T``; ``layer`` replaces the first."""
    remainders = []
    for depth in depths:
        weights, moments = symbolic_network(depth)
        velocity, product = gradient_flow(0, weights, moments), end_to_end(weights)
        error = moments.sigma_yx - product * moments.sigma_xx
        remainders += [
            polynomial(weights[layer].T * velocity[layer] - product.T * error, RULES),
            polynomial(velocity[-1] * weights[-1].T - error * product.T, RULES),
        ]
    return report(remainders, depths, "velocity times layer minus product times error")


CLAIMS = [
    Claim(
        id="basu-33",
        document="basu",
        title="At convergence the product of the layers is the correlation of inputs and targets.",
        statement=r"W_L \cdots W_1 \to \Sigma_{yx}",
        place="after eq. (15)",
        assumptions=("squared loss", "whitened inputs"),
        derivation=r"The flow converges to a point at rest, and there are others. A hidden layer of one unit cannot "
        r"hold two modes; and if a mode is zero in two layers it stays zero, as it does where everything is. At any "
        r"point of rest $P^T (\Sigma_{yx} - P) = W_1^T \dot W_1 = 0$ and $(\Sigma_{yx} - P) P^T = \dot W_L W_L^T = 0$. "
        r"So $\Sigma_{yx} = P + (\Sigma_{yx} - P)$ with two parts that share neither inputs nor outputs: $P$ is "
        r"$\Sigma_{yx}$ with some of its modes left out, and all of it exactly if its rank is that of $\Sigma_{yx}$.",
        check=partial(decide_rest, share=1),
        control=partial(decide_rest, share=2),
        kind=Kind.ASSUMPTION,
        correction=Correction(
            title="At rest the product holds some modes of the correlation and nothing of the others.",
            statement=r"P^T (\Sigma_{yx} - P \Sigma_{xx}) = 0 = (\Sigma_{yx} - P \Sigma_{xx}) P^T, \quad "
            r"|\Sigma_{yx}|_F^2 = |P|_F^2 + |\Sigma_{yx} - P|_F^2 \text{ if whitened}",
            check=partial(prove_rest, range(1, 5), layer=0),
            control=partial(prove_rest, range(2, 4), layer=1),
        ),
    ),
]
