r"""The matrix Riccati equation of two layers.

Whiten the inputs, $\Sigma_{xx} = I$, write $S = \Sigma_{yx}$, and stack the layers, $Q = [W_1^T; W_2]$. If
$W_2^T W_2 = W_1 W_1^T + \lambda I$, which the flow conserves, then $W_1 W_1^T$ and $W_2^T W_2$ are half of
$Q^T Q \mp \lambda I$, and the flow reads $\tau \dot Q = (M - \tfrac12 Q Q^T) Q$ with a constant symmetric $M$. With
tied layers it does so already for $Q = \sqrt 2\, W^T$ and $M = S$. Hence $X = Q Q^T$ obeys a Riccati equation.
It is solved by $X = E Q_0 C^{-1} Q_0^T E$, $E = e^{M t / \tau}$, where $C$ collects the past,
$\tau \dot C = Q_0^T E^2 Q_0$. Writing $C = T^T T$ with $T$ triangular, $F = E Q_0 T^{-1}$ is a root of $X$, and
$Q = F O^T$ with a rotation $O$ of the hidden units: it obeys a linear equation, and nothing else has to be integrated.
"""

from typing import Any

import sympy as sp

from flowdln import Moments, gradient_flow
from flowdln.exact.symmetric_factor import spin
from flowdln.exact.tied_weights import factor_of_tied
from flowdln.symbolic import Claim, Evidence, Rules, functions, polynomial
from flowdln.symbolic.words import replacing
from flowdln.tangent import directional_derivative

TITLE = "Two layers: the matrix Riccati equation"

n, n_0, n_1, n_2 = sp.symbols("n n_0:3", positive=True, integer=True)
lam, half = sp.Symbol("lambda", real=True), sp.Rational(1, 2)
M, E, Q = sp.MatrixSymbol("M", n, n), sp.MatrixSymbol("E", n, n), sp.MatrixSymbol("Q", n, n_1)
SYMMETRIC = frozenset({"M", "E", "S", "Y"})


def vanishing(differences: list[Any], rules: Rules) -> Evidence:
    """Whether all matrix expressions are zero for matrices of all sizes."""
    left = sum(len(polynomial(difference, rules)) for difference in differences)
    text = f"{len(differences)} differences of matrices of symbolic sizes have {left} terms left after all products"
    return Evidence(left == 0, symbolic=True, text=text)


def prove_stacked(sign: int) -> Evidence:
    """Whether the shipped flow is ``Q' = (M - Q Q^T / 2) Q``, block by block; ``sign`` turns lambda in ``M``."""
    first, second = sp.MatrixSymbol("W1", n_1, n_0), sp.MatrixSymbol("W2", n_2, n_1)
    task, shift = sp.MatrixSymbol("Syx", n_2, n_0), sign * lam / 2
    balance = replacing(second.T * second, first * first.T + lam * sp.Identity(n_1))
    below, above = gradient_flow(0, (first, second), Moments(sp.Identity(n_0), task, 0))
    gram = first * first.T + second.T * second
    top = below.T + shift * first.T - task.T * second + half * first.T * gram
    bottom = above - task * first.T - shift * second + half * second * gram
    return vanishing([top, bottom], Rules(replacements=(balance,)))


def prove_gram(factor: sp.Expr) -> Evidence:
    """Whether ``X = Q Q^T`` obeys the Riccati equation if ``Q' = (M - factor Q Q^T) Q``."""
    velocity = M * Q - factor * Q * Q.T * Q
    (change,) = directional_derivative(lambda point: (point[0] @ point[0].T,), [Q], [velocity])
    gram = Q * Q.T
    return vanishing([change - M * gram - gram * M + gram * gram], Rules(symmetric=SYMMETRIC))


def prove_formula(power: int) -> Evidence:
    """Whether ``X = E Q C^{-1} Q^T E`` solves it, for ``E' = M E`` and ``C' = Q^T E^power Q``; ``Y`` is ``C^{-1}``."""
    Y = sp.MatrixSymbol("Y", n_1, n_1)
    inverse_change = -Y * Q.T * sp.MatPow(E, power) * Q * Y
    changes = [M * E, sp.ZeroMatrix(n, n_1), inverse_change]

    def solution(point: Any) -> tuple[Any]:
        growth, start, inverse = point
        return (growth @ start @ inverse @ start.T @ growth.T,)

    (change,) = directional_derivative(solution, [E, Q, Y], changes)
    (gram,) = solution([E, Q, Y])
    return vanishing([change - M * gram - gram * M + gram * gram], Rules(symmetric=SYMMETRIC))


def prove_rotation(factor: sp.Expr) -> Evidence:
    """Whether ``Q = F O^T`` obeys ``Q' = (M - factor Q Q^T) Q`` for ``F = E Q_0 T^{-1}``, ``O' = O Omega``.

    ``R`` is ``T^{-1}`` and ``U`` is ``T' T^{-1}``, upper triangular: ``C' = T^T T' + T'^T T`` says that ``U + U^T``
    is ``F^T F``, so that ``U`` is its upper triangle with the diagonal halved. ``Omega`` is the shipped one of it.
    """
    R, U, O = (sp.MatrixSymbol(name, n_1, n_1) for name in "RUO")  # noqa: E741 (the field's name)
    root = E * Q * R
    rules = Rules(SYMMETRIC, frozenset({"O"}), (replacing(U.T, root.T * root - U),))
    omega = spin(U)
    velocity = M * root * O.T - root * U * O.T + root * omega.T * O.T
    moving = root * O.T
    return vanishing([velocity - M * moving + factor * moving * moving.T * moving, omega + omega.T], rules)


def prove_tied(factor: sp.Expr) -> Evidence:
    """Whether tied layers stay tied, and ``Q' = (S - factor Q Q^T) Q``, ``G' = S G + G S - 4 factor G^2``.

    Along the shipped flow, for the shipped ``Q``.
    """
    weight, task = sp.MatrixSymbol("W", n_1, n), sp.MatrixSymbol("S", n, n)
    below, above = gradient_flow(0, (weight, weight.T), Moments(sp.Identity(n), task, 0))
    moving, velocity = factor_of_tied(weight, functions), factor_of_tied(below, functions)
    remainder = velocity - task * moving + factor * moving * moving.T * moving
    (change,) = directional_derivative(lambda point: (point[0].T @ point[0],), [weight], [below])
    gram = weight.T * weight
    of_gram = change - task * gram - gram * task + 4 * factor * gram * gram
    return vanishing([above - below.T, remainder, of_gram], Rules(symmetric=SYMMETRIC))


CLAIMS = [
    Claim(
        id="riccati-stacked",
        title="Lambda-balanced layers move as one matrix.",
        statement=r"\tau \dot Q = \left( M - \tfrac12 Q Q^T \right) Q, \quad Q = \begin{pmatrix} W_1^T \\ W_2 "
        r"\end{pmatrix}, \; M = \begin{pmatrix} -\frac\lambda2 I & S^T \\ S & \frac\lambda2 I \end{pmatrix}",
        assumptions=("two layers", "whitened inputs", "W_2^T W_2 - W_1 W_1^T = lambda I"),
        place="Fukumizu 1998 for lambda = 0; Domine et al. 2024",
        check=lambda: prove_stacked(sign=1),
        control=lambda: prove_stacked(sign=-1),
    ),
    Claim(
        id="riccati-gram",
        title="Its Gram matrix obeys a Riccati equation.",
        statement=r"\tau \dot X = M X + X M - X^2, \quad X = Q Q^T",
        place="Fukumizu 1998",
        check=lambda: prove_gram(half),
        control=lambda: prove_gram(sp.S.One),
    ),
    Claim(
        id="riccati-solution",
        title="The Riccati equation has a closed solution.",
        statement=r"X = E Q_0 C^{-1} Q_0^T E, \quad E = e^{M t / \tau}, \; "
        r"C = I + Q_0^T \int_0^t e^{2 M s / \tau} \frac{ds}{\tau} \, Q_0",
        place="Fukumizu 1998",
        check=lambda: prove_formula(power=2),
        control=lambda: prove_formula(power=1),
    ),
    Claim(
        id="riccati-rotation",
        title="The hidden units follow by a rotation.",
        statement=r"Q = F O^T, \; F = E Q_0 T^{-1}, \; \tau \dot O = O \, \Omega, \quad "
        r"\Omega = \tfrac12 F^T F - \tau \dot T T^{-1} = -\Omega^T",
        assumptions=(
            "C = T^T T, T upper triangular: tau T' T^(-1) is the upper triangle of F^T F, its diagonal halved",
        ),
        place="derived here",
        check=lambda: prove_rotation(half),
        control=lambda: prove_rotation(sp.S.One),
    ),
    Claim(
        id="tied-weights",
        title="Tied layers stay tied, and obey a Riccati equation of half the size.",
        statement=r"W_2 = W_1^T: \quad \tau \dot Q = \left( S - \tfrac12 Q Q^T \right) Q, \; Q = \sqrt 2 \, W_1^T; "
        r"\quad \tau \dot G = S G + G S - 2 G^2, \; G = W_1^T W_1",
        assumptions=("whitened inputs", "S symmetric"),
        place="derived here; lambda = 0 of the general case, with X = 2 G",
        check=lambda: prove_tied(half),
        control=lambda: prove_tied(sp.S.One),
    ),
]
