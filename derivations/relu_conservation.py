r"""What samples with different gates do to conservation.

Let a sample have pre-activations $a_l$, gates $D_l$, and signals $u_l$ that come back to layer $l$ before its gates.
With $\dot W_l = \langle D_l u_l h_{l-1}^T \rangle$ and $\dot W_{l+1} = \langle D_{l+1} u_{l+1} (D_l a_l)^T \rangle$,
$R + R^T$ is the derivative of $W_{l+1}^T W_{l+1} - W_l W_l^T$, where $R = \langle u_l (D_l a_l)^T - D_l u_l a_l^T
\rangle$. Its entry for two units $k$ and $k'$ is the mean of $(d_{k'} - d_k)(u_k a_{k'} - u_{k'} a_k)$: only samples
count for which one of the two is open and the other closed. On the diagonal it is zero. That is all there is: what
each unit conserves alone survives the gates, what pairs of units conserve does not.
"""

from collections.abc import Callable

import numpy as np

from derivations.relu_instances import ROUNDING, Case, case, decide_equal, random_cases, two_way_unit_pair
from flowdln.relu import CROSS_ENTROPY, SQUARED
from flowdln.symbolic import Claim, Correction, Evidence, Kind, instance

TITLE = "What ReLU layers conserve"
FEW = 60  # random networks a check


def parting_cases() -> list[Case]:
    """Random networks in which a sample opens one of the last hidden units and closes another."""
    cases = (example for loss in (SQUARED, CROSS_ENTROPY) for example in random_cases(FEW, loss=loss))
    return [example for example in cases if _parts_units(example)]


def decide_nonzero(*cases: Case) -> Evidence:
    """Whether the imbalance of the last pair of adjacent layers moves in every network."""
    for example in cases:
        rate = example.imbalance_rates[-1]
        if np.abs(rate).max() < ROUNDING:
            numbers = instance(**example.numbers, rate=rate)
            return Evidence(False, symbolic=False, text="the rate is the zero matrix", instance=numbers)
    return Evidence(True, symbolic=False, text=f"in {len(cases)} networks every rate has an entry that is not 0")


def decide_off_diagonal(part: Callable[[np.ndarray], np.ndarray]) -> Evidence:
    """Whether a part of the rate of the last imbalance vanishes in random networks, while the rate itself does not."""
    rates = [example.imbalance_rates[-1] for example in parting_cases()]
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
            one, other = np.diag(example.growth_into(i)), np.diag(example.growth_out_of(i))[:: -1 if swapped else 1]
            left.append(one if units else one.sum())
            right.append(other if units else other.sum())
        return left, right

    return decide_equal(sides, (two_way_unit_pair(), *random_cases(FEW)))


CLAIMS = [
    Claim(
        id="basu-54",
        document="basu",
        title="The imbalance of a ReLU network moves.",
        statement=r"\frac{d}{dt} (W_{l+1}^T W_{l+1}) - \frac{d}{dt} (W_l W_l^T) \ne [0]",
        place="eq. (29), its end",
        unstated=("some sample opens one unit of the layer and closes another", "random weights"),
        derivation=(
            "Read of the matrix, and in general: entry $(k, k')$ above is a mean over the samples for which one of "
            "two units is open and the other closed, and has no reason to vanish if there are any. Not of every "
            r"network: a layer of one unit has a $1 \times 1$ imbalance, and the diagonal never moves ($k = k'$). With "
            "$x = 1$, $W_1 = W_2 = 1$ and $y = 2$ the rate is 0 while both weights grow; this is the control. It also "
            "vanishes where every sample opens all units of the layer or none."
        ),
        check=lambda: decide_nonzero(two_way_unit_pair(), *parting_cases()),
        control=lambda: decide_nonzero(two_way_unit_pair(), case([[1]], [[2]], [[1]], [[1]])),
        correction=Correction(
            title="Sharper: it moves off the diagonal alone.",
            statement=r"\frac{d}{dt} \left( W_{l+1}^T W_{l+1} - W_l W_l^T \right)_{k k} = 0",
            check=lambda: decide_off_diagonal(lambda rate: np.diag(np.diag(rate))),
            control=lambda: decide_off_diagonal(lambda rate: rate),
        ),
    ),
    Claim(
        id="basu-55",
        document="basu",
        title="In ReLU networks the squared norms of adjacent layers may grow at different rates.",
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
        kind=Kind.SUBSTANCE,
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
