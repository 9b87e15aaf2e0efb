"""Gradient flow of a deep linear network, as a matrix ODE.

Only ``@``, ``.T`` and ``-`` appear, so one definition serves NumPy, JAX, SymPy and dual matrices.
Products are formed from the narrower end of the network: cost O(min(n_0, n_L) * parameters), linear in depth.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import matmul, methodcaller
from typing import Any

from flowdln.problem import Moments


def gradient_flow(t: Any, weights: Sequence[Any], moments: Moments) -> tuple[Any, ...]:
    r"""Velocity of every layer, a tuple shaped like ``weights`` (time in units of tau).

    .. math:: \tau \dot W_l = (W_L \cdots W_{l+1})^T (\Sigma_{yx} - W_L \cdots W_1 \Sigma_{xx}) (W_{l-1} \cdots W_1)^T

    Autonomous: ``t`` is unused, and there so that ODE solvers can call it.
    Valid for any data, any widths, any depth; nothing is raised.

    Source: Basu et al., eq. (5) and (14); Saxe et al. 2014, eq. (13).

    Examples
    --------
    >>> import numpy as np
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> gradient_flow(0.0, (np.array([[0.5]]), np.array([[1.0]])), moments)
    (array([[1.5]]), array([[0.75]]))
    """
    del t
    # "is True": symbolic sizes compare to a relation, which is neither true nor false; either side then does.
    narrow_input = (weights[0].shape[-1] < weights[-1].shape[-2]) is True
    return flow_from_input(weights, moments) if narrow_input else flow_from_output(weights, moments)


def flow_from_output(weights: Sequence[Any], moments: Moments) -> tuple[Any, ...]:
    """:func:`gradient_flow` with all products formed from the output side, of ``n_L`` rows each."""
    tails = list(accumulate(reversed(weights), matmul))  # W_L, W_L W_{L-1}, ..., W_L...W_1
    error = moments.sigma_yx - tails[-1] @ moments.sigma_xx
    velocity = []
    for weight, tail in zip(weights, reversed(tails[:-1]), strict=False):
        velocity.append(tail.T @ error)
        error = error @ weight.T
    return (*velocity, error)


def flow_from_input(weights: Sequence[Any], moments: Moments) -> tuple[Any, ...]:
    """:func:`gradient_flow` with all products formed from the input side, of ``n_0`` columns each."""
    heads = list(accumulate(weights, lambda head, weight: weight @ head))  # W_1, W_2 W_1, ..., W_L...W_1
    error = moments.sigma_yx - heads[-1] @ moments.sigma_xx
    velocity = []
    for weight, head in zip(reversed(weights), reversed(heads[:-1]), strict=False):
        velocity.append(error @ head.T)
        error = weight.T @ error
    return (error, *reversed(velocity))


def end_to_end(weights: Sequence[Any]) -> Any:
    """The map the network computes, ``W_L ... W_1`` of shape ``(n_L, n_0)``.

    Stacks of weights ``(T, n_l, n_{l-1})`` give the stack of products.

    Examples
    --------
    >>> import numpy as np
    >>> end_to_end((np.array([[2.0]]), np.array([[3.0]])))
    array([[6.]])
    """
    if (weights[0].shape[-1] < weights[-1].shape[-2]) is True:
        *_, product = accumulate(weights, lambda head, weight: weight @ head)
    else:
        *_, product = accumulate(reversed(weights), matmul)
    return product


def loss(weights: Sequence[Any], moments: Moments, trace: Callable[[Any], Any] = methodcaller("trace")) -> Any:
    r"""Half the mean squared error, a number.

    .. math:: E = \tfrac12 \langle |y - P x|^2 \rangle
        = \tfrac12 \langle |y|^2 \rangle - \mathrm{tr}\, P^T \Sigma_{yx} + \tfrac12 \mathrm{tr}\, P^T P \Sigma_{xx}

    Formed from moments, so values below about ``1e-16 * trace_yy`` are rounding and may be negative.
    ``trace`` is the trace of a matrix; SymPy's matrix expressions need ``sympy.Trace``.

    Examples
    --------
    >>> import numpy as np
    >>> float(loss((np.array([[0.0]]),), Moments(np.eye(1), np.array([[2.0]]), 4.0)))
    2.0
    """
    product = end_to_end(weights)
    correlation = trace(product.T @ moments.sigma_yx)
    power = trace(product.T @ (product @ moments.sigma_xx))
    return moments.trace_yy / 2 - correlation + power / 2
