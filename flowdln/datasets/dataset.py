"""A data set: samples with names."""

import reprlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from flowdln.errors import InputError, ShapeError
from flowdln.problem import Moments
from flowdln.records import read_only, rebuilt
from flowdln.validation import Array, real_array


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and targets, one sample a row, with names for the samples and the outputs where there are any.

    Parameters
    ----------
    name
        What the data are, for titles of plots.
    inputs : (P, n_0)
    targets : (P, n_L)
    items
        Names of the ``P`` samples, or empty.
    features
        Names of the ``n_L`` outputs, or empty.

    Raises
    ------
    InputError
        For entries that are not finite real numbers, and for names that are no text.
    ShapeError
        For arrays without two axes, and where the numbers of samples, outputs and names disagree.

    Examples
    --------
    >>> data = Dataset("coins", inputs=[[1, 0], [0, 1]], targets=[[1], [-1]], items=("heads", "tails"))
    >>> data
    Dataset('coins': 2 samples in rows, 2 inputs, 1 targets)
    >>> data.moments().sigma_yx
    array([[ 0.5, -0.5]])
    """

    name: str
    inputs: Array
    targets: Array
    items: tuple[str, ...] = ()
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate, convert to float64, and make read-only."""
        inputs, targets = real_array("inputs", self.inputs, 2), real_array("targets", self.targets, 2)
        samples, outputs = len(inputs), targets.shape[1]
        _check_count("targets", "rows", len(targets), samples, "one for each row of inputs")
        items, features = _text("items", self.items), _text("features", self.features)
        if items:
            _check_count("items", "names", len(items), samples, "one for each sample")
        if features:
            _check_count("features", "names", len(features), outputs, "one for each column of targets")
        fields = {"items": items, "features": features, "inputs": read_only(inputs), "targets": read_only(targets)}
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    __reduce__ = rebuilt

    def __repr__(self) -> str:
        """Summary; says that rows are samples, since shapes alone cannot."""
        (samples, n_in), n_out = self.inputs.shape, self.targets.shape[1]
        return f"Dataset({self.name!r}: {samples} samples in rows, {n_in} inputs, {n_out} targets)"

    def moments(self, reduction: str = "mean") -> Moments:
        """Second moments of the samples: ``"mean"`` over them, or their ``"sum"``; see :meth:`Moments.from_data`."""
        return Moments.from_data(self.inputs, self.targets, reduction=reduction)


def _text(name: str, values: Any) -> tuple[str, ...]:
    """``values`` as a tuple of strings."""
    names = tuple(values) if np.iterable(values) and not isinstance(values, (str, bytes)) else (None,)
    if all(isinstance(value, str) for value in names):
        return tuple(map(str, names))
    raise InputError(f"{name} is {reprlib.repr(values)}; expected a list of names. Write each of them as text.")


def _check_count(name: str, unit: str, count: int, expected: int, reason: str) -> None:
    if count != expected:
        raise ShapeError(
            f"{name} has {count} {unit}; expected {expected}, {reason}. Samples are rows; names may be left out."
        )
