"""Summary of Saxe et al., non-diagonal case: the virtual network that learns the singular values."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.modes import svd_frame
from flowdln.plot import COLOURS, DASHES, TIME_LABEL
from flowdln.reproduction.checks import Check, farthest

TITLE = "A rotated task is a diagonal one in disguise"
SOURCE = "Summary of Saxe et al., non-diagonal case"
PARAMETERS: dict[str, Any] = {
    "strengths": [4.0, 2.0, 1.0],
    "widths": [4, 6, 3],
    "scale": 1e-2,
    "time": 10.0,
    "points": 401,
    "seed": 2,
}
QUICK: dict[str, Any] = {}
CLAIMS = ("summary-1", "summary-6", "summary-22", "summary-26", "summary-27", "summary-29", "summary-30")


def compute(
    strengths: list[float], widths: list[int], scale: float, time: float, points: int, seed: int
) -> dict[str, np.ndarray]:
    """Products of a network on a rotated task and of the virtual network, each integrated by itself."""
    n_in, _, n_out = widths
    moments = fl.Moments.from_modes(strengths, n_in, n_out, seed=seed)
    U, s, Vh = np.linalg.svd(moments.sigma_yx)
    task = np.zeros((n_out, n_in))
    np.fill_diagonal(task, s)
    weights = fl.initial.small_random(widths, scale=scale, seed=seed)
    turned = (weights[0] @ Vh.T, U.T @ weights[1])
    ts = np.linspace(0, time, points)
    real, virtual = (
        fl.solve(fl.Problem(data, start), ts, method="DOP853", rtol=1e-10)
        for data, start in ((moments, weights), (fl.Moments(np.eye(n_in), task, moments.trace_yy), turned))
    )
    return {
        "ts": ts,
        "product": real.product,
        "turned_product": U.T @ real.product @ Vh.T,
        "virtual_product": virtual.product,
        "turned_first": real.weights[0] @ Vh.T,
        "virtual_first": virtual.weights[0],
        "strengths": svd_frame(moments).strengths,
    }


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """The turned product and weights are those of the virtual network, which learns the singular values in order."""
    n = len(data["strengths"])
    modes = data["virtual_product"][:, range(n), range(n)] / data["strengths"]
    first, second = (np.argmax(modes[:, i] > 0.5) for i in (0, 1))  # when they are half learned
    off = data["virtual_product"][-1] - np.eye(*data["virtual_product"].shape[1:]) * data["virtual_product"][-1]
    return [
        Check("turned product - virtual product, largest", 0, gap(data, "product"), 1e-7),
        Check("turned first layer - virtual first layer, largest", 0, gap(data, "first"), 1e-7),
        Check("final mode strengths / singular values, farthest from 1", 1, farthest(modes[-1], 1), 1e-3),
        Check("final interference, largest entry off the diagonal", 0, np.abs(off).max(), 2e-4),
        Check("share of the next mode when one is half learned", 0, max(modes[first, 1], modes[second, 2]), 0.05),
    ]


def gap(data: dict[str, np.ndarray], name: str) -> float:
    """Largest difference between what was turned and the virtual network."""
    return float(np.abs(data[f"turned_{name}"] - data[f"virtual_{name}"]).max())


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Left: the entries of the product. Right: the same in the frame of the modes, and the virtual network."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.2, 3.1))
    ts = data["ts"]
    entries = data["product"].reshape(len(ts), -1)
    for i, entry in enumerate(entries.T):
        left.plot(ts, entry, DASHES[i % 4], color=COLOURS[i % 7], linewidth=1.0)
    left.set(
        xlabel=TIME_LABEL,
        ylabel=r"entries of $W_2 W_1$",
        title=f"as it is: {data['product'].shape[2]} inputs, {data['product'].shape[1]} outputs",
    )
    turned, virtual = data["turned_product"], data["virtual_product"]
    off = np.eye(*turned.shape[1:]) == 0
    right.plot(ts, turned[:, off], color="0.6", linewidth=0.8)
    for i, s in enumerate(data["strengths"]):
        right.plot(ts, turned[:, i, i], DASHES[i], color=COLOURS[i], label=f"mode {i + 1}, $s = {s:g}$")
        right.plot(ts[::20], virtual[::20, i, i], "o", color=COLOURS[i], markersize=3.5, markerfacecolor="white")
    right.plot([], [], "o", color="black", markersize=3.5, markerfacecolor="white", label="virtual network")
    right.plot([], [], color="0.6", linewidth=0.8, label="off the diagonal")
    right.set(xlabel=TIME_LABEL, ylabel=r"entries of $U^T W_2 W_1 V$", title="in the frame of the task's modes")
    right.legend(loc="center right", bbox_to_anchor=(1, 0.72))
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    return (
        "Left: all entries of the product of two layers, from small random weights, on a task in general position. "
        "Right: the same product in the frame of the task's singular vectors, where the modes are learned one by "
        "one to the singular values of the task and all other entries stay small; circles, the virtual network: the "
        "turned weights on the diagonal task, integrated by themselves. The largest difference is "
        f"{gap(data, 'product'):.1g}. A task with more inputs than outputs is no exception, and has no eigenvalues."
    )
