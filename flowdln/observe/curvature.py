"""Curvature of the loss: the flow's Jacobian is minus its Hessian."""

from collections.abc import Sequence
from itertools import starmap

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from flowdln.integrate.flattening import flatten, unflatten
from flowdln.observe.networks import Network, layers_of
from flowdln.problem import Moments
from flowdln.tangent import directional_derivative, jacobian
from flowdln.validation import Array
from flowdln.vector_field import gradient_flow

DENSE_UP_TO = 300  # parameters: below, a full symmetric eigenproblem is as fast as an iteration, and never fails


def hessian(weights: Sequence[Array], moments: Moments) -> Array:
    """Second derivatives of the loss in all entries of ``(W_1, ..., W_L)``, ``(N, N)``.

    Minus the Jacobian of :func:`flowdln.gradient_flow`, exactly; parameters are ordered layer by layer, row by row.

    Examples
    --------
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> hessian((np.array([[1.0]]), np.array([[3.0]])), moments)
    array([[9., 4.],
           [4., 1.]])
    """
    return np.asarray(-jacobian(lambda layers: gradient_flow(0.0, layers, moments), weights))


def sharpness(network: Network, moments: Moments) -> Array:
    """Largest eigenvalue of the Hessian of the loss, ``(...)``.

    Gradient descent is stable where ``learning_rate`` times it is below 2. From Hessian-vector products (Lanczos) for
    more than 300 parameters, so that no Hessian is formed.

    Parameters
    ----------
    network
        A trajectory, or weights ``(W_1, ..., W_L)``, which may be stacks ``(T, n_l, n_{l-1})``.
    moments
        Second moments of the data.

    Raises
    ------
    InputError
        For a trajectory that did not keep its weights.

    Examples
    --------
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> float(sharpness((np.array([[1.0]]), np.array([[2.0]])), moments))  # at a minimum
    5.0
    """
    weights = layers_of(network)
    times = weights[0].shape[:-2]
    flat = [weight.reshape(-1, *weight.shape[-2:]) for weight in weights]
    values = list(starmap(lambda *layers: _largest_eigenvalue(layers, moments), zip(*flat, strict=True)))
    return np.reshape(values, times)


def _largest_eigenvalue(weights: Sequence[Array], moments: Moments) -> float:
    shapes = [weight.shape for weight in weights]
    count = sum(weight.size for weight in weights)
    if count <= DENSE_UP_TO:
        return float(np.linalg.eigvalsh(hessian(weights, moments))[-1])

    def curved(vector: Array) -> Array:
        directions = unflatten(vector.reshape(-1), shapes)
        return -flatten(directional_derivative(lambda layers: gradient_flow(0.0, layers, moments), weights, directions))

    start = np.random.default_rng(0).standard_normal(count)
    operator = LinearOperator((count, count), matvec=curved, dtype=float)
    return float(eigsh(operator, k=1, which="LA", v0=start, return_eigenvectors=False)[0])
