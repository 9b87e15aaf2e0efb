r"""Whether layers share singular vectors, with each other and with the data.

For any two matrices that meet in a layer (von Neumann's inequality),

.. math:: \|A B\|_* \le \sum_a s_a(A) \, s_a(B),

with equality if and only if the right singular vectors of ``A`` are the left ones of ``B``, strongest with strongest.
The ratio of the two sides is therefore a measure of alignment that no choice of vectors enters, where singular values
coincide, and that no rotation of a layer changes.
"""

from itertools import pairwise

import numpy as np

from flowdln.observe.networks import Network, layers_of, moments_of
from flowdln.problem import Moments
from flowdln.spectra import of_unit_size
from flowdln.validation import Array, Weights


def layer_alignment(network: Network) -> Array:
    r"""Alignment of adjacent layers, ``(..., L - 1)``: 1 where they share singular vectors, less where they do not.

    .. math:: \|W_{l+1} W_l\|_* \Big/ \sum_a s_a(W_{l+1}) \, s_a(W_l)

    Balanced layers have 1. ``nan`` where a layer is zero.

    Raises
    ------
    InputError
        For a trajectory that did not keep its weights.

    Examples
    --------
    >>> layer_alignment((np.diag([2.0, 1.0]), np.diag([3.0, 1.0]))).round(12), layer_alignment((np.eye(2), np.eye(2)))
    (array([1.]), array([1.]))
    >>> layer_alignment((np.diag([2.0, 1.0]), np.diag([1.0, 3.0]))).round(3)
    array([0.714])
    """
    pairs = [_alignment(above, below) for below, above in pairwise(layers_of(network))]
    return np.stack(pairs, axis=-1) if pairs else np.empty((*layers_of(network)[0].shape[:-2], 0))


def data_alignment(network: Network, moments: Moments | None = None) -> Array:
    r"""Alignment of the first and the last layer with ``sigma_yx``, ``(..., 2)``: 1 where they share singular vectors.

    .. math:: \|W_1 \Sigma_{yx}^T\|_* \Big/ \sum_a s_a(W_1) \, s_a(\Sigma_{yx}), \qquad
        \|\Sigma_{yx}^T W_L\|_* \Big/ \sum_a s_a(W_L) \, s_a(\Sigma_{yx})

    The first says whether what ``W_1`` reads of the inputs are the input modes of the task, the second whether what
    ``W_L`` writes are its output modes. ``nan`` where a layer is zero. A trajectory knows its moments.

    Raises
    ------
    InputError, ShapeError
        For a trajectory that did not keep its weights, and moments that are missing or of other data.

    Examples
    --------
    >>> moments = Moments(np.eye(2), np.diag([3.0, 1.0]), 10.0)
    >>> data_alignment((np.diag([2.0, 1.0]), np.diag([1.0, 2.0])), moments).round(3)
    array([1.   , 0.714])
    """
    weights, task = layers_of(network), moments_of(network, moments).sigma_yx.T
    return np.stack([_alignment(weights[0], task), _alignment(task, weights[-1])], axis=-1)


def singular_overlaps(network: Network) -> Weights:
    r"""Overlaps ``|v_a(W_{l+1}) . u_b(W_l)|`` of singular vectors, a tuple of ``L - 1`` arrays ``(..., r, r')``.

    Rows are the right singular vectors of ``W_{l+1}``, columns the left ones of ``W_l``, strongest first; the identity
    for aligned layers. Where singular values coincide, or vanish, the vectors are one choice of many:
    :func:`layer_alignment` does not depend on it.

    Raises
    ------
    InputError
        For a trajectory that did not keep its weights.

    Examples
    --------
    >>> (overlaps,) = singular_overlaps((np.diag([2.0, 1.0]), np.diag([1.0, 3.0])))
    >>> overlaps
    array([[0., 1.],
           [1., 0.]])
    """
    frames = [np.linalg.svd(weight, full_matrices=False) for weight in layers_of(network)]
    return tuple(np.abs(above.Vh @ below.U) for below, above in pairwise(frames))


def _alignment(above: Array, below: Array) -> Array:
    """``|above @ below|_*`` over its largest possible value, which does not depend on the size of either."""
    above, below = of_unit_size(above, axes=(-2, -1)), of_unit_size(below, axes=(-2, -1))
    reached = np.linalg.svd(above @ below, compute_uv=False).sum(-1)
    values = [np.linalg.svd(matrix, compute_uv=False) for matrix in (above, below)]
    count = min(value.shape[-1] for value in values)
    largest = np.sum(values[0][..., :count] * values[1][..., :count], -1)
    return np.asarray(np.where(largest > 0, reached / np.where(largest > 0, largest, 1), np.nan))
