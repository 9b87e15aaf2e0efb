r"""The neural tangent kernel of a linear network, and how far it moves: lazy or rich learning.

With the tails ``A_l = W_L ... W_{l+1}`` and the heads ``B_l = W_{l-1} ... W_1``, an output changes with the layers as
``dy = sum_l A_l dW_l B_l x``, so the kernel is a sum of ``L`` Kronecker products of small matrices:

.. math:: K = \sum_l A_l A_l^T \otimes X B_l^T B_l X^T

(``X`` has one item a row.) Norms and distances are taken from the small matrices; they do not need ``K`` itself.
"""

from collections.abc import Sequence
from itertools import accumulate
from operator import matmul

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import InputError, ShapeError
from flowdln.observe.networks import Network, layers_of, valid_inputs
from flowdln.observe.responses import representations
from flowdln.spectra import of_unit_size
from flowdln.validation import Array, within_float64

Factors = tuple[Array, Array]  # (..., L, n_L, n_L) and (..., L, P, P): the Kronecker factors


@within_float64("the kernel")
def neural_tangent_kernel(network: Network, inputs: ArrayLike) -> Array:
    r"""Kernel ``(..., P, n_L, P, n_L)``: how output ``a`` of item ``i`` moves when ``b`` of ``j`` is pushed.

    .. math:: K_{ia,jb} = \sum_\theta \partial_\theta y_a(x_i) \, \partial_\theta y_b(x_j)

    Predictions move by ``tau dy/dt = <K (y_target - y)>``, the mean over items. With ``inputs = numpy.eye(n_0)`` it is
    the kernel of the end-to-end map.

    Parameters
    ----------
    network
        A trajectory, or weights ``(W_1, ..., W_L)``, which may be stacks ``(T, n_l, n_{l-1})``.
    inputs : (P, n_0)
        One item a row.

    Raises
    ------
    InputError, ShapeError
        As :func:`flowdln.observe.representations`.

    Source: Jacot, Gabriel and Hongler 2018.

    Examples
    --------
    >>> kernel = neural_tangent_kernel((np.array([[2.0]]), np.array([[3.0]])), [[1.0]])
    >>> float(kernel[0, 0, 0, 0])
    13.0
    """
    outputs, items = _factors(network, inputs)
    return np.asarray(np.einsum("...lab,...lij->...iajb", outputs, items))


@within_float64("the distance")
def kernel_distance(network: Network, initial: Sequence[Array], inputs: ArrayLike) -> Array:
    r"""Relative distance of the kernel from the initial one, ``(...)``: small in lazy learning, large in rich learning.

    .. math:: \|K(t) - K(0)\|_F / \|K(0)\|_F

    Parameters
    ----------
    network
        A trajectory, or weights ``(W_1, ..., W_L)``, which may be stacks ``(T, n_l, n_{l-1})``.
    initial
        Weights at time 0: ``trajectory.problem.weights``.
    inputs : (P, n_0)
        One item a row.

    Raises
    ------
    InputError, ShapeError
        As :func:`flowdln.observe.representations`, and for an initial kernel of zero.

    Source: Chizat, Oyallon and Bach 2019 (lazy training).

    Examples
    --------
    >>> float(kernel_distance(([[2.0]], [[3.0]]), ([[1.0]], [[1.0]]), [[1.0]]))  # 13 from 2
    5.5
    """
    now, start = layers_of(network), layers_of(initial)
    size = max(np.abs(weight).max() for weight in (*now, *start)) or 1.0  # a common factor, whose powers may underflow
    samples = of_unit_size(valid_inputs(inputs, now[0].shape[-1]), axes=(-2, -1))
    outputs, items = _factors([weight / size for weight in now], samples)
    outputs_0, items_0 = _factors([weight / size for weight in start], samples)
    if outputs_0.shape[-3] != outputs.shape[-3]:
        raise ShapeError(
            f"initial has {outputs_0.shape[-3]} layers; expected {outputs.shape[-3]}, as the network has. It is "
            "trajectory.problem.weights."
        )
    # K - K_0 = (G - G_0) x H + G_0 x (H - H_0): differences before products, or small distances would be rounding.
    still = np.broadcast_to(outputs_0, outputs.shape)
    change = _squared_norm(
        np.concatenate([outputs - outputs_0, still], -3), np.concatenate([items, items - items_0], -3)
    )
    norm_0 = _squared_norm(outputs_0, items_0)
    if (norm_0 == 0).any():
        raise InputError(
            "the initial kernel is zero, or too small beside the weights for float64; expected another, to which the "
            "change is relative. Compare with the kernel at a later time."
        )
    return np.asarray(np.sqrt(change / norm_0))


def _factors(network: Network, inputs: ArrayLike) -> Factors:
    """``A_l A_l^T`` and ``X B_l^T B_l X^T`` for ``l = 1 .. L``."""
    weights = layers_of(network)
    times, n_in, n_out = weights[0].shape[:-2], weights[0].shape[-1], weights[-1].shape[-2]
    items = valid_inputs(inputs, n_in)
    heads = [np.broadcast_to(items, (*times, *items.shape)), *representations(weights, items)[:-1]]
    identity = np.broadcast_to(np.eye(n_out), (*times, n_out, n_out))
    tails = list(accumulate(weights[:0:-1], matmul, initial=identity))[::-1]  # A_1, ..., A_L = I
    outputs = np.stack([tail @ tail.swapaxes(-1, -2) for tail in tails], -3)
    return outputs, np.stack([head @ head.swapaxes(-1, -2) for head in heads], -3)


def _squared_norm(outputs: Array, items: Array) -> Array:
    """``|sum_l G_l x H_l|_F^2`` from the inner products of the factors; never below 0."""
    first = np.einsum("...lab,...mab->...lm", outputs, outputs)
    second = np.einsum("...lij,...mij->...lm", items, items)
    return np.asarray(np.maximum(np.sum(first * second, (-2, -1)), 0))
