r"""Sums over samples with gates of their own.

With many samples each has its gates $D_{l,i}$, and their mean $P_l = \frac{1}{m} \sum_i D_{l,i}$ is the diagonal
matrix of the fractions of samples for which units are open. Sums over samples, and over pairs of them, bring these
fractions in.
"""

from collections.abc import Callable
from itertools import permutations

import numpy as np
from numpy.linalg import matrix_power

from derivations.relu_instances import Case, decide_equal, random_cases, two_way_unit_pair
from flowdln.relu import outputs
from flowdln.symbolic import Claim, Correction, Evidence, Kind

TITLE = "Sums over samples of a ReLU network"
MANY = 240  # random networks a check


def mean_gates(example: Case, layer: int) -> np.ndarray:
    """Diagonal matrix of the fractions of samples for which units are open."""
    return np.diag(example.gates[layer].mean(0))


def weight_sides(example: Case, power: int) -> tuple[list, list]:
    """Hidden weights, and the mean of their gated copies divided by that power of the fractions."""
    hidden = example.layers[:-1]
    fractions = [mean_gates(example, i) for i in range(len(hidden))]
    means = [np.mean([np.diag(d) @ w for d in example.gates[i]], axis=0) for i, w in enumerate(hidden)]
    return list(hidden), [matrix_power(share, -power) @ mean for share, mean in zip(fractions, means, strict=True)]


def growth_sides(example: Case, power: int) -> tuple[list, list]:
    """``d(W_l W_l^T)/dt`` of hidden layers, and the mean over pairs of samples of gated copies, divided likewise."""
    left, right = [], []
    for i in range(len(example.layers) - 1):
        growth = example.growth_into(i)
        pairs = [np.diag(d) @ growth @ np.diag(other) for d in example.gates[i] for other in example.gates[i]]
        back = matrix_power(mean_gates(example, i), -power)
        left.append(growth)
        right.append(back @ np.mean(pairs, axis=0) @ back)
    return left, right


def pair_sides(example: Case) -> tuple[list, list]:
    """Both sides of equation (29): the rates of the imbalance, and its sum over pairs of different samples."""
    gates, right, count = example.gates, [], len(example.samples.inputs)
    for i in range(len(example.layers) - 1):
        below = example.growth_into(i)
        total = np.zeros_like(below)
        for m, n in permutations(range(count), 2):
            above = example.growth_out_of(i, gates[i + 1][m] * gates[i + 1][n])
            total = total + above - np.diag(gates[i][m]) @ below @ np.diag(gates[i][n])
        right.append(total / (count**2 - count))
    return list(example.imbalance_rates), right


def unit_sides(example: Case, *, sign: int) -> tuple[list, list]:
    """The rates of the imbalance, and the mean of ``(d_k' - d_k)(u_k a_k' - u_k' a_k)``, or with a plus in it."""
    count, gates, right = len(example.samples.inputs), example.gates, []
    signal = example.loss.error(outputs(example.layers, example.samples.inputs), example.samples.targets) / count
    activities = [example.samples.inputs]
    for layer, gate in zip(example.layers[:-1], gates[:-1], strict=True):
        activities.append(activities[-1] @ layer.T * gate)
    for i in range(len(example.layers) - 2, -1, -1):
        u, d, a = signal @ example.layers[i + 1], gates[i], activities[i] @ example.layers[i].T
        other = u[:, :, None] * a[:, None, :]
        right.append(np.sum((d[:, None, :] - d[:, :, None]) * (other - sign * other.mT), axis=0))
        signal = u * d
    return list(example.imbalance_rates), right[::-1]


def decide_sides(sides: Callable[[Case], tuple[list, list]], *, all_open_once: bool = True) -> Evidence:
    """Whether two sides agree, first in the network that a reader can redo."""
    cases = (example for example in random_cases(MANY) if not all_open_once or _each_unit_opens(example))
    return decide_equal(sides, (two_way_unit_pair(), *cases))


def _each_unit_opens(example: Case) -> bool:
    return all((gate.max(0) > 0).all() for gate in example.gates[:-1])


CLAIMS = [
    Claim(
        id="basu-51",
        document="basu",
        title="The weights of a layer are the mean of their gated copies.",
        statement=r"W_l = \frac{1}{m} \sum_{i=1}^m \bar D_{l,i} W_l",
        place="eq. (27)",
        derivation=(
            r"The mean of the gates is $P_l = \frac{1}{m} \sum_i D_{l,i}$, the diagonal matrix of the fractions of "
            r"samples for which units are open, so the right side is $P_l W_l$: equal to $W_l$ only where every unit "
            r"with weights is open for every sample, and then the layer is linear. With $x = 1$ and $x = -1$ and $W_1 "
            r"= (1, -1)^T$ each unit is open once, and the mean is $W_1 / 2$."
        ),
        check=lambda: decide_sides(lambda example: weight_sides(example, 0)),
        control=lambda: decide_sides(lambda example: weight_sides(example, 2)),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="They are that mean, each row divided by the fraction of samples that open its unit.",
            statement=(
                r"W_l = P_l^{-1} \frac{1}{m} \sum_{i=1}^m \bar D_{l,i} W_l, \quad P_l = \frac{1}{m} \sum_{i=1}^m \bar "
                r"D_{l,i}"
            ),
            assumptions=("each unit is open for some sample",),
            check=lambda: decide_sides(lambda example: weight_sides(example, 1)),
            control=lambda: decide_sides(lambda example: weight_sides(example, 0)),
        ),
    ),
    Claim(
        id="basu-52",
        document="basu",
        title="The Gram matrix of a layer grows as the mean over pairs of samples of its gated copies.",
        statement=(
            r"\frac{d}{dt} (W_l W_l^T) = \frac{1}{m^2} \sum_{i,j} \frac{d}{dt} (\bar D_{l,i} W_l W_l^T \bar D_{l,j})"
        ),
        place="eq. (28)",
        assumptions=("constant gates",),
        derivation=(
            r"It is (27) used twice: the right side is $P_l \frac{d}{dt}(W_l W_l^T) P_l$. For the two samples of the "
            r"claim before, with $W_2 = (1, 1)$ and $y = 2$, the left side is $((1, -1), (-1, 1))$, the right side a "
            r"quarter of it."
        ),
        check=lambda: decide_sides(lambda example: growth_sides(example, 0)),
        control=lambda: decide_sides(lambda example: growth_sides(example, 2)),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="It grows so between fractions of samples.",
            statement=(
                r"\frac{d}{dt} (W_l W_l^T) = P_l^{-1} \left[ \frac{1}{m^2} \sum_{i,j} "
                r"\frac{d}{dt} (\bar D_{l,i} W_l W_l^T \bar D_{l,j}) \right] P_l^{-1}"
            ),
            assumptions=("constant gates", "each unit is open for some sample"),
            check=lambda: decide_sides(lambda example: growth_sides(example, 1)),
            control=lambda: decide_sides(lambda example: growth_sides(example, 0)),
        ),
    ),
    Claim(
        id="basu-53",
        document="basu",
        title="The imbalance moves by what pairs of different samples do.",
        statement=(
            r"\frac{d}{dt} (W_{l+1}^T W_{l+1}) - \frac{d}{dt} (W_l W_l^T) = \frac{1}{m^2 - m} \frac{d}{dt} \sum_{i "
            r"\ne j} \left( \bar W_{l+1,i}^T \bar W_{l+1,j} - \bar W_{l,i} \bar W_{l,j}^T \right), \quad \bar W_{l,i} "
            r"= \bar D_{l,i} W_l"
        ),
        place="eq. (29), right side",
        assumptions=("constant gates",),
        derivation=(
            r"It rests on (26) and (28), which both fail (and from them the factor would be $1/m^2$). For the two "
            r"samples used above the left side is $((0, 2), (2, 0))$, the right side $((1, 3/2), (3/2, 1))$. What "
            r"holds is a mean over single samples and pairs of units: with the signals $u$ that come back to the "
            r"layer and its pre-activations $a$, entry $(k, k')$ is $\langle (d_{k'} - d_k)(u_k a_{k'} - u_{k'} a_k) "
            r"\rangle$."
        ),
        check=lambda: decide_sides(pair_sides, all_open_once=False),
        control=lambda: decide_sides(lambda example: unit_sides(example, sign=-1), all_open_once=False),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="It moves by what single samples do that open one unit of a pair and close the other.",
            statement=(
                r"\tau \frac{d}{dt} \left( W_{l+1}^T W_{l+1} - W_l W_l^T \right)_{k k'} "
                r"= \left\langle (d_{k'} - d_k) (u_k a_{k'} - u_{k'} a_k) \right\rangle"
            ),
            assumptions=("constant gates",),
            check=lambda: decide_sides(lambda example: unit_sides(example, sign=1), all_open_once=False),
            control=lambda: decide_sides(lambda example: unit_sides(example, sign=-1), all_open_once=False),
        ),
    ),
]
