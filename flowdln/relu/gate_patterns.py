"""Which gates are open for which sample, and how far samples agree on them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from flowdln.errors import InputError, ShapeError
from flowdln.relu.vector_field import preactivations
from flowdln.validation import Array, real_array

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
    on, names = real_array("pattern", pattern, None).astype(bool), _labels(labels)
    if not isinstance(whole, (bool, np.bool_)):
        raise InputError(f"whole is {whole!r}; expected True or False.")
    if on.ndim < 2 or names.shape != on.shape[-2:-1]:
        raise ShapeError(
            f"labels has shape {names.shape}, the gates have shape {on.shape}; expected one label for each "
            "sample, (P,) and (..., P, n_l). Of one-hot targets, take numpy.argmax(targets, axis=1)."
        )
    _, classes = np.unique(names, return_inverse=True)
    within, among_all = _equal_patterns(on, classes) if whole else _equal_gates(on, classes)
    pairs, all_pairs = _pairs(np.bincount(classes)).sum(), _pairs(np.asarray(len(names)))
    with np.errstate(invalid="ignore"):  # 0 / 0 where there are no such pairs
        return np.stack([within / pairs, (among_all - within) / (all_pairs - pairs)], axis=-1)


def _labels(labels: ArrayLike) -> NDArray[Any]:
    try:
        names = np.asarray(labels)
    except ValueError as error:
        raise ShapeError("labels is ragged; expected one label for each sample.") from error
    if names.dtype.kind not in "fiubUS":
        raise InputError(f"labels has entries of type {names.dtype}; expected numbers or text.")
    return names


def _pairs(count: NDArray[Any]) -> Array:
    """Number of pairs among so many things; counting them needs no memory for the pairs themselves."""
    return np.asarray(count * (count - 1.0) / 2)


def _equal_gates(on: Gates, classes: NDArray[np.intp]) -> tuple[Array, Array]:
    """Pairs of samples with the same gate, mean over units, ``(...)``: within classes, and among all samples."""
    members = classes == np.unique(classes)[:, None]  # (C, P)
    choices = np.concatenate([on, ~on], axis=-1).astype(float)  # (..., P, 2 n_l)
    within, among_all = members.astype(float) @ choices, choices.sum(-2)
    return _pairs(within).sum((-2, -1)) / on.shape[-1], _pairs(among_all).sum(-1) / on.shape[-1]


def _equal_patterns(on: Gates, classes: NDArray[np.intp]) -> tuple[Array, Array]:
    """Pairs of samples with the same gates in all units, ``(...)``: within classes, and among all samples."""
    counted = []
    for rows in on.reshape(-1, *on.shape[-2:]):
        _, kinds = np.unique(rows, axis=0, return_inverse=True)
        _, within = np.unique([classes, kinds], axis=1, return_counts=True)
        counted.append((_pairs(within).sum(), _pairs(np.bincount(kinds)).sum()))
    within, among_all = np.array(counted).T.reshape(2, *on.shape[:-2])
    return within, among_all
