"""The flow of the product of balanced layers, which needs no layers."""

from typing import Any

import numpy as np

from flowdln.errors import ShapeError
from flowdln.problem import Moments, require_moments
from flowdln.validation import Array, real_array, valid_depth, within_float64

ROUNDING = 10 * np.finfo(float).eps  # relative; a root raises what rounding leaves of zero: its tenth root is 0.03


@within_float64("the velocity")
def end_to_end_flow(t: Any, product: Array, moments: Moments, depth: int) -> Array:
    r"""Velocity ``(n_L, n_0)`` of the product ``P`` of ``depth`` balanced layers (time in units of tau).

    .. math:: \tau \dot P = \sum_{j=1}^{L} (P P^T)^{(L-j)/L} (\Sigma_{yx} - P \Sigma_{xx}) (P^T P)^{(j-1)/L}

    For any data and any hidden widths, as long as the layers are balanced, ``W_{l+1}^T W_{l+1} = W_l W_l^T``; the
    flow keeps them so. A power 0 is the identity, also where ``P`` is singular; singular values that are rounding
    count as zero, and those stay zero. Where singular values approach zero the field of three or more layers
    is continuous, but its derivative is not. Autonomous: ``t`` is unused, and there so that ODE solvers can call it.

    Parameters
    ----------
    t
        Unused.
    product : (n_L, n_0)
        ``P``.
    moments
        Second moments of the data.
    depth
        Number of layers ``L``.

    Source: Arora, Cohen and Hazan 2018, Theorem 1.

    Examples
    --------
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> end_to_end_flow(0.0, np.array([[0.25]]), moments, depth=2)  # L u^(2 - 2/L) (s - u)
    array([[0.875]])
    """
    del t
    product, depth, moments = real_array("product", product, 2), valid_depth(depth), require_moments(moments)
    if product.shape != moments.sigma_yx.shape:
        raise ShapeError(f"product has shape {product.shape}; expected {moments.sigma_yx.shape}, that of sigma_yx.")
    left, values, right = np.linalg.svd(product)
    values = np.where(values > ROUNDING * values.max(), values, 0.0)
    outputs = np.pad(values, (0, len(left) - len(values))) ** (2 / depth)  # eigenvalues of (P P^T)^(1/L)
    inputs = np.pad(values, (0, len(right) - len(values))) ** (2 / depth)
    factors = sum(np.multiply.outer(outputs ** (depth - j), inputs ** (j - 1)) for j in range(1, depth + 1))
    error = moments.sigma_yx - product @ moments.sigma_xx
    return left @ (factors * (left.T @ error @ right.T)) @ right
