r"""The directions of each layer in which gradient flow takes place.

Let ``R_l`` have orthonormal columns whose span holds the columns of ``W_l`` and of ``W_{l+1}^T``. In

.. math:: \tau \dot W_l = W_{l+1}^T (\cdots), \qquad \tau \dot W_{l+1} = (\cdots) W_l^T

the velocities lie in the same span, which therefore holds the weights at all times: the layer has no more than
``r_l`` units. At the ends of the network the data take the place of the missing layer. What is outside the spans
of the data decays, so leaving out rounding is safe there; hidden directions may grow from any size, so there it is not.
"""

from itertools import pairwise

import numpy as np

from flowdln.problem import Moments, Problem
from flowdln.reduction.column_space import column_space, unit_norm
from flowdln.rounding import clean_product
from flowdln.spectra import principal_axes
from flowdln.validation import Array

EQUAL_POWERS = 1e-13  # relative difference of eigenvalues of sigma_xx: what whitening in float64 leaves

Frames = tuple[Array | None, ...]  # R_l of shape (n_l, r_l) for l = 0 .. L; None where nothing can be left out


def invariant_frames(problem: Problem) -> Frames:
    """Frames ``(R_0, ..., R_L)`` of the directions that take part, none smaller than ``(n_l, 1)``.

    One pass is enough. Only what is frozen in ``W_1`` has to go before the next layer is looked at: no other cut
    changes a span, since the columns of ``W R R^T`` are those of ``W`` where ``R`` spans its rows.

    Examples
    --------
    >>> moments = Moments.from_modes([2.0, 1.0], 10, 3)
    >>> inputs, hidden, outputs = invariant_frames(Problem(moments, (np.eye(4, 10), np.eye(3, 4))))
    >>> inputs.shape, hidden, outputs
    ((10, 6), None, None)
    """
    moments, weights = problem.moments, problem.weights
    inputs = input_frame(moments, weights[0])
    chain = [weights[0] if inputs is None else clean_product(None, weights[0], inputs).matrix, *weights[1:]]
    hidden = [hidden_frame(below, above) for below, above in pairwise(chain)]
    return (inputs, *hidden, output_frame(moments, chain[-1]))


def input_frame(moments: Moments, weight: Array) -> Array | None:
    """Frame ``(n_0, r_0)`` of the input directions that take part; ``weight`` is ``W_1``.

    The span is the smallest that ``sigma_xx`` maps to itself and that holds the rows of ``sigma_yx`` and those of
    ``W_1`` on the data. In each eigenspace of ``sigma_xx`` it is the span of their projections: for whitened inputs
    at most ``rank(sigma_yx) + n_1`` directions. Where ``sigma_xx`` vanishes, ``W_1`` is frozen and does not count.
    """
    powers, directions = eigenspaces(moments.sigma_xx)
    task = clean_product(None, moments.sigma_yx, directions).matrix
    rows = clean_product(None, weight, directions).matrix
    edges = [0, *(np.flatnonzero(-np.diff(powers) > EQUAL_POWERS * powers[:-1]) + 1), len(powers)]
    spans = []
    for group in (slice(*ends) for ends in pairwise(edges)):
        generators = np.vstack([task[:, group], rows[:, group]]) if powers[group].any() else task[:, group]
        inside = column_space(unit_norm(generators, axis=1).T)
        spans.append(directions[:, group] if inside is None else directions[:, group] @ inside)
    span = np.hstack(spans)
    return _frame(span if span.size else directions[:, -1:])


def hidden_frame(below: Array, above: Array) -> Array | None:
    """Frame ``(n_l, r_l)`` of the columns of ``[W_l, W_{l+1}^T]``, ``below`` and ``above`` the layer.

    Their span does not depend on the size of each column, so all are given the same: a layer of scale 1e-12 counts
    as much as one of scale 1. A hidden unit that is small in all columns looks like rounding all the same; it shows
    when the rows are given the same size too, and then nothing is left out but what the thin QR leaves out.
    """
    columns = unit_norm(np.hstack([below, above.T]), axis=0)
    span = column_space(columns)
    if span is None:
        return None
    if span.shape[1] < min(columns.shape):
        even = column_space(unit_norm(columns, axis=1))
        if even is None or even.shape[1] > span.shape[1]:
            span = np.linalg.qr(columns).Q
    return _frame(span if span.size else np.eye(len(columns), 1))


def output_frame(moments: Moments, weight: Array) -> Array | None:
    """Frame ``(n_L, r_L)`` of the columns of ``[W_L, sigma_yx]``; ``weight`` is ``W_L``. Holds for any ``sigma_xx``."""
    return hidden_frame(weight, moments.sigma_yx.T)


def eigenspaces(sigma_xx: Array) -> tuple[Array, Array]:
    """Eigenvalues ``(n_0,)`` of ``sigma_xx``, decreasing, rounding set to zero, and eigenvectors ``(n_0, n_0)``.

    The axes, if they serve, so that weights keep their zeros.
    """
    axes, power = np.eye(len(sigma_xx)), np.trace(sigma_xx) / len(sigma_xx)
    if np.abs(sigma_xx - power * axes).max() <= EQUAL_POWERS * power:
        return np.full(len(axes), power), axes
    powers, directions, _ = principal_axes(sigma_xx, sigma_xx)
    outside = np.linalg.qr(directions, mode="complete").Q[:, len(powers) :]
    return np.append(powers, np.zeros(outside.shape[1])), np.hstack([directions, outside])


def _frame(span: Array) -> Array | None:
    rows, columns = span.shape
    return None if rows == columns else span
