"""Rounding of float64: the one rule for which numbers count as zero because the given digits hold no more."""

from typing import NamedTuple

import numpy as np

from flowdln.validation import Array

ROUNDING = 100 * np.finfo(float).eps  # of the absolute values that are summed


class Cleaned(NamedTuple):
    """A product of matrices without its rounding."""

    matrix: Array
    rounding: Array  # bound on the rounding of each entry; smaller entries are zero in ``matrix``


def clean_product(left: Array | None, matrix: Array, right: Array) -> Cleaned:
    """``left^T matrix right`` with entries set to zero that may be rounding of the entries of ``matrix``.

    ``left`` may be None for the identity.

    The bound is ``100 eps |left|^T |matrix| |right|``: an entry of ``matrix`` is known to its own last digit, whatever
    the size of the others. So a diagonal matrix keeps its smallest entry, and a sum that cancels does not. Where
    ``left`` and ``right`` only pick entries, nothing is rounded, and the bound is 0.

    Examples
    --------
    >>> clean_product(np.eye(2), np.diag([1.0, 1e-300]), np.eye(2)).matrix
    array([[1.e+000, 0.e+000],
           [0.e+000, 1.e-300]])
    >>> turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    >>> clean_product(turn, turn * [1.0, 1e-16] @ turn.T, turn).matrix.round(12)
    array([[1., 0.],
           [0., 0.]])
    """
    product, sizes = matrix @ right, np.abs(matrix) @ np.abs(right)
    if left is not None:
        product, sizes = left.T @ product, np.abs(left).T @ sizes
    rounding = np.zeros_like(sizes) if picks_entries(right) and picks_entries(left) else ROUNDING * sizes
    return Cleaned(np.where(np.abs(product) > rounding, product, 0.0), rounding)


def picks_entries(frame: Array | None) -> bool:
    """Whether each column is zero or plus or minus one axis; None is the identity."""
    if frame is None:
        return True
    sizes = np.abs(frame)
    return bool(((sizes == 0) | (sizes == 1)).all() and (np.count_nonzero(frame, axis=0) <= 1).all())
