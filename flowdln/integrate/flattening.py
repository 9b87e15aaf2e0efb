"""Matrices as one vector and back: the one such pair of the package, for solvers that know only vectors."""

from collections.abc import Sequence

import numpy as np

from flowdln.validation import Array, Weights


def flatten(matrices: Sequence[Array]) -> Array:
    """All entries as one vector ``(N,)``."""
    return np.concatenate([matrix.reshape(-1) for matrix in matrices])


def unflatten(vector: Array, shapes: Sequence[tuple[int, ...]]) -> Weights:
    """Matrices of the given shapes from ``(..., N)``, with the leading axes in front."""
    matrices, start = [], 0
    for rows, columns in shapes:
        stop = start + rows * columns
        matrices.append(vector[..., start:stop].reshape(*vector.shape[:-1], rows, columns))
        start = stop
    return tuple(matrices)
