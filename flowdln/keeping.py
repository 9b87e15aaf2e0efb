"""What a solve keeps of the weights at each time: all, their product, or the values of a function."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from flowdln.choices import chosen
from flowdln.integrate import everything
from flowdln.reduction import Reduction
from flowdln.trajectory import Trajectory
from flowdln.validation import Array
from flowdln.vector_field import end_to_end

Save = str | Callable[[Any], Any]


class Keeping(NamedTuple):
    """What is kept of the weights at each time: a name and a function that returns a tuple of arrays."""

    name: str
    function: Callable[[Any], tuple[Any, ...]]

    def lifted(self, reduction: Reduction) -> "Keeping":
        """The same of the original network, from the weights of the reduced one; weights are lifted at the end."""
        if self.name == "product":
            return Keeping(self.name, lambda weights: (reduction.lift_product(weights),))
        if self.name == "saved":
            return Keeping(self.name, lambda weights: self.function(reduction.lift_weights(weights)))
        return self

    def fields(self, stacks: tuple[Array, ...]) -> dict[str, Any]:
        """The fields of a trajectory that hold the stacked values."""
        return {"weights": stacks} if self.name == "weights" else {"weights": (), "kept": {self.name: stacks[0]}}

    def thinned(self, trajectory: Trajectory) -> Trajectory:
        """The trajectory with only what is to be kept."""
        if self.name == "weights":
            return trajectory
        values = [self.function(trajectory.weights_at(i)) for i in range(len(trajectory))]
        return replace(trajectory, **self.fields(tuple(np.stack(arrays) for arrays in zip(*values, strict=True))))


def valid_save(save: Save) -> Keeping:
    """What ``save`` asks to keep."""
    if callable(save):
        function = save
        return Keeping("saved", lambda weights: (function(weights),))
    known = {"weights": Keeping("weights", everything), "product": Keeping("product", _product)}
    expected = "'weights', 'product' or a function of the weights"
    return known[chosen("save", save, known, expected=expected, advice="The default is 'weights'.")]


def _product(weights: Any) -> tuple[Any, ...]:
    return (end_to_end(weights),)
