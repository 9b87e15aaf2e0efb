"""Saxe, McClelland and Ganguli 2014, Fig. 3: a hierarchy is learned mode by mode, by linear and by tanh units."""

from itertools import islice
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import balanced_mode, half_time
from flowdln.modes import svd_frame
from flowdln.modified import growth_lag
from flowdln.observe import crossing_times
from flowdln.plot import COLOURS
from flowdln.reduction import reduce
from flowdln.reproduction.checks import Check, farthest
from flowdln.tanh_network import tanh_descent, tanh_outputs

TITLE = "Modes of a hierarchy, learned one after another"
SOURCE = "Saxe et al. 2014, Fig. 3"
CLAIMS = ("neuromatch-2", "saxe-34", "summary-22")
PARAMETERS = {
    "levels": 5,
    "flip": 0.1,
    "features": 1000,
    "hidden": 32,
    "u_0": 1e-6,
    "learning_rate": 0.5e-3,
    "epochs": 2200,
    "starts": 12,
    "seed": 0,
}
QUICK: dict[str, float] = {"starts": 6}
FULL: dict[str, float] = {"starts": 100}
MODES = (1, 2, 3, 5, 12, 18, 31)
EVERY = 5  # epochs between two that are kept
# By hand, from the eigenvalues of the leaves' expected similarity; epochs: ln(s / u_0 - 1) / (2 s learning_rate).
POPULATION = {1: 81.04, 2: 55.96, 3: 46.54, 5: 37.56, 12: 28.65, 18: 18.97}
POPULATION_HALF_TIMES = {1: 224.7, 2: 318.8, 3: 379.4, 5: 464.4, 12: 599.3, 18: 883.3}


def compute(
    levels: int,
    flip: float,
    features: int,
    hidden: int,
    u_0: float,
    learning_rate: float,
    epochs: int,
    starts: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Mode strengths over epochs, of one start, and half-times of all starts, by linear and tanh units and in theory.

    Sums over items, as in the paper. A mode's two vectors of ``hidden`` entries start with
    ``<|a + b|^2> / 4 = hidden scale^2 / 2``, which is set to ``u_0``.
    """
    data = fl.datasets.hierarchy(levels, flip=flip, features=features, seed=seed)
    widths, scale = (len(data.inputs), hidden, features), np.sqrt(2 * u_0 / hidden)
    weights = [fl.initial.small_random(widths, scale=scale, seed=seed + start) for start in range(starts)]
    linear = linear_runs(data, weights, learning_rate, epochs)
    tanh = tanh_runs(data, weights, learning_rate, epochs)
    kept, s = np.arange(0.0, epochs + 1, EVERY), svd_frame(data.moments("sum")).strengths
    population = fl.datasets.hierarchy_singular_values(levels, flip=flip, features=features)
    flow = flow_runs(data, weights, kept * learning_rate)
    return {
        "tree": np.array([levels, len(data.inputs), features, flip]),
        "training": np.array([hidden, u_0, learning_rate]),
        "epochs": kept,
        "strengths": s,
        "theory": np.stack([balanced_mode(kept * learning_rate, u_0, target, depth=2) for target in s], axis=1),
        "linear": linear[0],
        "tanh": tanh[0],
        "half_times": half_time(u_0, s, depth=2) / learning_rate,
        "predicted_half_times": crossing_times(kept, flow, s / 2) * growth_lag(learning_rate * s),
        "linear_half_times": crossing_times(kept, linear, s / 2),
        "tanh_half_times": crossing_times(kept, tanh, s / 2),
        "population": population,
        "population_half_times": half_time(u_0, population, depth=2) / learning_rate,
    }


def flow_runs(data: fl.datasets.Dataset, weights: list, ts: np.ndarray) -> np.ndarray:
    """Mode strengths ``(starts, T, modes)`` of the flow in closed form, from the growing half of small weights.

    A mode's two vectors grow by their mean and lose their difference, so that both layers soon are ``(a + b) / 2``.
    """
    frame = svd_frame(data.moments("sum"))
    moments = fl.Moments(np.eye(len(frame.strengths)), np.diag(frame.strengths), float(np.sum(frame.strengths**2)))
    growing = [(first @ frame.right + last.T @ frame.left) / 2 for first, last in weights]
    problems = [fl.Problem(moments, (mean, mean.T)) for mean in growing]
    runs = [fl.solve(problem, ts, method="exact", save="product").product for problem in problems]
    return np.stack([np.diagonal(run, axis1=1, axis2=2) for run in runs])


def linear_runs(data: fl.datasets.Dataset, weights: list, learning_rate: float, epochs: int) -> np.ndarray:
    """Mode strengths ``(starts, K, modes)`` of linear networks by gradient descent, without idle directions."""
    problems = [reduce(fl.Problem(data.moments("sum"), start, tau=1 / learning_rate)).problem for start in weights]
    return np.stack(
        [fl.descend(problem, learning_rate=learning_rate, steps=epochs, every=EVERY).modes for problem in problems]
    )


def tanh_runs(data: fl.datasets.Dataset, weights: list, learning_rate: float, epochs: int) -> np.ndarray:
    """Mode strengths ``(starts, K, modes)`` of networks with tanh hidden units by gradient descent, all at once.

    They are read from ``sum y x^T`` of the outputs. These are linear in the last layer, which never leaves the span of
    ``[W_2(0), targets]``, and are turned into it.
    """
    frame, items = svd_frame(data.moments("sum")), len(data.inputs)
    turns = np.stack([np.linalg.qr(np.hstack([data.targets.T, last])).Q for _, last in weights])
    start = (np.stack([first for first, _ in weights]), turns.mT @ np.stack([last for _, last in weights]))
    targets, left = data.targets @ turns, turns.mT @ frame.left
    runs = tanh_descent(start, data.inputs, targets, learning_rate=items * learning_rate)
    kept = []
    for state in islice(runs, 0, epochs + 1, EVERY):
        correlation = tanh_outputs(state, data.inputs).mT @ data.inputs
        kept.append(np.einsum("soa,soi,ia->sa", left, correlation, frame.right, optimize=True))
    return np.array(kept).swapaxes(0, 1)


def delays(data: dict[str, np.ndarray], route: str) -> np.ndarray:
    """Half-times ``(starts, 7)`` of the chosen modes, less the theory's, as a share of the theory's."""
    chosen = np.array(MODES) - 1
    return data[f"{route}_half_times"][:, chosen] / data["half_times"][chosen] - 1


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Population values as known; descent late as the exact flow has it; tanh units later, the weaker modes more."""
    predicted, linear, tanh = (delays(data, route) for route in ("predicted", "linear", "tanh"))
    checks = [
        *(Check(f"singular value {k}, population", s, data["population"][k - 1], 5e-3) for k, s in POPULATION.items()),
        *(
            Check(f"half-time of mode {k}, population (epochs)", known, data["population_half_times"][k - 1], 0.05)
            for k, known in POPULATION_HALF_TIMES.items()
        ),
        Check("strongest singular value, sample / population", 1, data["strengths"][0] / data["population"][0], 0.05),
        *(
            Check(f"delay of mode {k}, linear units", expected, late, 3e-3)
            for k, expected, late in zip(MODES, predicted.mean(axis=0), linear.mean(axis=0), strict=True)
        ),
        Check("share of runs in which tanh units are later, modes 2 to 31", 1, (tanh > linear)[:, 1:].mean(), 0.05),
        Check(
            "delay of mode 31, linear units / tanh units, at most 3/4",
            0,
            linear[:, -1].mean() / tanh[:, -1].mean(),
            0.75,
        ),
    ]
    excess = (tanh - linear).mean(axis=0)
    weaker = excess[:4].max() / excess[4:].min()
    checks.append(Check("further delay by tanh units, modes 1 to 5 / modes 12 to 31, at most 3/4", 0, weaker, 0.75))
    for route, tolerance in (("theory", 1e-8), ("linear", 1e-4), ("tanh", 0.03)):
        settled = data[route][-1, :31] / data["strengths"][:31]
        name = f"final strength / singular value, {route}, worst of the first 31"
        checks.append(Check(name, 1, farthest(settled, 1), tolerance))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: strengths over epochs. Right: how late each mode is."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.2), width_ratios=(3, 2))
    styles: dict[str, dict[str, Any]] = {
        "theory": {"color": "0.65", "linewidth": 3.5},
        "linear": {"color": COLOURS[0]},
        "tanh": {"color": COLOURS[1], "linestyle": "--"},
    }
    for k in MODES:
        for route, style in styles.items():
            left.plot(data["epochs"], data[route][:, k - 1], label=route if k == 1 else None, **style)
        place = (1.01, data["strengths"][k - 1] - (2.0 if k == 31 else 0.0))
        left.annotate(str(k), place, xycoords=("axes fraction", "data"), fontsize=8, va="center")
    left.set(xlabel="time (epochs)", ylabel="mode strength", title=f"modes {', '.join(map(str, MODES))}")
    left.legend(loc="upper right", bbox_to_anchor=(1.0, 0.97))
    places = np.arange(len(MODES))
    for shift, marker, route in ((-0.08, "o", "linear"), (0.08, "s", "tanh")):
        late, style = delays(data, route), {"color": styles[route]["color"], "capsize": 2, "markersize": 4}
        right.errorbar(places + shift, late.mean(axis=0), late.std(axis=0), fmt=marker, label=route, **style)
    right.plot(places, delays(data, "predicted").mean(axis=0), ":", color="black", label="linear, predicted")
    right.set_xticks(places, [str(k) for k in MODES])
    right.set(xlabel="mode", ylabel="delay / half-time in theory", title="later than the theory of equal layers")
    right.legend(loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    linear, tanh = delays(data, "linear").mean(axis=0), delays(data, "tanh").mean(axis=0)
    (levels, items, features, flip), (hidden, u_0, rate) = data["tree"], data["training"]
    return (
        f"{items:.0f} one-hot items at the leaves of a binary tree of {levels:.0f} levels, {features:.0f} features "
        f"that flip with probability {flip:g} along each branch, {hidden:.0f} hidden units, sums over items, learning "
        f"rate {rate:g}. Left: strength of {len(MODES)} modes by the logistic theory from u_0 = {u_0:g} (broad), and "
        "by gradient descent from small random weights with linear (solid) and tanh (dashed) hidden units. Each mode "
        "is learned in one stage, the strongest first. "
        f"Right: how much later than in theory a mode reaches half its strength, over {len(data['tanh_half_times'])} "
        "starts (mean and standard deviation). Linear units are late, mode 31 by "
        f"{100 * linear[-1]:.0f} %, for two reasons: modes share the hidden units, and a mode cannot grow along the "
        "hidden directions that others have taken before it; and a step of descent multiplies a growing mode by 1 + x "
        "where the flow has exp(x). The exact solution of the flow for all modes together, from the same starts, and "
        f"this factor predict the delays (dotted). Tanh units are later, by {100 * tanh[-1]:.0f} % for mode 31, since "
        "the strong modes have saturated them by the time the weak ones are learned."
    )
