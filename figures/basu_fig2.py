"""Basu, Mukherjee and Vasudevan, Fig. 2: norms of the layers of a ReLU network, and their squares."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln import relu
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check

TITLE = "Seven layers of ReLU units grow by the same amount, if norms are squared"
SOURCE = "Basu et al., Fig. 2 and section 3"
CLAIMS = ("basu-54", "basu-55", "basu-57")
PARAMETERS = {
    "data": "digits",
    "images": 400,
    "hidden": 50,
    "time": 50.0,
    "rtol": 1e-5,
    "learning_rate": 0.1,
    "seed": 1,
}
QUICK = {"images": 200, "hidden": 40, "rtol": 5e-5}
FULL = {"data": "mnist", "images": 10_000, "hidden": 100, "time": 150.0}
LAYERS = 7
TIMES = 51


def compute(
    data: str, images: int, hidden: int, time: float, rtol: float, learning_rate: float, seed: int
) -> dict[str, np.ndarray]:
    """Norms of the layers by the flow and by descent, the units' conserved numbers, and the agreement of gates.

    Images are centred and of mean square length 1, the loss is softmax with cross-entropy, and the weights are normal
    with variance ``4 / (n_in + n_out)``, which keeps the activities of ReLU units at one size. There are no biases.
    """
    samples = fl.datasets.handwriting(data)
    inputs, labels = samples.inputs[:images], samples.targets[:images].argmax(axis=1)
    inputs = inputs / np.sqrt(np.mean(np.sum(inputs**2, axis=1)))
    widths = (inputs.shape[1], *(hidden,) * (LAYERS - 1), 10)
    weights = [np.sqrt(2) * weight for weight in fl.initial.glorot(widths, seed=seed)]
    problem = relu.ReLUProblem(inputs, np.eye(10)[labels], weights, "cross_entropy")
    flow = relu.solve(problem, np.linspace(0, time, TIMES), method="RK23", rtol=rtol)
    ends = replace(flow, ts=flow.ts[[0, -1]], layers=tuple(layer[[0, -1]] for layer in flow.layers))
    steps = round(time / learning_rate)
    descent = relu.descend(problem, learning_rate=learning_rate, steps=steps, every=steps // (TIMES - 1))
    return {
        "ts": flow.ts,
        "loss": flow.loss,
        "norms": flow.layer_norms,
        "descent_ts": descent.ts,
        "descent_norms": descent.layer_norms,
        "unit_drift": np.array([np.abs(layer - layer[0]).max() for layer in flow.neuron_imbalance]),
        "agreement": ends.gate_agreement(),
        "samples": np.array(inputs.shape),
        "widths": np.array(widths),
        "rtol": np.array(rtol),
        "learning_rate": np.array(learning_rate),
    }


def expected_squares(widths: np.ndarray) -> np.ndarray:
    """Expected squared norms ``(L,)`` of layers whose entries have variance ``4 / (n_in + n_out)``."""
    return np.asarray(4 * widths[1:] * widths[:-1] / (widths[1:] + widths[:-1]))


def growth(norms: np.ndarray) -> np.ndarray:
    """Squared norms ``(T, L)`` of the layers, less those at the start."""
    return np.asarray(norms**2 - norms[0] ** 2)


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Squared norms grow alike at all times, norms as that has it; gates of a class come to agree, of two less so."""
    gained, stepped = growth(data["norms"]), growth(data["descent_norms"])
    norms, amount = data["norms"][-1] - data["norms"][0], gained[-1].mean()
    sizes = expected_squares(data["widths"])
    shares = np.sqrt(sizes + amount) - np.sqrt(sizes)
    differing = 1 - data["agreement"][:, -1]
    ratios, rtol = differing[:, 0] / differing[:, 1], float(data["rtol"])
    checks = [
        Check("final loss", 0, data["loss"][-1], 5e-3),
        Check("growth of |W_l|^2, largest spread / final", 0, np.ptp(gained, axis=1).max() / amount, 10 * rtol),
        Check("drift of a unit's conserved number / growth", 0, data["unit_drift"].max() / amount, 2 * rtol),
        Check(
            "growth of |W_l|^2, descent, spread / final",
            0,
            np.ptp(stepped[-1]) / stepped[-1].mean(),
            0.1 * float(data["learning_rate"]),
        ),
        Check(
            "growth of |W_l|, smallest / largest, from expected initial norms",
            shares.min() / shares.max(),
            norms.min() / norms.max(),
            0.05,
        ),
    ]
    told = "differing gates in the last hidden layer, pairs of a class / of two"
    return [
        *checks,
        Check(f"{told}, end, at most 1/2", 0, ratios[1], 0.5),
        Check(f"{told}, end / start, at most 3/4", 0, ratios[1] / ratios[0], 0.75),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Norms; growth of squared norms; shared gates, by layer."""
    figure, (first, second, third) = plt.subplots(1, 3, figsize=(7.2, 2.9))
    for i, (norm, gained) in enumerate(zip(data["norms"].T, growth(data["norms"]).T, strict=True)):
        first.plot(data["ts"], norm, DASHES[i % 4], color=COLOURS[i], label=str(i + 1))
        second.plot(data["ts"], gained, color=COLOURS[i], linewidth=11 - 1.5 * i)
    stepped = growth(data["descent_norms"]).mean(axis=1)
    second.plot(
        data["descent_ts"][::5],
        stepped[::5],
        "o",
        color="white",
        markersize=3,
        markeredgecolor="black",
        label="descent, mean",
    )
    first.set(ylabel="$|W_l|_F$", title="norms")
    second.set(ylabel="$|W_l|_F^2 - |W_l(0)|_F^2$", title="squared norms, from the start")
    for axes in (first, second):
        axes.set_xlabel(r"time $t$ (units of $\tau$)")
    layers = np.arange(1, LAYERS)
    for agreement, when, dashes in zip(data["agreement"], ("start", "end"), (":", "-"), strict=True):
        for kind, (name, mark) in enumerate((("one class", "o"), ("two classes", "s"))):
            third.plot(
                layers, agreement[:, kind], mark + dashes, color=COLOURS[kind], label=f"{name}, {when}", markersize=4
            )
    third.set(xlabel="hidden layer", ylabel="share of equal gates", title="pairs of images", ylim=(0.2, 1))
    first.legend(title="layer", ncols=3, loc="center", bbox_to_anchor=(0.5, 0.45), columnspacing=1, handlelength=1.6)
    second.legend(loc="lower right")
    third.set_xticks(layers)
    third.legend(loc="lower right", labelspacing=0.2)
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    gained, stepped = growth(data["norms"]), growth(data["descent_norms"])[-1]
    norms, (count, pixels) = np.ptp(data["norms"], axis=0), data["samples"].astype(int)
    amount, widths = gained[-1].mean(), "-".join(f"{width:.0f}" for width in data["widths"])
    return (
        f"A ReLU network of seven weight matrices ({widths}) without biases learns {count} handwritten digits of "
        f"{pixels} pixels by the gradient flow of softmax with cross-entropy. Left: the norms of its layers grow by "
        f"different amounts, {norms.min():.2f} to {norms.max():.2f}. Middle: their squares (seven lines, one on the "
        f"other) grow by the same amount, {amount:.1f}, up to {np.ptp(gained, axis=1).max() / amount:.0e} of it; "
        f"descent (circles) keeps this to {100 * np.ptp(stepped) / amount:.1f} %. "
        "The print says that ReLU units break this symmetry of linear layers. It is exact at all times and for "
        "every unit, whatever the gates do: of a unit, |w_in|^2 - |w_out|^2 is conserved. What ReLU units do break is "
        "the conservation of the whole matrix W_(l+1)^T W_(l+1) - W_l W_l^T. Right: pairs of images of one class, and "
        "of two, have more gates in common in the upper layers and after learning, those of one class most."
    )
