r"""How fast layers can grow: bounds that see the weights only through the norm of the largest layer.

With whitened inputs ``tau d|W_l|_F^2 / dt = 2 tr P^T (sigma_yx - P)`` is the same for all layers. So the largest layer
stays the largest, and ``U = |W_l|_F^L`` of it obeys ``tau dU/dt = L U^(1 - 2/L) tr P^T (sigma_yx - P)``.
"""

from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any

from numpy.typing import ArrayLike

from flowdln.exact.balanced import balanced_mode, balanced_mode_time
from flowdln.problem import Moments
from flowdln.validation import (
    LARGEST_STRENGTH,
    SMALLEST_STRENGTH,
    Array,
    real_number,
    real_numbers,
    time_points,
    valid_depth,
)
from flowdln.vector_field import end_to_end

LOW, HIGH = 0.1, 0.9  # of the largest value: where a rise starts and ends
READ_KAPPAS = (0.98, 0.65)  # kappa_1 and kappa_2, as read from Fig. 1 (i) by the authors of Basu et al.


def squared_norm_rate(
    weights: Sequence[Any], moments: Moments, trace: Callable[[Any], Any] = methodcaller("trace")
) -> Any:
    r"""Rate ``tau d|W_l|_F^2 / dt`` along the flow, a number, the same for every layer.

    .. math:: 2 \, \mathrm{tr}\, P^T (\Sigma_{yx} - P \Sigma_{xx}), \quad P = W_L \cdots W_1

    Valid for any data and any weights. ``trace`` as in :func:`flowdln.loss`.

    Source: the trace of Basu et al., eq. (7), to which the sum over samples is added here.

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> float(squared_norm_rate((np.array([[0.5]]), np.array([[1.0]])), moments))
    1.5
    """
    product = end_to_end(weights)
    return 2 * trace(product.T @ (moments.sigma_yx - product @ moments.sigma_xx))


def growth_bound(U: Any, ceiling: Any, depth: Any, kappa: Any) -> Any:
    r"""Bound on ``tau dU/dt`` for ``U = |W_l|_F^L`` of the largest layer, shaped like ``U``; numbers or symbols.

    .. math:: \tau \dot U \leq L \, U^{2 - 2/L} (M - \kappa U)

    Holds with ``M = |sigma_yx|_F`` where ``kappa <= |W_L ... W_1|_F / U`` and ``kappa U <= M``, for whitened inputs.
    With ``kappa = 1`` it is an equality for balanced, aligned weights of rank one.

    Source: Basu et al., eq. (17), where ``ceiling`` is ``(2 kappa_1 + 1) |sigma_yx|_F``.

    Examples
    --------
    >>> float(growth_bound(0.5, 2.0, depth=2, kappa=1.0))
    1.5
    """
    depth, bound = valid_depth(depth), LARGEST_STRENGTH
    U = real_numbers("U", U, at_least=0.0, below=bound)
    ceiling, kappa = (
        real_numbers(n, x, above=-bound, below=bound) for n, x in (("ceiling", ceiling), ("kappa", kappa))
    )
    return depth * U ** (2 - 2 / depth) * (ceiling - kappa * U)


def fastest_growth(t: ArrayLike, U_0: float, ceiling: float, depth: int, kappa: float) -> Array:
    """Largest ``U`` that :func:`growth_bound` allows at the times ``t``, in units of tau, from ``U_0``.

    Examples
    --------
    >>> fastest_growth([0.0, 100.0], 0.1, 2.0, depth=2, kappa=0.5)
    array([0.1, 4. ])
    """
    top, kappa = _largest(ceiling, kappa)
    return balanced_mode(kappa * time_points(t), U_0, top, depth)


def fastest_growth_time(U: ArrayLike, U_0: ArrayLike, ceiling: float, depth: int, kappa: float) -> Array:
    r"""Least time in units of tau in which :func:`growth_bound` lets ``U`` grow from ``U_0``, both below its zero.

    .. math:: \frac{t}{\tau} \geq \int_{U_0}^U \frac{dV}{L \, V^{2 - 2/L} (M - \kappa V)}

    Source: Basu et al., eq. (18) is a form for infinite depth, with kappa in other places.

    Examples
    --------
    >>> float(fastest_growth_time(1.0, 0.1, 2.0, depth=2, kappa=1.0).round(6))
    0.73611
    """
    top, kappa = _largest(ceiling, kappa)
    return balanced_mode_time(U, U_0, top, depth) / kappa


def rise_time(ceiling: float, depth: int, kappa: float) -> float:
    """Least time in units of tau in which ``U`` grows from a tenth to nine tenths of its largest value, a number.

    That value is ``M / kappa``, where :func:`growth_bound` is zero; ``ceiling`` is ``M``. The time is
    ``(M / kappa)^(2 / L - 2) / kappa`` times what it is for both equal to 1.

    Source: Basu et al., Fig. 1 (iii), describe such rises.

    Examples
    --------
    >>> import numpy as np
    >>> round(rise_time(0.5, depth=2, kappa=0.5), 6), round(float(2 * np.log(9)), 6)
    (4.394449, 4.394449)
    """
    top, kappa = _largest(ceiling, kappa)
    return float(fastest_growth_time(HIGH * top, LOW * top, ceiling, depth, kappa))


def _largest(ceiling: float, kappa: float) -> tuple[float, float]:
    """``M / kappa``, where the bound is zero, and ``kappa``, checked."""
    kappa = real_number("kappa", kappa, above=SMALLEST_STRENGTH)
    return real_number("ceiling", ceiling, above=SMALLEST_STRENGTH, below=LARGEST_STRENGTH) / kappa, kappa
