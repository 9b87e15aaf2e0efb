"""What the units of a linear network answer to given inputs."""

from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from flowdln.observe.networks import Network, layers_of, valid_inputs
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights, within_float64
from flowdln.vector_field import end_to_end


@within_float64("an activity")
def representations(network: Network, inputs: ArrayLike) -> Weights:
    r"""Activities of all layers, a tuple of ``L`` arrays ``(..., P, n_l)``; the last is that of the outputs.

    .. math:: h_l(x) = W_l \cdots W_1 x

    Parameters
    ----------
    network
        A trajectory, or weights ``(W_1, ..., W_L)``, which may be stacks ``(T, n_l, n_{l-1})``.
    inputs : (P, n_0)
        One item a row.

    Raises
    ------
    InputError, ShapeError
        For a trajectory that did not keep its weights, and inputs that do not fit.

    Examples
    --------
    >>> hidden, output = representations((np.array([[1.0, 2.0]]), np.array([[3.0]])), np.eye(2))
    >>> hidden.tolist(), output.tolist()
    ([[1.0], [2.0]], [[3.0], [6.0]])
    """
    weights = layers_of(network)
    items = valid_inputs(inputs, weights[0].shape[-1])
    first, *others = weights
    return tuple(accumulate(others, _passed_on, initial=_passed_on(items, first)))


@within_float64("a prediction")
def predictions(network: Network, inputs: ArrayLike) -> Array:
    r"""What the network says of each item and each property, ``(..., P, n_L)``.

    .. math:: \hat y(x) = W_L \cdots W_1 x

    A trajectory that kept only its product will do.

    Raises
    ------
    InputError, ShapeError
        As :func:`representations`.

    Examples
    --------
    >>> predictions((np.array([[1.0, 2.0]]), np.array([[3.0]])), [[1, 1]])
    array([[9.]])
    """
    product = network.product if isinstance(network, Trajectory) else end_to_end(layers_of(network))
    return _passed_on(valid_inputs(inputs, product.shape[-1]), product)


def _passed_on(activities: Array, weight: Array) -> Array:
    return np.asarray(activities @ weight.swapaxes(-1, -2))
