r"""What samples with different gates do to conservation.

Let a sample have pre-activations $a_l$, gates $D_l$, and signals $u_l$ that come back to layer $l$ before its gates.
With $\dot W_l = \langle D_l u_l h_{l-1}^T \rangle$ and $\dot W_{l+1} = \langle D_{l+1} u_{l+1} (D_l a_l)^T \rangle$,

$$\frac{d}{dt} (W_{l+1}^T W_{l+1} - W_l W_l^T) = R + R^T, \qquad
R = \langle u_l (D_l a_l)^T - D_l u_l a_l^T \rangle.$$

Its entry for two units $k$ and $k'$ is the mean of $(d_{k'} - d_k)(u_k a_{k'} - u_{k'} a_k)$: only samples count for
which one of the two is open and the other closed. On the diagonal it is zero. That is all there is: what each unit
conserves alone survives the gates, what pairs of units conserve does not.
"""

from collections.abc import Callable

import numpy as np
from numpy.linalg import matrix_power

from derivations.relu_instances import ROUNDING, Case, case, decide_equal, random_cases, two_way_unit_pair
from flowdln.relu import CROSS_ENTROPY, SQUARED, outputs
from flowdln.symbolic import Claim, Correction, Evidence, instance

TITLE = "What ReLU layers conserve"
FEW = 60  # random networks a check


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
        (growth,) = example.rates(lambda w, i=i: (w[i] @ w[i].T,))
        pairs = [np.diag(d) @ growth @ np.diag(other) for d in example.gates[i] for other in example.gates[i]]
        back = matrix_power(mean_gates(example, i), -power)
        left.append(growth)
        right.append(back @ np.mean(pairs, axis=0) @ back)
    return left, right


def pair_sides(example: Case) -> tuple[list, list]:
    """Both sides of equation (29): the rates of the imbalance, and its sum over pairs of different samples."""
    gates, right, count = example.gates, [], len(example.samples.inputs)
    for i in range(len(example.layers) - 1):
        (below,) = example.rates(lambda w, i=i: (w[i] @ w[i].T,))
        total = np.zeros_like(below)
        for m in range(count):
            for n in (other for other in range(count) if other != m):
                both = np.diag(gates[i + 1][m] * gates[i + 1][n])
                (above,) = example.rates(lambda w, i=i, both=both: (w[i + 1].T @ both @ w[i + 1],))
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
    cases = (example for example in random_cases(4 * FEW) if not all_open_once or _each_unit_opens(example))
    return decide_equal(sides, (two_way_unit_pair(), *cases))


def _each_unit_opens(example: Case) -> bool:
    return all((gate.max(0) > 0).all() for gate in example.gates[:-1])


def decide_nonzero(*cases: Case) -> Evidence:
    """Whether the imbalance of every pair of adjacent layers moves in every network."""
    for example in cases:
        rates = example.imbalance_rates
        if min(np.abs(rate).max() for rate in rates) == 0:
            numbers = instance(**example.numbers, rates=list(rates))
            return Evidence(False, symbolic=False, text="the rate is the zero matrix", instance=numbers)
    return Evidence(True, symbolic=False, text=f"in {len(cases)} networks every rate has an entry that is not 0")


def decide_off_diagonal(part: Callable[[np.ndarray], np.ndarray]) -> Evidence:
    """Whether a part of the rate of the last imbalance vanishes in random networks, while the rate itself does not."""
    cases = [example for loss in (SQUARED, CROSS_ENTROPY) for example in random_cases(FEW, loss=loss)]
    rates = [example.imbalance_rates[-1] for example in cases if _parts_units(example)]
    least, most = (min(np.abs(r).max() for r in rates), max(np.abs(part(r)).max() for r in rates))
    text = (
        f"in {len(rates)} networks in which a sample opens one of the last hidden units and closes another, the rate "
    )
    text += f"has an entry of {least:.1g} or more, and the part looked at none above {most:.1g}"
    return Evidence(bool(least > 1e-6 and most < ROUNDING), symbolic=False, text=text)


def _parts_units(example: Case) -> bool:
    """Whether a sample that reaches the last hidden layer opens some of its units and closes others."""
    *lower, last = (gate.mean(1) for gate in example.gates[:-1])
    reached = np.all(lower, axis=0) if lower else np.ones(len(last), bool)
    return bool((reached & (last > 0) & (last < 1)).any())


def decide_unequal_growth(*cases: Case) -> Evidence:
    """Whether squared norms of layers grow at different rates in some network; the rates in the first, if not."""
    growth = [[2 * np.sum(w * v) for w, v in zip(case.layers, case.velocity, strict=True)] for case in cases]
    worst = max(float(np.ptp(rates)) / max(*map(abs, rates), ROUNDING) for rates in growth)
    text = f"rates of growth of the squared norms differ by up to {worst:.0e} of their size in {len(cases)} networks"
    return Evidence(worst > ROUNDING, symbolic=False, text=text, instance=instance(**cases[0].numbers, rates=growth[0]))


def decide_equal_growth(*, units: bool, swapped: bool = False) -> Evidence:
    """Whether what comes into hidden units grows, in squared norm, as what goes out: units one by one, or summed."""

    def sides(example: Case) -> tuple[list, list]:
        left, right = [], []
        for i in range(len(example.layers) - 1):
            (below,) = example.rates(lambda w, i=i: (w[i] @ w[i].T,))
            (above,) = example.rates(lambda w, i=i: (w[i + 1].T @ w[i + 1],))
            one, other = np.diag(below), np.diag(above)
            other = other[::-1] if swapped else other
            left.append(one if units else np.array([one.sum()]))
            right.append(other if units else np.array([other.sum()]))
        return left, right

    return decide_equal(sides, (two_way_unit_pair(), *random_cases(FEW)))


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
    Claim(
        id="basu-54",
        document="basu",
        title="The imbalance of a ReLU network moves.",
        statement=r"\frac{d}{dt} (W_{l+1}^T W_{l+1}) - \frac{d}{dt} (W_l W_l^T) \ne [0]",
        place="eq. (29), its end",
        derivation=(
            r"Read for every network that learns, it fails: a layer of one unit has a $1 \times 1$ imbalance, and the "
            r"diagonal never moves ($k = k'$ above). With $x = 1$, $W_1 = W_2 = 1$ and $y = 2$ the rate is 0 while "
            r"both weights grow. It also vanishes where every sample opens all units of the layer or none. Read as "
            r"'not always zero' it is true; off the diagonal it moves in all random networks."
        ),
        check=lambda: decide_nonzero(two_way_unit_pair(), case([[1]], [[2]], [[1]], [[1]])),
        control=lambda: decide_nonzero(case([[1], [2]], [[2], [4]], [[1], [1]], [[1, 1]])),
        correction=Correction(
            title="Its diagonal rests; off the diagonal it moves where samples open one unit and close another.",
            statement=r"\frac{d}{dt} \left( W_{l+1}^T W_{l+1} - W_l W_l^T \right)_{k k} = 0",
            assumptions=("random weights, for what moves",),
            check=lambda: decide_off_diagonal(lambda rate: np.diag(np.diag(rate))),
            control=lambda: decide_off_diagonal(lambda rate: rate),
        ),
    ),
    Claim(
        id="basu-55",
        document="basu",
        title="In ReLU networks norms of adjacent layers may grow at different rates.",
        statement=r"\frac{d}{dt} |W_{l+1}|_F^2 \ne \frac{d}{dt} |W_l|_F^2 \quad \text{for some network}",
        place="abstract, and after eq. (29)",
        derivation=(
            r"In the linear case the document means the trace of Theorem 1: squared Frobenius norms grow at equal "
            r"rates. They do here as well, for all data, losses and gates, since the trace of the imbalance is a sum "
            r"over its diagonal, which rests. It even rests unit by unit, $|W_l[k, :]|^2 - |W_{l+1}[:, k]|^2$ being "
            r"constant: what flips is the matrix off the diagonal. Norms that are not squared grow differently, as "
            r"they do in linear networks, in inverse proportion to themselves; and steps of descent are of second "
            r"order in the rate."
        ),
        check=lambda: decide_unequal_growth(two_way_unit_pair(), *random_cases(FEW)),
        control=lambda: decide_unequal_growth(case([[1], [2]], [[2], [4]], [[1], [1]], [[1, 1]])),
        correction=Correction(
            title="Squared norms of adjacent layers grow at the same rate, unit by unit.",
            statement=(
                r"\frac{d}{dt} \sum_j (W_l)_{kj}^2 = \frac{d}{dt} \sum_j (W_{l+1})_{jk}^2, \qquad "
                r"\frac{d}{dt} |W_{l+1}|_F^2 = \frac{d}{dt} |W_l|_F^2"
            ),
            assumptions=("no biases",),
            check=lambda: decide_equal_growth(units=True),
            control=lambda: decide_equal_growth(units=True, swapped=True),
        ),
    ),
]
