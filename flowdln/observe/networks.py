"""What is observed: a trajectory, or weights at one time or at many, on inputs of samples."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from flowdln.datasets import Dataset
from flowdln.errors import InputError, ShapeError
from flowdln.problem import Moments, Problem
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights, real_array

Network = Trajectory | Sequence[ArrayLike]


def layers_of(network: Network) -> Weights:
    """``(W_1, ..., W_L)``, each ``(..., n_l, n_{l-1})``, with the times of a trajectory in front.

    Raises
    ------
    InputError
        For a trajectory that did not keep its weights, and what is neither a trajectory nor weights.
    ShapeError
        For layers that do not fit together.
    """
    if isinstance(network, Trajectory):
        weights = network.weights
    elif isinstance(network, (tuple, list)) and not isinstance(network, Moments):
        weights = tuple(real_array(f"weights[{i}]", weight, 2, stacked=True) for i, weight in enumerate(network))
    else:
        raise InputError(
            f"the network is a {type(network).__name__}; expected a trajectory, or weights (W_1, ..., W_L). It "
            "comes first, before data. Of a problem write problem.weights, of a single layer (W,)."
        )
    if not weights:
        raise InputError(
            "the network has no weights; expected a trajectory that kept them, or (W_1, ..., W_L). Solve with "
            "save='weights', the default."
        )
    for i, (below, above) in enumerate(pairwise(weights), start=1):
        if (*below.shape[:-2], below.shape[-2]) != (*above.shape[:-2], above.shape[-1]):
            raise ShapeError(
                f"weights[{i}] has shape {above.shape}; expected as many inputs as weights[{i - 1}], of shape "
                f"{below.shape}, has outputs, at the same times. W_l has shape (..., outputs, inputs), input side "
                "first."
            )
    return weights


def moments_of(network: Network, moments: Moments | None) -> Moments:
    """``moments``, or those that a trajectory has of its problem.

    Raises
    ------
    InputError
        For weights without moments, and what is no moments.
    ShapeError
        For moments of other data than the network takes.
    """
    if moments is None and isinstance(network, Trajectory):
        return network.problem.moments
    if not isinstance(moments, Moments):
        received = "is missing" if moments is None else f"is a {type(moments).__name__}"
        raise InputError(
            f"moments {received}; expected flowdln.Moments. Write problem.moments or Moments.from_data(inputs, "
            "targets); only a trajectory has its own."
        )
    layers = layers_of(network)
    widths = (layers[-1].shape[-2], layers[0].shape[-1])
    if moments.sigma_yx.shape != widths:
        raise ShapeError(
            f"moments has sigma_yx of shape {moments.sigma_yx.shape}; expected {widths}. They are those of the "
            "data that the network has learned from."
        )
    return moments


def matrices_of(name: str, values: ArrayLike, *, advice: str) -> Array:
    """``values`` as float64 ``(..., n, m)``; ``advice`` says where they come from if a network is given instead.

    Raises
    ------
    InputError, ShapeError
        For a trajectory, layers of different shapes, and as :func:`flowdln.validation.real_array`.
    """
    whole = isinstance(values, (Trajectory, Problem, Moments, Dataset))
    if whole or (isinstance(values, tuple) and len({np.shape(value) for value in values}) > 1):
        received = f"is a {type(values).__name__}" if whole else "is a tuple of different shapes"
        raise InputError(f"{name} {received}; expected one array (..., n, m). {advice}")
    return real_array(name, values, 2, stacked=True)


def valid_inputs(inputs: ArrayLike, n_in: int) -> Array:
    """``inputs`` as float64 ``(P, n_in)``.

    Raises
    ------
    InputError, ShapeError
        As :func:`flowdln.validation.real_array`, for another number of columns, and for what is no array.
    """
    array = matrices_of("inputs", inputs, advice="They come after the network: of a data set, dataset.inputs.")
    if array.ndim > 2 or array.shape[1] != n_in:
        raise ShapeError(
            f"inputs has shape {array.shape}; expected (P, n_0) with {n_in} columns. The network has {n_in} "
            "inputs; samples are rows."
        )
    return array
