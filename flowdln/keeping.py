"""Values kept at each output time of a solve: the weights, their product, or a function of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from flowdln.choices import chosen
from flowdln.errors import InputError
from flowdln.integrate import everything
from flowdln.reduction import Reduction
from flowdln.trajectory import Trajectory
from flowdln.validation import Array, Weights
from flowdln.vector_field import end_to_end

Save = str | Callable[[Any], Any]


@dataclass(frozen=True)
class Alone:
    """A function of the weights, with its value as a tuple of one; equal for equal functions, so compiled once."""

    function: Callable[[Any], Any]

    def __call__(self, weights: Any) -> tuple[Any, ...]:
        """Value of the function."""
        return (self.function(weights),)


class Keeping(NamedTuple):
    """A name, a function of the weights that returns a tuple of arrays, and for ``"saved"`` its initial value."""

    name: str
    function: Callable[[Any], tuple[Any, ...]]
    pattern: Any = None

    def lifted(self, reduction: Reduction) -> "Keeping":
        """The same of the original network, from the weights of the reduced one; weights are lifted at the end."""
        if self.name == "product":
            return self._replace(function=lambda weights: (reduction.lift_product(weights),))
        if self.name == "saved":
            return self._replace(function=lambda weights: self.function(reduction.lift_weights(weights)))
        return self

    def check(self, t: float, values: tuple[Any, ...]) -> tuple[Any, ...]:
        """Values at ``t / tau = t``; raises :class:`InputError` if ``save`` did not return an array as at the start."""
        if self.name != "saved":
            return values
        array = _valid_value(values[0], f"at t / tau = {t:g}")
        shape, kind = self.pattern.shape, self.pattern.dtype.kind
        if (array.shape, array.dtype.kind) != (shape, kind):
            raise InputError(
                f"save returns {array.dtype} of shape {array.shape} at t / tau = {t:g}; expected {self.pattern.dtype} "
                f"of shape {shape}, as for the initial weights. Let it return arrays of one shape and type."
            )
        return (array,)

    def fields(self, stacks: tuple[Array, ...]) -> dict[str, Any]:
        """The fields of a trajectory that hold the stacked values."""
        return {"weights": stacks} if self.name == "weights" else {"weights": (), "kept": {self.name: stacks[0]}}

    def thinned(self, trajectory: Trajectory) -> Trajectory:
        """The trajectory with only what is to be kept."""
        if self.name == "weights":
            return trajectory
        clock = trajectory.ts / trajectory.problem.tau
        values = [self.check(t, self.function(trajectory.weights_at(i))) for i, t in enumerate(clock)]
        return replace(trajectory, **self.fields(tuple(np.stack(arrays) for arrays in zip(*values, strict=True))))


def valid_save(save: Save, weights: Weights) -> Keeping:
    """Values that ``save`` asks to keep; a function is tried on the initial ``weights``.

    Raises
    ------
    InputError
        For an unknown name, or a function that does not return a number or an array of finite numbers.
    """
    if callable(save):
        return Keeping("saved", Alone(save), _valid_value(save(weights), "for the initial weights"))
    known = {"weights": Keeping("weights", everything), "product": Keeping("product", _product)}
    expected = "'weights', 'product' or a function of the weights"
    return known[chosen("save", save, known, expected=expected, advice="The default is 'weights'.")]


def _valid_value(value: Any, when: str) -> Array:
    """Value of a ``save`` function as an array of finite numbers, of a type that netCDF files can hold."""
    try:
        array = np.asarray(value)
    except ValueError:  # ragged
        array = np.empty(0, dtype=object)
    layers = isinstance(value, tuple) and any(np.ndim(entry) for entry in value)
    masked = isinstance(value, np.ma.MaskedArray)
    if array.dtype.kind not in "biufc" or array.dtype.char in "gG" or layers or masked:
        plain = isinstance(value, np.ndarray) and not masked
        received = f"an array of {array.dtype}" if plain else f"a {type(value).__name__}"
        raise InputError(
            f"save returns {received} {when}; expected one number, or one array of numbers. Return a layer, "
            "or a combination such as numpy.stack or numpy.concatenate gives."
        )
    if array.size == 0:
        raise InputError(f"save returns an empty array {when}; expected at least one entry. Check how it is indexed.")
    if not np.isfinite(array).all():
        raise InputError(
            f"save returns NaN or infinity {when}; expected finite numbers. Rewrite the function for these weights, "
            "which are finite."
        )
    return array


def _product(weights: Any) -> tuple[Any, ...]:
    return (end_to_end(weights),)
