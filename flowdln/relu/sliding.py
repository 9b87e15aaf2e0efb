r"""Gates on their way through zero: whether they flip, or stay there and act as a number between 0 and 1.

Let a gate's pre-activation ``a`` reach 0. With the gate closed it moves at the rate ``r_0``, with the gate open at
``r_1``. If both have one sign it passes, and the gate flips. If ``r_0 > 0 > r_1`` each side pushes it to the other:
it stays, and the solution (Filippov's) moves as if the gate were the ``alpha`` between 0 and 1 that keeps ``a = 0``,
until ``alpha`` reaches an end. Gradient descent does the same on average, by flipping the gate every few steps.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from flowdln.backpropagation import Samples, extended
from flowdln.relu.losses import Loss
from flowdln.relu.vector_field import gated_flow, preactivations
from flowdln.validation import Array, Weights

PULL = 1.0  # per unit of time: how fast what rounding leaves of a sliding pre-activation is taken back to 0
NEWTON_STEPS = 8
SMALL_STEP = 1e-8  # of alpha: the next step of Newton's method would be its square

Place = tuple[int, int, int]  # hidden layer, sample, unit


class Mode(NamedTuple):
    """Which gates are open (1.0) or closed (0.0), and which slide; at these the number is their last known alpha."""

    gates: Weights  # L - 1 arrays (P, n_l)
    sliding: tuple[Place, ...] = ()

    def alphas(self) -> Array:
        """Numbers of the sliding gates."""
        return np.array([self.gates[layer][sample, unit] for layer, sample, unit in self.sliding])

    def with_alphas(self, alphas: Array) -> "Mode":
        """The mode with these numbers at the sliding gates."""
        gates = tuple(gate.copy() for gate in self.gates)
        for (layer, sample, unit), alpha in zip(self.sliding, alphas, strict=True):
            gates[layer][sample, unit] = alpha
        return self._replace(gates=gates)

    def with_gate(self, place: Place, value: float, *, sliding: bool) -> "Mode":
        """The mode with one gate changed."""
        others = tuple(other for other in self.sliding if other != place)
        mode = Mode(self.gates, (place,)).with_alphas(np.array([value]))
        return mode._replace(sliding=(*others, place) if sliding else others)


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
    """The mode with the numbers at its sliding gates that hold their pre-activations at 0, by Newton's method.

    The rates are affine in each number, so differences over a whole unit are exact derivatives, and sliding gates of
    one layer are found in one step. Where samples repeat, and only a sum of numbers matters, it is shared equally.
    """
    if not mode.sliding:
        return mode
    for _ in range(NEWTON_STEPS):
        alphas = mode.alphas()
        trials = np.vstack([alphas, alphas + np.eye(len(alphas))])
        here, *ahead = _slips(layers, samples, mode.gates, mode.sliding, trials, loss)
        step = np.linalg.lstsq(np.transpose(ahead - here), -here)[0]
        mode = mode.with_alphas(alphas + step)
        if np.abs(step).max() < SMALL_STEP:
            break
    return mode


def _slips(
    layers: Sequence[Array], samples: Samples, gates: Weights, sliding: Sequence[Place], trials: Array, loss: Loss
) -> Array:
    """Rates of the sliding pre-activations, with the pull towards 0, for each row of numbers: ``(K, S)``."""
    stacks = [np.repeat(gate[None], len(trials), axis=0) for gate in gates]
    for (layer, sample, unit), column in zip(sliding, trials.T, strict=True):
        stacks[layer][:, sample, unit] = column
    rates, currents = gate_rates(layers, samples, stacks, loss), preactivations(layers, samples.inputs, stacks)
    slips = [rates[k][..., i, j] + PULL * currents[k][..., i, j] for k, i, j in sliding]
    return np.stack(slips, axis=1)


def after_crossing(layers: Sequence[Array], samples: Samples, mode: Mode, place: Place, loss: Loss) -> Mode:
    """The mode after the pre-activation of a gate that was open or closed has reached 0."""
    layer, sample, unit = place

    def with_number(alpha: float) -> Mode:
        return settled(layers, samples, mode.with_gate(place, alpha, sliding=False), loss)

    def rate(alpha: float) -> float:
        return float(gate_rates(layers, samples, with_number(alpha).gates, loss)[layer][sample, unit])

    if rate(0.0) > 0 > rate(1.0):
        # Gates that slide already adapt to this one, across layers not linearly: a bracket does not lose the root.
        alpha = float(brentq(rate, 0.0, 1.0))
        return with_number(alpha).with_gate(place, alpha, sliding=True)
    return mode.with_gate(place, 1 - mode.gates[layer][sample, unit], sliding=False)


def released(layers: Sequence[Array], samples: Samples, mode: Mode, loss: Loss) -> Mode:
    """The mode without the sliding gates whose numbers have left [0, 1], the one that is farthest out first."""
    mode = settled(layers, samples, mode, loss)
    while mode.sliding:
        alphas = mode.alphas()
        outside = np.maximum(alphas - 1, -alphas)
        worst = int(outside.argmax())
        if outside[worst] <= 0:
            break
        end = float(alphas[worst] > 1)
        mode = settled(layers, samples, mode.with_gate(mode.sliding[worst], end, sliding=False), loss)
    return mode
