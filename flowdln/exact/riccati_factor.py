r"""The solution of the matrix Riccati equation as a matrix ``F`` with ``F F^T = X``, to machine precision at all times.

.. math::
    F = e^{M t} Q_0 T^{-1}, \quad T^T T = C = I + Q_0^T \int_0^t e^{2 M s} ds \, Q_0

with ``T`` upper triangular, of positive diagonal. In the eigenvectors ``V`` of ``M``, with ``Q_0 = V B``,

.. math:: F = V e^{\mu t} B T^{-1}, \quad C = I + B^T \varphi B, \quad \varphi_i = \frac{e^{2 \mu_i t} - 1}{2 \mu_i}
"""

from contextlib import suppress
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import scipy.linalg

from flowdln.exact.matrix_riccati import Riccati
from flowdln.validation import Array

ILL_CONDITIONED = 100.0  # variance inflation of a column beyond which Cholesky's factor has lost too many digits


class Columns(NamedTuple):
    """What the solution is made of at one time; scaling columns of ``lived`` and ``start`` alike leaves ``F``."""

    lived: Any  # (n, k), sqrt(phi) B
    start: Any  # (1, k), diagonal of the I in C
    decay: Any  # (n, 1), e^{mu t} / sqrt(phi)


def elapsed(t: Any, rate: Any, xp: ModuleType | Any = np) -> Any:
    r"""``\int_0^t exp(-2 |rate| s) ds``; the integral of ``exp(2 rate s)`` is this times ``exp(max(2 rate t, 0))``."""
    slope = 2 * abs(rate)
    return xp.where(slope * t > 0, -xp.expm1(-slope * t) / xp.where(slope > 0, slope, 1), t)


def columns(t: Any, rates: Any, rows: Any, xp: ModuleType | Any = np) -> Columns:
    """The columns at a time, or at times ``(T, 1, 1)``, not zero, each divided by its fastest exponential.

    ``rates`` are ``mu``, of shape ``(n, 1)``, decreasing; ``rows`` is ``B``, of shape ``(n, k)``. ``xp`` is NumPy, or
    symbols.
    """
    first = rates[np.argmax(rows != 0, axis=0)].T  # (1, k), of the fastest row in each column
    fastest = xp.maximum(np.where(np.any(rows != 0, axis=0), first, 0), 0)
    clock = xp.sqrt(elapsed(t, rates, xp))
    lived = clock * rows * xp.exp(xp.minimum(xp.maximum(rates, 0) - fastest, 0) * t)
    return Columns(lived, xp.exp(-fastest * t), xp.exp(xp.minimum(rates, 0) * t) / clock)


def inverse_root(lived: Any, start: Any, linalg: ModuleType | Any = np.linalg) -> Any:
    """``T^{-1}``, of shape ``(k, k)``; ``linalg`` is NumPy's, or one for symbols."""
    past = lived.swapaxes(-1, -2) @ lived + start**2 * np.eye(lived.shape[-1], dtype=int)
    return linalg.inv(linalg.cholesky(past).swapaxes(-1, -2))


def factor(problem: Riccati, ts: Array) -> Array:
    """``F``, ``(T, n, k)``, at the times ``ts >= 0``, with ``F F^T = X`` to machine precision relative to ``X``."""
    return problem.frame @ rotated_factor(problem, ts)


def rotated_factor(problem: Riccati, ts: Array) -> Array:
    """``V^T F``, ``(T, n, k)``: the factor in the eigenvectors of ``M``.

    The columns of ``C`` differ by many orders of magnitude, but are far from parallel: thanks to the stairs, each holds
    what is largest in it. Once they are scaled to size one, Cholesky's factor is accurate. Where they are almost
    parallel all the same, :func:`pivoted_basis` takes over.

    Source: derived here; ``X = e^{Mt} Q_0 C^{-1} Q_0^T e^{Mt}`` is Fukumizu 1998, where the inverse loses its digits as
    the exponentials grow.
    """
    lived, start, decay = columns(np.where(ts > 0, ts, 1.0)[:, None, None], problem.rates[:, None], problem.rows)
    sizes = np.maximum(start, np.max(np.abs(lived), axis=-2, keepdims=True))
    lived, start = lived / sizes, start / sizes
    basis, certain = np.zeros_like(lived), np.zeros(len(ts), dtype=bool)
    with suppress(np.linalg.LinAlgError):
        inverse = inverse_root(lived, start)
        basis, certain = lived @ inverse, np.sum(inverse**2, axis=-1).max(axis=-1) < ILL_CONDITIONED
    for i in np.flatnonzero(~certain):
        basis[i] = pivoted_basis(lived[i], start[i])
    basis *= decay
    basis[ts == 0] = problem.rows
    return basis


def pivoted_basis(lived: Array, start: Array) -> Array:
    """``lived T^{-1}``, ``(n, k)``, where columns are almost parallel.

    It is a part of an orthonormal basis of the columns of ``[start; lived]``. Their rows differ by many orders of
    magnitude: Householder's QR of rows sorted by size, with column pivoting, is accurate row by row (Cox and Higham
    1998). A second QR turns the basis into that of a triangular ``T``.
    """
    tall = np.vstack([np.diag(start[0]), lived])
    order = np.argsort(-np.max(np.abs(tall), axis=1), kind="stable")
    basis, pivoted, pivots = scipy.linalg.qr(tall[order], mode="economic", pivoting=True, check_finite=False)
    triangle = np.empty_like(pivoted)
    triangle[:, pivots] = pivoted
    rotation, root = np.linalg.qr(triangle)
    unsorted = basis[np.argsort(order)[len(triangle) :]]
    return unsorted @ (rotation * np.where(np.diag(root) < 0, -1.0, 1.0))
