r"""Gates on their way through zero: whether they flip, or stay there and act as a number between 0 and 1.

Let a gate's pre-activation ``a`` reach 0. With the gate closed it moves at the rate ``r_0``, with the gate open at
``r_1``. If both have one sign it passes, and the gate flips. If ``r_0 > 0 > r_1`` each side pushes it to the other:
it stays, and the solution (Filippov's) moves as if the gate were the ``alpha`` between 0 and 1 that keeps ``a = 0``,
until ``alpha`` reaches an end. Gradient descent does the same on average, by flipping the gate every few steps.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from flowdln.backpropagation import Samples, extended
from flowdln.relu.losses import Loss
from flowdln.relu.vector_field import gated_flow, preactivations
from flowdln.validation import Array, Weights

PULL = 1.0  # per unit of time: how fast what rounding leaves of a sliding pre-activation is taken back to 0
NEWTON_STEPS = 8
END = 1e-6  # of [0, 1]: how near an alpha is to an end that it reaches
SMALL_STEP = 1e-8  # of alpha: the next step of Newton's method would be its square

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


def proportional(layers: Sequence[Array], samples: Samples, mode: Mode, place: Place) -> Group:
    """The gates of a unit that change together with the one at ``place``: their activities below are parallel.

    Repeated inputs are parallel in every layer, and so are inputs on a line through 0 in the first layer without
    biases.
    """
    layer, sample, unit = place
    activities = [samples.inputs, *hidden_activities(layers, samples, mode.gates)]
    below = extended(activities[layer], layers[layer])
    sizes = np.linalg.norm(below, axis=1)
    products = below @ below[sample]
    bound = (1 - PARALLEL) * sizes * sizes[sample]
    found = np.flatnonzero((np.abs(products) >= bound) & (sizes > 0))
    others = [int(i) for i in found if i != sample and mode.group_at((layer, int(i), unit)) is None]
    return Group(layer, unit, (sample, *others), (1, *(1 if products[i] > 0 else -1 for i in others)))


def hidden_activities(layers: Sequence[Array], samples: Samples, gates: Sequence[Array]) -> list[Array]:
    """Activities of all hidden layers with the gates held."""
    currents = preactivations(layers, samples.inputs, gates)
    return [current * gate for current, gate in zip(currents, gates, strict=False)]


def gate_rates(layers: Sequence[Array], samples: Samples, gates: Sequence[Array], loss: Loss) -> list[Array]:
    """How fast all pre-activations of hidden layers move with the gates held, ``L - 1`` arrays ``(..., P, n_l)``."""
    velocity = gated_flow(layers, samples, gates, loss=loss)
    currents = preactivations(layers, samples.inputs, gates)
    activity, moved, rates = samples.inputs, np.zeros_like(samples.inputs), []
    for layer, change, current, gate in zip(layers, velocity, currents, gates, strict=False):
        rates.append(extended(activity, change) @ change.mT + moved @ layer[:, : moved.shape[-1]].T)
        activity, moved = current * gate, rates[-1] * gate
    return rates


def settled(layers: Sequence[Array], samples: Samples, mode: Mode, loss: Loss) -> Mode:
    """The mode with the numbers at its sliding groups that hold their pre-activations at 0, by Newton's method.

    The rates are affine in each number, so differences over a whole unit are exact derivatives, and sliding groups of
    one layer are found in one step.
    """
    if not mode.sliding:
        return mode
    for _ in range(NEWTON_STEPS):
        here, slopes = slips(layers, samples, mode, loss)
        step = np.linalg.lstsq(slopes, -here)[0]
        mode = mode.with_alphas(mode.alphas() + step)
        if np.abs(step).max() < SMALL_STEP:
            break
    return mode


def slips(layers: Sequence[Array], samples: Samples, mode: Mode, loss: Loss) -> tuple[Array, Array]:
    """Rates ``(S,)`` of the sliding pre-activations with the pull towards 0, and their derivatives ``(S, S)``.

    A slide attracts from both sides while its rate falls with its own number: while the derivative on the diagonal is
    negative.
    """
    alphas = mode.alphas()
    trials = np.vstack([alphas, alphas + np.eye(len(alphas))])
    stacks = [np.repeat(gate[None], len(trials), axis=0) for gate in mode.gates]
    for group, column in zip(mode.sliding, trials.T, strict=True):
        stacks[group.layer][:, group.samples, group.unit] = np.transpose(group.numbers(column))
    rates, currents = gate_rates(layers, samples, stacks, loss), preactivations(layers, samples.inputs, stacks)
    first = [(group.layer, group.samples[0], group.unit) for group in mode.sliding]
    here, *ahead = np.stack([rates[k][..., i, j] + PULL * currents[k][..., i, j] for k, i, j in first], axis=1)
    return here, np.transpose(ahead - here)


def after_crossing(layers: Sequence[Array], samples: Samples, mode: Mode, place: Place, loss: Loss) -> Mode:
    """The mode after the pre-activation of a gate that was open or closed has reached 0."""
    group = proportional(layers, samples, mode, place)

    def with_number(alpha: float) -> Mode:
        changed = mode.with_group(group, alpha, sliding=False)
        return settled(layers, samples, downstream(layers, samples, changed, group), loss)

    def rate(alpha: float) -> float:
        rates = gate_rates(layers, samples, with_number(alpha).gates, loss)
        return float(rates[group.layer][group.samples[0], group.unit])

    if rate(0.0) > 0 > rate(1.0):
        # Gates that slide already adapt to this one, across layers not linearly: a bracket does not lose the root.
        alpha = float(brentq(rate, 0.0, 1.0))
        return with_number(alpha).with_group(group, alpha, sliding=True)
    return with_number(1 - mode.gates[group.layer][group.samples[0], group.unit])


def downstream(layers: Sequence[Array], samples: Samples, mode: Mode, group: Group) -> Mode:
    """The mode with gates above a group set to the side on which its units put them as they open.

    Where a sample opens its only unit of a layer, all pre-activations above are 0, and leave it together with that one.
    """
    moved = np.zeros_like(mode.gates[group.layer])
    moved[group.samples, group.unit] = mode.gates[group.layer][group.samples, group.unit]
    currents = preactivations(layers, samples.inputs, mode.gates)
    passed = PARALLEL + 10 * np.abs(currents[group.layer][:, group.unit, None])  # how far beyond 0 it was noticed
    for layer in range(group.layer + 1, len(mode.gates)):
        current = preactivations(layers, samples.inputs, mode.gates)[layer]
        moved = moved @ layers[layer][:, : moved.shape[1]].T
        still = np.abs(current) <= passed * np.abs(moved)
        for other in (other for other in mode.sliding if other.layer == layer):
            still[other.samples, other.unit] = False
        gates = list(mode.gates)
        gates[layer] = np.where(still & (moved != 0), (moved > 0).astype(float), gates[layer])
        mode = mode._replace(gates=tuple(gates))
        moved = moved * gates[layer]
    return mode


def after_slide(layers: Sequence[Array], samples: Samples, mode: Mode, group: Group, loss: Loss) -> Mode:
    """The mode after a slide: its number has left [0, 1], or the slide repels.

    A slide that repels may be left to either side. The steeper side is taken, on which the pre-activation moves faster:
    the rates with the gate closed and open are as ``alpha`` to ``1 - alpha``.
    """
    alpha = float(settled(layers, samples, mode, loss).alphas()[mode.sliding.index(group)])
    inside = END < alpha < 1 - END
    end = float(alpha <= 0.5) if inside else float(alpha > 0.5)
    return released(layers, samples, mode.with_group(group, end, sliding=False), loss)


def released(layers: Sequence[Array], samples: Samples, mode: Mode, loss: Loss) -> Mode:
    """The mode without the sliding groups whose numbers have left [0, 1], the one that is farthest out first."""
    mode = settled(layers, samples, mode, loss)
    while mode.sliding:
        alphas = mode.alphas()
        outside = np.maximum(alphas - 1, -alphas)
        worst = int(outside.argmax())
        if outside[worst] <= 0:
            break
        end = float(alphas[worst] > 1)
        mode = settled(layers, samples, mode.with_group(mode.sliding[worst], end, sliding=False), loss)
    return mode
