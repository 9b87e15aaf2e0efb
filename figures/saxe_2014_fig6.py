"""Saxe, McClelland and Ganguli 2014, Fig. 6: Glorot against orthogonal initial weights over depth."""

from collections.abc import Callable, Iterator
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import brentq

import flowdln as fl
from flowdln.descent import descent_path
from flowdln.learning_rate import fewest_epochs
from flowdln.modes import svd_frame
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check
from flowdln.tanh_network import tanh_descent, tanh_outputs
from flowdln.validation import Weights

TITLE = "From orthogonal initial weights, depth costs nothing more"
SOURCE = "Saxe et al. 2014, Fig. 6"
CLAIMS = ("saxe-33",)
PARAMETERS = {
    "data": "digits",
    "components": 40,
    "narrow": 20,
    "depths": [2, 4, 8, 16, 32, 64],
    "tanh_depths": [2, 4, 8, 16],
    "images": 100,
    "cutoff": 1e-3,
    "tanh_cutoff": 0.1,
    "seeds": 2,
    "most": 400,
}
QUICK = {"depths": [2, 8, 16, 32], "tanh_depths": [2, 4, 16]}
FULL = {
    "data": "mnist",
    "components": 100,
    "narrow": 30,
    "depths": [2, 5, 10, 25, 50, 100],
    "tanh_depths": [2, 5, 10, 25, 50],
    "images": 200,
    "most": 600,
}
LARGEST_RATE = 4.0  # over depth times the squared strongest mode: twice the edge of stability, where the search begins
STARTS: dict[str, Callable[..., Weights]] = {
    "orthogonal": fl.initial.orthogonal,
    "narrow": fl.initial.orthogonal,
    "glorot": fl.initial.glorot,
}
LABELS = {"orthogonal": "orthogonal", "narrow": "orthogonal, narrow", "glorot": "Glorot"}
ROUTES = (*(f"linear_{start}" for start in LABELS), "tanh_orthogonal", "tanh_glorot")
Losses = Iterator[float]
Trainer = Callable[[Weights, float], Losses]


def compute(
    data: str,
    components: int,
    narrow: int,
    depths: list[int],
    tanh_depths: list[int],
    images: int,
    cutoff: float,
    tanh_cutoff: float,
    seeds: int,
    most: int,
) -> dict[str, np.ndarray]:
    """Fewest epochs of descent until the goal is reached, ``most + 1`` if it is not, and the learning rate of them.

    Inputs are the first ``components`` principal components, whitened, and hidden layers have as many units, or
    ``narrow``; targets are scaled so that the strongest mode is 1. Linear networks learn all images until ``cutoff``
    of what can be learned is left, networks of tanh units the first ``images`` until ``tanh_cutoff`` of ``<|y|^2>`` is.
    """
    samples = fl.datasets.handwriting(data)
    left, _, _ = np.linalg.svd(samples.inputs, full_matrices=False)
    inputs = np.sqrt(len(left)) * left[:, :components]
    targets = samples.targets / np.linalg.norm(samples.targets.T @ inputs / len(inputs), 2)
    moments, (few, wanted) = fl.Moments.from_data(inputs, targets), (inputs[:images], targets[:images])
    goals = {
        "linear": float(moments.trace_yy - (1 - cutoff) * np.sum(moments.sigma_yx**2)) / 2,
        "tanh": tanh_cutoff * float(np.sum(wanted**2)) / images / 2,
    }
    trainers: dict[str, Trainer] = {
        "linear": lambda start, rate: (float(fl.loss(state, moments)) for state in descent_path(start, moments, rate)),
        "tanh": lambda start, rate: tanh_losses(start, few, wanted, rate),
    }
    results = {
        "linear_depths": np.array(depths),
        "tanh_depths": np.array(tanh_depths),
        "sizes": np.array([*inputs.shape, narrow, images, seeds, most]),
        "cutoff": np.array(cutoff),
    }
    for route in ROUTES:
        units, start = route.split("_")
        hidden = narrow if start == "narrow" else components
        found = [
            [
                fewest_epochs(
                    partial(trainers[units], STARTS[start]((components, *(hidden,) * (depth - 1), 10), seed=seed)),
                    goal=goals[units],
                    largest=LARGEST_RATE / depth,
                    most=most,
                )
                for seed in range(seeds)
            ]
            for depth in results[f"{units}_depths"]
        ]
        epochs, rates = np.moveaxis(np.array(found), -1, 0)
        results[f"{route}_epochs"], results[f"{route}_rates"] = np.minimum(epochs, most + 1), np.nan_to_num(rates)
    rate = results["linear_narrow_rates"][-1].mean()
    results["unseen_epochs"] = np.array(
        unseen_epochs(svd_frame(moments).strengths, 1 - narrow / components, rate, cutoff)
    )
    return results


def unseen_epochs(s: np.ndarray, share: float, rate: float, cutoff: float) -> float:
    """Epochs in which the first layer alone learns the ``share`` of each mode that it does not see, down to ``cutoff``.

    The layers above pass a mode on with at most its strength, so that a step leaves ``1 - rate s^2`` of it or more.
    """
    weights = share * s**2 / np.sum(s**2)
    return float(brentq(lambda epochs: weights @ (1 - rate * s**2) ** (2 * epochs) - cutoff, 0, 1 / (rate * cutoff)))


def tanh_losses(weights: Weights, inputs: np.ndarray, targets: np.ndarray, rate: float) -> Losses:
    """The loss of a network of tanh units before each step of descent."""
    for state in tanh_descent(weights, inputs, targets, learning_rate=rate):
        yield float(np.mean(np.sum((targets - tanh_outputs(state, inputs)) ** 2, axis=1)) / 2)


def learned(data: dict[str, np.ndarray], route: str) -> np.ndarray:
    """Whether all starts learned, by depth."""
    return np.asarray((data[f"{route}_epochs"] <= data["sizes"][-1]).all(axis=1))


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Orthogonal weights need ever the same epochs, narrow ones in proportion to the depth, Glorot's more than that."""
    epochs = {route: data[f"{route}_epochs"].mean(axis=1) for route in ROUTES}
    orthogonal, narrow, glorot = (epochs[f"linear_{start}"] for start in LABELS)
    depths, rate = data["linear_depths"], data["linear_orthogonal_rates"][-1].mean()
    deepest = (data["linear_glorot_epochs"] <= data["sizes"][-1]).any(axis=1).sum() - 1  # that learned
    growth = (depths[deepest] / depths[0]) / (glorot[deepest] / glorot[0])
    unseen = narrow[-1] / data["unseen_epochs"]
    tanh = epochs["tanh_orthogonal"][-1] / epochs["tanh_glorot"][-1]
    return [
        Check("epochs, linear, orthogonal, deepest / half as deep", 1, orthogonal[-1] / orthogonal[-2], 0.25),
        Check("epochs, linear, narrow, deepest / of its unseen inputs at full strength (1 to 2)", 1.5, unseen, 0.5),
        Check("growth of the depth / of the epochs, linear, Glorot (below 0.5)", 0, growth, 0.5),
        Check("epochs, orthogonal / narrow, linear, deepest (below 0.5)", 0, orthogonal[-1] / narrow[-1], 0.5),
        Check("epochs, orthogonal / Glorot, linear, deepest (below 0.25)", 0, orthogonal[-1] / glorot[-1], 0.25),
        Check("epochs, orthogonal / Glorot, tanh, deepest (below 0.5)", 0, tanh, 0.5),
        Check("best rate / edge of stability, linear, orthogonal, deepest", 0.75, rate * depths[-1] / 2, 0.25),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Epochs over depth for linear and for tanh units; the best rates of the linear networks."""
    figure, panels = plt.subplots(1, 3, figsize=(7.2, 3.1))
    most = data["sizes"][-1]
    for route in ROUTES:
        units, start = route.split("_")
        i = list(LABELS).index(start)
        depths, epochs, rates = data[f"{units}_depths"], data[f"{route}_epochs"], data[f"{route}_rates"]
        done, style = learned(data, route), {"color": COLOURS[i], "markersize": 5}
        line = "osD"[i] + ("-", ":", "--")[i]
        axes = panels[0 if units == "linear" else 1]
        axes.plot(depths[done], epochs[done].mean(axis=1), line, label=LABELS[start], **style)
        if not done.all():
            lost = depths[~done]
            axes.plot(lost, np.full(len(lost), most), "^", label=f"{LABELS[start]}, not by then", **style)
        if units == "linear":
            panels[2].plot(depths[done], rates[done].mean(axis=1), line, **style)
    depths = data["linear_depths"]
    panels[2].plot(depths, 2 / depths, color="black", linewidth=1, label="edge of stability, $2 / L$")
    titles = ("linear units", "tanh units", "linear units, best rate")
    for axes, title, what in zip(panels, titles, ("epochs", "epochs", "learning rate"), strict=True):
        axes.set(xlabel="depth $L$", ylabel=what, title=title, xscale="log", yscale="log")
        axes.set_xticks(depths, [str(depth) for depth in depths])
        axes.minorticks_off()
    panels[1].set_xlim(panels[0].get_xlim())
    panels[1].set_ylim(panels[0].get_ylim())
    panels[1].legend(*panels[0].get_legend_handles_labels(), loc="upper left")
    panels[2].legend(loc="lower left")
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    samples, components, narrow, images, seeds, most = data["sizes"]
    (first, *_, last), epochs = data["linear_depths"], {route: data[f"{route}_epochs"].mean(axis=1) for route in ROUTES}
    lost = data["linear_depths"][~learned(data, "linear_glorot")]
    glorot = f"; from {lost[0]} layers on, {most} are not enough (triangles)" if len(lost) else ""
    return (
        f"Epochs that gradient descent with the best learning rate needs to learn {samples} handwritten digits, given "
        f"by {components} whitened principal components, with {components} units a layer; means over {seeds} starts. "
        f"Left: linear networks, until {data['cutoff']:g} of what can be learned is left. From orthogonal weights the "
        f"epochs go from {epochs['linear_orthogonal'][0]:.0f} at {first} layers to "
        f"{epochs['linear_orthogonal'][-1]:.0f} at {last}, and hardly grow any more, as the print says. From Glorot's "
        "weights, whose product has mostly small singular values (Fig. 7), they grow faster than the depth"
        f"{glorot}. Orthogonal weights keep the promise only where no layer is narrower than the inputs: with {narrow} "
        "units the first layer alone can learn the inputs that it does not see at first, at a rate that does not grow "
        "with the depth L, while stability asks for learning rates of order 1 / L, so that the epochs grow as L. "
        f"Middle: tanh units on {images} images, where {data['tanh_depths'][-1]} layers need "
        f"{epochs['tanh_glorot'][-1]:.0f} epochs from Glorot's weights and {epochs['tanh_orthogonal'][-1]:.0f} from "
        "orthogonal ones. Right: from orthogonal weights the best rates follow the edge of stability; from Glorot's "
        "they fall faster."
    )
