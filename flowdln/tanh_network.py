"""Networks with tanh hidden units, on samples: what a linear network leaves out."""

from collections.abc import Iterator, Sequence
from itertools import accumulate

import numpy as np

from flowdln.backpropagation import Samples, propagate_back
from flowdln.descent import descent_path
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


def tanh_flow(t: float, weights: Sequence[Array], samples: Samples) -> Weights:
    r"""Velocity of every layer, shaped like ``weights``: minus the gradient of half the mean squared error.

    By back-propagation of :math:`y - W_L h_{L-1}` with the slopes :math:`1 - h_l^2`, where :math:`h_0 = x` and
    :math:`h_l = \tanh(W_l h_{l-1})`. Where all activities are small this is :func:`flowdln.gradient_flow` to second
    order in them.

    Parameters
    ----------
    t
        Unused: the flow is autonomous.
    weights
        ``(W_1, ..., W_L)`` of shapes ``(..., n_l, n_{l-1})``; stacks of networks are independent of each other.
    samples
        Inputs ``(P, n_0)``, and targets ``(..., P, n_L)``.

    Source: the network is Saxe et al. 2014, Fig. 3.

    Examples
    --------
    >>> tanh_flow(0.0, (np.array([[0.0]]), np.array([[2.0]])), Samples(np.array([[1.0]]), np.array([[3.0]])))
    (array([[6.]]), array([[0.]]))
    """
    del t
    activities = _activities(weights, samples.inputs)
    slopes = [1 - activity**2 for activity in activities[1:]]
    return propagate_back(weights, activities, slopes, samples.targets - activities[-1] @ weights[-1].mT)


def tanh_descent(weights: Weights, inputs: Array, targets: Array, *, learning_rate: float) -> Iterator[Weights]:
    """The initial weights, then those after each step of gradient descent on :func:`tanh_flow`, without end.

    Examples
    --------
    >>> runs = tanh_descent((np.array([[0.0]]), np.array([[2.0]])), np.ones((1, 1)), np.ones((1, 1)), learning_rate=0.1)
    >>> next(runs), next(runs)
    ((array([[0.]]), array([[2.]])), (array([[0.2]]), array([[2.]])))
    """
    return descent_path(weights, Samples(inputs, targets), learning_rate, tanh_flow)


def _activities(weights: Sequence[Array], inputs: Array) -> list[Array]:
    """Inputs and hidden activities ``h_0, ..., h_{L-1}``, one sample a row."""
    return list(accumulate(weights[:-1], lambda activity, weight: np.tanh(activity @ weight.mT), initial=inputs))
