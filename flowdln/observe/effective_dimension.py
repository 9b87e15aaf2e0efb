"""How many directions a matrix uses."""

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import InputError
from flowdln.observe.networks import matrices_of
from flowdln.validation import Array

SOURCE = "Write trajectory.product, or trajectory.weights[0] for the first layer."


def effective_rank(matrices: ArrayLike) -> Array:
    r"""Effective rank of matrices ``(..., n, m)``: numbers ``(...)`` from 1 to their rank.

    .. math:: \mathrm{erank}(W) = \exp\Big(-\sum_a p_a \ln p_a\Big), \qquad p_a = s_a / \sum_b s_b

    The exponential of the entropy of the singular values ``s_a`` (not of their squares, as some authors have it), so
    that ``r`` equal ones count as ``r``.

    Raises
    ------
    InputError
        For a matrix of zeros, which has none, and a trajectory in place of its matrices.

    Source: Roy and Vetterli 2007, "The effective rank".

    Examples
    --------
    >>> effective_rank([np.diag([2.0, 2.0, 0.0]), np.diag([1.0, 0.0, 0.0])]).round(12)
    array([2., 1.])
    """
    values = np.linalg.svd(matrices_of("matrices", matrices, advice=SOURCE), compute_uv=False)
    totals = values.sum(-1, keepdims=True)
    if (totals == 0).any():
        raise InputError(
            "matrices has a matrix of zeros; expected at least one entry that is not 0 in each. Leave that time out."
        )
    shares = values / totals
    return np.asarray(np.exp(-np.sum(shares * np.log(np.where(shares > 0, shares, 1)), -1)))
