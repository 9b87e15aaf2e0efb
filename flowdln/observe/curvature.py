"""Curvature of the loss: the flow's Jacobian is minus its Hessian."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

from flowdln.errors import SolveError
from flowdln.integrate.flattening import flatten, unflatten
from flowdln.observe.networks import Network, layers_of, moments_of
from flowdln.problem import Moments
from flowdln.tangent import directional_derivative, jacobian
from flowdln.validation import Array
from flowdln.vector_field import gradient_flow

DENSE_UP_TO = 300  # parameters: below, a full symmetric eigenproblem is as fast as an iteration, and never fails


def hessian(network: Network, moments: Moments | None = None) -> Array:
    """Second derivatives of the loss in all entries of ``(W_1, ..., W_L)``, ``(..., N, N)``.

    Minus the Jacobian of :func:`flowdln.gradient_flow`, exactly; parameters are ordered layer by layer, row by row.

    Parameters
    ----------
    network
        A trajectory, or weights ``(W_1, ..., W_L)``, which may be stacks ``(T, n_l, n_{l-1})``.
    moments
        Second moments of the data; by default those of the trajectory's problem.

    Raises
    ------
    InputError, ShapeError
        For a trajectory that did not keep its weights, and moments that are missing or of other data.
    SolveError
        Where it overflows.

    Examples
    --------
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> hessian((np.array([[1.0]]), np.array([[3.0]])), moments)
    array([[9., 4.],
           [4., 1.]])
    """
    return _at_all_times(_hessian, network, moments)


def sharpness(network: Network, moments: Moments | None = None) -> Array:
    """Largest eigenvalue of the Hessian of the loss, ``(...)``.

    Gradient descent is stable where ``learning_rate`` times it is below 2. From Hessian-vector products (Lanczos) for
    more than 300 parameters, so that no Hessian is formed.

    Parameters
    ----------
    network, moments
        As of :func:`hessian`.

    Raises
    ------
    InputError, ShapeError
        As :func:`hessian`.
    SolveError
        Where the Hessian overflows, or the iteration does not converge, as if eigenvalues crowd below the largest.

    Examples
    --------
    >>> moments = Moments(np.eye(1), np.array([[2.0]]), 4.0)
    >>> float(sharpness((np.array([[1.0]]), np.array([[2.0]])), moments))  # at a minimum
    5.0
    """
    return _at_all_times(_largest_eigenvalue, network, moments)


def _at_all_times(
    value: Callable[[Sequence[Array], Moments], ArrayLike], network: Network, moments: Moments | None
) -> Array:
    """The value at the weights of each time, with the times in front."""
    weights, data = layers_of(network), moments_of(network, moments)
    times = weights[0].shape[:-2]
    flat = [weight.reshape(-1, *weight.shape[-2:]) for weight in weights]
    with np.errstate(over="ignore", invalid="ignore"):  # _finite refuses what overflows
        values = np.array([value(layers, data) for layers in zip(*flat, strict=True)])
    return values.reshape((*times, *values.shape[1:]))


def _hessian(weights: Sequence[Array], moments: Moments) -> Array:
    return _finite(np.asarray(-jacobian(lambda layers: gradient_flow(0.0, layers, moments), weights)))


def _finite(values: Array) -> Array:
    if not np.isfinite(values).all():
        raise SolveError(
            "the Hessian overflows at these weights; expected finite numbers. Leave out times at which the "
            "weights have grown so large."
        )
    return values


def _largest_eigenvalue(weights: Sequence[Array], moments: Moments) -> float:
    shapes = [weight.shape for weight in weights]
    count = sum(weight.size for weight in weights)
    if count <= DENSE_UP_TO:
        return float(np.linalg.eigvalsh(_hessian(weights, moments))[-1])

    def curved(vector: Array) -> Array:
        directions = unflatten(vector.reshape(-1), shapes)
        return -flatten(directional_derivative(lambda layers: gradient_flow(0.0, layers, moments), weights, directions))

    start = np.random.default_rng(0).standard_normal(count)
    size = np.abs(_finite(curved(start))).max()
    if size == 0:  # as at weights of zeros, where three layers have no curvature
        return 0.0
    # ARPACK's threshold is absolute for values below 1e-11, so it gets the operator in units of its size
    operator = LinearOperator((count, count), matvec=lambda vector: curved(vector) / size, dtype=float)
    try:
        return float(size * eigsh(operator, k=1, which="LA", v0=start, return_eigenvectors=False)[0])
    except ArpackError as error:
        raise SolveError(
            f"the sharpness was not found ({error}); expected an iteration that converges. Take "
            "numpy.linalg.eigvalsh of flowdln.observe.hessian, if that fits into memory."
        ) from error
