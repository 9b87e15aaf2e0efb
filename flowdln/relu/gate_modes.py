"""Gates of a ReLU network that are open, closed or sliding, and groups of them that change together."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from flowdln.backpropagation import Samples, extended
from flowdln.relu.vector_field import preactivations
from flowdln.validation import Array, Weights

PARALLEL = 1e-12  # one minus the cosine of activities whose pre-activations are proportional

Place = tuple[int, int, int]  # hidden layer, sample, unit


class Group(NamedTuple):
    """Gates of one unit whose pre-activations are proportional, so that they reach 0 together."""

    layer: int
    unit: int
    samples: tuple[int, ...]
    sides: tuple[int, ...]  # 1 for the sign of the first, whose number is alpha; -1 for the other, 1 - alpha

    def numbers(self, alpha: Any) -> list[Any]:
        """Numbers of all gates, from that of the first."""
        return [alpha if side > 0 else 1 - alpha for side in self.sides]


class Mode(NamedTuple):
    """Gates that are open (1.0), closed (0.0), or sliding; at the last the number is their last known alpha."""

    gates: Weights  # L - 1 arrays (P, n_l)
    sliding: tuple[Group, ...] = ()

    def alphas(self) -> Array:
        """Numbers of the sliding groups."""
        return np.array([self.gates[group.layer][group.samples[0], group.unit] for group in self.sliding])

    def with_alphas(self, alphas: Array) -> "Mode":
        """The mode with these numbers at the sliding groups."""
        gates = tuple(gate.copy() for gate in self.gates)
        for group, alpha in zip(self.sliding, alphas, strict=True):
            gates[group.layer][group.samples, group.unit] = group.numbers(alpha)
        return self._replace(gates=gates)

    def with_group(self, group: Group, value: float, *, sliding: bool) -> "Mode":
        """The mode with one group changed."""
        others = tuple(other for other in self.sliding if other != group)
        mode = Mode(self.gates, (group,)).with_alphas(np.array([value]))
        return mode._replace(sliding=(*others, group) if sliding else others)

    def group_at(self, place: Place) -> Group | None:
        """The sliding group of a gate, if it slides."""
        layer, sample, unit = place
        of_unit = (group for group in self.sliding if (group.layer, group.unit) == (layer, unit))
        return next((group for group in of_unit if sample in group.samples), None)

    def sides_below(self, layer: int) -> Array:
        """Sides of all samples in the sliding groups of the layers below, ``(P, S)``; 0 for samples outside a group."""
        below = [group for group in self.sliding if group.layer < layer]
        sides = np.zeros((len(self.gates[0]), len(below)))
        for column, group in zip(sides.T, below, strict=True):
            column[list(group.samples)] = group.sides
        return sides


def proportional(layers: Sequence[Array], samples: Samples, mode: Mode, place: Place) -> Group:
    """The gates of a unit that change together with the one at ``place``: their activities below are parallel.

    Repeated inputs are parallel in every layer, and so are inputs on a line through 0 in the first layer without
    biases. Samples with different sliding gates below are not: those gates add to their activities in turn.
    """
    layer, sample, unit = place
    activities = [samples.inputs, *hidden_activities(layers, samples, mode.gates)]
    below = extended(activities[layer], layers[layer])
    sizes = np.linalg.norm(below, axis=1)
    products = below @ below[sample]
    bound = (1 - PARALLEL) * sizes * sizes[sample]
    sides = mode.sides_below(layer)
    alike = (sides == sides[sample]).all(1)
    found = np.flatnonzero((np.abs(products) >= bound) & (sizes > 0) & alike)
    others = [int(i) for i in found if i != sample and mode.group_at((layer, int(i), unit)) is None]
    return Group(layer, unit, (sample, *others), (1, *(1 if products[i] > 0 else -1 for i in others)))


def hidden_activities(layers: Sequence[Array], samples: Samples, gates: Sequence[Array]) -> list[Array]:
    """Activities of all hidden layers with the gates held."""
    currents = preactivations(layers, samples.inputs, gates)
    return [current * gate for current, gate in zip(currents, gates, strict=False)]
