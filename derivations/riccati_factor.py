r"""The closed form of the matrix Riccati equation, as it ships.

In the eigenvectors $V$ of $M = V \,\mathrm{diag}(\mu)\, V^T$, with $Q_0 = V B$, the root of the solution is
$F = V e^{\mu t} B T^{-1}$, where $T^T T = I + B^T \varphi B$ and $\varphi_i = (e^{2 \mu_i t} - 1) / 2 \mu_i$. None of
these exponentials is ever formed: each column of $\sqrt\varphi B$ is divided by its fastest one, together with the same
column of $I$, which changes $T$ but not $F$; and the rows of $\sqrt\varphi B T^{-1}$, at most one in size, are
multiplied by $e^{\mu t} / \sqrt\varphi$. The functions that do so are evaluated here on symbols, entry by entry.
"""

from typing import Any

import numpy as np
import sympy as sp

from flowdln.exact.riccati_factor import columns, inverse_root
from flowdln.exact.stacked_layers import eigenvectors_of_modes
from flowdln.symbolic import Claim, Evidence, functions, prove_zeros

TITLE = "The matrix Riccati equation: its closed form"

t, p, q, s = sp.symbols("t p q s", positive=True)


def entries(name: str, rows: int, width: int, **known: bool) -> np.ndarray:
    """A matrix of as many symbols."""
    return np.array(sp.symbols(f"{name}_1:{rows * width + 1}", **known), dtype=object).reshape(rows, width)


def prove_eigenvectors(factor: int) -> Evidence:
    """Whether the shipped vectors and rates are those of ``M``; ``factor`` changes ``lambda`` in it.

    One mode of any strength, beside an input or an output without one; ``lambda = s (1/q - q)`` is any real number,
    and a root of ``4 s^2 + lambda^2`` is rational.
    """
    lam, one = s * (1 / q - q), np.array([[sp.S.One]])
    turn = np.array([[1 - p**2, -2 * p], [2 * p, 1 - p**2]]) / (1 + p**2)
    differences: list[Any] = []
    for left, right in ((one, turn), (turn, one)):
        frame, rates = eigenvectors_of_modes(left, np.array([s]), right, lam, functions)
        task, shift = s * left[:, :1] @ right[:1], factor * lam / 2
        inputs, outputs = np.eye(len(right), dtype=int), np.eye(len(left), dtype=int)
        matrix = np.block([[-shift * inputs, task.T], [task, shift * outputs]])
        differences += [*(matrix @ frame - frame * rates).ravel(), *(frame.T @ frame - np.eye(3, dtype=int)).ravel()]
    return prove_zeros(differences, "M V - V mu and V^T V - I")


def prove_columns(factor: int) -> Evidence:
    """Whether the shipped columns hold ``sqrt(phi) B``, ``I`` and ``e^{mu t} / sqrt(phi)``, ``phi' = 1 + 2 mu phi``.

    For three rows in stairs, two that grow and one that decays; ``factor`` replaces the 2.
    """
    rates, rows = np.array([[p + q], [q], [-p]]), entries("b", 3, 2, positive=True)
    rows[0, 1] = 0
    at = columns(t, rates, rows, functions)
    differences = [at.start[0, j] * sp.exp(rate * t) - 1 for j, (rate,) in enumerate(rates[:2])]
    for i, j in np.argwhere(rows != 0):
        rate, root = rates[i, 0], at.lived[i, j] / (rows[i, j] * at.start[0, j])
        differences += [
            at.decay[i, 0] * root - sp.exp(rate * t),
            sp.diff(root**2, t) - 1 - factor * rate * root**2,
            (root**2).subs(t, 0),
        ]
    return prove_zeros([*differences, at.lived[0, 1]], "the columns minus what they stand for")


def prove_root(power: int) -> Evidence:
    """Whether the shipped ``T^{-1}`` is upper triangular, with ``T^T T`` the Gram matrix of ``[start; lived]``.

    ``power`` is that of ``start``, two, in the Gram matrix. For one and two columns.
    """
    differences: list[Any] = []
    for rows, width in ((1, 1), (3, 2)):
        lived, start = entries("l", rows, width, real=True), entries("s", 1, width, positive=True)
        inverse = inverse_root(lived, start, functions.linalg)
        past = lived.T @ lived + np.diag(start[0] ** power)
        differences += [*(inverse @ inverse.T @ past - np.eye(width, dtype=int)).ravel()]
        differences += [*inverse[np.tril_indices(width, -1)]]
    return prove_zeros(differences, "T^-1 T^-T times the Gram matrix minus I, and T^-1 below its diagonal")


CLAIMS = [
    Claim(
        id="riccati-eigenvectors",
        title="The eigenvectors of the matrix of two layers, mode by mode.",
        statement=r"\begin{pmatrix} -\frac\lambda2 & s \\ s & \frac\lambda2 \end{pmatrix} "
        r"\begin{pmatrix} \cos \frac\theta2 \\ \sin \frac\theta2 \end{pmatrix} = \sqrt{s^2 + \tfrac{\lambda^2}{4}} "
        r"\begin{pmatrix} \cos \frac\theta2 \\ \sin \frac\theta2 \end{pmatrix}, \quad "
        r"\tan \theta = -\frac{2 s}{\lambda}",
        assumptions=("s > 0; directions without a mode have the eigenvalues -lambda/2 and lambda/2",),
        place="flowdln.exact.stacked_layers",
        check=lambda: prove_eigenvectors(factor=1),
        control=lambda: prove_eigenvectors(factor=-1),
    ),
    Claim(
        id="riccati-columns",
        title="The columns of the solution, each divided by its fastest exponential.",
        statement=r"\sqrt{\varphi_i} B_{ij} e^{-\nu_j t}, \; e^{-\nu_j t}, \; \frac{e^{\mu_i t}}{\sqrt{\varphi_i}} "
        r"\quad \text{with } \dot \varphi_i = 1 + 2 \mu_i \varphi_i, \; \varphi_i(0) = 0",
        assumptions=("two growing rows in stairs and a decaying one",),
        place="flowdln.exact.riccati_factor",
        check=lambda: prove_columns(factor=2),
        control=lambda: prove_columns(factor=1),
    ),
    Claim(
        id="riccati-root",
        title="The triangular root of what a start and its past add up to.",
        statement=r"T^{-1} T^{-T} (D^2 + A^T A) = I, \quad T \text{ upper triangular}",
        assumptions=("one or two columns",),
        place="flowdln.exact.riccati_factor; the solution is F = V diag(e^(mu t) / sqrt(phi)) A T^(-1)",
        check=lambda: prove_root(power=2),
        control=lambda: prove_root(power=1),
    ),
]
