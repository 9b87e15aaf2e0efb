"""Saxe, McClelland and Ganguli 2014, Fig. 3 (left): a hierarchy is learned mode by mode."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode, balanced_mode_time
from flowdln.reproduction.checks import Check

TITLE = "Modes of a hierarchy, learned one after another"
SOURCE = "Saxe et al. 2014, Fig. 3 (left)"
PARAMETERS = {
    "levels": 5,
    "flip": 0.1,
    "features": 1000,
    "hidden": 32,
    "u_0": 1e-6,
    "learning_rate": 0.5e-3,
    "epochs": 1700,
    "seed": 0,
}
QUICK: dict[str, float] = {}
MODES = (1, 2, 3, 5, 12, 18, 31)
# Epochs: ln(s / u_0 - 1) / (2 s learning_rate) for s = 81.04, 55.96, 46.54, 37.56, 28.65, 18.97, by hand.
POPULATION_HALF_TIMES = {1: 224.7, 2: 318.8, 3: 379.4, 5: 464.4, 12: 599.3, 18: 883.3}


def compute(
    levels: int, flip: float, features: int, hidden: int, u_0: float, learning_rate: float, epochs: int, seed: int
) -> dict[str, np.ndarray]:
    """Mode strengths over epochs by flow, descent and theory.

    Sums over items, as in the paper. A mode's two vectors of ``hidden`` entries start with
    ``<|a + b|^2> / 4 = hidden scale^2 / 2``, which is set to ``u_0``.
    """
    data = fl.datasets.hierarchy(levels, flip=flip, features=features, seed=seed)
    items = len(data.inputs)
    weights = fl.initial.small_random((items, hidden, features), scale=np.sqrt(2 * u_0 / hidden), seed=seed)
    problem = fl.Problem(data.moments("sum"), weights, tau=1 / learning_rate)
    descent = fl.descend(problem, learning_rate=learning_rate, steps=epochs, every=5)
    flow = fl.solve(problem, descent.ts)
    strengths = flow.frame.strengths
    theory = [balanced_mode(descent.ts * learning_rate, u_0, s, depth=2) for s in strengths]
    population = fl.datasets.hierarchy_singular_values(levels, flip=flip, features=features)
    return {
        "epochs": descent.ts,
        "descent": descent.modes,
        "flow": flow.modes,
        "theory": np.stack(theory, axis=1),
        "strengths": strengths,
        "half_times": half_times(strengths, u_0, learning_rate),
        "crowded_half_times": half_times(strengths, u_0 * (1 - np.arange(items) / hidden), learning_rate),
        "population": population,
        "population_half_times": half_times(population, u_0, learning_rate),
    }


def half_times(strengths: np.ndarray, u_0: float | np.ndarray, learning_rate: float) -> np.ndarray:
    """Epochs until each mode reaches half its strength, by the theory of equal layers."""
    starts = np.broadcast_to(u_0, strengths.shape)
    times = [balanced_mode_time(s / 2, start, s, depth=2) for s, start in zip(strengths, starts, strict=True)]
    return np.array(times) / learning_rate


def measured_half_times(data: dict[str, np.ndarray], route: str) -> np.ndarray:
    """Epochs at which the modes of a simulation cross half their strength, interpolated."""
    halves = data["strengths"] / 2
    return np.array([np.interp(half, u, data["epochs"]) for half, u in zip(halves, data[route].T, strict=True)])


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Population half-times as known; the flow on the theory's clock, once it counts the hidden units in use."""
    flow = measured_half_times(data, "flow")
    settled = data["flow"][-1, :31] / data["strengths"][:31]
    return [
        *(
            Check(f"half-time of mode {k}, population (epochs)", known, data["population_half_times"][k - 1], 0.05)
            for k, known in POPULATION_HALF_TIMES.items()
        ),
        Check("strongest singular value, sample / population", 1, data["strengths"][0] / data["population"][0], 0.05),
        *(
            Check(f"half-time of mode {k}, flow / theory for its room", 1, flow[k - 1] / late, 0.05)
            for k, late in ((k, data["crowded_half_times"][k - 1]) for k in MODES)
        ),
        Check(
            "final strength / singular value, worst of the first 31", 1, settled[np.argmax(np.abs(settled - 1))], 0.02
        ),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: strengths over epochs. Right: half-times of all modes."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.0), width_ratios=(3, 2))
    colours = plt.colormaps["viridis"](np.linspace(0, 0.9, len(MODES)))
    for colour, k in zip(colours, MODES, strict=True):
        left.plot(data["epochs"], data["theory"][:, k - 1], color=colour, linewidth=1)
        left.plot(data["epochs"][::5], data["flow"][::5, k - 1], ".", color=colour, markersize=4)
        left.plot(data["epochs"], data["descent"][:, k - 1], ":", color=colour)
        place = (1.01, data["strengths"][k - 1] - (2.0 if k == 31 else 0.0))
        left.annotate(str(k), place, xycoords=("axes fraction", "data"), color=colour, fontsize=8, va="center")
    left.set(xlabel="time (epochs)", ylabel="mode strength", title="modes 1, 2, 3, 5, 12, 18, 31")
    for style, label in (("-", "theory"), (".", "flow"), (":", "descent")):
        left.plot([], [], style, color="0.3", label=label)
    left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.95))
    number = np.arange(1, len(data["strengths"]) + 1)
    right.plot(number, measured_half_times(data, "flow"), ".", color="0.3", label="flow")
    right.plot(number, data["half_times"], label="theory, equal layers")
    right.plot(number, data["crowded_half_times"], "--", label="theory, room left")
    right.set(xlabel="mode", ylabel="half-time (epochs)", title="when each mode is learned", ylim=(0, None))
    right.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    flow, late = measured_half_times(data, "flow"), measured_half_times(data, "descent")
    return (
        "Thirty-two one-hot items at the leaves of a binary tree of five levels, 1000 features that flip with "
        "probability 0.1 along each branch, 32 hidden units, sums over items, learning rate 0.0005. Left: strength of "
        "seven modes by the logistic theory from u_0 = 1e-6 (lines), by the gradient flow from small random weights "
        "(dots) and by gradient descent (dotted). Each mode is learned in one stage, the strongest first. Right: the "
        "time to half strength of all 32 modes. Weak modes are later than the theory of equal layers says, mode 31 by "
        f"{100 * (flow[30] / data['half_times'][30] - 1):.0f} %: the hidden directions of the modes learned before are "
        "taken, so the k-th mode grows from u_0 (32 - k + 1) / 32 only (dashed); for the last mode, with one "
        "direction left, the start is a matter of chance. Descent is later than the flow by "
        f"{np.mean(late - flow):.1f} epochs on average, since a step multiplies a growing mode by 1 + x where the flow "
        "has exp(x)."
    )
