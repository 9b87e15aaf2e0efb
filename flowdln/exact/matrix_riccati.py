r"""The matrix Riccati equation ``X' = M X + X M - X^2`` with ``X = Q Q^T``, to machine precision at all times.

It follows from ``Q' = (M - Q Q^T / 2) Q``, in which two layers move when they are lambda-balanced or tied.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

from flowdln.validation import Array

ROUNDING = 100 * np.finfo(float).eps  # relative size below which what would grow counts as zero
LARGEST_EXPONENT = 300.0  # of a factor whose square must not overflow


class Riccati(NamedTuple):
    """An initial value problem in the eigenvectors of ``M``, its hidden units rotated into :func:`stairs`."""

    frame: Array  # (n, n), V of M = V diag(rates) V^T
    rates: Array  # (n,), decreasing
    rows: Array  # (n, k), V^T Q_0 rotation, with k = min(n, h)
    rotation: Array  # (h, k), orthonormal columns whose span holds the rows of Q_0
    survivors: NDArray[
        np.intp
    ]  # (k or fewer,), indices of rates: where they differ, X ends as sum_i 2 rates_i v_i v_i^T


class Factor(NamedTuple):
    """Solution at one time."""

    matrix: Array  # (n, k), matrix @ matrix.T = X
    triangle: Array  # (k, k), of the QR factorisation [I; sqrt(phi) rows] = orthonormal @ triangle


def pose_riccati(frame: Array, rates: Array, start: Array) -> Riccati:
    r"""The problem ``M = V diag(rates) V^T``, ``Q(0) = start``, prepared for :func:`factor`.

    A growing direction (``rates > 0``) that the start does not excite stays unexcited for ever, yet would come up out
    of the rounding of ``V^T Q_0`` at ``rates * t`` of about 40. So whatever would grow and is smaller than that
    rounding is set to zero: the solution is that of the nearest start for which it is zero, and a flow that ends at
    a saddle does end there.

    Parameters
    ----------
    frame : (n, n)
        Orthonormal eigenvectors of ``M``.
    rates : (n,)
        Its eigenvalues.
    start : (n, h)
        ``Q_0``.

    Examples
    --------
    >>> problem = pose_riccati(np.eye(2), np.array([2.0, 1.0]), np.array([[1e-3], [0.0]]))
    >>> at_end = factor(problem, 1e6).matrix
    >>> np.round(at_end @ at_end.T, 12)
    array([[4., 0.],
           [0., 0.]])
    """
    order = np.argsort(-rates, kind="stable")
    frame, rates = frame[:, order], rates[order]
    rates = np.where(np.abs(rates) > ROUNDING * np.abs(rates).max(), rates, 0.0)
    n, hidden = start.shape
    narrow = np.linalg.qr(start.T).Q if n < hidden else np.eye(hidden)
    rows = frame.T @ start @ narrow
    error = ROUNDING * np.sum(np.abs(frame.T) @ np.abs(start), axis=1, keepdims=True)
    growing = int(np.count_nonzero(rates > 0))
    rotation, widths = stairs((rows / np.where(error > 0, error, 1.0))[:growing])
    rows = rows @ rotation
    rows[:growing] *= np.arange(rows.shape[1]) < widths[:, None]
    survivors = np.flatnonzero(np.diff(widths, prepend=0))
    return Riccati(frame, rates, rows, narrow @ rotation, survivors)


def stairs(rows: Array) -> tuple[Array, Array]:
    """Rotation ``(k, k)`` of the columns that makes ``rows`` lower trapezoidal, and the width of each row ``(p,)``.

    A row is one wider than the one above it if it is not a combination of those above; parts of length below 1 count
    as zero.
    """
    left, sizes, right = np.linalg.svd(rows)
    rank = int(np.count_nonzero(sizes > 1))
    basis, widths = np.zeros((rank, 0)), np.zeros(len(rows), dtype=int)
    for i, row in enumerate(left[:, :rank] * sizes[:rank]):
        rest = row - basis @ (basis.T @ row)
        rest -= basis @ (basis.T @ rest)  # once more, to be orthogonal to rounding
        length = np.linalg.norm(rest)
        if length > 1:
            basis = np.column_stack([basis, rest / length])
        widths[i] = basis.shape[1]
    rotation = right.T.copy()
    rotation[:, :rank] = rotation[:, :rank] @ np.linalg.qr(basis, mode="complete").Q
    return rotation, widths


def elapsed(t: Any, rate: Any, xp: ModuleType | Any = np) -> Any:
    r"""``\int_0^t exp(-2 |rate| s) ds``; the integral of ``exp(2 rate s)`` is this times ``exp(max(2 rate t, 0))``."""
    slope = 2 * abs(rate)
    return xp.where(slope * t > 0, -xp.expm1(-slope * t) / xp.where(slope > 0, slope, 1), t)


def factor(problem: Riccati, t: float) -> Factor:
    r"""A matrix ``F`` with ``F F^T = X(t)``, to machine precision relative to ``X``, for any ``t >= 0``.

    .. math::
        X = V d K K^T d V^T, \quad
        \begin{pmatrix} \cdot \\ K \end{pmatrix} = \mathrm{orth} \begin{pmatrix} I \\ \sqrt\varphi \, V^T Q_0
        \end{pmatrix}, \quad \varphi_i = \frac{e^{2 \mu_i t} - 1}{2 \mu_i}, \quad
        d_i = \frac{e^{\mu_i t}}{\sqrt{\varphi_i}}

    The rows that are made orthonormal differ by many orders of magnitude: Householder's QR of rows sorted by size,
    with column pivoting, is accurate row by row (Cox and Higham 1998). Columns that would overflow are scaled down,
    which leaves their span; thanks to the stairs, each holds what is largest in it.

    Source: derived here; ``X = e^{Mt} Q_0 (I + Q_0^T V \varphi V^T Q_0)^{-1} Q_0^T e^{Mt}`` is Fukumizu 1998, where
    the inverse loses its digits as the exponentials grow.
    """
    rates, rows = problem.rates, problem.rows
    if t == 0:
        return Factor(problem.frame @ rows, np.eye(rows.shape[1]))
    clock, exponents = elapsed(t, rates), 2 * rates * t
    logs = (np.log(clock) + np.maximum(exponents, 0)) / 2  # of sqrt(phi)
    shift = np.maximum(np.max(np.where(rows != 0, logs[:, None], 0.0), axis=0) - LARGEST_EXPONENT, 0)
    tall = np.vstack([np.diag(np.exp(-shift)), rows * np.exp(np.minimum(logs[:, None] - shift, LARGEST_EXPONENT))])
    order = np.argsort(-np.max(np.abs(tall), axis=1), kind="stable")
    sorted_basis, pivoted, pivots = scipy.linalg.qr(tall[order], mode="economic", pivoting=True, check_finite=False)
    basis, triangle = np.empty_like(tall), np.empty_like(pivoted)
    basis[order], triangle[:, pivots] = sorted_basis, pivoted
    scale = np.exp(np.minimum(exponents, 0) / 2) / np.sqrt(clock)  # d
    return Factor(problem.frame @ (scale[:, None] * basis[rows.shape[1] :]), triangle)
