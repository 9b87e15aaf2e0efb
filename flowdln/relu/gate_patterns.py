"""Which gates are open for which sample, and how far samples agree on them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowdln.errors import ShapeError
from flowdln.relu.vector_field import preactivations
from flowdln.validation import Array

Gates = NDArray[np.bool_]


def gates(layers: Sequence[Array], inputs: ArrayLike) -> tuple[Gates, ...]:
    """Whether each unit is on for each sample, a tuple of ``L - 1`` arrays ``(..., P, n_l)`` of booleans.

    Examples
    --------
    >>> gates((np.array([[1.0], [-1.0]]), np.array([[2.0, 1.0]])), np.array([[3.0], [-1.0]]))
    (array([[ True, False],
           [False,  True]]),)
    """
    return tuple(current > 0 for current in preactivations(layers, np.asarray(inputs, float))[:-1])


def gate_agreement(pattern: ArrayLike, labels: ArrayLike, *, whole: bool = False) -> Array:
    """How often two samples have the same gate, ``(..., 2)``: of pairs with the same label, and with different ones.

    Parameters
    ----------
    pattern : (..., P, n_l)
        Gates of one layer.
    labels : (P,)
        Classes of the samples.
    whole
        Count pairs with the same gates in all units of the layer, rather than units with the same gate: 1 means that
        all pairs pass the layer by the same linear map.

    Returns
    -------
    (..., 2)
        Fractions; ``nan`` where there are no such pairs.

    Raises
    ------
    ShapeError
        For another number of labels than samples.

    Examples
    --------
    >>> gate_agreement([[True, True], [True, False], [False, False]], [0, 0, 1])
    array([0.5 , 0.25])
    """
    on, names = np.asarray(pattern, bool), np.asarray(labels)
    if on.ndim < 2 or names.shape != on.shape[-2:-1]:
        raise ShapeError(
            what="labels",
            received=f"has shape {names.shape}, the gates have shape {on.shape}",
            expected="one label for each sample, (P,) and (..., P, n_l)",
            advice="Of one-hot targets, take numpy.argmax(targets, axis=1).",
        )
    first, second = np.triu_indices(len(names), 1)
    if whole:
        equal = np.stack([_same_rows(rows)[first, second] for rows in on.reshape(-1, *on.shape[-2:])])
        agreement = equal.reshape(*on.shape[:-2], len(first)).astype(float)
    else:
        agreement = 1 - _differing(on)[..., first, second]
    same = names[first] == names[second]
    return np.stack([_mean(agreement[..., same]), _mean(agreement[..., ~same])], axis=-1)


def _differing(on: Gates) -> Array:
    """Fraction of units that differ between samples, ``(..., P, P)``."""
    numbers = on.astype(float)
    both = numbers @ numbers.mT
    count = numbers.sum(-1)
    return np.asarray((count[..., :, None] + count[..., None, :] - 2 * both) / on.shape[-1])


def _same_rows(rows: Gates) -> Gates:
    _, kinds = np.unique(rows, axis=0, return_inverse=True)
    return np.asarray(kinds[:, None] == kinds[None, :])


def _mean(values: Array) -> Array:
    return values.mean(-1) if values.shape[-1] else np.full(values.shape[:-1], np.nan)
