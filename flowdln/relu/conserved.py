"""What the flow of a ReLU network conserves, unit by unit."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any


def neuron_imbalance(layers: Sequence[Any]) -> tuple[Any, ...]:
    r"""Conserved numbers of all hidden units, a tuple of ``L - 1`` arrays ``(..., n_l)``.

    .. math:: |W_l[k, :]|^2 + b_k^2 - |W_{l+1}[:, k]|^2

    Constant along the flow of any loss: scaling what goes into a unit by ``c`` and what comes out by ``1 / c`` changes
    nothing, since the gates do not move. Flips of gates do not matter, nor do sliding modes. What a linear network
    conserves beside it, the imbalance of *pairs* of units, a ReLU network does not.

    Parameters
    ----------
    layers
        ``(W_1, ..., W_L)``, or ``[W_l, b_l]`` in place of ``W_l``; stacks ``(T, n_l, ...)`` are taken too.

    Source: Du, Hu and Lee 2018, Theorem 2.1.

    Examples
    --------
    >>> import numpy as np
    >>> neuron_imbalance((np.array([[3.0, 4.0]]), np.array([[2.0], [1.0]])))
    (array([20.]),)
    """
    return tuple(
        (below**2).sum(-1) - (above[..., :, : below.shape[-2]] ** 2).sum(-2) for below, above in pairwise(layers)
    )
