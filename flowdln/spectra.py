"""Singular values and principal axes to full relative accuracy, and ranks that do not depend on units."""

from typing import NamedTuple

import numpy as np

from flowdln.validation import RANK_TOLERANCE, Array, unit_scales


class SingularValues(NamedTuple):
    """Thin singular value decomposition ``left @ diag(values) @ right.T``."""

    left: Array  # (m, k), k = min(m, n)
    values: Array  # (k,), decreasing
    right: Array  # (n, k)


class PrincipalAxes(NamedTuple):
    """Eigenvectors of a second moment ``<x x^T>`` with positive eigenvalue."""

    powers: Array  # (r,), decreasing
    directions: Array  # (n, r)
    whitened: Array  # (m, r), <y x^T> directions / sqrt(powers)


def graded_svd(matrix: Array) -> SingularValues:
    """Thin singular value decomposition, by the preconditioned Jacobi method.

    Where rows or columns differ in their units by many orders of magnitude, each singular value is accurate relative
    to itself, as it is not by the usual bidiagonalisation. Source: Drmac and Veselic 2008 (LAPACK's ``dgejsv``).

    Examples
    --------
    >>> graded_svd(np.array([[1.0, 0.5], [0.5, 1.0]]) * [1.0, 1e-20]).values
    array([1.11803399e+00, 6.70820393e-21])
    """
    from scipy.linalg.lapack import dgejsv  # noqa: PLC0415 (0.1 s)

    rows, columns = matrix.shape
    if rows < columns:
        right, values, left = graded_svd(matrix.T)
        return SingularValues(left, values, right)
    if not matrix.any():
        return SingularValues(np.eye(rows, columns), np.zeros(columns), np.eye(columns))
    values, left, right, scaling, _, failed = dgejsv(matrix, joba=2, jobu=0, jobv=0, jobr=0, jobp=0)
    if failed:
        raise np.linalg.LinAlgError("the singular value decomposition did not converge")
    return SingularValues(left, values * (scaling[0] / scaling[1]), right)


def numerical_rank(values: Array, tolerance: float = RANK_TOLERANCE) -> int:
    """Number of the decreasing singular ``values`` above ``tolerance`` times the largest."""
    return int(np.count_nonzero(values > tolerance * values.max(initial=0.0)))


def truncated_svd(matrix: Array, units: Array) -> SingularValues:
    """Singular values above rounding, with their vectors; the rank is that of ``matrix / units``, ``units`` ``(n,)``.

    Examples
    --------
    >>> truncated_svd(np.array([[1.0, 1e-20], [1.0, -1e-20]]), units=np.array([1.0, 1e-20])).values
    array([1.41421356e+00, 1.41421356e-20])
    """
    left, values, right = graded_svd(matrix / units)
    rank = numerical_rank(values)
    if rank == len(values):
        return graded_svd(matrix)
    turn, values, right = graded_svd((values * right)[:, :rank].T * units)
    return SingularValues(left[:, :rank] @ turn, values, right)


def principal_axes(second_moment: Array, cross_moment: Array) -> PrincipalAxes:
    """Axes of ``second_moment`` ``(n, n)`` that have power, and ``cross_moment`` ``(m, n)`` in whitened coordinates.

    The rank is that of the correlation matrix, in which every feature has the unit 1, and each power is accurate
    relative to itself. Directions outside the data, of power zero, are left out. ``whitened`` is formed by a
    triangular solve in these units: the directions, when features differ by 1e16 in size, no longer have the digits.

    Examples
    --------
    >>> axes = principal_axes(np.diag([1e-40, 1.0, 0.0]), np.array([[2e-20, 3.0, 0.0]]))
    >>> axes.powers, axes.whitened
    (array([1.e+00, 1.e-40]), array([[3., 2.]]))
    """
    from scipy.linalg import solve_triangular  # noqa: PLC0415 (0.1 s)
    from scipy.linalg.lapack import dpstrf  # noqa: PLC0415

    units = unit_scales(second_moment)
    factor, pivots, rank, _ = dpstrf(second_moment / np.outer(units, units), lower=1, tol=RANK_TOLERANCE)
    triangle, order = np.tril(factor)[:, :rank], pivots - 1
    half = np.zeros((len(units), rank))
    half[order] = triangle
    directions, roots, turn = graded_svd(units[:, None] * half)
    scaled = (cross_moment / units)[:, order[:rank]]
    whitened = solve_triangular(triangle[:rank], scaled.T, lower=True).T @ turn if rank else scaled
    return PrincipalAxes(roots**2, directions, whitened)


def of_unit_size(values: Array, axes: int | tuple[int, ...] = -1) -> Array:
    """Values divided by the largest along ``axes``, whose square may underflow or overflow; zeros stay zero."""
    largest = np.abs(values).max(axis=axes, keepdims=True)
    return values / np.where(largest > 0, largest, 1.0)


def frobenius_norms(matrices: Array) -> Array:
    """Frobenius norms ``(...)`` of matrices ``(..., n, m)`` of any size that float64 holds.

    Examples
    --------
    >>> frobenius_norms(np.array([[3e-200, 4e-200]]))
    np.float64(5e-200)
    """
    size = np.abs(matrices).max(axis=(-2, -1))
    return size * np.linalg.norm(of_unit_size(matrices, axes=(-2, -1)), axis=(-2, -1))
