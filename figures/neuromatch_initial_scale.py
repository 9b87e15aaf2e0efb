"""Neuromatch tutorial: modes and hidden representations from small, moderate and large initial weights."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

import flowdln as fl
from figures.neuromatch_stages import LEVELS, ends_of_modes, network, setting, tutorial_problem
from flowdln.exact import half_time
from flowdln.observe import crossing_times, similarity, similarity_correlation
from flowdln.plot import COLOURS, DASHES
from flowdln.reduction import reduce
from flowdln.reproduction.checks import Check

TITLE = "Initial weights decide whether representations show the task"
SOURCE = "Neuromatch, large init, and initialisation matters"
CLAIMS = ("neuromatch-6",)
PARAMETERS = {
    "flip": 0.15,
    "features": 10_000,
    "hidden": 30,
    "gammas": [1e-12, 1.0, 10.0],
    "learning_rate": 100,
    "epochs": 250,
    "seed": 0,
}
QUICK: dict[str, object] = {}


def compute(
    flip: float, features: int, hidden: int, gammas: list[float], learning_rate: float, epochs: int, seed: int
) -> dict[str, np.ndarray]:
    """Modes, loss, and the similarity of hidden representations at start and end, for each initial scale."""
    problems = [reduce(tutorial_problem(flip, features, hidden, gamma, seed)).problem for gamma in gammas]
    moments, tau, ts = problems[0].moments, problems[0].tau, np.arange(epochs + 1.0)
    flows = [fl.solve(problem, ts * learning_rate) for problem in problems]
    descents = [fl.descend(problem, learning_rate=learning_rate / tau, steps=epochs) for problem in problems]
    imbalances = [fl.imbalance(problem.weights)[0] for problem in problems]
    first = np.stack([flow.weights[0][-1] for flow in flows])
    products = np.stack([flow.product[-1] for flow in flows])
    small, ends = ends_of_modes(problems[0])
    right = flows[0].frame.right
    return {
        **setting(features, hidden, flip, learning_rate),
        "gammas": np.array(gammas),
        "epochs": ts,
        "flow": np.stack([flow.modes for flow in flows]),
        "descent": np.stack([run.modes for run in descents]),
        "loss": np.stack([flow.loss for flow in flows]) * 2 / features,
        "ends": ends,
        "theory_half": 8 * half_time(small, ends, depth=2) * tau / learning_rate,
        "root": right * ends @ right.T,  # of the next one
        "task": 64 * moments.sigma_yx.T @ moments.sigma_yx,  # Y^T Y, as sigma_yx = Y / 8
        "start": np.stack([similarity(problem.weights[0].T) for problem in problems]),
        "similarity": similarity(first.swapaxes(1, 2)),
        "descent_similarity": np.stack([similarity(run.weights[0][-1].T) for run in descents]),
        "squares": products.swapaxes(1, 2) @ products,
        "conserved": np.stack([w.T @ imbalance @ w for w, imbalance in zip(first, imbalances, strict=True)]),
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The law that ties the similarity to the conserved imbalance, and how much of the task is seen."""
    task, small = data["task"], data["similarity"][0]
    correlations = similarity_correlation(data["similarity"], task)
    residual = data["similarity"] @ data["similarity"] - data["squares"] + data["conserved"]
    sizes = np.linalg.norm(data["squares"], axis=(1, 2))
    root = float(np.linalg.norm(small @ small - task) / np.linalg.norm(task))
    names = [f"{gamma:g}" for gamma in data["gammas"]]
    root_correlation = float(similarity_correlation(data["root"], task))
    spans = [np.ptp(crossing_times(data["epochs"], modes, data["ends"] / 2)) for modes in data["flow"]]
    return [
        Check(
            "|H^2 - P^T P + W_1^T Lambda W_1| / |P^T P|, largest",
            0,
            (np.linalg.norm(residual, axis=(1, 2)) / sizes).max(),
            1e-6,
        ),
        Check(f"|H^2 - Y^T Y| / |Y^T Y| from scale {names[0]}", 0, root, 1e-6),
        Check(f"correlation with the task from scale {names[0]}", root_correlation, correlations[0], 1e-6),
        Check(f"correlation with the task from scale {names[1]}", root_correlation, correlations[1], 1e-3),
        Check(
            f"shortfall of the correlation, scale {names[0]} / scale {names[2]}, below 1/10",
            0,
            (1 - correlations[0]) / (1 - correlations[2]),
            0.1,
        ),
        Check(f"epochs between first and last half-time, scale {names[0]}", np.ptp(data["theory_half"]), spans[0], 2),
        Check(f"the same, scale {names[2]} / scale {names[0]}, below 1/5", 0, spans[2] / spans[0], 0.2),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Above: modes for each scale, and the losses. Below: similarity of hidden representations, and of the targets."""
    figure, (above, below) = plt.subplots(2, 4, figsize=(9.6, 5.0))
    correlations, last = similarity_correlation(data["similarity"], data["task"]), data["epochs"][-1]
    for i, gamma in enumerate(data["gammas"]):
        for mode, level in enumerate(LEVELS):
            above[i].plot(data["epochs"], data["flow"][i, :, mode], DASHES[level], color=COLOURS[level], linewidth=1.2)
            above[i].plot(data["epochs"], data["descent"][i, :, mode], color=COLOURS[level], linewidth=3, alpha=0.25)
        name = rf"$\gamma = {gamma:g}$" if gamma > 1e-3 else rf"$\gamma = 10^{{{np.log10(gamma):.0f}}}$"
        above[i].set(xlabel="time (epochs)", ylabel="mode strength", title=name, xlim=(0, last if i == 0 else last / 5))
        above[3].plot(data["epochs"][1:], data["loss"][i, 1:], DASHES[i], color=COLOURS[4 + i], label=name)
        show_similarity(below[i], data["similarity"][i], f"hidden, correlation {correlations[i]:.2f}")
    above[3].set(xlabel="time (epochs)", ylabel="mean-squared error", title="loss", xscale="log", ylim=(-0.05, 1.7))
    above[3].legend(loc="upper right")
    show_similarity(below[3], data["task"], "targets")
    return figure


def show_similarity(axes: Axes, matrix: np.ndarray, title: str) -> AxesImage:
    """A similarity matrix as an image, divided by its largest entry."""
    image = axes.imshow(matrix / matrix.max(), cmap="viridis", vmin=-0.2, vmax=1)
    axes.set(xlabel="item", ylabel="item", title=title, xticks=range(0, 8, 2), yticks=range(0, 8, 2))
    axes.grid(visible=False)
    return image


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    end = similarity_correlation(data["similarity"], data["task"])
    by_descent = similarity_correlation(data["descent_similarity"], data["task"])
    start = similarity_correlation(data["start"], data["task"])
    small, moderate, large = data["gammas"]
    return (
        f"The tutorial's network, {network(data)}, and hierarchy (flip {data['flip']:g}), from weights of standard "
        f"deviation gamma / sqrt(n_in + n_out) with gamma = {small:g}, {moderate:g} and {large:g}. Above: strengths of "
        "the modes by the flow (thin; dashes tell levels) and by descent with learning rate "
        f"{data['learning_rate']:g} (broad), on time axes of different lengths, and the loss of the flow. There are "
        "stages only from small weights; from large ones all modes set off at once, and learning is fast. Below: "
        "similarity of the hidden representations of the eight items after learning by the flow, and of their targets, "
        "each divided by its largest entry (bright). Without a start, it is the root of the targets' similarity, with "
        f"which it correlates at {end[0]:.3f}. At gamma = {moderate:g}, which the tutorial calls dynamic isometry, "
        f"this is as good ({end[1]:.3f}); at {large:g} it is {end[2]:.2f} by the flow and {by_descent[2]:.2f} by "
        f"descent, far above the {start[2]:.2f} of the start: with singular values of {data['ends'][-1]:.0f} to "
        f"{data['ends'][0]:.0f} to be learned even this start is not so very large. The law "
        "H^2 = P^T P - W_1^T Lambda W_1 with the conserved imbalance Lambda says how much of the start remains."
    )
