"""Handwritten digits: gradient descent, gradient flow and the theory of independent modes in one picture."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import two_layer_mode
from flowdln.observe import crossing_times
from flowdln.plot import COLOURS
from flowdln.reproduction.checks import Check, farthest

TITLE = "Descent, flow and theory on handwritten digits"
SOURCE = "flowdln"
CLAIMS = ("basu-3", "neuromatch-2")
PARAMETERS = {"hidden": 32, "scale": 1e-3, "learning_rate": 0.5, "steps": 120, "seed": 0}
QUICK: dict[str, float] = {}
MODES = (1, 4, 7, 9)


def compute(hidden: int, scale: float, learning_rate: float, steps: int, seed: int) -> dict[str, np.ndarray]:
    """Loss and modes by the three routes, and the distance of descent from the flow.

    Images and targets are centred, since the network has no biases, and the images whitened. The theory takes each
    mode's own two initial vectors and lets it learn as if it were alone.
    """
    digits = fl.datasets.digits(center=True)
    moments = fl.Moments.from_data(digits.inputs, digits.targets - digits.targets.mean(axis=0)).whitened()
    weights = fl.initial.small_random((64, hidden, 10), scale=scale, seed=seed)
    result = fl.compare(fl.Problem(moments, weights), learning_rate=learning_rate, steps=steps)
    left, strengths, right = result.flow.frame
    layers = [
        two_layer_mode(result.ts, weights[0] @ v, weights[1].T @ u, s)
        for u, s, v in zip(left.T, strengths, right.T, strict=True)
    ]
    theory = np.stack([np.sum(a * b, axis=1) for a, b in layers], axis=1)
    return {
        "widths": np.array([64, hidden, 10]),
        "samples": np.array(len(digits.inputs)),
        "scale": np.array(scale),
        "learning_rate": np.array(learning_rate),
        "ts": result.ts,
        "strengths": strengths,
        "descent": result.descent.modes,
        "flow": result.flow.modes,
        "theory": theory,
        "descent_loss": result.descent.loss,
        "flow_loss": result.flow.loss,
        "theory_loss": np.array([fl.loss((left * u @ right.T,), moments) for u in theory]),
        "gap": result.gap,
        "predicted_gap": result.predicted_gap,
        "order": np.array(result.order),
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """All modes on the theory's clock; descent away from the flow by what the leading order predicts."""
    flow, theory = (crossing_times(data["ts"], data[route], data["strengths"] / 2) for route in ("flow", "theory"))
    best = (data["strengths"] ** 2).sum() / 2
    return [
        Check("half-time, flow / theory, farthest from 1", 1, farthest(flow / theory, 1), 0.04),
        Check(
            "drop of the loss, flow / sum of s^2 / 2", 1, (data["flow_loss"][0] - data["flow_loss"][-1]) / best, 1e-4
        ),
        Check("largest gap, predicted / measured", 1, data["predicted_gap"].max() / data["gap"].max(), 0.05),
        Check("measured order of the gap", 1, float(data["order"]), 0.05),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Loss, modes, and gap over time."""
    figure, (first, second, third) = plt.subplots(1, 3, figsize=(7.2, 2.6))
    styles: dict[str, dict[str, Any]] = {
        "theory": {"linewidth": 4, "alpha": 0.3},
        "flow": {},
        "descent": {"linestyle": ":"},
    }
    for route, style in styles.items():
        first.plot(data["ts"], data[f"{route}_loss"], color="black", label=route, **style)
        for colour, k in zip(COLOURS, MODES, strict=False):
            second.plot(data["ts"], data[route][:, k - 1], color=colour, **style)
    for colour, k in zip(COLOURS, MODES, strict=False):
        second.plot([], [], color=colour, label=f"mode {k}")
    third.semilogy(data["ts"][1:], data["gap"][1:], color=COLOURS[0], label="measured")
    third.semilogy(data["ts"][1:], data["predicted_gap"][1:], "--", color=COLOURS[1], label=r"$\eta\,|e_1(t)|$")
    first.set(ylabel="loss $E$", title="loss")
    second.set(ylabel="mode strength", title="modes")
    third.set(ylabel="distance in weights", title="descent from flow")
    for axes in (first, second, third):
        axes.set_xlabel(r"time $t$ (units of $\tau$)")
        axes.legend()
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    worst = 100 * np.abs(data["flow"] - data["theory"]).max() / data["strengths"].max()
    return (
        f"A {'-'.join(map(str, data['widths']))} network learns the {data['samples']:d} digits of scikit-learn, "
        f"centred and whitened, from weights of standard deviation {data['scale']:g}. The theory (broad lines) takes "
        "every mode to learn alone, from its own two initial vectors, by the hyperbolic closed form; it stays within "
        f"{worst:.0f} % of the largest strength of the flow (thin). Gradient descent with learning rate "
        f"{data['learning_rate']:g} (dotted) is later than the flow; the dashed line predicts their distance to "
        f"leading order; it falls with the learning rate to the power {float(data['order']):.2f}."
    )
