r"""The matrix Riccati equation ``X' = M X + X M - X^2`` with ``X = Q Q^T``, posed so that zeros stay zero.

It follows from ``Q' = (M - Q Q^T / 2) Q``, in which two layers move when they are lambda-balanced or tied.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowdln.validation import Array

ROUNDING = 100 * np.finfo(float).eps  # relative size below which what would grow counts as zero


class Riccati(NamedTuple):
    """An initial value problem in the eigenvectors of ``M``, its hidden units rotated into :func:`stairs`."""

    frame: Array  # (n, n), V of M = V diag(rates) V^T
    rates: Array  # (n,), decreasing
    rows: Array  # (n, k), V^T Q_0 rotation, with k = min(n, h)
    rotation: Array  # (h, k), orthonormal columns whose span holds the rows of Q_0
    survivors: NDArray[
        np.intp
    ]  # (k or fewer,), indices of rates: where they differ, X ends as sum_i 2 rates_i v_i v_i^T


def pose_riccati(frame: Array, rates: Array, start: Array) -> Riccati:
    r"""The problem ``M = V diag(rates) V^T``, ``Q(0) = start``.

    Prepared for :func:`flowdln.exact.riccati_factor.factor`.
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
    >>> from flowdln.exact.riccati_factor import factor
    >>> problem = pose_riccati(np.eye(2), np.array([2.0, 1.0]), np.array([[1e-3], [0.0]]))
    >>> (at_end,) = factor(problem, np.array([1e6]))
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
