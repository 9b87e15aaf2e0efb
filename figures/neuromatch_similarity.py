"""Neuromatch tutorial: representational similarity over training, and progressive differentiation."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.animation import FuncAnimation
from matplotlib.artist import Artist
from matplotlib.figure import Figure

import flowdln as fl
from figures.neuromatch_initial_scale import show_similarity
from figures.neuromatch_stages import modes_by_theory, network, setting, tutorial_problem
from flowdln.modes import svd_frame
from flowdln.observe import crossing_times, distances, multidimensional_scaling, similarity, similarity_correlation
from flowdln.plot import COLOURS, DASHES
from flowdln.reduction import reduce
from flowdln.reproduction.checks import Check

TITLE = "Items are told apart from coarse to fine"
SOURCE = "Neuromatch, representational similarity and progressive differentiation"
CLAIMS = ("neuromatch-5", "neuromatch-6")
PARAMETERS = {
    "flip": 0.15,
    "features": 10_000,
    "hidden": 30,
    "gamma": 1e-12,
    "learning_rate": 100,
    "epochs": 220,
    "seed": 0,
}
QUICK: dict[str, object] = {}
SNAPSHOTS = (90, 112, 145, 220)  # epochs, one in each stage
ITEM = np.arange(8)
OUTGROWN = 1e-6  # share of the start in the similarity that no longer counts
MARKERS = "os^Dv<>p"
PARTED = 3 - np.array([[int(i ^ j).bit_length() for j in ITEM] for i in ITEM])  # level of the last common ancestor


def compute(
    flip: float, features: int, hidden: int, gamma: float, learning_rate: float, epochs: int, seed: int
) -> dict[str, np.ndarray]:
    """Hidden representations of the items along the flow, the products of their outputs, and distances by theory.

    In theory a hidden representation is the root of its outputs' similarity, ``sum_k u_k v_k v_k^T``.
    """
    problem = reduce(tutorial_problem(flip, features, hidden, gamma, seed)).problem
    ts = np.arange(epochs + 1.0)
    flow = fl.solve(problem, ts * learning_rate)
    first, (_, strengths, right) = flow.weights[0], svd_frame(problem.moments)
    roots = np.sqrt(modes_by_theory(problem, ts * learning_rate))[:, None] * right
    return {
        **setting(features, hidden, flip, learning_rate),
        "gamma": np.array(gamma),
        "epochs": ts,
        "hidden": first.swapaxes(1, 2),
        "squares": flow.product.swapaxes(1, 2) @ flow.product,
        "conserved": first.swapaxes(1, 2) @ fl.imbalance(problem.weights)[0] @ first,
        "theory": squared_distances(roots),
        "root": 8 * right * strengths @ right.T,  # of the next one
        "task": similarity(8 * problem.moments.sigma_yx.T),
        "growth": strengths[0] * learning_rate / problem.tau,  # of the first mode's weights in an epoch
    }


def departure(data: dict[str, np.ndarray]) -> np.ndarray:
    """``|H^2 - P^T P| / |P^T P|`` at each epoch: how far the similarity ``H`` is from the root of the outputs'."""
    alike = similarity(data["hidden"])
    sizes = np.linalg.norm(data["squares"], axis=(1, 2))
    return np.asarray(np.linalg.norm(alike @ alike - data["squares"], axis=(1, 2)) / sizes)


def outgrown(data: dict[str, np.ndarray]) -> int:
    """First epoch from which on the departure is below ``OUTGROWN``; the number of epochs, if there is none."""
    return int(np.append(np.flatnonzero(~(departure(data) < OUTGROWN)), -1).max()) + 1


def squared_distances(hidden: np.ndarray) -> np.ndarray:
    """Mean squared distance of pairs that part at levels 0, 1 and 2, ``(T, 3)``."""
    squares = distances(hidden) ** 2
    return np.stack([squares[:, level == PARTED].mean(axis=1) for level in range(3)], axis=1)


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Coarse before fine, as by theory; similarity the root of that of the outputs, but for what the start adds."""
    apart, theory, alike = squared_distances(data["hidden"]), data["theory"], similarity(data["hidden"])
    begun, known = (crossing_times(data["epochs"], each, each[-1] / 10) for each in (apart, theory))
    residual = alike @ alike - data["squares"] + data["conserved"]
    off = np.linalg.norm(residual, axis=(1, 2)) / np.linalg.norm(data["squares"], axis=(1, 2))
    first, settled = departure(data), outgrown(data)
    start = np.linalg.norm(data["conserved"][0]) / np.linalg.norm(data["squares"][0])
    epochs = 1 + np.log(OUTGROWN / first[1]) / (-2 * data["growth"])
    root = similarity_correlation(data["root"], data["task"])
    end = similarity_correlation(alike[-1], data["task"])
    return [
        *(
            Check(f"epoch at a tenth of the squared distance, pairs that part at level {level}", theory, found, 1)
            for level, (theory, found) in enumerate(zip(known, begun, strict=True))
        ),
        Check("|H^2 - P^T P + W_1^T Lambda W_1| / |P^T P|, largest at any epoch", 0, off.max(), 1e-6),
        Check("|H^2 - P^T P| / |P^T P| at the start", float(start), first[0], 1e-6),
        Check("epoch at which it falls below 1e-6, at twice the growth of weights", float(epochs), settled, 2),
        Check("correlation of similarities with the task at the end", float(root), float(end), 1e-5),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Above: similarity in each stage. Below: paths in the plane, distances, and the correlation with the task."""
    figure = plt.figure(figsize=(9.6, 5.4))
    rows: Any = figure.subfigures(2, 1)
    above, below = rows
    alike = similarity(data["hidden"])
    correlations = similarity_correlation(alike[70:], data["task"])
    for axes, epoch in zip(above.subplots(1, 4), SNAPSHOTS, strict=True):
        show_similarity(axes, alike[epoch], f"epoch {epoch}, correlation {correlations[epoch - 70]:.2f}")
    plane, apart, agree = below.subplots(1, 3)
    points = multidimensional_scaling(data["hidden"][70:])
    for item in range(8):
        colour = COLOURS[(0, 1)[item // 4]]
        plane.plot(*points[:, item].T, DASHES[item // 2], color=colour, linewidth=1)
        plane.plot(
            *points[-1, item], MARKERS[item], color=colour, markersize=5, label=f"item {item}",
            markerfacecolor=colour if item < 4 else "white",
        )  # fmt: skip
    plane.set(xlabel="first coordinate", ylabel="second coordinate", title="multidimensional scaling")
    plane.legend(ncols=2, fontsize=7, handlelength=0.5, columnspacing=1.5, loc="best")
    squares = squared_distances(data["hidden"])
    for level in range(3):
        apart.plot(data["epochs"], squares[:, level], DASHES[level], color=COLOURS[level + 1], label=f"level {level}")
    apart.set(xlabel="time (epochs)", ylabel="squared distance", title="hidden distance of pairs that part at")
    apart.legend(loc="upper left")
    agree.plot(data["epochs"][70:], correlations, color="black")
    agree.set(
        xlabel="time (epochs)",
        ylabel="correlation",
        title="agreement with the targets' similarity",
        ylim=(-0.1, 1.05),
    )
    for axes in (apart, agree):
        for epoch in SNAPSHOTS:
            axes.axvline(epoch, color="0.7", linewidth=0.8, linestyle=":")
    return figure


def animate(data: dict[str, np.ndarray]) -> FuncAnimation:
    """The similarity matrix, and the distances up to the same epoch."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(5.6, 2.6), dpi=80)
    alike, squares = similarity(data["hidden"]), squared_distances(data["hidden"])
    image = show_similarity(left, alike[SNAPSHOTS[0]], "")
    for level in range(3):
        right.plot(data["epochs"], squares[:, level], DASHES[level], color=COLOURS[level + 1], label=f"level {level}")
    right.set(xlabel="time (epochs)", ylabel="squared distance", title="pairs that part at", xlim=(80, None))
    right.legend(loc="upper left")
    now = right.axvline(SNAPSHOTS[0], color="black", linewidth=1)

    def show(epoch: int) -> list[Artist]:
        image.set_data(alike[epoch] / alike[epoch].max())
        left.set_title(f"epoch {epoch}")
        now.set_xdata([epoch, epoch])
        return [image, now]

    return FuncAnimation(figure, show, frames=range(80, len(alike), 7), interval=250)


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    apart = squared_distances(data["hidden"])
    final = apart[-1]
    shares = [100 * apart[epoch, 0] / final[0] for epoch in SNAPSHOTS]
    off, settled = 100 * departure(data)[0], outgrown(data)
    return (
        f"The tutorial's network, {network(data)}, from weights of standard deviation {data['gamma']:g} / "
        f"sqrt(n_in + n_out), learns its hierarchy (flip {data['flip']:g}) by the flow at learning rate "
        f"{data['learning_rate']:g}. Above: similarity of the hidden representations of "
        "the eight items in each of the four stages, divided by its largest entry (bright). First all items are alike, "
        "then two halves, four pairs, and eight items are told apart. Below: the items' paths in the plane that keeps "
        "their distances best at the end (full and open: the two halves; dashes: pairs); their squared distances; and "
        "the correlation with the similarity of the targets. Pairs that part at the root (level 0) have "
        f"{shares[1]:.0f} % of their final squared distance after the second stage and {shares[2]:.0f} % after the "
        "third, since the finer differences of the later stages add to it. The similarity H is the root of that of the "
        f"outputs once weights have outgrown their start: from epoch {settled} on H^2 and P^T P differ by less than "
        f"{OUTGROWN:g} of their size, long before the first stage; at the start it is {off:.0f} %."
    )
