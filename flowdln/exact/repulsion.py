"""How the angles between the vectors of different modes change: tied layers, a diagonal task, whitened inputs."""

from typing import Any

import numpy as np

from flowdln.errors import InputError, ShapeError
from flowdln.validation import LARGEST_STRENGTH, real_array, real_numbers, whole_number


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
    cosines, squared_lengths = _checked(cosines, squared_lengths)
    i, j = (_index(name, index, len(squared_lengths)) for name, index in (("i", i), ("j", j)))
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
    cosines, squared_lengths = _checked(cosines, squared_lengths)
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
    >>> float(neglected_square(6, 10))
    0.52
    """
    modes, hidden = (
        real_numbers("modes", modes, at_least=2.0, below=1e100),
        real_numbers("hidden", hidden, at_least=1.0),
    )
    return (modes - 2) / hidden * (1 + (modes - 3) / hidden)


def _checked(cosines: Any, squared_lengths: Any) -> tuple[Any, Any]:
    """Cosines ``(n, n)`` or ``(n, n, T)`` and ``n`` squared lengths, checked unless they are SymPy's."""
    if hasattr(cosines, "free_symbols"):
        return cosines, squared_lengths
    cosines, lengths = real_array("cosines", cosines, None), real_array("squared_lengths", squared_lengths, None)
    if cosines.ndim not in (2, 3) or lengths.ndim not in (1, 2) or cosines.shape[:2] != (len(lengths),) * 2:
        raise ShapeError(
            f"cosines has shape {cosines.shape}, squared_lengths {lengths.shape}; expected (n, n) or (n, n, T), and "
            "(n,) or (n, T)."
        )
    if max(np.abs(cosines).max(), np.abs(lengths).max()) > LARGEST_STRENGTH or cosines.shape[2:] not in (
        (),
        lengths.shape[1:],
    ):
        raise InputError(f"cosines and squared_lengths do not fit together; expected sizes below {LARGEST_STRENGTH:g}.")
    return cosines, lengths


def _index(name: str, index: Any, count: int) -> int:
    number = whole_number(name, index, least=0, advice="Vectors are counted from zero.")
    if number >= count:
        raise InputError(f"{name} is {number}; expected less than {count}, the number of vectors.")
    return number
