r"""The virtual network: any task is a diagonal one in the right frame.

Let $\Sigma = U S V^T$ be the singular value decomposition, and write the two layers as $W_1 = \bar W_1 V^T$ and
$W_2 = U \bar W_2$. With white inputs the velocities are $\dot W_1 = \dot{\bar W}_1 V^T$ and
$\dot W_2 = U \dot{\bar W}_2$, where the barred weights move as a network of their own that learns the diagonal
$S$. Only $U^T U = I$ and $V^T V = I$ are used. The speed of a mode is then a matter of its singular value. Small
weights obey $\dot W_1 = W_2^T \Sigma$, $\dot W_2 = \Sigma W_1^T$, hence $\ddot W_1 = W_1 \Sigma^T \Sigma$: they grow
as $e^{\pm s t}$ with $s^2$ an eigenvalue of $\Sigma^T \Sigma$.
"""

from functools import partial

import numpy as np
import sympy as sp

from derivations.rows_and_columns import hidden, n_in, n_out, prove_differential, prove_forces
from flowdln import Moments, gradient_flow
from flowdln.symbolic import Claim, Correction, Evidence, Kind, Rules, instance, prove_vanishing
from flowdln.validation import Array

TITLE = "The virtual network"
size = sp.Symbol("d", positive=True, integer=True)
TURNED = Rules(orthonormal=frozenset({"U", "V"}))
ONE, MINUS_ONE = np.array([[1.0]]), np.array([[-1.0]])
TURN = np.array([[0.6, -0.8], [0.8, 0.6]])


def prove_rate(matrix: str, sign: int = 1) -> Evidence:
    """Whether small weights have ``W_1'' = sign W_1 M``, ``M`` of the ``"eigenvalues"`` or the ``"singular values"``.

    Without the moments of the inputs the shipped flow is the linearised one; of two layers it is linear.
    """
    task = sp.MatrixSymbol("S", size, size)
    weights = sp.MatrixSymbol("W1", hidden, size), sp.MatrixSymbol("W2", size, hidden)
    linear = Moments(sp.ZeroMatrix(size, size), task, 0)
    acceleration = gradient_flow(0, gradient_flow(0, weights, linear), linear)
    squares = {"eigenvalues": (task * task, task * task), "singular values": (task.T * task, task * task.T)}[matrix]
    differences = [acceleration[0] - sign * weights[0] * squares[0], acceleration[1] - sign * squares[1] * weights[1]]
    shear = np.array([[0.0, 1.0], [0.0, 0.0]])
    example = {"S": shear, "W1": np.array([[0.0, 1.0]]), "W2": np.array([[1.0], [0.0]])}
    found = prove_vanishing(differences, Rules(), example, f"W'' minus its value by the {matrix}")
    values = instance(eigenvalues=np.linalg.eigvals(shear), singular_values=np.linalg.svd(shear).S)
    return found._replace(instance={**found.instance, **values}) if found.instance else found


def prove_turned(rules: Rules, turn: Array) -> Evidence:
    """Whether turned weights on the turned task have the turned velocity; in the example, turned by ``turn``."""
    U, V = sp.MatrixSymbol("U", n_out, n_out), sp.MatrixSymbol("V", n_in, n_in)
    task = sp.MatrixSymbol("S", n_out, n_in)
    first, second = sp.MatrixSymbol("A", hidden, n_in), sp.MatrixSymbol("B", n_out, hidden)
    v, w = gradient_flow(0, (first * V.T, U * second), Moments(sp.Identity(n_in), U * task * V.T, 0))
    bar_v, bar_w = gradient_flow(0, (first, second), Moments(sp.Identity(n_in), task, 0))
    example = {"U": turn, "V": turn, "S": 2 * np.eye(2), "A": np.eye(2), "B": np.eye(2)}
    return prove_vanishing([v - bar_v * V.T, w - U * bar_w], rules, example, "velocity minus the turned velocity")


def prove_modes(outputs: sp.Symbol, sign: int) -> Evidence:
    """Whether ``W_1 v`` and ``W_2^T u`` of a singular mode obey the diagonal case, with so many outputs."""
    v, u = sp.MatrixSymbol("v", n_in, 1), sp.MatrixSymbol("u", outputs, 1)
    example = {"v": np.array([[1.0], [0.0]]), "u": np.array([[0.0], [1.0]]), "s": 2.0}
    example |= {"S": np.array([[0.0, 1.0], [2.0, 0.0]]), "W1": np.array([[1.0, 3.0]]), "W2": np.array([[2.0], [1.0]])}
    return prove_forces(v, u, example, sign)


def prove_barred(*, barred: bool, sign: int = 1) -> Evidence:
    """Whether the turned first layer has ``2 bar W_2^T (S - sign product)``, of the barred layers or the plain ones."""
    U, V, task, second = (sp.MatrixSymbol(name, size, size) for name in ("U", "V", "S", "B"))
    first = sp.MatrixSymbol("A", size, size)
    product = second * first if barred else U * second * first * V.T
    velocity, _ = gradient_flow(0, (first * V.T, U * second), Moments(sp.Identity(size), U * task * V.T, 0))
    example = {"U": ONE, "V": MINUS_ONE, "S": ONE, "A": ONE, "B": ONE}
    difference = 2 * velocity * V - 2 * second.T * (task - sign * product)
    return prove_vanishing([difference], TURNED, example, "the velocity minus the printed one")


def prove_gaussian(mean: int) -> Evidence:
    """Whether turned weights have the density of the plain ones, ``exp(-|W - mean M|^2 / 2 sigma^2)``."""
    weights, M = sp.MatrixSymbol("A", hidden, n_in), sp.MatrixSymbol("M", hidden, n_in)
    V = sp.MatrixSymbol("V", n_in, n_in)
    plain, turned = weights - mean * M, weights * V.T - mean * M
    example = {"A": np.array([[1.0, 0.0]]), "M": np.array([[1.0, 1.0]]), "V": TURN}
    exponents = [(turned * turned.T, -plain * plain.T)]
    return prove_vanishing(exponents, TURNED, example, "the difference of the exponents", trace=True)


CLAIMS = [
    Claim(
        id="summary-26",
        document="summary",
        place="non-diagonal case",
        title="Linear networks are invariant under rotation: any task is learned as its singular value decomposition.",
        statement=r"W_1 = \bar W_1 V^T, \; W_2 = U \bar W_2, \; \Sigma = U S V^T \;\Rightarrow\; "
        r"\dot W_1 = \dot{\bar W}_1 V^T, \; \dot W_2 = U \dot{\bar W}_2",
        assumptions=("X X^T = I", "U^T U = I, V^T V = I"),
        derivation=r"The error is $U (S - \bar W_2 \bar W_1) V^T$, and $W_2^T U = \bar W_2^T$, $V^T W_1^T = \bar "
        r"W_1^T$. For other inputs the same holds with $V^T \Sigma_{xx} V$ for the moments, but then the frame that "
        r"diagonalises $\Sigma$ need not diagonalise these.",
        check=partial(prove_turned, TURNED, TURN),
        control=partial(prove_turned, Rules(), 2 * TURN),
    ),
    Claim(
        id="summary-27",
        document="summary",
        place="non-diagonal case",
        title="In the frame of its singular vectors, a task with as many inputs as outputs is the diagonal case.",
        statement=r"\Sigma v = s u, \; \Sigma^T u = s v, \; a = W_1 v, \; b = W_2^T u \;\Rightarrow\; "
        r"\dot a = (s - a \cdot b) \, b - W_2^T (I - u u^T) W_2 \, a",
        assumptions=("X X^T = I", "n_0 = n_2"),
        derivation=r"$\dot W_1 v = W_2^T (\Sigma v - W_2 W_1 v) = s b - W_2^T W_2 a$, and $W_2^T u u^T W_2 = b b^T$. "
        r"The mirror image holds for $b$. Nothing asks for equal numbers of inputs and outputs, nor for full rank: in "
        r"directions with $s = 0$, with a partner or without, $\dot a = -W_2^T W_2 a$, which can only shorten $a$.",
        check=partial(prove_modes, n_in, sign=1),
        control=partial(prove_modes, n_in, sign=-1),
        correction=Correction(
            title="The numbers of inputs and outputs may differ.",
            statement=r"\dot a = (s - a \cdot b) \, b - W_2^T (I - u u^T) W_2 \, a, \quad "
            r"\dot b = (s - a \cdot b) \, a - W_1 (I - v v^T) W_1^T b, \quad n_0 \ne n_2",
            assumptions=("X X^T = I",),
            check=partial(prove_modes, n_out, sign=1),
            control=partial(prove_modes, n_out, sign=-1),
        ),
    ),
    Claim(
        id="summary-28",
        document="summary",
        place="non-diagonal case, differential",
        title="The differential of the summed error is twice the residual paired with the change of the product.",
        statement=r"d \mathcal L = 2 \, (\Sigma - W_2 W_1) : (dW_2 \, W_1 + W_2 \, dW_1)",
        derivation=r"The minus sign of the first section is lost: where the product is too small, $\Sigma > W_2 W_1$, "
        r"a larger one lowers the loss. The next display has $-\partial \mathcal L / \partial \bar W = 2 (\dots)$ "
        r"without a minus, so that the two slips cancel and the flow is right.",
        check=partial(prove_differential, factor=2),
        control=partial(prove_differential, factor=1),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="It is minus twice that.",
            statement=r"d \mathcal L = -2 \, (\Sigma - W_2 W_1) : (dW_2 \, W_1 + W_2 \, dW_1)",
            assumptions=("X X^T = I, so that the residual correlation is the difference",),
            check=partial(prove_differential, factor=-2),
            control=partial(prove_differential, factor=2),
        ),
    ),
    Claim(
        id="summary-29",
        document="summary",
        place="non-diagonal case, learning dynamics",
        title="The virtual first layer is driven by the residual of the product of the real layers.",
        statement=r"\dot{\bar W}_1 = 2 \, \bar W_2^T (S - W_2 W_1)",
        derivation=r"In the frame, the residual is $U^T (\Sigma - W_2 W_1) V = S - \bar W_2 \bar W_1$: the product, "
        r"too, has to be that of the virtual network. In one dimension with $U = 1$, $V = -1$ and $S = \bar W_1 = "
        r"\bar W_2 = 1$ nothing is left to learn, but the print has velocity 4. Bars are missing; the mirror equation "
        r"has them.",
        check=partial(prove_barred, barred=False),
        control=partial(prove_barred, barred=True, sign=-1),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="It is the product of the virtual layers.",
            statement=r"\dot{\bar W}_1 = 2 \, \bar W_2^T (S - \bar W_2 \bar W_1)",
            assumptions=("X X^T = I",),
            check=partial(prove_barred, barred=True),
            control=partial(prove_barred, barred=False),
        ),
    ),
    Claim(
        id="summary-30",
        document="summary",
        place="end of the non-diagonal case",
        title="Independent Gaussian weights are so in the frame of the modes, too, with the same variance.",
        statement=r"|\bar W_1 V^T|^2 = |\bar W_1|^2, \quad |\det V| = 1",
        assumptions=("independent Gaussian entries, one variance a layer",),
        unstated=("mean zero",),
        derivation=r"The density of the entries is a function of $|W|^2$, which a rotation keeps, as it keeps "
        r"volumes. With a mean $\mu$ of all entries the rotated mean is $\mu$ times the sums over the rows of $V$, "
        r"which differ: then the entries stay independent, but are no longer identically distributed. Of independent "
        r"entries, none with another density has the property.",
        check=partial(prove_gaussian, mean=0),
        control=partial(prove_gaussian, mean=1),
    ),
    Claim(
        id="summary-1",
        document="summary",
        place="first paragraph",
        title="Modes learn at rates set by the eigenvalues of the input-output correlation matrix.",
        statement=r"\ddot W_1 = W_1 \Sigma^2, \; \ddot W_2 = \Sigma^2 W_2 \text{ near } W = 0",
        derivation=r"We read the rate as that of growth from small weights. It is a singular value. The shear of the "
        r"example has no eigenvalue but zero, yet its mode $s = 1$ is learned; a rectangular $\Sigma$ has no "
        r"eigenvalues at all. The two agree up to signs if $\Sigma$ is symmetric.",
        check=partial(prove_rate, "eigenvalues"),
        control=partial(prove_rate, "singular values", sign=-1),
        kind=Kind.MISPRINT,
        correction=Correction(
            title="They learn at rates set by its singular values.",
            statement=r"\ddot W_1 = W_1 \Sigma^T \Sigma, \; \ddot W_2 = \Sigma \Sigma^T W_2 \text{ near } W = 0",
            assumptions=("X X^T = I", "small weights: the equations are those of first order"),
            check=partial(prove_rate, "singular values"),
            control=partial(prove_rate, "eigenvalues"),
        ),
    ),
]
