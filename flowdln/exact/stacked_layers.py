r"""Two lambda-balanced layers as one matrix ``Q = [W_1^T; W_2]``, which factorises a symmetric matrix.

With whitened inputs, ``W_2^T W_2 - W_1 W_1^T = lambda I`` turns the flow of the two layers into
``Q' = (M - Q Q^T / 2) Q`` with ``M = [[-lambda/2 I, S^T], [S, lambda/2 I]]`` and ``S = sigma_yx / c``, in units of
``tau / c``.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import block_diag

from flowdln.conserved import imbalance
from flowdln.exact.assumptions import whitened
from flowdln.exact.matrix_riccati import Riccati, pose_riccati
from flowdln.problem import Moments, Problem
from flowdln.rounding import ROUNDING
from flowdln.validation import Array


class StackedLayers(NamedTuple):
    """The initial value problem for ``Q``, with ``W_1`` restricted to the span of the data."""

    riccati: Riccati  # its frame embedded in all inputs and outputs, (n_0 + n_2, k + n_2)
    span: Array  # (n_0, k), orthonormal basis of the span of the data
    power: float  # c of sigma_xx = c I
    balance: "ScalarImbalance"


def stack_layers(problem: Problem) -> StackedLayers:
    """The problem for ``Q`` of two layers; the assumptions are not checked here."""
    (first, second), (power, _) = problem.weights, whitened(problem.moments)
    span = data_span(problem.moments)
    balance = scalar_imbalance(problem)
    frame, rates = eigenvectors(problem.moments.sigma_yx @ span / (power or 1.0), balance.lam)
    riccati = pose_riccati(frame, rates, np.vstack([span.T @ first.T, second]))
    embedded = riccati._replace(frame=block_diag(span, np.eye(len(second))) @ riccati.frame)
    return StackedLayers(embedded, span, power, balance)


def split_layers(stack: StackedLayers, matrices: Array) -> tuple[Array, Array]:
    """``W_1`` ``(T, h, n_0)`` on the span of the data and ``W_2`` ``(T, n_2, h)``, from ``Q`` ``(T, n_0 + n_2, h)``."""
    inputs = len(stack.span)
    return matrices[:, :inputs].transpose(0, 2, 1), matrices[:, inputs:]


class ScalarImbalance(NamedTuple):
    """``W_2^T W_2 - W_1 W_1^T`` on the span of the data, as a multiple of the identity and a rest."""

    lam: float  # zero if it is rounding
    rest: Array  # (h, h)
    residual: float  # of the rest, relative to the squared norm of the weights
    rounded: bool  # whether the rest is rounding of the given digits


def scalar_imbalance(problem: Problem) -> ScalarImbalance:
    """The multiple ``lambda`` of the identity in the imbalance of two layers."""
    first, second = problem.weights[0] @ data_span(problem.moments), problem.weights[1]
    (matrix,) = imbalance((first, second))
    known = ROUNDING * (np.abs(second).T @ np.abs(second) + np.abs(first) @ np.abs(first).T)
    lam = float(np.trace(matrix)) / len(matrix)
    rest = matrix - lam * np.eye(len(matrix))
    size = float(np.sum(first**2) + np.sum(second**2)) or 1.0
    rounded = bool((np.abs(rest) <= known).all())
    lam = lam if abs(lam) > np.trace(known) / len(known) else 0.0
    return ScalarImbalance(lam, rest, float(np.linalg.norm(rest)) / size, rounded)


def data_span(moments: Moments) -> Array:
    """Orthonormal basis ``(n_0, k)`` of the span of whitened data; the axes, if it is everything."""
    powers, directions = np.linalg.eigh(moments.sigma_xx)
    kept = powers > powers[-1] / 2
    return np.eye(len(powers)) if kept.all() else directions[:, kept]


def eigenvectors(task: Array, lam: float) -> tuple[Array, Array]:
    """Eigenvectors ``(n, n)`` and eigenvalues ``(n,)`` of ``[[-lam/2 I, task^T], [task, lam/2 I]]``.

    Each mode of ``task`` gives a growing and a decaying one; the directions without a mode keep ``-lam/2``, ``lam/2``.

    Examples
    --------
    >>> frame, rates = eigenvectors(np.array([[3.0, 0.0]]), lam=8.0)
    >>> rates
    array([ 5., -5., -4.])
    >>> bool(np.allclose(frame * rates @ frame.T, [[-4, 0, 3], [0, -4, 0], [3, 0, 4]]))
    True
    """
    return eigenvectors_of_modes(*np.linalg.svd(task), lam)


def eigenvectors_of_modes(
    left: Any, strengths: Any, right: Any, lam: Any, xp: ModuleType | Any = np
) -> tuple[Array, Array]:
    """:func:`eigenvectors` from the singular value decomposition of ``task``; ``xp`` is NumPy, or symbols."""
    count, n_out, n_in = len(strengths), len(left), len(right)
    inputs, outputs = right.T[:, :count], left[:, :count]
    angle = xp.arctan2(strengths, -lam / 2) / 2  # (cos, sin) is the growing vector of [[-lam/2, s], [s, lam/2]]
    along, across = xp.cos(angle), xp.sin(angle)
    no_outputs, no_inputs = np.zeros((n_out, n_in - count), dtype=int), np.zeros((n_in, n_out - count), dtype=int)
    frame = np.block(
        [
            [inputs * along, -inputs * across, right.T[:, count:], no_inputs],
            [outputs * across, outputs * along, no_outputs, left[:, count:]],
        ]
    )
    speed = xp.hypot(strengths, lam / 2)
    rates = np.concatenate([speed, -speed, np.full(n_in - count, -lam / 2), np.full(n_out - count, lam / 2)])
    return frame, rates
