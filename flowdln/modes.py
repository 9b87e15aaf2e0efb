"""The SVD frame of the data, in which a network's dynamics is read mode by mode."""

from typing import NamedTuple

import numpy as np

from flowdln.problem import Moments
from flowdln.spectra import principal_axes, truncated_svd
from flowdln.validation import Array, unit_scales


class Frame(NamedTuple):
    """Thin SVD of ``sigma_yx = left @ diag(strengths) @ right.T``, of the ``r`` modes that the task has."""

    left: Array  # (n_L, r)
    strengths: Array  # (r,), decreasing
    right: Array  # (n_0, r)


def svd_frame(moments: Moments) -> Frame:
    """The modes of ``sigma_yx``: its singular vectors and values above rounding, largest first.

    The rank is that of ``sigma_yx`` with every input in units of its root mean square. Where singular values coincide,
    the vectors are one choice of many.
    """
    return Frame(*truncated_svd(moments.sigma_yx, unit_scales(moments.sigma_xx)))


def mode_strengths(product: Array, frame: Frame) -> Array:
    """Strengths ``u_a^T P v_a`` of a product ``(n_L, n_0)``, or of a stack of them, shape ``(..., r)``.

    For inputs with ``sigma_xx = c I`` they tend to ``frame.strengths / c``.
    """
    return np.einsum("ia,...ij,ja->...a", frame.left, product, frame.right, optimize=True)


def mode_targets(moments: Moments) -> Array:
    """Strengths ``(r,)`` that the modes have at the least-squares solution ``sigma_yx sigma_xx^+``."""
    powers, directions, task = principal_axes(moments.sigma_xx, moments.sigma_yx)
    return mode_strengths(task / np.sqrt(powers) @ directions.T, svd_frame(moments))
