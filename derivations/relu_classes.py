r"""What upper layers make of classes.

If all samples of a class came to have the same gates in upper layers, the argument of Basu et al. goes, the terms of
their (29) would cancel, and upper layers would grow alike. Two networks decide it. In one, two chains of units carry
$x = 1$ and $x = -1$, which have the same label: weights on the diagonal stay there, so that the two samples share no
open unit at any time, in any layer. In the other there is one sample: its gates agree with themselves, and still the
imbalance moves. What matters is whether *units* agree for each sample, not whether samples do for each unit.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from derivations.relu_instances import case_of, opposite_chains
from flowdln import imbalance
from flowdln.relu import ReLUProblem, ReLUTrajectory, descend, gate_agreement, solve
from flowdln.symbolic import Claim, Correction, Evidence, Kind, instance

TITLE = "ReLU gates and classes"
TS = np.linspace(0, 50, 6)
CLASSES, EACH, SEEDS = 3, 5, range(12)
LABELS = np.repeat(np.arange(CLASSES), EACH)
ACROSS = np.tile(np.arange(EACH), CLASSES)  # groups of one sample of each class


@cache
def learned_clusters(seed: int, loss: str) -> ReLUTrajectory:
    """Three noisy clusters learned by a network of three hidden layers of eight units, at its start and its end."""
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((CLASSES, 4))[LABELS] + 0.7 * rng.standard_normal((len(LABELS), 4))
    shapes = [(8, 4), (8, 8), (8, 8), (CLASSES, 8)]
    weights = tuple(rng.standard_normal(shape) * np.sqrt(2 / shape[1]) for shape in shapes)
    problem = ReLUProblem(inputs, np.eye(CLASSES)[LABELS], weights, loss)
    return descend(problem, learning_rate=0.1, steps=600, every=600)


@cache
def learned_chains(loss: str) -> ReLUTrajectory:
    """The two chains, learned."""
    return solve(opposite_chains(loss), TS)


def decide_equal_gates(runs: Iterable[ReLUTrajectory]) -> Evidence:
    """Whether at the end all pairs of samples of a class have the same gates in the last hidden layer."""
    for run in runs:
        equal = run.gate_agreement(whole=True)[-1, -1, 0]
        if equal < 1:
            text = (
                f"at t = {run.ts[-1]:g}, with the loss down from {run.loss[0]:.2g} to {run.loss[-1]:.2g}, the gates of "
            )
            text += f"the last hidden layer are the same in {equal:.0%} of the pairs of samples of a class"
            weights = {f"W_{i}": weight for i, weight in enumerate(run.problem.weights, start=1)}
            numbers = instance(x=run.problem.inputs, y=run.problem.targets, **weights, t=run.ts[-1], equal=equal)
            return Evidence(False, symbolic=False, text=text, instance=numbers)
    return Evidence(True, symbolic=False, text="they do in all networks")


def decide_classes_part(groups: ArrayLike) -> Evidence:
    """Whether samples of a group share more gates of the last hidden layer than others do, in the mean of networks."""
    runs = [learned_clusters(seed, "cross_entropy") for seed in SEEDS]
    shares = np.array(
        [gate_agreement(run.gates[-1], groups) for run in runs]
    )  # networks, start and end, same and other
    excess = shares[..., 0] - shares[..., 1]
    before, after = excess.mean(0)
    error = excess[:, 1].std(ddof=1) / np.sqrt(len(runs))
    equal = np.mean([run.gate_agreement(whole=True)[-1, -1, 0] for run in runs])
    text = f"in the mean of {len(runs)} networks the share of equal gates within groups exceeds that between them by "
    text += f"{before:.2f} before learning and {after:.2f} after it (standard error {error:.2f}); "
    text += f"whole patterns agree in {equal:.0%} of the pairs of a class"
    return Evidence(bool(after > 3 * error and equal < 1), symbolic=False, text=text)


def imbalance_sizes(run: ReLUTrajectory, index: int) -> tuple[np.ndarray, np.ndarray]:
    """``|d(W_{l+1}^T W_{l+1} - W_l W_l^T)/dt|_F`` of all pairs of layers, and relative to the growth of the lower."""
    example = case_of(run.problem, run.layers_at(index))
    moved = np.array([np.linalg.norm(rate) for rate in example.rates(imbalance)])
    growth = example.rates(lambda w: tuple(layer @ layer.T for layer in w[:-1]))
    return moved, moved / [np.linalg.norm(rate) for rate in growth]


def decide_vanishing(*, relative: bool) -> Evidence:
    """Whether the rate of the imbalance vanishes at late times, by itself, or relative to the growth of the layer."""
    runs = [learned_chains("squared"), *(learned_clusters(seed, "squared") for seed in SEEDS[:3])]
    ratios = []
    for run in runs:
        start, end = (imbalance_sizes(run, index)[int(relative)] for index in (0, -1))
        ratios.append(float((end / start).max()))
    text = f"at the end of {len(runs)} runs it is at most {max(ratios):.1g} of what it was, over all pairs of layers"
    return Evidence(max(ratios) < 0.05, symbolic=False, text=text)


def decide_constant_ratio(pair: int) -> Evidence:
    """Whether the imbalance of a pair of layers of the chains moves as fast as the Gram matrix of the lower one."""
    runs = [learned_chains(loss) for loss in ("squared", "cross_entropy")]
    ratios = [imbalance_sizes(run, index)[1][pair] for run in runs for index in range(3)]
    text = f"the ratio lies between {min(ratios):.12g} and {max(ratios):.12g} at {len(ratios)} times"
    return Evidence(max(abs(ratio - 1) for ratio in ratios) < 1e-6, symbolic=False, text=text)


CLAIMS = [
    Claim(
        id="basu-57",
        document="basu",
        title="After some time, samples with the same label have the same gates in upper layers.",
        statement=r"y_i = y_j \quad \Rightarrow \quad \bar D_{l',i} = \bar D_{l',j} \text{ for all } l' > l, \; t' > t",
        place="before Conjecture 4",
        derivation=(
            r"Let $W_1 = (1, -1)^T$ and $W_2 = I$ be followed by $W_3 = ((1, 1), (-1, -1))$, with inputs $1$ and $-1$ "
            r"of the same class. The first sample opens the upper units, the second the lower ones; each moves only "
            r"its own chain, $W_2$ stays diagonal, and the gates differ for ever though the loss goes to 0. Nor would "
            r"equal gates help: with one sample there is nothing to disagree with, and the imbalance moves all the "
            r"same, as after (26). In networks with random weights, classes part at the top, but patterns do not "
            r"become equal."
        ),
        check=lambda: decide_equal_gates([learned_chains("cross_entropy")]),
        control=lambda: decide_equal_gates([learned_clusters(0, "cross_entropy")]),
        kind=Kind.SUBSTANCE,
        correction=Correction(
            title="Learned samples of a class share more gates of the last hidden layer than others do; not all.",
            statement=(
                r"0 < \langle A_{same} - A_{other} \rangle, \quad A_{same} < 1, \quad A \text{ share of equal gates}"
            ),
            assumptions=("random initial weights", "clusters"),
            check=lambda: decide_classes_part(LABELS),
            control=lambda: decide_classes_part(ACROSS),
        ),
    ),
    Claim(
        id="basu-58",
        document="basu",
        title="The imbalance of upper layers comes to rest.",
        statement=(
            r"\left| \frac{d}{dt} (W_{l+1}^T W_{l+1}) - \frac{d}{dt} (W_l W_l^T) \right|_F \to 0 \text{ as } l \to L, "
            r"\; t \to \infty"
        ),
        place="Conjecture 4",
        unstated=("the weights converge",),
        derivation=(
            r"The norm is at most $2 |W_{l+1}| |\dot W_{l+1}| + 2 |W_l| |\dot W_l|$, so where the flow comes to rest "
            r"it vanishes for every $l$, in lower layers too, and $l \to L$ adds nothing. The text means more: that "
            r"the growth of upper layers matches. Relative to that growth nothing need vanish: in the two chains, "
            r"with $q = c w_2 h$ for the pair of the last layers ($h$ the activity, $c$ the signal), the imbalance "
            r"moves by $q$ off the diagonal and $W_2 W_2^T$ by $q$ on it, at all times."
        ),
        check=lambda: decide_vanishing(relative=False),
        control=lambda: decide_vanishing(relative=True),
        correction=Correction(
            title="Relative to how the layers grow it need not: of the two chains the ratio is 1 at all times.",
            statement=(
                r"\left| \frac{d}{dt} (W_L^T W_L - W_{L-1} W_{L-1}^T) \right|_F = "
                r"\left| \frac{d}{dt} (W_{L-1} W_{L-1}^T) \right|_F \text{ for all } t"
            ),
            assumptions=("the two chains",),
            check=lambda: decide_constant_ratio(1),
            control=lambda: decide_constant_ratio(0),
        ),
    ),
]
