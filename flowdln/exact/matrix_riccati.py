r"""The matrix Riccati equation ``X' = M X + X M - X^2`` with ``X = Q Q^T``, posed so that zeros stay zero.

It follows from ``Q' = (M - Q Q^T / 2) Q``, in which two layers move when they are lambda-balanced or tied.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flowdln.rounding import ROUNDING
from flowdln.validation import Array


class Riccati(NamedTuple):
    """An initial value problem in the eigenvectors of ``M``, its hidden units rotated into :func:`stairs`."""

    frame: Array  # (n, n), V of M = V diag(rates) V^T
    rates: Array  # (n,), decreasing
    rows: Array  # (n, k), V^T Q_0 rotation, with k = min(n, h)
    rotation: Array  # (h, k), orthonormal columns whose span holds the rows of Q_0
    survivors: NDArray[np.intp]  # (k or fewer,), of rates: where they differ, X ends as sum_i 2 rates_i v_i v_i^T
    uncertainty: float  # largest relative rounding of a growing row
    dropped: float  # norm of the parts that would grow but are rounding, and are set to zero


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
    rotation, widths, rests = stairs((rows / np.where(error > 0, error, 1.0))[:growing])
    rows = rows @ rotation
    rows[:growing] *= np.arange(rows.shape[1]) < widths[:, None]
    dropped = float(np.linalg.norm(rests * error[:growing, 0]))
    survivors = np.flatnonzero(np.diff(widths, prepend=0))
    sizes = np.linalg.norm(rows[:growing], axis=1)
    known = np.divide(error[:growing, 0], 100 * sizes, out=np.zeros(growing), where=sizes > 0)
    return Riccati(frame, rates, rows, narrow @ rotation, survivors, float(known.max(initial=0.0)), dropped)


class Stairs(NamedTuple):
    """A rotation of columns that makes rows lower trapezoidal."""

    rotation: Array  # (k, k)
    widths: NDArray[np.intp]  # (p,)
    rests: Array  # (p,), length of what was taken for zero of a row, where there was room for one more width


def stairs(rows: Array) -> Stairs:
    """Rotation of the columns that makes ``rows``, ``(p, k)``, lower trapezoidal.

    A row is one wider than the one above it if it is not a combination of those above; parts of length below 1 count
    as zero.
    """
    left, sizes, right = np.linalg.svd(rows)
    written, rank = left[:, : len(sizes)] * sizes, int(np.count_nonzero(sizes > 1))
    basis, widths, rests = np.zeros((rank, 0)), np.zeros(len(rows), dtype=int), np.zeros(len(rows))
    for i, row in enumerate(written):
        inside = row[:rank]
        rest = inside - basis @ (basis.T @ inside)
        rest -= basis @ (basis.T @ rest)  # once more, to be orthogonal to rounding
        length = np.linalg.norm(rest)
        if length > 1:
            basis = np.column_stack([basis, rest / length])
        elif basis.shape[1] < rows.shape[1]:
            rests[i] = np.hypot(length, np.linalg.norm(row[rank:]))
        widths[i] = basis.shape[1]
    rotation = right.T.copy()
    rotation[:, :rank] = rotation[:, :rank] @ np.linalg.qr(basis, mode="complete").Q
    return Stairs(rotation, widths, rests)
