r"""Representations.

What a network of two layers has learned shows in its hidden layer because the imbalance
$\Lambda = W_2^T W_2 - W_1 W_1^T$ is conserved: the similarity $H = W_1^T W_1$ of hidden representations obeys
$H^2 = P^T P - W_1^T \Lambda W_1$ at all times. From small weights it is the root of the similarity of the outputs;
from large ones it stays what it was. While a hierarchy is learned level by level, items that have not been told
apart yet share what is true of them on average: in the stage of level $k$ the answer about a property of an item is the
mean over all leaves below its ancestor of that level.
"""

import numpy as np
import sympy as sp

from derivations.stages_of_a_hierarchy import contrasts
from flowdln import Moments, Problem, end_to_end, imbalance, initial, solve
from flowdln.observe import similarity, similarity_correlation
from flowdln.symbolic import Claim, Correction, Evidence, polynomial, symbolic_network
from flowdln.validation import Array

TITLE = "Representations"
DOCUMENT = "neuromatch"
FLIP, FEATURES, HIDDEN, SEEDS = 0.15, 60, 30, 3
OVERLAPPING = np.eye(8) + np.kron(np.eye(2), np.ones((4, 4)))  # plants share an input, and so do animals
HAS_BONES = np.array([-1.0, 1, 1, 1, -1, -1, -1, -1])  # a shark, its sister, two birds; four plants


def mean_hierarchy(features: int) -> Array:
    """Targets ``(8, 8)`` with the mean products of so many features of a tree of 3 levels, at flip 0.15."""
    items = np.arange(8)
    parted = [[int(i ^ j).bit_length() for j in items] for i in items]
    powers, directions = np.linalg.eigh(features * (1 - 2 * FLIP) ** (2.0 * np.array(parted)))
    return directions * np.sqrt(powers) @ directions.T


def prove_similarity_law(sign: int) -> Evidence:
    """Whether ``H^2 = P^T P - sign W_1^T Lambda W_1`` for ``H = W_1^T W_1`` and the shipped imbalance ``Lambda``."""
    weights, _ = symbolic_network(2)
    first, product = weights[0], end_to_end(weights)
    (difference,) = imbalance(weights)
    hidden = first.T * first
    left = polynomial(hidden * hidden - product.T * product + sign * first.T * difference * first)
    return Evidence(not left, symbolic=True, text=f"the difference of both sides has {len(left)} terms, symbolic sizes")


def similarity_at(end: float, scale: float, seed: int) -> tuple[float, float]:
    """Correlation of the hidden layer's similarity with the task's, and distance of the product from the solution."""
    targets = mean_hierarchy(FEATURES)
    weights = initial.small_random((8, HIDDEN, 8), scale=scale, seed=seed)
    problem = Problem(Moments.from_data(np.eye(8), targets), weights)
    first, second = solve(problem, [end]).weights_at(0)
    correlation = similarity_correlation(similarity(first.T), similarity(targets))
    return float(correlation), float(np.abs(second @ first - targets.T).max())


def check_initial_scale(small: tuple[float, float], large: tuple[float, float]) -> Evidence:
    """Whether the hidden layer takes on the task's structure from the small scale, and not from the large one.

    Each with the time after which the task has been learned.
    """
    found = [[similarity_at(end, scale, seed) for seed in range(SEEDS)] for scale, end in (small, large)]
    (low, high), off = (
        [[value for value, _ in group] for group in found],
        max(gap for group in found for _, gap in group),
    )
    text = f"correlation with the similarity of the targets for {SEEDS} starts: {np.round(low, 3).tolist()} from scale "
    text += f"{small[0]:g}, {np.round(high, 3).tolist()} from scale {large[0]:g}; learned to {off:.0e}"
    holds = min(low) > 0.95 and max(high) < 0.5 and off < 1e-3
    return Evidence(holds, symbolic=False, text=text)


def shark_has_bones(depth: int, scale: float, seed: int, inputs: Array) -> Array:
    """Answers ``(T,)`` of a network for the first item while it learns a hierarchy and who has bones."""
    moments = Moments.from_data(inputs, np.column_stack([mean_hierarchy(FEATURES), HAS_BONES]))
    weights = initial.small_random((8, *[HIDDEN] * (depth - 1), 9), scale=scale, seed=seed)
    product = solve(Problem(moments, weights), np.linspace(0, 100, 800), save="product").product
    return product[:, -1] @ inputs[0]


def check_illusion(
    *, deep: int, shallow: int, scale: float, inputs: Array | None = None, seeds: int = SEEDS
) -> Evidence:
    """Whether the deep network says yes on its way to no, and the shallow one never does."""
    codes = np.eye(8) if inputs is None else inputs
    answers = [[shark_has_bones(depth, scale, seed, codes) for seed in range(seeds)] for depth in (deep, shallow)]
    highest = [[float(answer.max()) for answer in group] for group in answers]
    last = max(float(answer[-1]) for group in answers for answer in group)
    stages = [float(HAS_BONES[: 2**level].mean()) for level in (3, 2, 1, 0)]
    text = f"largest answer of {deep} layers {np.round(highest[0], 2).tolist()}, of {shallow}: "
    text += f"{np.round(highest[1], 3).tolist()}; last at most {last:.3f}; means over 8, 4, 2 and 1 items: {stages}"
    holds = min(highest[0]) > 0.25 and max(highest[1]) < 0.05 and last < -0.95
    return Evidence(holds, symbolic=False, text=text)


def prove_stage_means(levels: int, shift: int) -> Evidence:
    """Whether all modes down to level ``k`` answer with the mean over the ``2^(D - k)`` leaves around an item.

    Level 0 is the constant alone, each further level adds the contrasts of the nodes above it.
    """
    items, left = 2**levels, 0
    has = sp.Matrix(sp.symbols(f"p_1:{items + 1}"))
    answer = sp.ones(items, 1) * sp.Rational(1, items) * sum(has)
    for level in range(levels + 1):
        size = max(2 ** (levels - level - shift), 1)
        for i in range(items):
            start = i - i % size
            left += sp.expand(answer[i] - sum(has[start : start + size]) / sp.Integer(size)) != 0
        if level < levels:
            answer += sp.Add(*(v * v.dot(has) / v.dot(v) for v in contrasts(levels, level)))
    text = f"{left} of the answers differ, for any property of {items} items and {levels + 1} stages"
    return Evidence(left == 0, symbolic=True, text=text)


CLAIMS = [
    Claim(
        id="neuromatch-6",
        title="Small initial weights give representations with the structure of the task, very large ones do not.",
        statement=r"\mathrm{corr} (W_1^T W_1, Y^T Y) \approx 1 \text{ from small weights, and not from very large "
        "ones}",
        document=DOCUMENT,
        place="initialisation matters",
        check=lambda: check_initial_scale((1e-3, 60.0), (3.0, 5.0)),
        control=lambda: check_initial_scale((3.0, 5.0), (1e-3, 60.0)),
        derivation="Read as: after learning, the correlation with the task's similarity is above 0.95, or below "
        "0.5. Measured for a 8-30-8 network that learns the mean of a hierarchy of three levels. What is very large "
        r"depends on the task: the entries of $\Lambda$ have to be large beside $H$, whose size is that of the "
        "singular values of the solution. These grow as the root of the number of features, so that a scale which is "
        "very large for 60 of them need not be so for many more.",
        correction=Correction(
            title="An exact law says how much: the conserved imbalance is what stands between H and the root.",
            statement=r"(W_1^T W_1)^2 = P^T P - W_1^T \Lambda W_1, \quad \Lambda = W_2^T W_2 - W_1 W_1^T \text{ "
            "conserved}",
            check=lambda: prove_similarity_law(sign=1),
            control=lambda: prove_similarity_law(sign=-1),
            assumptions=("two layers",),
        ),
    ),
    Claim(
        id="neuromatch-12",
        title="A deep network predicts for a time that sharks have bones, although always told not; a shallow one "
        "never.",
        statement=r"\max_t \hat y_{\text{deep}}(t) > 0 > \hat y(\infty) = -1, \quad \hat y_{\text{shallow}}(t) \le 0",
        document=DOCUMENT,
        place="illusory correlations",
        unstated=("one-hot inputs", "small initial weights", "most relatives of the shark have bones"),
        check=lambda: check_illusion(deep=2, shallow=1, scale=1e-6),
        control=lambda: check_illusion(deep=2, shallow=1, scale=1e-6, inputs=OVERLAPPING, seeds=1),
        derivation="Properties are 1 or -1; bones have all animals but the shark, and no plant. A single layer with "
        "one-hot inputs has weights of its own for every item, which go straight from 0 to -1. It is not the depth "
        "as such: if the inputs of animals overlap, the control, a single layer is under the same illusion. From "
        "large initial weights the deep network's answers are not an illusion but noise.",
        correction=Correction(
            title="In the stage of level k the answer is the mean over the leaves below the ancestor of that level.",
            statement=r"\hat y_i = \frac{1}{2^{D-k}} \sum_{j : \, \text{same ancestor}} y_j: \quad "
            r"-\tfrac14, \; \tfrac12, \; 0, \; -1 \text{ for } k = 0, 1, 2, 3",
            check=lambda: prove_stage_means(levels=3, shift=0),
            control=lambda: prove_stage_means(levels=3, shift=1),
            assumptions=("stages that are over before the next begins", "the mean over features of a binary tree"),
        ),
    ),
]
