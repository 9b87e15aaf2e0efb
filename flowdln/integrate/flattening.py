"""Matrices as one vector and back: the one such pair of the package, for solvers that know only vectors."""

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from flowdln.validation import Array, Weights


def flatten(matrices: Sequence[Array]) -> Array:
    """All entries as one vector ``(N,)``."""
    return np.concatenate([np.ravel(matrix) for matrix in matrices])


def unflatten(vector: Array, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """Matrices of the given shapes from ``(..., N)``, with the leading axes in front."""
    ends = accumulate(rows * columns for rows, columns in shapes)
    blocks = np.split(vector, list(ends)[:-1], axis=-1)
    return tuple(block.reshape(*vector.shape[:-1], *shape) for block, shape in zip(blocks, shapes, strict=True))
