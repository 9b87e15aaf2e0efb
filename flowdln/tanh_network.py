"""Networks with tanh hidden units, on samples: what a linear network leaves out."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from flowdln.validation import Array, Weights


def tanh_outputs(weights: Sequence[Array], inputs: Array) -> Array:
    r"""Outputs ``(..., P, n_L)`` of ``P`` samples, one a row: :math:`W_L \tanh(W_{L-1} \cdots \tanh(W_1 x))`.

    Stacks of weights ``(..., n_l, n_{l-1})`` give the stack of outputs, so that many networks run at once.
    Nothing is validated or raised.

    Examples
    --------
    >>> tanh_outputs((np.array([[1.0]]), np.array([[2.0]])), np.array([[0.5]])).round(3)
    array([[0.924]])
    """
    return _activities(weights, inputs)[-1] @ weights[-1].mT


def tanh_flow(weights: Sequence[Array], inputs: Array, targets: Array) -> Weights:
    r"""Velocity of every layer, shaped like ``weights``: minus the gradient of the mean squared error by two.

    .. math:: \dot W_l = \langle \delta_l h_{l-1}^T \rangle, \quad
        \delta_L = y - W_L h_{L-1}, \quad \delta_l = (1 - h_l^2) \odot W_{l+1}^T \delta_{l+1}

    with :math:`h_0 = x` and :math:`h_l = \tanh(W_l h_{l-1})`. Where all activities are small this is
    :func:`flowdln.gradient_flow` to second order in them.

    Parameters
    ----------
    weights
        ``(W_1, ..., W_L)`` of shapes ``(..., n_l, n_{l-1})``; stacks of networks are independent of each other.
    inputs : (P, n_0)
    targets : (..., P, n_L)

    Source: back-propagation, Rumelhart, Hinton and Williams 1986; the network is Saxe et al. 2014, Fig. 3.

    Examples
    --------
    >>> tanh_flow((np.array([[0.0]]), np.array([[2.0]])), np.array([[1.0]]), np.array([[3.0]]))
    (array([[6.]]), array([[0.]]))
    """
    activities = _activities(weights, inputs)
    error = targets - activities[-1] @ weights[-1].mT
    velocity = []
    for weight, activity in zip(reversed(weights[1:]), reversed(activities[1:]), strict=True):
        velocity.append(error.mT @ activity / len(inputs))
        error = (1 - activity**2) * (error @ weight)
    return (error.mT @ inputs / len(inputs), *reversed(velocity))


def tanh_descent(weights: Weights, inputs: Array, targets: Array, *, learning_rate: float) -> Iterator[Weights]:
    """The initial weights, then those after each step of gradient descent on :func:`tanh_flow`, without end.

    Examples
    --------
    >>> runs = tanh_descent((np.array([[0.0]]), np.array([[2.0]])), np.ones((1, 1)), np.ones((1, 1)), learning_rate=0.1)
    >>> next(runs), next(runs)
    ((array([[0.]]), array([[2.]])), (array([[0.2]]), array([[2.]])))
    """
    while True:
        yield weights
        velocity = tanh_flow(weights, inputs, targets)
        weights = tuple(weight + learning_rate * change for weight, change in zip(weights, velocity, strict=True))


def _activities(weights: Sequence[Array], inputs: Array) -> list[Array]:
    """Inputs and hidden activities ``h_0, ..., h_{L-1}``, one sample a row."""
    return list(accumulate(weights[:-1], lambda activity, weight: np.tanh(activity @ weight.mT), initial=inputs))
