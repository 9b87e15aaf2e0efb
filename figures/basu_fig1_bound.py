"""Basu, Mukherjee and Vasudevan, Fig. 1 (i) and (iii): the bound on growth, beside what it bounds and over depth."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from scipy.integrate import cumulative_trapezoid, solve_ivp

import flowdln as fl
from flowdln.exact import balanced_mode_time, fastest_growth, growth_bound, rise_time
from flowdln.exact.growth import HIGH, LOW, READ_KAPPAS
from flowdln.plot import COLOURS, DASHES, TIME_LABEL
from flowdln.reproduction.checks import Check, farthest
from flowdln.validation import real_array

TITLE = "A bound on growth, as printed and corrected"
SOURCE = "Basu et al., Fig. 1 (i) and (iii)"
CLAIMS = ("basu-40", "basu-43", "basu-44", "basu-62")
PARAMETERS = {
    "widths": [10, 6, 3],
    "time": 3.0,
    "samples": 601,
    "kappa_1": READ_KAPPAS[0],
    "kappa_2": READ_KAPPAS[1],
    "start": 0.2,
    "tasks": [1.0, 0.1],
    "seed": 1,
}
QUICK = {"samples": 301}
DEPTHS = (2, 3, 4)
INTEGRATED = 1e-9  # relative error allowed between a closed form and an integrator


def compute(
    widths: list[int],
    time: float,
    samples: int,
    kappa_1: float,
    kappa_2: float,
    start: float,
    tasks: list[float],
    seed: int,
) -> dict[str, np.ndarray]:
    """Norms along the flow of a network of two layers, the bounds on them, and the printed bound over depth."""
    moments = fl.datasets.gaussian_mixture(widths[0], widths[-1], seed=seed).moments().whitened()
    ts = np.linspace(0, time, samples)
    flow = fl.solve(fl.Problem(moments, fl.initial.glorot(widths, seed=seed)), ts, rtol=1e-10)
    task = float(np.linalg.norm(moments.sigma_yx))
    product, power = np.linalg.norm(flow.product, axis=(1, 2)), flow.layer_norms.max(axis=1) ** 2
    widening = 2 * kappa_1 + 1
    data = {
        "ts": ts,
        "widths": np.array(widths),
        "start": np.asarray(start),
        "task": np.asarray(task),
        "product": product,
        "norms": flow.layer_norms.prod(axis=1),
        "power": power,
        "kappas": np.array([kappa_1, kappa_2, (product / power).min()]),
        "printed": fastest_growth(ts, power[0], widening * task, 2, kappa_2),
        "corrected": fastest_growth(ts, power[0], task, 2, (product / power).min()),
        "from_product": power[0] + cumulative_trapezoid(2 * product * (task - product), ts, initial=0),
        "tops": widening * np.array(tasks) / kappa_2,
    }
    for name, top in zip(("large", "small"), data["tops"], strict=True):
        last = 1.1 * max(float(balanced_mode_time(0.99 * top, start**depth, top, depth)) for depth in DEPTHS) / kappa_2
        data[f"{name}_ts"] = np.linspace(0, last, 3 * samples)
        curves = [fastest_growth(data[f"{name}_ts"], start**d, kappa_2 * top, d, kappa_2) for d in DEPTHS]
        data[f"{name}_curves"] = np.array(curves) / top
    return data


def shape(data: dict[str, np.ndarray]) -> str:
    """The widths of the network, as in 10-6-3."""
    return "-".join(f"{width:.0f}" for width in data["widths"])


def rises(data: dict[str, np.ndarray], name: str) -> list[float]:
    """Times between a tenth and nine tenths of the target, read off the curves."""
    return [float(np.diff(np.interp([LOW, HIGH], curve, data[f"{name}_ts"]))[0]) for curve in data[f"{name}_curves"]]


def bounds(data: dict[str, np.ndarray]) -> list[tuple[str, float, float]]:
    """Name, ceiling and kappa of both bounds on the network."""
    kappa_1, kappa_2, least = data["kappas"]
    return [("printed", float((2 * kappa_1 + 1) * data["task"]), kappa_2), ("corrected", float(data["task"]), least)]


def integrated(ts: np.ndarray, U_0: float, ceiling: float, depth: int, kappa: float) -> np.ndarray:
    """The bound as an equation, by an integrator: ``U`` at the times ``ts``."""
    start = real_array("power", [U_0], 1)
    run = solve_ivp(
        lambda _, U: growth_bound(U, ceiling, depth, kappa), ts[[0, -1]], start, "DOP853", ts, rtol=1e-12, atol=1e-12
    )
    return np.asarray(run.y[0])


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Bounds solve their equations, none is crossed; kappa_2 is not what was read; rises last as their formula says."""
    ts, kappa_2, checks = data["ts"], float(data["kappas"][1]), []
    for name, ceiling, kappa in bounds(data):
        off = farthest(data[name] / integrated(ts, data["power"][0], ceiling, 2, kappa), 1)
        excess = np.maximum(data["power"] / data[name] - 1, 0).max()
        checks.append(Check(f"the {name} bound / its equation integrated, farthest", 1, off, INTEGRATED))
        checks.append(Check(f"most by which U exceeds the {name} bound", 0, excess, INTEGRATED))
    excess = np.maximum(data["power"] / data["from_product"] - 1, 0).max()
    checks.append(Check("most by which U exceeds the bound from |P|", 0, excess, 1e-3))
    checks.append(Check("final |W_2 W_1| / |sigma_yx|", 1, data["product"][-1] / data["task"], 1e-3))
    allowed = np.maximum((data["product"] / data["power"]).min() - kappa_2, 0)
    checks.append(Check("excess of the least |W_2 W_1| / U over the printed kappa_2", 0, allowed, 1e-3))
    spacing = len(ts) ** -2.0  # of curves read off between the sampled times: the error of straight lines
    for name, top in zip(("large", "small"), data["tops"], strict=True):
        for depth, found in zip(DEPTHS, rises(data, name), strict=True):
            ratio = found / rise_time(kappa_2 * top, depth, kappa_2)
            checks.append(Check(f"rise of depth {depth} / formula, {name} target", 1, ratio, 100 * spacing))
    return checks


def draw(data: dict[str, np.ndarray]) -> Figure:
    """The network and its bounds, and the printed bound over depth for two sizes of the task."""
    figure, (network, *depths) = plt.subplots(1, 3, figsize=(9.6, 3.9), width_ratios=[1.3, 1, 1])
    ts = data["ts"]
    lines = (
        ("product", "$|W_2 W_1|_F$", COLOURS[2], "-", 2),
        ("norms", "$|W_1|_F |W_2|_F$", COLOURS[3], "-", 1),
        ("power", "$U = |W_1|_F^2$", COLOURS[6], "-", 2),
        ("from_product", "from $|W_2 W_1|_F$", COLOURS[0], "--", 1.5),
        ("corrected", r"(17), $\kappa_1 = 0$", COLOURS[0], "-.", 1.5),
        ("printed", "(17) as printed", COLOURS[1], ":", 1.5),
    )
    for name, label, colour, dash, width in lines:
        network.plot(ts, data[name], dash, color=colour, linewidth=width, label=label)
    network.axhline(data["task"], color="0.5", linewidth=1, label=r"$|\Sigma_{yx}|_F$")
    network.set(
        xlabel=TIME_LABEL, ylabel="norm, or power of a norm", ylim=(0, None), title=f"(i) {shape(data)} and its bounds"
    )
    for axes, name, top in zip(depths, ("large", "small"), data["tops"], strict=True):
        for i, curve in enumerate(data[f"{name}_curves"]):
            axes.plot(data[f"{name}_ts"], curve, DASHES[i], color=COLOURS[i], label=f"{DEPTHS[i]} layers")
        axes.set(xlabel=TIME_LABEL, ylabel=r"$U \kappa_2 / M$", ylim=(0, 1.05))
        axes.set_title(rf"(iii) the bound, $M / \kappa_2$ = {top:.3g}")
    for axes in (network, depths[0]):
        axes.legend(ncols=2 if axes is network else 1, loc="upper left", bbox_to_anchor=(0, -0.2))
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    kappa_1, kappa_2, least = data["kappas"]
    large, small = (", ".join(f"{rise:.3g}" for rise in rises(data, name)) for name in ("large", "small"))
    return (
        f"Left: gradient flow of the network {shape(data)} from Glorot weights on a mixture of three Gaussians with "
        "whitened inputs. The product of the layers tends to the correlation of inputs and targets; the power U of "
        "the larger layer's norm stays below the bound (17) of the paper (dotted), with the constants that its "
        f"authors read off, kappa_1 = {kappa_1:.2f} and kappa_2 = {kappa_2:.2f}. The least value of |W_2 W_1| / U, "
        f"which kappa_2 is by its definition, is {least:.2f} here; with it the bound holds without kappa_1 "
        "(dash-dotted). A bound that sees |W_2 W_1| beside U loses the angle between the product and the task "
        "alone (dashed). Middle and right: (17) as an equation for two, three and four layers that start with norm "
        f"{float(data['start']):g}. For a large target the rise from a tenth to nine tenths takes {large} tau, "
        f"less with more layers, after a longer wait; for a small one it takes {small} tau, more with more layers. "
        "The paper describes the first case as what depth does."
    )
