"""Neuromatch tutorial: a hierarchy of four levels is learned in four stages, later by descent than by the flow."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode, half_time
from flowdln.modes import svd_frame
from flowdln.modified import growth_lag
from flowdln.observe import crossing_times
from flowdln.plot import COLOURS, DASHES
from flowdln.reduction import reduce
from flowdln.reproduction.checks import Check, farthest

TITLE = "Four levels, four stages"
SOURCE = "Neuromatch, four levels and four stages"
CLAIMS = ("neuromatch-4", "neuromatch-1", "stages-in-order")
PARAMETERS = {
    "flip": 0.15,
    "features": 10_000,
    "hidden": 30,
    "gamma": 1e-12,
    "learning_rates": [25, 50, 100, 200],
    "epochs": 250,
    "seed": 0,
}
QUICK: dict[str, object] = {}
SHOWN = 2  # of the learning rates: the tutorial's
LEVELS = (0, 1, 2, 2, 3, 3, 3, 3)  # at which each mode tells items apart, counted from the root
KNOWN = (2.4408, 1.4996, 1.0098, 0.51)  # population eigenvalues of the products of items, by hand


def tutorial_problem(
    flip: float, features: int, hidden: int, gamma: float, seed: int, properties: np.ndarray | None = None
) -> fl.Problem:
    """The tutorial's network and data, with time in epochs times its learning rate.

    Its loss is the mean of ``(y - yhat)^2`` over all samples and outputs, which is ``2 / outputs`` times ours: its
    learning rate is ``2 / outputs`` of ours, and so the rate of its flow. Its weights have the standard deviation
    ``gamma / sqrt(n_in + n_out)``, Glorot's over the root of 2. ``properties``, of shape ``(8, k)``, are more outputs;
    without hidden units it has one layer.
    """
    data = fl.datasets.hierarchy(3, flip=flip, features=features, seed=seed)
    targets = data.targets if properties is None else np.column_stack([data.targets, properties])
    outputs = targets.shape[1]
    weights = fl.initial.glorot((8, hidden, outputs) if hidden else (8, outputs), seed=seed)
    small = tuple(gamma / np.sqrt(2) * weight for weight in weights)
    return fl.Problem(fl.Moments.from_data(data.inputs, targets), small, tau=outputs / 2)


def setting(features: int, hidden: int, flip: float, learning_rate: float) -> dict[str, np.ndarray]:
    """The tutorial's parameters as part of a figure's data, for its caption."""
    given = {"features": features, "units": hidden, "flip": flip, "learning_rate": learning_rate}
    return {name: np.array(value) for name, value in given.items()}


def network(data: dict[str, np.ndarray]) -> str:
    """Shape of the tutorial's network, such as 8-30-10000."""
    return f"8-{data['units']:d}-{data['features']:d}"


def ends_of_modes(problem: fl.Problem) -> tuple[np.ndarray, np.ndarray]:
    """Strengths at which theory has the modes start, as if the layers were equal, and at which they end, ``(8,)``.

    Inputs are one-hot and equally frequent, ``sigma_xx = I / 8``, so that a mode of the data ends at 8 times itself.
    """
    left, strengths, right = svd_frame(problem.moments)
    first, second = problem.weights
    return np.sum((first @ right + second.T @ left) ** 2, axis=0) / 4, 8 * strengths


def modes_by_theory(problem: fl.Problem, ts: np.ndarray) -> np.ndarray:
    """Strengths ``(T, 8)`` of modes that are learned each alone, with equal layers."""
    modes = zip(*ends_of_modes(problem), strict=True)
    return np.stack([balanced_mode(ts / (8 * problem.tau), start, end, depth=2) for start, end in modes], axis=1)


def compute(
    flip: float, features: int, hidden: int, gamma: float, learning_rates: list[float], epochs: int, seed: int
) -> dict[str, np.ndarray]:
    """Modes over time by the flow and by descent with several learning rates, and when they reach half of their end.

    Descent runs in the directions that the network can reach, which is the same.
    """
    problem = reduce(tutorial_problem(flip, features, hidden, gamma, seed)).problem
    shown = learning_rates[SHOWN]
    ts = np.arange(epochs + 1.0) * shown
    flow = fl.solve(problem, ts, save="product")
    ours = np.array(learning_rates) / problem.tau
    steps = [round(epochs * shown / rate) for rate in learning_rates]
    descents = [fl.descend(problem, learning_rate=rate, steps=k) for rate, k in zip(ours, steps, strict=True)]
    starts, ends = ends_of_modes(problem)
    return {
        **setting(features, hidden, flip, shown),
        "gamma": np.array(gamma),
        "rates": np.array(learning_rates),
        "epochs": ts / shown,
        "flow": flow.modes,
        "descent": descents[SHOWN].modes,
        "ends": ends,
        "eigenvalues": ends**2 / features,
        "population": fl.datasets.hierarchy_singular_values(3, flip=flip, features=1) ** 2,
        "growth": np.outer(ours, ends / 8),
        "flow_half": crossing_times(ts, flow.modes, ends / 2) / shown,
        "descent_half": np.stack([crossing_times(d.ts, d.modes, ends / 2) for d in descents]) / shown,
        "theory_half": 8 * half_time(starts, ends, depth=2) / ours[SHOWN],
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Eigenvalues as known, half-times by theory, one stage a level, and the lag of descent."""
    sample, half = data["eigenvalues"], data["flow_half"]
    ratio, stages = half / data["theory_half"], [half[np.equal(LEVELS, level)] for level in range(4)]
    gaps = [later.min() - earlier.max() for earlier, later in pairwise(stages)]
    late = data["descent_half"] / half / growth_lag(data["growth"])
    spread = 5 * np.sqrt(2 / data["features"])  # five standard errors of the variance of normal numbers
    return [
        *(
            Check(f"population eigenvalue of level {level}", known, data["population"][LEVELS.index(level)], 1e-4)
            for level, known in enumerate(KNOWN)
        ),
        Check(
            "sample / population eigenvalue, farthest from 1",
            1,
            farthest(sample / data["population"], 1),
            float(spread),
        ),
        Check("half-time, flow / theory, farthest from 1", 1, farthest(ratio, 1), 0.01),
        Check("widest stage / narrowest gap between stages, below 1/2", 0, max(map(np.ptp, stages)) / min(gaps), 0.5),
        Check("half-time, descent / (flow times x / ln(1 + x)), farthest from 1", 1, farthest(late, 1), 0.01),
        Check(
            "strength at the end / solution, farthest from 1", 1, farthest(data["descent"][-1] / data["ends"], 1), 1e-8
        ),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: modes over epochs. Middle: when each is learned. Right: how much later by descent."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(9.6, 3.1), width_ratios=(4, 3, 3))
    for mode, level in enumerate(LEVELS):
        colour = COLOURS[level]
        label = f"level {level + 1}" if LEVELS.index(level) == mode else None
        left.plot(data["epochs"], data["flow"][:, mode], DASHES[level], color=colour, label=label)
        left.plot(data["epochs"], data["descent"][:, mode], color=colour, linewidth=3.5, alpha=0.3)
    left.plot([], [], color="0.5", linewidth=3.5, alpha=0.5, label="descent")
    left.set(xlabel="time (epochs)", ylabel="mode strength", title="four stages: flow (thin), descent (broad)")
    left.legend(loc="upper left")
    number = np.arange(1, 9)
    middle.plot(number, data["descent_half"][SHOWN], "s", color=COLOURS[1], markersize=5, label="descent")
    middle.plot(number, data["flow_half"], "o", color=COLOURS[0], markersize=5, label="flow")
    middle.plot(number, data["theory_half"], "_", color="black", markersize=14, label="theory of the flow")
    middle.set(xlabel="mode", ylabel="half-time (epochs)", title="when each mode is learned", ylim=(0, None))
    middle.legend(loc="lower right")
    for i, marks in enumerate("ovs^"):
        late = data["descent_half"][i] / data["flow_half"]
        right.plot(data["growth"][i], late, marks, markersize=5, color=COLOURS[i], label=f"rate {data['rates'][i]:g}")
    curve = np.linspace(0.01, 1.05 * data["growth"].max(), 200)
    right.plot(curve, growth_lag(curve), color="black", linewidth=1, label=r"$x / \ln(1 + x)$")
    right.set(xlabel="growth in a step, $x$", ylabel="half-time, descent / flow", title="why descent is later")
    right.legend(loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    first, last = data["growth"][SHOWN, [0, -1]]
    late = 100 * (data["descent_half"][SHOWN] / data["flow_half"] - 1)
    return (
        f"Eight items at the leaves of a binary tree with three levels below its root, {data['features']:d} features "
        f"that flip with probability {data['flip']:g} along a branch; an {network(data)} network from weights of "
        f"standard deviation {data['gamma']:g} / sqrt(n_in + n_out), mean-squared error over all entries, learning "
        f"rate {data['learning_rate']:g}. Left: strengths of the eight modes. The population singular values of each "
        "level are equal, so there are four stages for four levels with the root; with finitely many features they "
        "differ a little. Middle: half-times. The theory of equal "
        "layers, from the start of each mode, has those of the flow. Right: at this learning rate descent is not the "
        f"flow. While a mode grows a step multiplies it by 1 + x, with x = {first:.2f} for the first mode and "
        f"{last:.2f} for the last, and the flow by exp(x) in the same time; so descent is later by the factor "
        f"x / ln(1 + x), {late[0]:.0f} % for the first mode and {late[-1]:.0f} % for the last."
    )
