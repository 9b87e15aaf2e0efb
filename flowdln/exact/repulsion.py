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


def volume_growth(cosines: Any, squared_lengths: Any) -> Any:
    r"""Velocity of ``ln det C``, of the squared volume that the unit vectors span, in units of 1 / tau.

    .. math:: \tau \frac{d}{dt} \ln \det C = 2 \sum_{i \ne k} u_k \epsilon_{ik}^2 \ge 0,
        \quad C_{ij} = \epsilon_{ij}, \; u_k = |w_k|^2

    For linearly independent vectors, as for :func:`cosine_rate`, with its parameters.

    Source: derived here.

    Examples
    --------
    Of two vectors the squared volume is ``1 - eps^2``:

    >>> import numpy as np
    >>> cosines, squares = np.array([[1.0, 0.5], [0.5, 1.0]]), [1.0, 3.0]
    >>> float(volume_growth(cosines, squares)), -2 * 0.5 * float(cosine_rate(0, 1, cosines, squares)) / (1 - 0.5**2)
    (2.0, 2.0)
    """
    every = range(len(squared_lengths))
    return 2 * sum(squared_lengths[k] * cosines[i, k] ** 2 for i in every for k in every if i != k)


def neglected_square(modes: Any, hidden: Any) -> Any:
    r"""Mean square of what other vectors add to the rate of a cosine, over that of the pair's own first-order rate.

    .. math:: \frac{\langle (\sum_{k \ne i, j} \epsilon_{ik} \epsilon_{jk})^2 \rangle}
        {\langle \epsilon_{ij}^2 \rangle} = \frac{n - 2}{h} \left( 1 + \frac{n - 3}{h} \right)

    For ``modes`` vectors of equal length with independent directions, uniform in ``hidden`` dimensions: the others may
    be neglected if they are few for each hidden unit.

    Source: derived here.

    Examples
    --------
    >>> neglected_square(6, 10)
    0.52
    """
    return (modes - 2) / hidden * (1 + (modes - 3) / hidden)
