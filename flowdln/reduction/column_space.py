"""Which directions a matrix has, as far as float64 can say."""

import numpy as np

from flowdln.validation import Array

ROUNDING = 1e-14  # relative: some fifty roundings of an entry, what forming a matrix of low rank in float64 leaves
CLEARLY = 1e-13  # of the trace of a Gram matrix: far above its rounding; a singular value of 3e-7 or more


def column_space(matrix: Array) -> Array | None:
    """Orthonormal basis ``(n, r)`` of the columns of ``matrix``, ``(n, m)``; None if they span the whole space.

    Directions with a singular value below ``ROUNDING`` (times the largest one, or 1) are left out: scale the columns
    so that this is rounding. The cost is that of a thin QR; nothing of size ``(n, n)`` is formed unless ``n <= m``.

    Examples
    --------
    >>> column_space(np.array([[3.0, 6.0], [4.0, 8.0]])).round(3)
    array([[-0.6],
           [-0.8]])
    >>> column_space(np.eye(2)) is None
    True
    """
    rows, columns = matrix.shape
    if rows > columns:
        thin, triangle = np.linalg.qr(matrix)
        left, values, _ = np.linalg.svd(triangle)
        rank = numerical_rank(values)
        return thin if rank == columns else thin @ left[:, :rank]
    if clearly_spans(matrix):
        return None
    left, values, _ = np.linalg.svd(np.asarray(np.linalg.qr(matrix.T, mode="r")).T)
    rank = numerical_rank(values)
    return None if rank == rows else left[:, :rank]


def numerical_rank(values: Array) -> int:
    """How many singular values, in decreasing order, are more than rounding."""
    return int(np.count_nonzero(values > ROUNDING * max(1.0, values[0])))


def clearly_spans(matrix: Array) -> bool:
    """Whether the rows of a wide matrix are far from dependent; 20 times cheaper to see than singular values."""
    gram = matrix @ matrix.T
    try:
        np.linalg.cholesky(gram - CLEARLY * max(1.0, np.trace(gram)) * np.eye(len(gram)))
    except np.linalg.LinAlgError:
        return False
    return True


def unit_norm(matrix: Array, axis: int | None = None) -> Array:
    """``matrix`` with norm one, or each column (``axis=0``) or row (``axis=1``) of it; what is zero stays so.

    Divided by the largest entry first, whose square may underflow.

    Examples
    --------
    >>> unit_norm(np.array([[3e-200, 0.0], [4e-200, 0.0]]), axis=0)
    array([[0.6, 0. ],
           [0.8, 0. ]])
    """
    largest = np.maximum(matrix.max(axis=axis, keepdims=True), -matrix.min(axis=axis, keepdims=True))
    scaled = matrix / np.where(largest > 0, largest, 1)
    norms = np.linalg.norm(scaled, axis=axis, keepdims=True)
    scaled /= np.where(norms > 0, norms, 1)
    return np.asarray(scaled)
