"""How the angles between the vectors of different modes change: tied layers, a diagonal task, whitened inputs."""

from typing import Any


def cosine_rate(i: int, j: int, cosines: Any, squared_lengths: Any) -> Any:
    r"""Velocity of the cosine ``eps_ij`` between vectors ``i`` and ``j``, in units of 1 / tau.

    With the columns of ``W_1`` as vectors, ``W_2 = W_1^T``, ``sigma_xx = I`` and any diagonal ``sigma_yx``,

    .. math:: \tau \dot \epsilon_{ij} = -\sum_k u_k
        \left( 2 \epsilon_{ik} \epsilon_{jk} - \epsilon_{ij} (\epsilon_{ik}^2 + \epsilon_{jk}^2) \right),
        \quad u_k = |w_k|^2

    over all ``k``: the terms ``k = i, j`` are ``-(u_i + u_j) eps_ij (1 - eps_ij^2)``, by which two vectors repel each
    other; the other terms are of second order in the cosines and have any sign. The task does not enter: it only
    stretches the vectors.

    Parameters
    ----------
    i, j
        Which two vectors, from zero.
    cosines
        Entries ``[i, k]``: ``(n, n)``, or ``(n, n, T)`` for many times, or a SymPy matrix.
    squared_lengths
        The ``u_k``, each a number or of shape ``(T,)``.

    Source: derived here.

    Examples
    --------
    >>> import numpy as np
    >>> float(cosine_rate(0, 1, np.array([[1.0, 0.5], [0.5, 1.0]]), [1.0, 3.0]))
    -1.5
    """
    pull = 0
    for k, squared_length in enumerate(squared_lengths):
        first, second = cosines[i, k], cosines[j, k]
        pull = pull + squared_length * (2 * first * second - cosines[i, j] * (first**2 + second**2))
    return -pull
