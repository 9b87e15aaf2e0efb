r"""Gates on their way through zero: whether they flip, or stay there and act as a number between 0 and 1.

Let a gate's pre-activation ``a`` reach 0. With the gate closed it moves at the rate ``r_0``, with the gate open at
``r_1``. If both have one sign it passes, and the gate flips. If ``r_0 > 0 > r_1`` each side pushes it to the other:
it stays, and the solution (Filippov's) moves as if the gate were the ``alpha`` between 0 and 1 that keeps ``a = 0``,
until ``alpha`` reaches an end. Gradient descent does the same on average, by flipping the gate every few steps.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from flowdln.backpropagation import Samples, extended
from flowdln.relu.gate_modes import PARALLEL, Group, Mode, Place, proportional
from flowdln.relu.losses import Loss
from flowdln.relu.vector_field import gated_flow, preactivations
from flowdln.validation import Array

PULL = 1.0  # per unit of time: how fast what rounding leaves of a sliding pre-activation is taken back to 0
NEWTON_STEPS = 8
END = 1e-6  # of [0, 1]: how near an alpha is to an end that it reaches
SMALL_STEP = 1e-8  # of alpha: the next step of Newton's method would be its square


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
        if not np.isfinite([here, *slopes]).all():
            break  # a trial step that overflows: the integrator rejects its velocity
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
