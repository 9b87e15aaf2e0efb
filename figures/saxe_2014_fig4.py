"""Saxe, McClelland and Ganguli 2014, Fig. 4: learning time and best learning rate against depth."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

import flowdln as fl
from flowdln.exact import (
    balanced_mode_error,
    balanced_sharpness,
    half_time,
    infinite_depth_mode,
    infinite_depth_time,
    learning_time,
)
from flowdln.exact.balanced_curvature import balanced_descent_step
from flowdln.modes import svd_frame
from flowdln.plot import COLOURS, DASHES
from flowdln.reproduction.checks import Check, farthest

TITLE = "Depth costs a finite delay, if the learning rate is the best one"
SOURCE = "Saxe et al. 2014, Fig. 4"
CLAIMS = ("saxe-28", "saxe-29", "saxe-33")
PARAMETERS = {
    "data": "digits",
    "depths": [2, 3, 5, 8, 13, 20, 30, 45, 70, 100],
    "u_0": 1e-3,
    "cutoff": 0.01,
    "rates": 101,
    "checked_depth": 4,
}
QUICK = {"depths": [2, 3, 5, 13, 40, 100], "rates": 51}
FULL = {"data": "mnist", "depths": [*range(2, 20), *range(20, 101, 5)], "rates": 201}
MOST = 1000  # epochs after which a run counts as one that does not learn
RANGE = (0.8, 2.6)  # of learning rates, in units of one over the sharpness
POINTS = 401  # times at which the loss in the flow is evaluated


def compute(
    data: str, depths: list[int], u_0: float, cutoff: float, rates: int, checked_depth: int
) -> dict[str, np.ndarray]:
    """Epochs until the excess loss is ``cutoff`` of what it was, over depths and rates, and in theory.

    Decoupled weights whose modes start at ``u_0``, in equal layers, keep both properties under descent too, so that a
    number for each mode is all there is to follow; at ``checked_depth`` the matrices are followed beside it.
    """
    images = fl.datasets.handwriting(data)
    moments = images.moments().whitened()
    s = svd_frame(moments).strengths
    sharpness = np.array([float(balanced_sharpness(s[0], depth)) for depth in depths])
    relative = np.linspace(*RANGE, rates)
    epochs = np.array(
        [learn(s, depth, relative / top, u_0, cutoff) for depth, top in zip(depths, sharpness, strict=True)]
    )
    best = np.argmin(np.where(epochs > 0, epochs, MOST), axis=1)
    matrices, chains = both_ways(moments, s, checked_depth, 1 / float(balanced_sharpness(s[0], checked_depth)), u_0)
    return {
        "depths": np.array(depths),
        "sharpness": sharpness,
        "strongest": s[:1],
        "relative_rates": relative,
        "epochs": epochs,
        "best_epochs": epochs[np.arange(len(depths)), best],
        "best_rates": relative[best] / sharpness,
        "flow_times": np.array([flow_time(s, depth, u_0, cutoff) for depth in depths]),
        "limit_time": np.array(limit_time(s, u_0, cutoff)),
        "multipliers": np.array(
            [multiplier(s[0], depth, 2 / top) for depth, top in zip(depths, sharpness, strict=True)]
        ),
        "start": np.array([u_0, cutoff]),
        "checked_depth": np.array(checked_depth),
        "samples": np.array(images.inputs.shape),
        "matrices": matrices,
        "chains": chains,
    }


def learn(s: np.ndarray, depth: int, rates: np.ndarray, u_0: float, cutoff: float) -> np.ndarray:
    """Epochs ``(rates,)`` until the squared errors of the modes fall to ``cutoff`` of the first; -1 if they do not."""
    a = np.full((len(rates), len(s)), u_0 ** (1 / depth))
    epochs, goal = np.full(len(rates), -1.0), cutoff * np.sum((s - u_0) ** 2)
    for epoch in range(MOST):
        with np.errstate(over="ignore", invalid="ignore"):  # runs that diverge go on to infinity
            excess = np.sum((s - a**depth) ** 2, axis=1)
            epochs[(excess <= goal) & (epochs < 0)] = epoch
            a = balanced_descent_step(a, s, depth, rates[:, None])
        if not (np.isfinite(excess) & (epochs < 0)).any():
            break
    return epochs


def multiplier(s: float, depth: int, rate: float) -> float:
    """By what a step of descent multiplies a small error of the strengths at the optimum."""
    optimum, error = s ** (1 / depth), 1e-7
    return float((balanced_descent_step(optimum + error, s, depth, rate) - optimum) / error)


def flow_time(s: np.ndarray, depth: int, u_0: float, cutoff: float) -> float:
    """Time at which the squared errors of the modes fall to ``cutoff`` of the first, in the flow; interpolated."""
    ts = np.linspace(half_time(u_0, s[0], depth), learning_time(u_0, s[-1], depth, cutoff=cutoff), POINTS)
    return crossing(ts, [balanced_mode_error(ts, u_0, target, depth) for target in s], u_0, s, cutoff)


def limit_time(s: np.ndarray, u_0: float, cutoff: float) -> float:
    """The same at infinite depth, where time is counted in units of ``tau / L``."""
    ends = [
        float(infinite_depth_time(u, u_0, target)) for u, target in ((s[0] / 2, s[0]), ((1 - cutoff) * s[-1], s[-1]))
    ]
    ts = np.linspace(ends[0], ends[1], POINTS)
    return crossing(ts, [infinite_depth_mode(ts, u_0, target)[1] for target in s], u_0, s, cutoff)


def crossing(ts: np.ndarray, errors: list[np.ndarray], u_0: float, s: np.ndarray, cutoff: float) -> float:
    """When the sum of the squares of ``errors`` falls to ``cutoff`` of its value at the start."""
    return float(np.interp(-cutoff * np.sum((s - u_0) ** 2), -np.sum(np.square(errors), axis=0), ts))


def both_ways(moments: fl.Moments, s: np.ndarray, depth: int, rate: float, u_0: float) -> tuple[np.ndarray, np.ndarray]:
    """Mode strengths ``(K, modes)`` over 100 epochs by descent of the matrices, and of the strengths alone."""
    outputs, inputs = moments.sigma_yx.shape
    weights = fl.initial.aligned(moments, (inputs, *(outputs,) * depth), u_0 ** (1 / depth))
    matrices = fl.descend(fl.Problem(moments, weights), learning_rate=rate, steps=100).modes
    chain = [np.full(len(s), u_0 ** (1 / depth))]
    for _ in range(100):
        chain.append(balanced_descent_step(chain[-1], s, depth, rate))
    return matrices, np.array(chain) ** depth


def check(data: dict[str, np.ndarray]) -> list[Check]:
    """Best rates at the edge of stability, learning times that saturate where theory has it."""
    depths, s = data["depths"], data["strongest"][0]
    edge = data["best_rates"] * depths * s ** (2 - 2 / depths)
    predicted = data["flow_times"] / data["best_rates"]
    limit = data["limit_time"] * s**2 / edge[-1]
    return [
        Check("mode strengths, matrices - chains, largest", 0, np.abs(data["matrices"] - data["chains"]).max(), 1e-10),
        Check(
            "an error after a step / before it, at 2 / sharpness, worst", -1, farthest(data["multipliers"], -1), 1e-4
        ),
        Check("best rate / edge of stability, between 3/4 and 5/4 at every depth", 1, farthest(edge / 2, 1), 0.25),
        Check("best rate x L s^(2 - 2/L), largest / smallest", 1, edge.max() / edge.min(), 0.4),
        Check("epochs, descent / flow at the best rate, worst", 1, farthest(data["best_epochs"] / predicted, 1), 0.2),
        Check("epochs of the deepest / of infinite depth", 1, data["best_epochs"][-1] / limit, 0.2),
    ]


def draw(data: dict[str, np.ndarray]) -> Figure:
    """Epochs at the best rate over depth; the best rate over depth; epochs over the rate for three depths."""
    figure, (first, second, third) = plt.subplots(1, 3, figsize=(7.2, 3.0))
    depths, s = data["depths"], data["strongest"][0]
    edge = data["best_rates"][-1] * data["sharpness"][-1]
    first.semilogx(depths, data["best_epochs"], "o", label="descent")
    first.semilogx(depths, data["flow_times"] / data["best_rates"], "--", color=COLOURS[1], label="flow")
    first.axhline(data["limit_time"] * s**2 / edge, color="black", linestyle=":", label="flow, infinite depth")
    first.set(ylabel="epochs at the best rate", title="learning time", ylim=(0, None))
    second.loglog(depths, data["best_rates"], "o", label="best")
    for factor, dashes in ((2, "--"), (1, ":")):
        label = rf"${factor} / (L s_1^{{2 - 2/L}})$"
        second.loglog(depths, factor / data["sharpness"], dashes, color="black", label=label)
    second.set(ylabel="learning rate", title="best learning rate")
    for axes in (first, second):
        axes.set_xlabel("depth $L$")
        axes.set_xticks([2, 5, 10, 20, 50, 100], ["2", "5", "10", "20", "50", "100"], minor=False)
        axes.tick_params(which="minor", bottom=False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22))
    for i, place in enumerate((1, len(depths) // 2, -1)):
        epochs = np.where(data["epochs"][place] > 0, data["epochs"][place], np.nan)
        style = {"color": COLOURS[i], "linestyle": DASHES[i]}
        third.semilogy(data["relative_rates"], epochs, label=f"$L = {depths[place]}$", **style)
    third.axvline(2, color="0.5", linewidth=1)
    third.set(xlabel=r"rate $\times\ L s_1^{2 - 2/L}$", ylabel="epochs", title="the edge of stability")
    third.set_yticks([10, 20, 50, 100, 200, 500], ["10", "20", "50", "100", "200", "500"])
    third.tick_params(which="minor", left=False)
    third.legend(loc="center left", bbox_to_anchor=(0, 0.5))
    return figure


def caption(data: dict[str, np.ndarray]) -> str:
    """What is seen."""
    samples, pixels = data["samples"].astype(int)
    edge, (u_0, cutoff) = data["best_rates"] * data["sharpness"], data["start"]
    return (
        f"Deep linear networks of {data['depths'][0]:.0f} to {data['depths'][-1]:.0f} layers learn {samples} "
        f"handwritten digits of {pixels} pixels, centred and whitened, from decoupled weights whose modes all start at "
        f"{u_0:g}, until {100 * cutoff:g} per cent of the excess loss is left. Such weights stay decoupled, so that a "
        f"number for each mode is followed; for {len(data['matrices']) - 1} epochs of {data['checked_depth']:.0f} "
        "layers the matrices have been followed beside it, and agree. Left: epochs at the best learning rate. They "
        "saturate: the flow (dashed), counted in steps of the same rate, has a finite limit "
        "at infinite depth (dotted). Middle: the best rate falls as one over the depth, as the sharpness "
        f"L s_1^(2 - 2/L) at the optimum has it; it is {edge.min():.1f} to {edge.max():.1f} times one over the "
        "sharpness. Right: epochs fall with the rate past 2 (grey), where the optimum is unstable: the loss is reached "
        "all the same, since the strongest mode oscillates about its strength, until the rate is too large for that. "
        "The best rate for few epochs is therefore not the one for convergence."
    )
