r"""One layer: linear regression.

With a single weight matrix the flow is $\tau \dot W = \Sigma_{yx} - W \Sigma_{xx}$, linear in $W$. In the
orthonormal eigenvectors $V$ of $\Sigma_{xx} = V \Lambda V^T$ each column of $W V$ relaxes on its own, at the rate
$\lambda / \tau$ of its direction, towards the least-squares solution; where $\lambda = 0$ there are no data and
nothing moves.
"""

import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.exact.single_layer import relaxation
from flowdln.symbolic import Claim, Evidence, Rules, functions, polynomial, verify_solution

TITLE = "A single layer"


def prove_decoupling(sign: int) -> Evidence:
    """Whether ``(dW/dt) V = sigma_yx V - sign W V Lambda`` for ``sigma_xx = V Lambda V^T``."""
    inputs, outputs = sp.symbols("n_0 n_1", positive=True, integer=True)
    weight, sigma_yx = sp.MatrixSymbol("W", outputs, inputs), sp.MatrixSymbol("Syx", outputs, inputs)
    frame, rates = sp.MatrixSymbol("V", inputs, inputs), sp.MatrixSymbol("Lambda", inputs, inputs)
    moments = Moments(frame * rates * frame.T, sigma_yx, 0)
    (velocity,) = gradient_flow(0, (weight,), moments)
    remainder = polynomial(
        velocity * frame - sigma_yx * frame + sign * weight * frame * rates,
        Rules(symmetric=frozenset({"Lambda"}), orthonormal=frozenset({"V"})),
    )
    text = f"the difference has {len(remainder)} terms after V^T V = I, for matrices of symbolic sizes"
    return Evidence(not remainder, symbolic=True, text=text)


def prove_relaxation(factor: int) -> Evidence:
    """Whether the shipped formula solves ``w' = drive - factor rate w``."""
    t, rate = sp.symbols("t lambda", positive=True)
    start, drive = sp.symbols("w_0 d", real=True)
    solution = relaxation(t, start, drive, rate, functions)
    return verify_solution(solution, lambda w: drive - factor * rate * w, t=t, initial=start).proof


CLAIMS = [
    Claim(
        id="single-layer-decoupling",
        title="In the eigenvectors of the input moments a single layer's columns do not interact.",
        statement=r"\tau \frac{d}{dt} (W V) = \Sigma_{yx} V - W V \Lambda, \quad \Sigma_{xx} = V \Lambda V^T",
        place="linear regression by gradient flow",
        check=lambda: prove_decoupling(sign=1),
        control=lambda: prove_decoupling(sign=-1),
    ),
    Claim(
        id="single-layer",
        title="Each column relaxes exponentially to least squares.",
        statement=r"w(t) = w_0 e^{-\lambda t / \tau} + \frac{d}{\lambda} \left(1 - e^{-\lambda t / \tau}\right) "
        r"\text{ solves } \tau \dot w = d - \lambda w",
        assumptions=("a direction that the data have: lambda > 0",),
        place="the shipped closed form of a single layer",
        check=lambda: prove_relaxation(factor=1),
        control=lambda: prove_relaxation(factor=2),
    ),
]
