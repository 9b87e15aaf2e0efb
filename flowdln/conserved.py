"""What gradient flow conserves."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any


def imbalance(weights: Sequence[Any]) -> tuple[Any, ...]:
    r"""Conserved matrices of adjacent layers, a tuple of ``L - 1`` matrices ``(n_l, n_l)``.

    .. math:: W_{l+1}^T W_{l+1} - W_l W_l^T

    Constant along gradient flow of any loss that depends on the weights through their product.
    Gradient descent changes it at second order in the learning rate.

    Source: Basu et al., Theorem 1 (whose sign of the constant in eq. (8) is the opposite of eq. (9)).

    Examples
    --------
    >>> import numpy as np
    >>> imbalance((np.array([[1.0]]), np.array([[3.0]])))
    (array([[8.]]),)
    """
    return tuple(above.T @ above - below @ below.T for below, above in pairwise(weights))
