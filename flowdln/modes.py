"""The SVD frame of the data, in which a network's dynamics is read mode by mode."""

from typing import NamedTuple

import numpy as np

from flowdln.problem import Moments
from flowdln.validation import RANK_TOLERANCE, Array


class Frame(NamedTuple):
    """Thin SVD of ``sigma_yx = left @ diag(strengths) @ right.T``, of the ``r`` modes that the task has."""

    left: Array  # (n_L, r)
    strengths: Array  # (r,), decreasing
    right: Array  # (n_0, r)


def svd_frame(moments: Moments) -> Frame:
    """The modes of ``sigma_yx``: its singular vectors and values above rounding, largest first.

    Where singular values coincide, the vectors are one choice of many.
    """
    left, strengths, right = np.linalg.svd(moments.sigma_yx, full_matrices=False)
    rank = int(np.count_nonzero(strengths > RANK_TOLERANCE * strengths[0])) if strengths[0] > 0 else 0
    return Frame(left[:, :rank], strengths[:rank], right[:rank].T)


def mode_strengths(product: Array, frame: Frame) -> Array:
    """Strengths ``u_a^T P v_a`` of a product ``(n_L, n_0)``, or of a stack of them, shape ``(..., r)``.

    For inputs with ``sigma_xx = c I`` they tend to ``frame.strengths / c``.
    """
    return np.einsum("ia,...ij,ja->...a", frame.left, product, frame.right, optimize=True)


def mode_targets(moments: Moments) -> Array:
    """Strengths ``(r,)`` that the modes have at the least-squares solution ``sigma_yx sigma_xx^+``."""
    frame = svd_frame(moments)
    solution = np.linalg.lstsq(moments.sigma_xx, moments.sigma_yx.T, rcond=RANK_TOLERANCE)[0].T
    return mode_strengths(solution, frame)
