"""What is observed: a trajectory, or weights at one time or at many, on inputs of samples."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from flowdln.errors import InputError, ShapeError
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights, real_array

Network = Trajectory | Sequence[ArrayLike]


def layers_of(network: Network) -> Weights:
    """``(W_1, ..., W_L)``, each ``(..., n_l, n_{l-1})``, with the times of a trajectory in front.

    Raises
    ------
    InputError
        For a trajectory that did not keep its weights.
    """
    stored = network.weights if isinstance(network, Trajectory) else network
    weights = tuple(np.asarray(weight, float) for weight in stored)
    if not weights:
        raise InputError(
            what="the network",
            received="has no weights",
            expected="a trajectory that kept them, or (W_1, ..., W_L)",
            advice="Solve with save='weights', the default.",
        )
    return weights


def valid_inputs(inputs: ArrayLike, n_in: int) -> Array:
    """``inputs`` as float64 ``(P, n_in)``.

    Raises
    ------
    InputError, ShapeError
        As :func:`flowdln.validation.real_array`, and for another number of columns.
    """
    array = real_array("inputs", inputs, 2)
    if array.shape[1] != n_in:
        raise ShapeError(
            what="inputs",
            received=f"has shape {array.shape}",
            expected=f"{n_in} columns",
            advice=f"The network has {n_in} inputs; samples are rows.",
        )
    return array
