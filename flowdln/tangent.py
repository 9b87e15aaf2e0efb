"""Exact directional derivatives of the flow, by dual matrices.

The vector field uses only ``@``, ``.T`` and ``-``; a pair (value, tangent) with these three operations turns
it into its own derivative: forward-mode automatic differentiation without a library, for arrays and symbols alike.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from flowdln.validation import Array


class DualMatrix:
    """A matrix and its derivative in one direction, or in many: ``tangent`` may carry leading axes.

    Both may be dual matrices themselves, for second derivatives.
    """

    __array_ufunc__ = None  # so that ndarray @ DualMatrix is left to __rmatmul__

    def __init__(self, value: Any, tangent: Any) -> None:
        self.value, self.tangent = value, tangent

    @property
    def shape(self) -> tuple[Any, ...]:
        """Shape of the matrix."""
        return self.value.shape

    @property
    def T(self) -> "DualMatrix":  # noqa: N802 (NumPy's name)
        """Transpose."""
        tangent = self.tangent
        return DualMatrix(self.value.T, tangent.swapaxes(-1, -2) if hasattr(tangent, "swapaxes") else tangent.T)

    def __matmul__(self, other: Any) -> "DualMatrix":
        if not isinstance(other, DualMatrix):
            return DualMatrix(self.value @ other, self.tangent @ other)
        return DualMatrix(self.value @ other.value, self.tangent @ other.value + self.value @ other.tangent)

    def __rmatmul__(self, other: Any) -> "DualMatrix":
        return DualMatrix(other @ self.value, other @ self.tangent)

    def __add__(self, other: "DualMatrix") -> "DualMatrix":
        return DualMatrix(self.value + other.value, self.tangent + other.tangent)

    def __neg__(self) -> "DualMatrix":
        return DualMatrix(-self.value, -self.tangent)

    def __sub__(self, other: "DualMatrix") -> "DualMatrix":
        return DualMatrix(self.value - other.value, self.tangent - other.tangent)

    def __rsub__(self, other: Any) -> "DualMatrix":
        return DualMatrix(other - self.value, -self.tangent)


def directional_derivative(
    function: Callable[[Sequence[Any]], tuple[Any, ...]], weights: Sequence[Any], directions: Sequence[Any]
) -> tuple[Any, ...]:
    """Derivative of a tuple of matrices in the direction ``directions``, a tuple shaped like the result.

    ``function`` maps weights to matrices by ``@``, ``.T`` and ``-`` alone; with ``directions`` of shape
    ``(K, n_l, n_{l-1})`` all ``K`` derivatives come at once.

    Examples
    --------
    >>> square = lambda weights: (weights[0] @ weights[0],)
    >>> directional_derivative(square, [np.array([[3.0]])], [np.array([[1.0]])])
    (array([[6.]]),)
    """
    duals = [DualMatrix(weight, direction) for weight, direction in zip(weights, directions, strict=True)]
    return tuple(dual.tangent for dual in function(duals))


def jacobian(function: Callable[[Sequence[Any]], tuple[Any, ...]], weights: Sequence[Array]) -> Array:
    """Jacobian matrix of ``function`` in the flattened weights, ``(N, N)`` for ``N`` parameters."""
    sizes = [weight.size for weight in weights]
    directions = [
        block.reshape(-1, *weight.shape)
        for block, weight in zip(np.split(np.eye(sum(sizes)), np.cumsum(sizes)[:-1], axis=1), weights, strict=True)
    ]
    columns = directional_derivative(function, weights, directions)
    return np.concatenate([column.reshape(len(column), -1) for column in columns], axis=1).T
