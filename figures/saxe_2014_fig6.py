"""Saxe, McClelland and Ganguli 2014, Fig. 6: Glorot against orthogonal initial weights over depth."""

from collections.abc import Callable, Iterator
from itertools import islice

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.descent import descent_path
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check
from flowdln.tanh_network import tanh_descent, tanh_outputs
from flowdln.validation import RANK_TOLERANCE, Weights

TITLE = "Orthogonal initial weights keep deep networks quick"
SOURCE = "Saxe et al. 2014, Fig. 6"
CLAIMS = ("basu-68",)
PARAMETERS = {
    "data": "digits",
    "depths": [2, 4, 6, 9, 12],
    "hidden": 64,
    "images": 100,
    "cutoff": 0.02,
    "tanh_cutoff": 0.2,
    "seeds": 2,
    "most": 1000,
}
QUICK = {"depths": [2, 4, 8], "seeds": 2}
FULL = {"data": "mnist", "depths": [2, 5, 10, 20, 40], "hidden": 200, "seeds": 1, "most": 2000}
LARGEST_RATE = 200.0  # times 1 / depth: where the search for the best rate begins
FINER = 1.25  # ratio of two rates of the search
PATIENCE = 6  # rates that do not diverge and bring no improvement, after which it ends
DIVERGED = 1e3  # loss beyond which a run is given up
STARTS: dict[str, Callable[..., Weights]] = {"orthogonal": fl.initial.orthogonal, "glorot": fl.initial.glorot}
ROUTES = [f"{units}_{start}" for units in ("linear", "tanh") for start in STARTS]
Losses = Iterator[float]
Trainer = Callable[[Weights, float], Losses]


def compute(
    data: str, depths: list[int], hidden: int, images: int, cutoff: float, tanh_cutoff: float, seeds: int, most: int
) -> dict[str, np.ndarray]:
    """Fewest epochs of descent until the goal is reached, infinite beyond ``most``, and the learning rate of them.

    Linear networks learn all images until ``cutoff`` of what can be learned is left, networks of tanh units the first
    ``images`` of them until ``tanh_cutoff`` of ``<|y|^2>`` is. All images are whitened together.
    """
    samples = fl.datasets.handwriting(data)
    left, values, _ = np.linalg.svd(samples.inputs, full_matrices=False)
    inputs, targets = np.sqrt(len(left)) * left[:, values > RANK_TOLERANCE**0.5 * values[0]], samples.targets
    moments = fl.Moments.from_data(inputs, targets)
    goals = {
        "linear": float(moments.trace_yy - (1 - cutoff) * np.sum(moments.sigma_yx**2)) / 2,
        "tanh": tanh_cutoff * float(np.sum(targets[:images] ** 2)) / images / 2,
    }
    trainers: dict[str, Trainer] = {
        "linear": lambda start, rate: linear_losses(start, moments, rate),
        "tanh": lambda start, rate: tanh_losses(start, inputs[:images], targets[:images], rate),
    }
    results = {
        "depths": np.array(depths),
        "samples": np.array(len(inputs)),
        "images": np.array(images),
        "most": np.array(float(most)),
    }
    for units, trainer in trainers.items():
        for start, initial in STARTS.items():
            widths = [(inputs.shape[1], *(hidden,) * (depth - 1), 10) for depth in depths]
            found = [
                [search(trainer, initial(sizes, seed=seed), goals[units], most) for seed in range(seeds)]
                for sizes in widths
            ]
            results[f"{units}_{start}_epochs"], results[f"{units}_{start}_rates"] = np.moveaxis(np.array(found), -1, 0)
    return results


def linear_losses(weights: Weights, moments: fl.Moments, rate: float) -> Losses:
    """The loss of a linear network before each step of descent."""
    for state in descent_path(weights, moments, rate):
        yield float(fl.loss(state, moments))


def tanh_losses(weights: Weights, inputs: np.ndarray, targets: np.ndarray, rate: float) -> Losses:
    """The loss of a network of tanh units before each step of descent."""
    for state in tanh_descent(weights, inputs, targets, learning_rate=rate):
        yield float(np.mean(np.sum((targets - tanh_outputs(state, inputs)) ** 2, axis=1)) / 2)


def search(trainer: Trainer, start: Weights, enough: float, most: int) -> tuple[float, float]:
    """Fewest epochs and their learning rate, from large rates down; a run is cut where it can no longer win.

    Infinite if ``most`` epochs are not enough at any rate tried; the rate then is not a number.
    """
    best, best_rate, rate, since = np.inf, np.nan, LARGEST_RATE / len(start), 0
    while since < PATIENCE:
        epochs, diverged = train(trainer(start, rate), enough, int(min(most, best - 1)))
        if epochs < best:
            best, best_rate, since = epochs, rate, 0
        elif not diverged:
            since += 1
        rate /= FINER
    return best, best_rate


def train(losses: Losses, enough: float, most: int) -> tuple[float, bool]:
    """Epochs until the loss is ``enough``, infinite if it takes more than ``most``; and whether it diverged."""
    with np.errstate(over="ignore", invalid="ignore"):
        for epoch, loss in enumerate(islice(losses, most + 1)):
            if loss <= enough:
                return float(epoch), False
            if not loss < DIVERGED:
                return np.inf, True
    return np.inf, False


def mean_epochs(data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Epochs by depth, mean over starts; where a start did not learn, the epochs it was given: a lower bound."""
    return {name: np.minimum(data[f"{name}_epochs"], data["most"]).mean(axis=1) for name in ROUTES}


def power(depths: np.ndarray, epochs: np.ndarray) -> float:
    """Exponent with which the epochs grow from the smallest depth to the largest."""
    return float(np.log(epochs[-1] / epochs[0]) / np.log(depths[-1] / depths[0]))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Glorot's epochs grow faster than the depth, orthogonal ones slower; those of tanh units hardly at all."""
    epochs = mean_epochs(data)
    glorot, orthogonal = epochs["linear_glorot"], epochs["linear_orthogonal"]
    depths = data["depths"]
    growth = (depths[-1] / depths[0]) / (glorot[-1] / glorot[0])
    return [
        Check("growth of the depth / of the epochs, linear, Glorot", 0, growth, 0.3),
        Check("power of the depth in the epochs, linear, orthogonal", 0.55, power(depths, orthogonal), 0.25),
        Check("epochs, orthogonal, tanh, deepest", 4, epochs["tanh_orthogonal"][-1], 3),
        Check("epochs, orthogonal / Glorot, linear, deepest", 0, orthogonal[-1] / glorot[-1], 0.15),
        Check(
            "epochs, orthogonal / Glorot, tanh, deepest",
            0,
            epochs["tanh_orthogonal"][-1] / epochs["tanh_glorot"][-1],
            0.5,
        ),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Epochs over depth for linear and for tanh units; the best rates of the linear networks."""
    figure, panels = plt.subplots(1, 3, figsize=(7.2, 2.9))
    views = (
        ("linear", "epochs", "linear units"),
        ("tanh", "epochs", "tanh units"),
        ("linear", "rates", "linear units, rates"),
    )
    for axes, (units, what, title) in zip(panels, views, strict=True):
        for i, (start, label) in enumerate((("orthogonal", "orthogonal"), ("glorot", "Glorot"))):
            values, learned = data[f"{units}_{start}_{what}"], np.isfinite(data[f"{units}_{start}_epochs"])
            shown = np.where(learned, values, data["most"] if what == "epochs" else np.nan)
            style = {"color": COLOURS[i]}
            axes.plot(data["depths"], shown.mean(axis=1), "os"[i] + ("-", "--")[i], label=label, **style)
            axes.plot(data["depths"], shown, ".", markersize=3, **style)
            if what == "epochs" and not learned.all():
                lost = data["depths"][~learned.all(axis=1)]
                axes.plot(lost, np.full(len(lost), 1.5 * data["most"]), "^", label="not learned", **style)
        axes.set(
            xlabel="depth $L$",
            ylabel={"epochs": "epochs at the best rate", "rates": "best rate"}[what],
            title=title,
            xscale="log",
            yscale="log",
        )
        axes.set_xticks(data["depths"], [str(depth) for depth in data["depths"]])
        axes.minorticks_off()
    panels[1].set(yscale="linear", ylim=(0, None))
    panels[1].legend(*panels[0].get_legend_handles_labels(), loc="upper left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    epochs, depth = mean_epochs(data), data["depths"][-1]
    slopes = {start: power(data["depths"], epochs[f"linear_{start}"]) for start in STARTS}
    lost = data["depths"][~np.isfinite(data["linear_glorot_epochs"]).all(axis=1)]
    bound = "more than " if depth in lost else ""
    return (
        "Epochs that gradient descent with the best learning rate needs to learn whitened handwritten digits, from "
        "orthogonal and from Glorot's random weights; means over starts (small dots). Left: linear networks on "
        f"{data['samples']:.0f} images. From Glorot's weights, whose product has mostly small singular values (Fig. 7),"
        f" epochs grow with the depth to the power {bound}{slopes['glorot']:.1f}, to {bound}"
        f"{epochs['linear_glorot'][-1]:.0f} for {depth:.0f} layers{' (triangles: not learned by then)' * bool(bound)}; "
        f"from orthogonal ones to the power {slopes['orthogonal']:.1f}, to "
        f"{epochs['linear_orthogonal'][-1]:.0f}, where the print has them constant. Middle: networks of tanh "
        f"units on {data['images']:.0f} images, {epochs['tanh_glorot'][-1]:.0f} epochs against "
        f"{epochs['tanh_orthogonal'][-1]:.0f}. Right: the best rates of the linear networks fall with depth from "
        "Glorot's weights much faster."
    )
